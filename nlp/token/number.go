package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// number moves over a number, price or time; kind is Price where a currency
// stood before it.
func (s *scanner) number(kind Kind) Token {
	clock, ascii := s.digits()
	t := Token{Kind: kind}
	rest := s.text[s.at:]
	if strings.HasPrefix(rest, ",-") || strings.HasPrefix(rest, ".-") { // "20,- €"
		if !startsWith(rest[2:], cLetter|cDigit) {
			s.at += 2
			rest = rest[2:]
			t.Kind = Price
		}
	}
	if kind == Price {
		s.at += magnitudeLen(rest)
		return t
	}
	if rest == "" {
		if clock {
			t.Kind = Time
		}
		return t
	}
	if n := timeSuffixLen(rest, clock); n > 0 {
		s.at += n
		t.Kind = Time
		return t
	}
	if n := currencyLen(rest); n > 0 {
		s.at += n
		t.Kind = Price
		if startsWith(s.text[s.at:], cDigit) { // "10€50"
			s.digits()
		}
		return t
	}
	if t.Kind == Price {
		return t
	}
	if strings.HasPrefix(rest, "'s") && !startsWith(rest[2:], cLetter|cDigit) { // "90's"
		s.at += 2
		return Token{Kind: Word}
	}
	if s.letterAt(s.at) { // "3rd", "4g", "2nite"
		if r, _ := utf8.DecodeRuneInString(rest); !ideographic(r) {
			w := s.word()
			w.Flags &^= Title | Upper
			if !ascii {
				w.Flags &^= ASCII
			}
			return w
		}
	}
	if clock {
		t.Kind = Time
	}
	return t
}

// digits moves over digits with the marks between them, and tells whether they
// are a time of day ("10:30"), and all ASCII.
func (s *scanner) digits() (clock, ascii bool) {
	ascii = true
	start := s.at
	colon := 0
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case class[c]&cDigit != 0:
			s.at++
			continue
		case (c == '.' || c == ',' || c == '/' || c == ':' || c == '\'') && s.digitAt(s.at+1):
			if c == ':' && colon == 0 {
				colon = s.at
			}
			s.at += 2
			continue
		case c == '-' && s.at-start == 4 && isDate(s.text[s.at:]):
			s.at += len("-01-31")
			continue
		case c >= utf8.RuneSelf:
			if r, n := utf8.DecodeRuneInString(s.text[s.at:]); unicode.IsNumber(r) {
				s.at += n
				ascii = false
				continue
			}
		}
		break
	}
	return colon > 0 && colon-start <= 2 && s.digitAt(colon+2), ascii
}

func (s *scanner) digitAt(i int) bool { return i < len(s.text) && class[s.text[i]]&cDigit != 0 }

// isDate tells whether month and day follow a year: "-01-31".
func isDate(rest string) bool {
	if len(rest) < len("-01-31") || rest[3] != '-' {
		return false
	}
	for _, i := range [...]int{1, 2, 4, 5} {
		if class[rest[i]]&cDigit == 0 {
			return false
		}
	}
	return len(rest) == 6 || class[rest[6]]&cDigit == 0
}

// timeSuffixLen is the length of "am", "p.m", "h30", "h" or "Uhr" after a number,
// with one space before it where that is clear, 0 if none stands there. The last
// stop of "p.m." may end the sentence as well and isn't part of it.
func timeSuffixLen(rest string, clock bool) int {
	n := 0
	if rest[0] == ' ' && len(rest) > 2 {
		n = 1
	}
	spaced := n == 1
	switch rest[n] | 0x20 {
	case 'a', 'p':
		switch {
		case foldedPrefix(rest[n+1:], ".m"):
			n += len("p.m")
		case foldedPrefix(rest[n+1:], "m") && (!spaced || clock || rest[n]|0x20 == 'p'): // not the German "um 9 am Bahnhof"
			n += len("pm")
		default:
			return 0
		}
	case 'u':
		if !foldedPrefix(rest[n:], "uhr") {
			return 0
		}
		n += len("uhr")
	case 'h':
		if spaced {
			return 0
		}
		n++
		for n < len(rest) && n < 3 && class[rest[n]]&cDigit != 0 {
			n++
		}
	default:
		return 0
	}
	if n < len(rest) && (letterOrDigit(rest[n]) || rest[n] >= utf8.RuneSelf && rest[n] < 0xE2) {
		return 0
	}
	return n
}

// amountAfter is the length of a currency sign of n bytes that stands before an
// amount, one space included, 0 if no amount follows it.
func amountAfter(rest string, n int) int {
	if n < len(rest) && rest[n] == ' ' {
		n++
	}
	switch {
	case startsWith(rest[n:], cDigit):
		return n
	case n < len(rest) && rest[n] == '.' && rest[n-1] != ' ' && startsWith(rest[n+1:], cDigit): // "$.99"
		return n + 1
	}
	return 0
}

// currencyLen is the length of a currency sign or code after a number, one space
// included, 0 if none stands there.
func currencyLen(rest string) int {
	n := 0
	if rest[0] == ' ' {
		n = 1
	}
	switch {
	case n == len(rest):
	case rest[n] == '$' || rest[n] >= utf8.RuneSelf:
		r, m := utf8.DecodeRuneInString(rest[n:])
		if r != '$' && r != '€' && r != '£' && !unicode.Is(unicode.Sc, r) {
			return 0
		}
		if n == 1 && startsWith(rest[n+m:], cDigit) {
			return 0 // "5 $20": the sign belongs to what follows
		}
		return n + m
	case class[rest[n]]&cUpper != 0 && len(rest) >= n+3 && isCode(rest[n:n+3]):
		if m := n + 3; m == len(rest) || !letterOrDigit(rest[m]) && rest[m] < utf8.RuneSelf {
			return m
		}
	}
	return 0
}

func isCode(s string) bool {
	switch s {
	case "EUR", "USD", "GBP", "CHF", "CAD", "AUD", "INR", "BRL", "MXN", "JPY", "SEK", "NOK", "DKK", "PLN":
		return true
	}
	return false
}

// moneyAfter tells whether an amount follows a currency's code, and moves to it.
func (s *scanner) moneyAfter(code string) bool {
	if !isCode(code) {
		return false
	}
	n := 0
	if s.at < len(s.text) && s.text[s.at] == ' ' {
		n = 1
	}
	if !s.digitAt(s.at + n) {
		return false
	}
	s.at += n
	return true
}

// magnitudeLen is the length of "k", "m" or "bn" after a price, 0 if none stands
// there.
func magnitudeLen(rest string) int {
	for _, m := range [...]string{"k", "mn", "m", "bn"} {
		if foldedPrefix(rest, m) && !startsWith(rest[len(m):], cLetter|cDigit) {
			return len(m)
		}
	}
	return 0
}
