package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// address is the length of a URL at the start of rest, 0 if there is none.
func (s *scanner) address(rest string) int {
	n := 0
	switch rest[0] | 0x20 {
	case 'h':
		switch {
		case foldedPrefix(rest, "https://"):
			n = len("https://")
		case foldedPrefix(rest, "http://"):
			n = len("http://")
		}
	case 'w':
		if foldedPrefix(rest, "www.") {
			n = len("www.")
		}
	}
	if n == 0 {
		return 0
	}
	return s.path(rest, n)
}

// path is the length of a URL of which n bytes are known, 0 if it has no more. It
// ends before what belongs to the sentence: closing marks, and brackets that were
// opened before it.
func (s *scanner) path(rest string, n int) int {
	from := n
	open := 0
scan:
	for n < len(rest) {
		c := rest[n]
		if class[c]&(cSpace|cControl) != 0 || c == '<' || c == '>' || c == '"' || c == '\\' || c == '|' {
			break
		}
		switch {
		case c == '(':
			open++
		case c == ')':
			open--
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(rest[n:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) || ideographic(r) {
				break scan
			}
			n += size
			continue
		}
		n++
	}
	s.looked += n
	for n > from {
		c := rest[n-1]
		switch {
		case c == ')' && open >= 0:
			return n
		case c == ')':
			open++
		case strings.IndexByte(".,;:!?'*", c) < 0:
			return n
		}
		n--
	}
	return 0
}

// host is the length of a URL without a scheme ("example.com", "bit.ly/3x") that
// starts with a word of n bytes, 0 if it is none. Top-level domains that are
// words as well count only with a path.
func (s *scanner) host(rest string, n int) int {
	if n >= longest || !startsWith(rest[n+1:], cLetter|cDigit) {
		return 0
	}
	label := n + 1
	for n < len(rest) && n < longest {
		c := rest[n]
		if c == '.' && startsWith(rest[n+1:], cLetter|cDigit) {
			label = n + 1
		} else if !letterOrDigit(c) && c != '-' {
			break
		}
		n++
	}
	s.looked += n
	if n < len(rest) && (rest[n] >= utf8.RuneSelf || rest[n] == '@' || rest[n] == '_' || letterOrDigit(rest[n])) {
		return 0
	}
	switch rest[label:n] {
	case "com", "org", "net", "edu", "gov", "io", "ly", "uk", "COM":
	case "co", "de", "fr", "es", "it", "pt", "br", "eu", "me", "tv", "be", "at", "ch", "nl", "pl", "us", "ca", "ai", "gg", "gl", "am", "app", "info":
		if n == len(rest) || rest[n] != '/' || !startsWith(rest[n+1:], cLetter|cDigit) {
			return 0
		}
	default:
		return 0
	}
	if n < len(rest) && (rest[n] == '/' || rest[n] == '?' || rest[n] == ':') {
		return max(n, s.path(rest, n))
	}
	return n
}

// domain is the length of "@example.org" at the start of rest, 0 if no address
// with a dot in its domain stands there.
func (s *scanner) domain(rest string) int {
	end := min(len(rest), longest)
	n, dot := 1, 0
	for n < end {
		c := rest[n]
		if c == '.' && n+1 < end && class[rest[n+1]]&cLetter != 0 {
			dot = n
		} else if !letterOrDigit(c) && c != '-' {
			break
		}
		n++
	}
	s.looked += n
	if dot <= 1 {
		return 0
	}
	for rest[n-1] == '-' {
		n--
	}
	return n
}

// longestLocal bounds the part of an e-mail address before the @ (RFC 5321).
const longestLocal = 64

// withLocalPart gives an e-mail address what its local part has before the word
// at which it was found ("first.last@…", "ann+tag@…"): it takes the tokens back of
// which that is made, from dst[first:].
func (s *scanner) withLocalPart(dst []Token, first int, t *Token) []Token {
	end := t.Start
	keep := len(dst)
	start, flags := t.Start, t.Flags
	for i := len(dst) - 1; i >= first; i-- {
		b := dst[i]
		if flags&Spaced != 0 || b.End != start || end-b.Start > longestLocal || !isLocal(b.Of(s.text)) {
			break
		}
		s.looked += b.End - b.Start
		start, flags = b.Start, b.Flags
		if b.Kind != Punct {
			keep = i
			t.Start, t.Flags = start, flags&(Spaced|Broken|Blank)
		}
	}
	return dst[:keep]
}

func isLocal(s string) bool {
	for i := range len(s) {
		if class[s[i]]&cLocal == 0 {
			return false
		}
	}
	return true
}
