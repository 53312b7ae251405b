package decode

import "fmt"

// maxDepth is the deepest nesting of objects and arrays that is read. JSON
// parsers recurse; this is checked before any of them sees the value.
const maxDepth = 256

// syntaxError says where a value stops being one JSON object.
type syntaxError struct {
	offset  int
	problem string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.offset, e.problem) }

// What may stand at a place in a JSON text.
const (
	wantValue = iota
	wantKey
	wantEnd // a comma, the closing bracket, or the end of the text
)

// checkObject reports the first place at which s is not one JSON object nested
// at most maxDepth deep. Bytes that are not UTF-8 are allowed in strings: they
// are mended later.
func checkObject(s string) *syntaxError {
	var inObject [maxDepth + 1]bool
	depth, want := 0, wantValue
	i := skipSpace(s, 0)
	if i == len(s) || s[i] != '{' {
		return &syntaxError{i, "found " + foundAt(s, i) + ", not an object"}
	}
	for {
		i = skipSpace(s, i)
		if depth == 0 && want == wantEnd {
			if i < len(s) {
				return &syntaxError{i, "found " + foundAt(s, i) + " after the object"}
			}
			return nil
		}
		if i == len(s) {
			return &syntaxError{i, "the object is cut short"}
		}
		var err *syntaxError
		switch c := s[i]; want {
		case wantKey:
			if c != '"' {
				return &syntaxError{i, "found " + foundAt(s, i) + ", not a field name in quotes"}
			}
			if i, err = skipString(s, i+1); err != nil {
				return err
			}
			if i = skipSpace(s, i); i == len(s) || s[i] != ':' {
				return &syntaxError{i, "found " + foundAt(s, i) + ", not the colon after a field name"}
			}
			i++
			want = wantValue
		case wantEnd:
			closing := byte(']')
			if inObject[depth] {
				closing = '}'
			}
			switch c {
			case ',':
				want = wantValue
				if inObject[depth] {
					want = wantKey
				}
			case closing:
				depth--
			default:
				return &syntaxError{i, "found " + foundAt(s, i) + ", not a comma or " + string(closing)}
			}
			i++
		default:
			if c != '{' && c != '[' {
				if i, err = skipScalar(s, i); err != nil {
					return err
				}
				want = wantEnd
				continue
			}
			if depth == maxDepth {
				return &syntaxError{i, fmt.Sprintf("nested deeper than %d", maxDepth)}
			}
			depth++
			inObject[depth] = c == '{'
			want = wantValue
			if inObject[depth] {
				want = wantKey
			}
			i = skipSpace(s, i+1)
			if i < len(s) && s[i] == c+2 { // the closing bracket of either kind
				depth--
				want = wantEnd
				i++
			}
		}
	}
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
		i++
	}
	return i
}

// plain are the bytes of strings that need no second look.
var plain = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return plain
}()

// skipString returns the place after the string whose first byte is s[i].
func skipString(s string, i int) (int, *syntaxError) {
	for ; i < len(s); i++ {
		if plain[s[i]] {
			continue
		}
		switch c := s[i]; {
		case c == '"':
			return i + 1, nil
		case c < ' ':
			return i, &syntaxError{i, fmt.Sprintf("found control character %#02x in a string, not its escape", c)}
		case c == '\\':
			i++
			if i == len(s) {
				break
			}
			switch s[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					if i++; i < len(s) && !isHex(s[i]) {
						return i, &syntaxError{i, `\u without four hexadecimal digits`}
					}
				}
			default:
				return i, &syntaxError{i, "no such escape: \\" + printable(s, i)}
			}
		}
	}
	return i, &syntaxError{len(s), "a string is cut short"}
}

func skipScalar(s string, i int) (int, *syntaxError) {
	switch c := s[i]; {
	case c == '"':
		return skipString(s, i+1)
	case c == '-' || isDigit(c):
		return skipNumber(s, i)
	}
	for _, word := range [...]string{"null", "true", "false"} {
		if len(s)-i >= len(word) && s[i:i+len(word)] == word {
			return i + len(word), nil
		}
	}
	return i, &syntaxError{i, "found " + foundAt(s, i) + ", not a value"}
}

func skipNumber(s string, i int) (int, *syntaxError) {
	start := i
	if s[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		return i > from
	}
	whole := i
	ok := digits() && (s[whole] != '0' || i == whole+1)
	if ok && i < len(s) && s[i] == '.' {
		i++
		ok = digits()
	}
	if ok && i < len(s) && s[i]|0x20 == 'e' {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		ok = digits()
	}
	if !ok {
		return start, &syntaxError{start, "a number that JSON does not allow"}
	}
	return i, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// foundAt describes what stands at s[i], for messages.
func foundAt(s string, i int) string {
	if i >= len(s) {
		return "the end"
	}
	switch c := s[i]; {
	case c == '{':
		return "an object"
	case c == '[':
		return "an array"
	case c == '"':
		return "a string"
	case c == '-' || isDigit(c):
		return "a number"
	}
	return printable(s, i)
}

func printable(s string, i int) string {
	for _, r := range s[i:min(i+4, len(s))] {
		return fmt.Sprintf("%q", r)
	}
	return "the end"
}
