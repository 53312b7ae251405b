package sentiment

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"earshot/nlp/clause"
	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// The families of features. Each hashes into places of its own: these are added
// to a hash before it is mixed.
const (
	fUnigram    uint64 = 0xe220a8397b1dcdaf
	fNegated    uint64 = 0x6e789e6aa1b965f4
	fBigram     uint64 = 0x06c45d188009454f
	fSkip       uint64 = 0xf88bb8a8724c81ec
	fTrigram    uint64 = 0x1b39896a51a8749b
	fQuestion   uint64 = 0x53cb9f0c747ea2ea
	fContrast   uint64 = 0x2c829abe1f4532e1
	fConcession uint64 = 0xc584133ac916ab3c
	fStart      uint64 = 0x3ee5789041c98ac3
	fStart2     uint64 = 0xf3b8488c368cb0a6
	fEnd        uint64 = 0x657eecdd3cb13d09
	fUpper      uint64 = 0xc2d326e0055bdef6
	fShape      uint64 = 0x8621a03fe0bbdb7b
	fChar       uint64 = 0x8e1f7555983aa92f
)

// Features are the features of sentences as places in the model's table. A
// place may occur more than once.
type Features struct {
	Words []uint32 // of words and their sequences
	Chars []uint32 // of character n-grams inside words
	// Forms are the words that an Extractor leaves, see LeaveForms.
	Forms []Form
	// Ends tell where the features of each clause end.
	Ends []End
	// The tokens that each of Words and of Chars is made of. Only filled by an
	// Extractor that explains.
	WordSpans, CharSpans []token.Range

	letters []byte // of Forms
}

// End is how many features there are up to the end of a clause. A feature that
// reaches over two clauses belongs to the second.
type End struct{ Words, Chars, Forms int }

// Form is a word in normal form.
type Form struct {
	Hash     uint64 // of its letters
	from, to int32
}

// Letters is a form of the features, valid until they are reset.
func (f *Features) Letters(form Form) []byte { return f.letters[form.from:form.to] }

// Reset empties the features.
func (f *Features) Reset() {
	f.Words, f.Chars, f.Ends = f.Words[:0], f.Chars[:0], f.Ends[:0]
	f.Forms, f.letters = f.Forms[:0], f.letters[:0]
	f.WordSpans, f.CharSpans = f.WordSpans[:0], f.CharSpans[:0]
}

// Extractor makes features. It keeps its buffers between calls and is for one
// goroutine at a time.
type Extractor struct {
	mask    uint64
	explain bool
	leave   bool // the forms
	buf     []byte
	words   []word
	starts  []int
	spans   []token.Span
}

// NewExtractor returns an extractor for tables of 1<<bits places.
func NewExtractor(bits int) *Extractor { return &Extractor{mask: 1<<bits - 1} }

// Explain makes the extractor fill the spans of Features.
func (x *Extractor) Explain() { x.explain = true }

// LeaveForms makes the extractor leave out the features that depend on a word alone,
// which are most of all: Forms has the words instead. It is for callers that know what
// the features of most words come to, and ask Word and NGrams for those of others.
func (x *Extractor) LeaveForms() { x.leave = true }

// Text makes the features of a text.
func (x *Extractor) Text(f *Features, t *segment.Text) {
	f.Reset()
	for _, s := range t.Sentences {
		x.Sentence(f, t, s)
	}
}

// Sentence appends the features of one sentence, and an End for each of its
// clauses.
func (x *Extractor) Sentence(f *Features, t *segment.Text, s segment.Sentence) {
	clauses := t.Clauses[s.Clauses.From:s.Clauses.To]
	x.collect(t, s)
	first := len(f.Ends)
	x.sequences(f, t, clauses)
	at := 0
	for c := range clauses {
		for ; at < len(x.words) && int(x.words[at].token) < clauses[c].To; at++ {
			if w := &x.words[at]; w.text {
				x.chars(f, w)
			}
		}
		f.Ends[first+c].Chars, f.Ends[first+c].Forms = len(f.Chars), len(f.Forms)
	}
}

// collect normalises the sentence's tokens to words.
func (x *Extractor) collect(t *segment.Text, s segment.Sentence) {
	x.buf, x.words = x.buf[:0], x.words[:0]
	for i := s.From; i < s.To; i++ {
		var w word
		var ok bool
		if x.buf, w, ok = appendWord(x.buf, t.Text, t.Tokens[i]); ok {
			x.add(w, i)
		}
		if t.Tokens[i].Kind == token.Hashtag {
			x.hashtag(t, i)
		}
	}
}

func (x *Extractor) add(w word, i int) {
	w.token = int32(i)
	w.negator = w.text && w.to-w.from <= longestNegator && negators.has(w.hash)
	x.words = append(x.words, w)
}

// hashtag adds the words of a hashtag: the whole is a word already.
func (x *Extractor) hashtag(t *segment.Text, i int) {
	x.spans = token.HashtagWords(x.spans[:0], t.Text, t.Tokens[i])
	for _, span := range x.spans {
		w := word{from: len(x.buf), text: true}
		x.buf = appendNormal(x.buf, t.Text[span.Start:span.End], t.Tokens[i].Flags)
		x.add(w.closed(x.buf), i)
	}
}

func (x *Extractor) place(h uint64) uint32 { return uint32(mix(h) & x.mask) }

// sequences makes the features of words: by themselves, under a negation, by
// their role in the sentence, and in sequences of two and three.
func (x *Extractor) sequences(f *Features, t *segment.Text, clauses []clause.Clause) {
	words := x.words
	question := x.question(t)
	c, negated := 0, 0
	for i := range words {
		w := &words[i]
		at := int(w.token)
		for at >= clauses[c].To {
			f.Ends = append(f.Ends, End{Words: len(f.Words)})
			c++
			negated = 0
		}
		h := w.hash
		first := len(f.Words)
		if !x.leave || !w.text {
			f.Words = append(f.Words, x.place(h+fUnigram))
		}
		if negated > 0 {
			negated--
			f.Words = append(f.Words, x.place(h+fNegated))
		}
		if w.negator {
			negated = reach
		}
		if question {
			f.Words = append(f.Words, x.place(h+fQuestion))
		}
		switch clauses[c].Turn {
		case clause.Contrast:
			f.Words = append(f.Words, x.place(h+fContrast))
		case clause.Concession:
			f.Words = append(f.Words, x.place(h+fConcession))
		}
		if w.upper {
			f.Words = append(f.Words, x.place(h+fUpper))
		}
		if i == 0 {
			f.Words = append(f.Words, x.place(h+fStart))
		}
		if i == len(words)-1 {
			f.Words = append(f.Words, x.place(h+fEnd))
		}
		x.span(f, first, at, at)
		if i == 0 {
			continue
		}
		p := words[i-1].hash
		pair := (p*prime64 ^ h) * prime64
		first = len(f.Words)
		f.Words = append(f.Words, x.place(pair+fBigram))
		if i == 1 {
			f.Words = append(f.Words, x.place(pair+fStart2))
		}
		x.span(f, first, int(words[i-1].token), at)
		if i == 1 {
			continue
		}
		q := words[i-2].hash
		first = len(f.Words)
		f.Words = append(f.Words,
			x.place((q*prime64^h)*prime64+fSkip),
			x.place(((q*prime64^p)*prime64^h)*prime64+fTrigram))
		x.span(f, first, int(words[i-2].token), at)
	}
	if n := len(words); n > 0 {
		first := len(f.Words)
		f.Words = append(f.Words, x.place(uint64(bucket(n))*prime64+fShape))
		x.span(f, first, int(words[0].token), int(words[n-1].token))
	}
	for ; c < len(clauses); c++ {
		f.Ends = append(f.Ends, End{Words: len(f.Words)})
	}
}

// question tells whether the sentence closes with a question mark.
func (x *Extractor) question(t *segment.Text) bool {
	for i := len(x.words) - 1; i >= 0 && i >= len(x.words)-2; i-- {
		switch text := t.Tokens[x.words[i].token].Of(t.Text); {
		case text[0] == '?', strings.HasPrefix(text, "؟"):
			return true
		}
	}
	return false
}

// span notes, when explaining, that the features of words from first on are made
// of the tokens from one to another, both included.
func (x *Extractor) span(f *Features, first, from, to int) {
	if x.explain {
		for range len(f.Words) - first {
			f.WordSpans = append(f.WordSpans, token.Range{From: from, To: to + 1})
		}
	}
}

// bucket is the length of a sentence in words, in steps that double.
func bucket(n int) int { return bits.Len(uint(n)) }

// The lengths of character n-grams, in runes, the blanks around a word included.
const (
	shortest = 3
	longest  = 5
)

// chars makes the character n-grams of one word, or leaves them.
func (x *Extractor) chars(f *Features, w *word) {
	form := x.buf[w.from:w.to]
	if x.leave {
		from := int32(len(f.letters))
		f.letters = append(f.letters, form...)
		f.Forms = append(f.Forms, Form{w.hash, from, int32(len(f.letters))})
		return
	}
	before := len(f.Chars)
	f.Chars = x.NGrams(f.Chars, form)
	if x.explain {
		span := token.Range{From: int(w.token), To: int(w.token) + 1}
		for range len(f.Chars) - before {
			f.CharSpans = append(f.CharSpans, span)
		}
	}
}

// Word is the place of a word by itself, by the hash of its form.
func (x *Extractor) Word(hash uint64) uint32 { return x.place(hash + fUnigram) }

// NGrams appends the places of the character n-grams of a word in normal form.
func (x *Extractor) NGrams(dst []uint32, form []byte) []uint32 {
	if !ascii(form) {
		return x.wideNGrams(dst, form)
	}
	// " word " without building it
	n := len(form) + 2
	for i := range n - shortest + 1 {
		h := uint64(offset64)
		for j := i; j < n && j < i+longest; j++ {
			b := uint64(' ')
			if j > 0 && j <= len(form) {
				b = uint64(form[j-1])
			}
			h = (h ^ b) * prime64
			if j-i >= shortest-1 {
				dst = append(dst, x.place(h+fChar))
			}
		}
	}
	return dst
}

// wideNGrams is NGrams for forms that hold more than ASCII.
func (x *Extractor) wideNGrams(dst []uint32, form []byte) []uint32 {
	x.starts = x.starts[:0]
	for i := 0; i < len(form); {
		x.starts = append(x.starts, i)
		_, n := utf8.DecodeRune(form[i:])
		i += n
	}
	x.starts = append(x.starts, len(form))
	n := len(x.starts) - 1 + 2 // runes and the two blanks
	for i := range n - shortest + 1 {
		h := uint64(offset64)
		for j := i; j < n && j < i+longest; j++ {
			if j == 0 || j == n-1 {
				h = (h ^ ' ') * prime64
			} else {
				for _, b := range form[x.starts[j-1]:x.starts[j]] {
					h = (h ^ uint64(b)) * prime64
				}
			}
			if j-i >= shortest-1 {
				dst = append(dst, x.place(h+fChar))
			}
		}
	}
	return dst
}
