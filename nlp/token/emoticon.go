package token

import "strings"

// faces stand for themselves, by their first byte; the longer come first. A face
// of letters must be a word by itself.
var faces = [256][]string{
	'<':  {"</3", "<3"},
	'^':  {"^___^", "^__^", "^_^", "^.^", "^^"},
	'-':  {"-___-", "-__-", "-_-", "-.-"},
	'>':  {">:-(", ">:(", ">_<", ">.<"},
	'(':  {"(-:", "(;", "(:"},
	'\\': {`\o/`},
	'T':  {"T_T", "T.T"},
	'o':  {"o_O", "o.O", "o_o", "o.o"},
	'O':  {"O_o", "O.o", "O_O", "O.O"},
	'u':  {"u_u"},
	'U':  {"U_U"},
	'x':  {"xDDD", "xDD", "xD", "xd"},
	'X':  {"XDDD", "XDD", "XD", "Xd"},
	'[':  {"[:"},
}

// emoticon is the length of the emoticon at the start of rest, 0 if there is
// none: eyes, an optional nose and a mouth (":-)", ";P"), the reverse ("(-:"), and
// a few that stand for themselves ("<3", "xD", "^_^").
func (s *scanner) emoticon(rest string) int {
	switch rest[0] {
	case ':', ';', '=':
		return s.sideways(rest)
	}
	for _, face := range faces[rest[0]] {
		if !strings.HasPrefix(rest, face) {
			continue
		}
		after := rest[len(face):]
		switch first, last := face[0], face[len(face)-1]; {
		case letterOrDigit(first) && (s.before == 0 && s.glued || startsWith(after, cLetter|cDigit)):
		case last == '3' && startsWith(after, cDigit): // "<30"
		case (first == '(' || first == '[') && startsWith(after, cLetter|cDigit): // "(:name"
		case first == '^' && s.glued && startsWith(after, cLetter|cDigit):
		default:
			return len(face)
		}
	}
	return 0
}

// sideways is the length of an emoticon that lies on its side.
func (s *scanner) sideways(rest string) int {
	n := 1
	if strings.HasPrefix(rest[n:], "'") {
		n++ // a tear
	} else if strings.HasPrefix(rest[n:], "’") {
		n += len("’")
	}
	if n+1 < len(rest) && (rest[n] == '-' || rest[n] == '^' || rest[n] == 'o' && strings.IndexByte("()", rest[n+1]) >= 0) {
		n++ // a nose
	}
	if n >= len(rest) || strings.IndexByte(")(][dDpPoO/\\|*3@$sSxX}{", rest[n]) < 0 {
		return 0
	}
	mouth := rest[n]
	n++
	if mouth == ')' || mouth == '(' || mouth == 'D' {
		for n < len(rest) && rest[n] == mouth {
			n++ // ":)))"
		}
	}
	s.looked += n
	followed := startsWith(rest[n:], cLetter|cDigit)
	switch {
	case followed && (letterOrDigit(mouth) || mouth == '$' || mouth == '@'):
		return 0 // ":Paris", ":$5"
	case mouth == '/' && strings.HasPrefix(rest[n:], "/"):
		return 0 // "http://"
	case s.glued && followed && mouth != ')':
		return 0 // "C:\name", "note:(see"
	case s.glued && letterOrDigit(mouth) && (rest[0] == '=' || strings.IndexByte("DpP", mouth) < 0):
		return 0 // "id=3", "size:S"
	case s.glued && mouth == ')' && n == 2 && s.opened > 0:
		return 0 // "(as follows:)"
	}
	return n
}

// shrugLen is the length of a shrug at the start of rest, 0 if there is none.
func shrugLen(rest string) int {
	for _, shrug := range [...]string{`¯\_(ツ)_/¯`, `¯\(ツ)/¯`, `¯\_(ツ)_/`} {
		if strings.HasPrefix(rest, shrug) {
			return len(shrug)
		}
	}
	return 0
}
