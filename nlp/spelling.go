package nlp

import (
	"sync/atomic"

	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
)

// spelling is what the fast tier's models hear in a word by itself: the sums of the
// weights of the word and of its character n-grams. It depends on the word's letters
// alone, and most words of a text were met shortly before: one look into memory stands
// for two dozen into the tables of two models. It is never changed after it was made.
type spelling struct {
	size     uint8
	form     [longestKnown]byte
	polarity sentiment.Sum
	row      int32    // of the word in the tags' model, −1 if it has none
	tags     tag.Rows // of its n-grams
}

const (
	// longestKnown is the length in bytes of the longest form that is remembered.
	longestKnown = 31
	// memories is how many words are remembered, a power of two: nine words of ten
	// in public reviews and tweets, 4 MB.
	memories = 1 << 14
)

// memory remembers the spellings of the words met last; each has one place, which it
// shares with others. Words are told apart by their bytes, not by their hashes, so
// that what is heard never depends on what was met before.
type memory [memories]atomic.Pointer[spelling]

// spellingOf is the spelling of a form of at most longestKnown bytes.
func (a *Analyzer) spellingOf(h *hearing, hash uint64, form []byte) *spelling {
	place := &a.memory[hash%memories]
	if s := place.Load(); s != nil && string(s.form[:s.size]) == string(form) {
		return s
	}
	h.places = h.extractor.NGrams(h.places[:0], form)
	word := h.extractor.Word(hash)
	s := &spelling{polarity: a.fast.OfWords([]uint32{word}), row: int32(a.tags.RowOf(word)), tags: a.tags.RowsOf(h.places)}
	s.polarity.Add(a.fast.OfChars(h.places))
	s.size = uint8(copy(s.form[:], form))
	place.Store(s)
	return s
}

// spell adds what some words by themselves tell of tags to sum, and returns what they
// tell of polarity.
func (a *Analyzer) spell(h *hearing, forms []sentiment.Form, sum *tag.Sum) (polarity sentiment.Sum) {
	for _, f := range forms {
		form := h.features.Letters(f)
		if len(form) > longestKnown {
			polarity.Add(a.spellLong(h, f.Hash, form, sum))
			continue
		}
		s := a.spellingOf(h, f.Hash, form)
		polarity.Add(s.polarity)
		a.tags.AddRow(sum, int(s.row))
		sum.AddRows(&s.tags)
	}
	return polarity
}

// spellLong is spell for a form that is too long to be remembered.
func (a *Analyzer) spellLong(h *hearing, hash uint64, form []byte, sum *tag.Sum) (polarity sentiment.Sum) {
	h.places = append(h.places[:0], h.extractor.Word(hash))
	polarity.Add(a.fast.OfWords(h.places))
	a.tags.AddWords(sum, h.places)
	h.places = h.extractor.NGrams(h.places[:0], form)
	polarity.Add(a.fast.OfChars(h.places))
	a.tags.AddChars(sum, h.places)
	return polarity
}
