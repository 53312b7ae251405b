package privacy

import (
	"unicode"
	"unicode/utf8"
)

// flags are what the writing of a word tells.
type flags uint8

const (
	capital flags = 1 << iota // its first letter is a capital
	upper                     // it has two letters or more, all of them capitals
	digits                    // it has digits
	letters                   // it has letters
	first                     // it begins a sentence or a line
	owner                     // it ends in 's, which cue and key leave out
	wide                      // it has bytes beyond ASCII
)

// word is a run of letters and digits; an apostrophe between letters is part of it.
type word struct {
	start, end int
	cue        cue
	flags      flags
	// gap is what stands before it; see the constants.
	gap gap
}

func (w *word) has(f flags) bool { return w.flags&f == f }

// number tells whether the word is made of digits alone.
func (w *word) number() bool { return w.flags&(digits|letters) == digits }

// gap is what stands between two words.
type gap byte

// The gaps. Marks that stand alone, without spaces, are what they are: '-', '.',
// '/', '_', '#'.
const (
	gapSpace  gap = ' ' // spaces on one line
	gapComma  gap = ',' // a comma, with or without a space
	gapColon  gap = ':'
	gapDash   gap = 'd' // a dash between spaces
	gapOpen   gap = '(' // an opening bracket
	gapClose  gap = ')'
	gapEnd    gap = 's' // a sentence's end
	gapLine   gap = 'n' // a line's end
	gapOther  gap = 'o'
	gapHyphen gap = '-'
	gapDot    gap = '.'
	gapSlash  gap = '/'
	gapAssign gap = '='
	gapNumber gap = '#'
	gapHidden gap = '[' // a placeholder, and no end of a sentence behind it
)

// read fills the word that starts at i and returns where it ends. n is the size of
// its first rune, if that is none of ASCII's.
func (w *word) read(text string, i, n int) int {
	capitals, count := 0, 0
	for i < len(text) {
		c := class[text[i]]
		switch {
		case c&isLetter != 0:
			w.flags |= letters
			count++
			if c&isCapital != 0 {
				capitals++
				if i == w.start {
					w.flags |= capital
				}
			}
			i++
			continue
		case c&isDigit != 0:
			w.flags |= digits
			i++
			continue
		case c&isHigh != 0:
			if i > w.start {
				n = wordRune(text[i:])
			}
			if n > 0 {
				r, _ := utf8.DecodeRuneInString(text[i:])
				if unicode.IsUpper(r) {
					capitals++
					if i == w.start {
						w.flags |= capital
					}
				}
				w.flags |= letters | wide
				count++
				i += n
				continue
			}
		}
		if n := apostrophe(text[i:]); n > 0 && i > w.start && i+n < len(text) && class[text[i+n]]&isLetter != 0 && class[text[i-1]]&isDigit == 0 {
			if text[i+n]|0x20 == 's' && (i+n+1 == len(text) || class[text[i+n+1]]&(isLetter|isDigit|isHigh) == 0) {
				w.flags |= owner
			}
			if n > 1 {
				w.flags |= wide
			}
			i += n
			continue
		}
		break
	}
	if count > 1 && capitals == count {
		w.flags |= upper
	}
	w.end = i
	return i
}

// wordRune is the size of the rune at the start of s if it belongs to words, else
// 0. Of scripts without spaces between words no rune does: their words would be
// whole sentences.
func wordRune(s string) int {
	if len(s) > 1 && s[1]&0xC0 == 0x80 {
		switch c := s[0]; {
		case 0xC3 <= c && c <= 0xC8: // U+00C0 to U+023F: Latin letters, but for the signs × and ÷
			if c != 0xC3 || s[1]&^0x20 != 0x97 {
				return 2
			}
		case c == 0xE2 && s[1] == 0x80: // U+2000 to U+203F: spaces, dashes, quotes
			return 0
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsMark(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
		return 0
	}
	return n
}

// apostrophe is the size of the apostrophe at the start of s, 0 if there is none.
func apostrophe(s string) int {
	switch {
	case s[0] == '\'':
		return 1
	case len(s) > 2 && s[:3] == "’":
		return 3
	}
	return 0
}
