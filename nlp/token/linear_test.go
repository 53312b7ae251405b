package token

import (
	"strings"
	"testing"
)

// floods are what hostile or broken texts repeat.
var floods = []string{
	"!", "a", "A", "é", "e\u0301", "\u0301", "\"'", "(\"", "a@", "@", "@_", "@a", "a@b.", "a.", "a.b@", ".a", "&", "&a", "&#", "<", "<a", "<a ", "</", "<!--",
	":", ":(", ":'", "#", "#_", "#a", "##a ", "-", "-_", "^", "😂", "⛛\x9b", "👍🏽", "👩\u200d", "🇩🇪", "\U0001F3FB", "\u200d", "\ufe0f", "1", "1:", "1,", "1a", "$", "$1", "€", "1 €",
	"\\", "\\u", "\\u00", "www.", "www.a,", "http://", "http://(", "a*", "*a", "a$", "a!", "AT&", "'a", "a'", "\u00ad", "a\u00ad", "很", "ก", "\xff", "\x00", "\n", " \r", ".com", "a.com/", "EUR ", "1.", "１", "＃", "o_O", "(",
}

// work is the number of bytes that the scanner moves over or looks at ahead.
func work(dst *[]Token, text string) int {
	s := scanner{text: text}
	*dst = s.append((*dst)[:0])
	return len(text) + s.looked
}

func TestWorkGrowsWithTheLengthOfTheTextAlone(t *testing.T) {
	t.Parallel()
	const size = 1 << 14
	var dst []Token
	for _, unit := range floods {
		once := work(&dst, strings.Repeat(unit, size/len(unit)))
		twice := work(&dst, strings.Repeat(unit, 2*size/len(unit)))
		if twice > 2*once+4*longestMarkup {
			t.Errorf("%q: %d steps for %d bytes, %d for twice as many", unit, once, size, twice)
		}
	}
}

func TestMegabyteIsCutInAFewStepsAByte(t *testing.T) {
	t.Parallel()
	var dst []Token
	for _, unit := range []string{"!", "a", "\"'", "\u0301", "a@", "&", "<", ":", "#", "😂", "-", "a.b@"} {
		text := strings.Repeat(unit, (1<<20)/len(unit))
		// An address of at most 64 bytes may be looked for at each of its words.
		if n := work(&dst, text); n > 40*len(text) {
			t.Errorf("%q: %d steps for %d bytes", unit, n, len(text))
		}
	}
}
