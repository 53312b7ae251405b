package encoder

import (
	"sort"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes is the longest word that is cut into pieces, in runes after
// decomposition; a longer one is [UNK] as a whole.
const maxRunes = 100

// word is one word of a text: lower case, decomposed, without accents. Its
// runes know the bytes of the text that they come from.
type word struct {
	runes       [maxRunes]rune
	from, to    [maxRunes]int
	size        int // runes, also those beyond maxRunes, of which only the number is known
	ordered     int // runes at the end that may change places (see put)
	start, stop int // bytes of the text
}

// words gives the words of a text one after the other. The word is valid
// during the call only.
func words(text string, each func(*word)) {
	var w word
	flush := func() {
		if w.size > 0 {
			each(&w)
		}
		w.size, w.ordered = 0, 0
	}
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			switch asciiClass[c] {
			case letter:
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				w.put(rune(c), 0, i, i+1)
			case space:
				flush()
			case single:
				flush()
				w.put(rune(c), 0, i, i+1)
				flush()
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		w.foreign(r, text[i:i+n], i, flush)
		i += n
	}
	flush()
}

// foreign takes a rune beyond ASCII, spelt s, from byte i of the text.
func (w *word) foreign(r rune, s string, i int, flush func()) {
	switch {
	case r == utf8.RuneError || within(controls, r):
		return
	case unicode.IsSpace(r):
		flush()
		return
	}
	alone := ideograph(r)
	if alone {
		flush()
	}
	var buf [32]byte
	decomposed := buf[:0]
	if within(undecomposed, r) {
		decomposed = append(decomposed, s...)
	} else {
		decomposed = norm.NFD.AppendString(decomposed, s)
	}
	for len(decomposed) > 0 {
		d, n := utf8.DecodeRune(decomposed)
		switch {
		case within(marks, d):
			w.mark(norm.NFD.Properties(decomposed).CCC() == 0, i+len(s))
		case d < utf8.RuneSelf && asciiClass[d] == single || within(punctuation, d):
			flush()
			w.put(d, 0, i, i+len(s))
			flush()
		default:
			w.put(small(d), orders[d], i, i+len(s))
		}
		decomposed = decomposed[n:]
	}
	if alone {
		flush()
	}
}

// put appends a rune from bytes [from, to) of the text. A rune with a
// combining class goes before those of a higher class, as Unicode orders
// them; the offsets stay where they are, so that they never go backwards.
func (w *word) put(r rune, class uint8, from, to int) {
	if w.size == 0 {
		w.start = from
	}
	w.stop = to
	w.size++
	if w.size > maxRunes {
		return
	}
	i := w.size - 1
	w.from[i], w.to[i] = from, to
	if class == 0 {
		w.runes[i], w.ordered = r, 0
		return
	}
	for first := i - w.ordered; i > first && orders[w.runes[i-1]] > class; i-- {
		w.runes[i] = w.runes[i-1]
	}
	w.runes[i] = r
	w.ordered++
}

// mark takes an accent, which is left out: its bytes belong to the rune
// before it. One that starts anew (of combining class 0) keeps those before
// it from changing places with those behind it.
func (w *word) mark(starter bool, to int) {
	if starter {
		w.ordered = 0
	}
	if w.size == 0 {
		return
	}
	w.stop = to
	if w.size <= maxRunes {
		w.to[w.size-1] = to
	}
}

// small is the rune in lower case. No rune of a decomposed text has more than
// one, and sigma has its usual one at the end of words too, as the reference
// has it.
func small(r rune) rune {
	if s, ok := lowered[r]; ok {
		return s
	}
	return unicode.ToLower(r)
}

// ideograph reports whether a rune is of the ranges that BERT takes for
// Chinese, a word each.
func ideograph(r rune) bool {
	return r >= 0x3400 && (r <= 0x4DBF || 0x4E00 <= r && r <= 0x9FFF || 0xF900 <= r && r <= 0xFAFF ||
		0x20000 <= r && r <= 0x2A6DF || 0x2A700 <= r && r <= 0x2B73F || 0x2B740 <= r && r <= 0x2B81F ||
		0x2B920 <= r && r <= 0x2CEAF || 0x2F800 <= r && r <= 0x2FA1F)
}

// within reports whether a rune is in one of the ranges, which are sorted.
func within(ranges [][2]rune, r rune) bool {
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i][1] >= r })
	return i < len(ranges) && ranges[i][0] <= r
}

type class uint8

const (
	dropped class = iota // control characters
	letter               // digits too
	space
	single // punctuation and signs, each a word
)

// asciiClass is the class of each ASCII character.
var asciiClass = func() (table [utf8.RuneSelf]class) {
	for c := range table {
		switch b := byte(c); {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
			table[c] = letter
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			table[c] = space
		case b > ' ' && b < 0x7f:
			table[c] = single
		}
	}
	return table
}()
