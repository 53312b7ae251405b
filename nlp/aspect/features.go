package aspect

import (
	"math/bits"

	"earshot/nlp/clause"
	"earshot/nlp/segment"
)

// The families of features. Each hashes into places of its own.
const (
	fBag uint64 = 0x0e3779b97f4a7c15 * (iota + 1)
	fPart
	fSide
	fPair
	fPairPart
	fPrefix
	fOwn
	fOwnPrefix
	fTurn
	fShape
	fClause
	fBefore
	fAfter
	fAfterPair
)

// Place is a feature as a place in the model's table, with the word that it is of:
// an index into the words around the span.
type Place struct {
	At   uint32
	Word uint8
}

// Features are the features of one span. The zero value is empty.
type Features struct {
	Places []Place
	words  words
	mask   uint64
}

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 29
	return h
}

func (f *Features) add(word int, h uint64) {
	f.Places = append(f.Places, Place{At: uint32(mix(h) & f.mask), Word: uint8(word)})
}

// addAt adds the feature of a word at a position, twice in the span's own part: what
// stands there mostly decides.
func (f *Features) addAt(word int, h, at uint64) {
	f.add(word, h)
	if at == ownPart {
		f.add(word, h)
	}
}

// ownPart is the position of the words in the span's part of the sentence.
const ownPart = 1

// position is where a word stands, for the judgement of the span: in its part of
// the sentence, in one of the next, farther away, or in another sentence.
func position(x *word) uint64 {
	switch {
	case x.phrase < 0:
		return 7
	case x.phrase > 0:
		return 8
	case x.part == 0:
		return ownPart
	case x.part == 1:
		return 2
	case x.part == -1:
		return 3
	case x.part > 0:
		return 4
	}
	return 5
}

// make makes the features of the words that were read.
func (f *Features) make(t *segment.Text) {
	f.Places = f.Places[:0]
	w := &f.words
	turn := t.Clauses[w.all[w.from].clause].Turn
	for i := range w.all[:w.n] {
		x := &w.all[i]
		if i >= w.from && i < w.to {
			f.add(i, x.hash+fOwn)
			f.add(i, x.prefix+fOwnPrefix)
			continue
		}
		distance := w.from - i
		side := uint64(0)
		if i >= w.to {
			distance, side = i-w.to+1, 1
		}
		h, prefix := x.hash, x.prefix
		if x.negated {
			h, prefix = h*3+1, prefix*3+1
		}
		at := position(x)
		f.add(i, h+fBag)
		f.addAt(i, (h^at)*prime64+fPart, at)
		f.add(i, (prefix^at)*prime64+fPrefix)
		if x.phrase == 0 {
			f.add(i, (h^(2*uint64(bits.Len(uint(distance)))+side))*prime64+fSide)
			if x.clause == w.all[w.from].clause {
				f.add(i, (h^uint64(turn))*prime64+fClause)
			}
		}
		if i > 0 && i != w.to {
			pair := (w.all[i-1].hash*prime64 ^ h) * prime64
			f.add(i, pair+fPair)
			f.addAt(i, (pair^at)*prime64+fPairPart, at)
		}
	}
	last := w.to - 1
	if w.from > 0 {
		f.add(w.from-1, (w.all[w.from-1].hash*prime64^w.all[last].hash)*prime64+fBefore)
	}
	if w.to < w.n {
		f.add(w.to, (w.all[last].hash*prime64^w.all[w.to].hash)*prime64+fAfter)
	}
	if w.to+1 < w.n { // "is slow", "was always late"
		f.add(w.to+1, (w.all[w.to].hash*prime64^w.all[w.to+1].hash)*prime64+fAfterPair)
	}
	f.shape(t, turn)
}

// shape makes the features that are of no single word: how the span's clause stands
// to others, and whether parts come before and after.
func (f *Features) shape(t *segment.Text, turn clause.Turn) {
	w := &f.words
	own := int(w.all[w.from].clause)
	after := clause.Plain
	if own+1 < len(t.Clauses) {
		after = t.Clauses[own+1].Turn
	}
	f.add(w.from, uint64(turn)*3+uint64(after)+fTurn)
	parts := uint64(min(3, -w.all[0].part))*4 + uint64(min(3, w.all[w.n-1].part))
	f.add(w.from, parts*prime64+fShape)
}
