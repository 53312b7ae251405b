package encoder

import (
	"html"
	"strconv"
	"unicode/utf8"
)

const (
	decimalMax = 7  // digits of a character's number
	hexMax     = 6  // its hexadecimal digits
	nameMax    = 31 // letters of the longest name of an entity
	legacyMax  = 6  // letters of the longest name that HTML knows without its semicolon
)

// entity undoes an HTML entity, by the rules of browsers: numbers of Windows'
// characters are those characters, and some names need no semicolon.
func entity(text string, i int) (int, string) {
	s := text[i+1:]
	if len(s) > 1 && s[0] == '#' {
		n, by := numeric(s[1:])
		if n == 0 {
			return 0, ""
		}
		return n + 2, by
	}
	n, by := named(s)
	if n == 0 {
		return 0, ""
	}
	return n + 1, by
}

// numeric takes what follows &#.
func numeric(s string) (int, string) {
	i, n, base := 0, digits(s, decimalDigit), 10
	limit := decimalMax
	if s[0]|0x20 == 'x' {
		i, n, base = 1, digits(s[1:], hexDigit), 16
		limit = hexMax
	}
	if n == 0 || n > limit {
		return 0, ""
	}
	code, _ := strconv.ParseUint(s[i:i+n], base, 32) // digits, not too many
	i += n
	if i < len(s) && s[i] == ';' {
		i++
	}
	switch {
	case code == 0:
		return i, string(utf8.RuneError)
	case 0x80 <= code && code <= 0x9F:
		return i, string(windows[code-0x80])
	}
	return i, string(rune(code)) // U+FFFD for what is no character
}

// named takes what follows &.
func named(s string) (int, string) {
	n := 0
	for n < len(s) && n < nameMax && alphanumeric(s[n]) {
		n++
	}
	if n < 2 || decimalDigit(s[0]) {
		return 0, ""
	}
	if n < len(s) && s[n] == ';' {
		// The table of package html is not for all to see, and lacks the two
		// whose characters are longer than their names. A known name leaves
		// its one or two characters.
		if by, ok := longer[s[:n+1]]; ok {
			return n + 1, by
		}
		if by := html.UnescapeString("&" + s[:n+1]); utf8.RuneCountInString(by) <= 2 {
			return n + 1, by
		}
	}
	for n = min(n, legacyMax); n > 1; n-- {
		if by := html.UnescapeString("&" + s[:n]); utf8.RuneCountInString(by) == 1 {
			return n, by
		}
	}
	return 0, ""
}

var longer = map[string]string{"nGt;": "≫\u20d2", "nLt;": "≪\u20d2"}

// windows are the characters 0x80 to 0x9F of Windows' code page 1252.
var windows = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// digits is the number of digits that the text begins with.
func digits(s string, is func(byte) bool) int {
	n := 0
	for n < len(s) && is(s[n]) {
		n++
	}
	return n
}

func decimalDigit(c byte) bool { return '0' <= c && c <= '9' }

func hexDigit(c byte) bool { return decimalDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
