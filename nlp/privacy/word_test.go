package privacy

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLettersAreWhatUnicodeCallsSo(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		want := 0
		unspaced := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
		if (unicode.IsLetter(r) || unicode.IsMark(r)) && !unspaced {
			want = utf8.RuneLen(r)
		}
		if got := wordRune(string(r) + "x"); got != want {
			t.Errorf("U+%04X: %d bytes belong to a word, want %d", r, got, want)
		}
	}
	for _, cut := range []string{"\xC3", "\xC3x", "\xE2\x80", "\xE2\x80x"} {
		if got := wordRune(cut); got != 0 {
			t.Errorf("%q: %d bytes belong to a word, want none", cut, got)
		}
	}
}

// Words are turned away before they are looked up; none that the lexicon knows may be.
func TestEveryWordOfALexiconIsFoundInAnyCase(t *testing.T) {
	capitals := func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}
	for word, want := range cueWords.words {
		for _, text := range []string{word, strings.Map(capitals, word)} {
			s := search{text: text}
			s.scan()
			if len(s.words) != 1 || s.words[0].has(owner) || s.words[0].end-s.words[0].start != len(text) {
				continue // more than a word to the scan
			}
			if got := s.words[0].cue; got != want {
				t.Errorf("%q announces %b, want %b", text, got, want)
			}
		}
	}
}
