package highlight

import (
	"strings"
	"unicode"
)

// Legible is s without what would steer a terminal or turn the direction of what
// stands around it: the words of a text come from anyone. Each such rune becomes
// U+FFFD; line breaks stay.
func Legible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\u200c', r == '\u200d': // joiners make letters and emoji what they are
			return r
		case r == '\r', r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '\uFFFD'
		}
		return r
	}, s)
}
