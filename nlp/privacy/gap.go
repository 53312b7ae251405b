package privacy

import "strings"

// gapBefore names what stands between two words, at most a placeholder among it.
func (s *search) gapBefore(start, end int) gap {
	if n := len(s.placeholders); n > 0 && s.placeholders[n-1].Start >= start {
		g := gapOf(s.text[s.placeholders[n-1].End:end])
		if g != gapEnd && g != gapLine {
			g = gapHidden
		}
		return g
	}
	return gapOf(s.text[start:end])
}

// gapOf names what stands between two words.
func gapOf(s string) gap {
	switch s {
	case " ":
		return gapSpace
	case "":
		return gapOther
	}
	if len(s) == 1 {
		switch s[0] {
		case '-', '.', '/', '_', '#', ':', ',', '(', ')', '=':
			return gap(s[0])
		case '\n', '\r':
			return gapLine
		case '\t':
			return gapSpace
		case '!', '?', ';', '"':
			return gapEnd
		}
		return gapOther
	}
	return longGap(s)
}

// longGap names a gap of several bytes: by its first mark that tells, and whether
// spaces stand around it.
func longGap(s string) gap {
	var mark byte
	spaces, marks := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n' || c == '\r':
			return gapLine
		case c == ' ' || c == '\t':
			spaces++
		case c == 0xC2 && i+1 < len(s) && s[i+1] == 0xA0: // no-break space
			spaces++
			i++
		case c == 0xE2 && i+2 < len(s) && s[i+1] == 0x80:
			switch b := s[i+2]; {
			case b == 0xAF || b >= 0x82 && b <= 0x8A: // narrow spaces
				spaces++
			case b >= 0x90 && b <= 0x95: // hyphens and dashes
				marks++
				if mark == 0 {
					mark = '-'
				}
			default: // quotes, dots
				marks++
			}
			i += 2
		default:
			marks++
			if mark == 0 || mark == ')' && c == ',' || mark == '.' && c == ',' {
				mark = c
			}
		}
	}
	switch {
	case marks == 0:
		return gapSpace
	case mark == '-' && spaces == 0 && marks == 1:
		return gapHyphen
	case mark == '-' && marks <= 2:
		return gapDash
	case mark == ',':
		return gapComma
	case mark == ':':
		return gapColon
	case mark == '=':
		return gapAssign
	case mark == '/' && marks == 1:
		return gapSlash
	case mark == '(' && marks == 1:
		return gapOpen
	case mark == ')' && (marks == 1 || strings.IndexByte(s, '-') > 0 && marks == 2):
		return gapClose
	case mark == '"' && s[len(s)-1] == '"' && s[0] == ' ':
		return gapOther // what follows is quoted
	case mark == '.' || mark == '!' || mark == '?' || mark == ';' || mark == '"':
		return gapEnd
	case mark == '#':
		return gapNumber
	}
	return gapOther
}
