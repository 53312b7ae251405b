package privacy

import (
	"unicode/utf8"

	"earshot/nlp/token"
)

// search is the state of one call of Find, used again by a later one.
type search struct {
	text  string
	known Known

	words        []word
	numbers      []int        // the words that have digits
	capitals     []int        // the words that begin with a capital and have no digits
	cues         []int        // the words that announce something
	ats          []int        // offsets of '@'
	links        []int        // offsets of "://" and "www."
	colons       int          // how many
	placeholders []token.Span // of what is hidden already
	all          cue          // the cues of all words
	shouted      bool         // capitals say nothing here
	titled       bool         // capitals say little

	hits, taken []hit
	key         [48]byte // the word that is looked up
	pair        [96]byte // two of them
	joined      [40]byte // digits and letters of a number, without what separates them
	shape       [40]byte
}

const longestKey = 40

// Classes of bytes.
const (
	isLetter = 1 << iota
	isCapital
	isDigit
	isHigh // beyond ASCII
)

var class = newClasses()

func newClasses() (c [256]uint8) {
	for b := 'a'; b <= 'z'; b++ {
		c[b] = isLetter
		c[b-'a'+'A'] = isLetter | isCapital
	}
	for b := '0'; b <= '9'; b++ {
		c[b] = isDigit
	}
	for b := utf8.RuneSelf; b < 256; b++ {
		c[b] = isHigh
	}
	return c
}

// scan cuts the text into words and notes where the steps should look.
func (s *search) scan() {
	s.words, s.numbers, s.capitals, s.cues = s.words[:0], s.numbers[:0], s.capitals[:0], s.cues[:0]
	s.ats, s.links, s.placeholders, s.hits = s.ats[:0], s.links[:0], s.placeholders[:0], s.hits[:0]
	s.colons, s.all = 0, 0
	text := s.text
	gapStart := 0
	shouting := 0
	for i := 0; i < len(text); {
		c := class[text[i]]
		n := 0
		if c&isHigh != 0 {
			n = wordRune(text[i:])
		}
		if c&(isLetter|isDigit) == 0 && n == 0 {
			i += s.mark(i)
			continue
		}
		w := word{start: i}
		i = w.read(text, i, n)
		if w.start-gapStart == 1 && text[gapStart] == ' ' { // as most are
			w.gap = gapSpace
		} else {
			w.gap = s.gapBefore(gapStart, w.start)
		}
		if len(s.words) == 0 || w.gap == gapEnd || w.gap == gapLine {
			w.flags |= first
		}
		if w.has(letters) {
			w.cue = lookUp(s, cueWords, &w)
		}
		s.note(&w)
		if w.has(upper) {
			shouting++
		}
		gapStart = i
	}
	s.titled = len(s.capitals) > 5 && 2*len(s.capitals) > len(s.words)-len(s.numbers)
	s.shouted = shouting > 3 && 2*shouting > len(s.words) || len(s.capitals) > 5 && 10*len(s.capitals) > 8*(len(s.words)-len(s.numbers))
}

// note puts the word on the lists where the steps look for it.
func (s *search) note(w *word) {
	at := len(s.words)
	switch {
	case w.has(digits):
		s.numbers = append(s.numbers, at)
	case w.has(capital):
		s.capitals = append(s.capitals, at)
	}
	if w.cue != 0 {
		s.cues = append(s.cues, at)
		s.all |= w.cue
	}
	s.words = append(s.words, *w)
}

// mark notes what is no word at i and returns its size.
func (s *search) mark(i int) int {
	switch c := s.text[i]; c {
	case '@':
		s.ats = append(s.ats, i)
	case ':':
		s.colons++
		if len(s.text) > i+3 && s.text[i+1] == '/' && s.text[i+2] == '/' {
			s.links = append(s.links, i)
		}
	case '.':
		if len(s.words) > 0 && s.words[len(s.words)-1].end == i && foldedIs(s.text[s.words[len(s.words)-1].start:i], "www") {
			s.links = append(s.links, i)
		}
	case '[':
		if n := placeholder(s.text[i:]); n > 0 {
			s.placeholders = append(s.placeholders, token.Span{Start: i, End: i + n})
			return n
		}
	default:
		if c >= utf8.RuneSelf {
			_, n := utf8.DecodeRuneInString(s.text[i:])
			return n
		}
	}
	return 1
}

// placeholder is the length of the "[kind]" at the start of s, 0 if there is none.
func placeholder(s string) int {
	for _, kind := range [...]string{Email, Phone, Card, IBAN, NationalID, IP, Name, Address, Password, Account} {
		if len(s) >= len(kind)+2 && s[1:1+len(kind)] == kind && s[1+len(kind)] == ']' {
			return len(kind) + 2
		}
	}
	return 0
}

// foldedIs tells whether s is lower, but for the case of ASCII letters.
func foldedIs(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
