package aspect

import (
	"math/bits"

	"earshot/nlp/clause"
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

// Features are the features of one span of a text. Begin comes first.
type Features struct {
	Places []Place
	text   text
	words  words
	mask   uint64
}

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 29
	return h
}

// list is the features of a span as they grow: a value of its own, so that its length
// stays in a register.
type list struct {
	places []Place
	mask   uint64
}

func (l *list) add(word int, h uint64) {
	l.places = append(l.places, Place{At: uint32(mix(h) & l.mask), Word: uint8(word)})
}

// addAt adds the feature of a word at a position, twice in the span's own part: what
// stands there mostly decides.
func (l *list) addAt(word int, h, at uint64) {
	l.add(word, h)
	if at == ownPart {
		l.places = append(l.places, l.places[len(l.places)-1])
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
func (f *Features) make() {
	l, w := list{f.Places[:0], f.mask}, &f.words
	turn := f.text.Clauses[w.all[w.from].clause].Turn
	for i := range w.all[:w.n] {
		x := &w.all[i]
		if i >= w.from && i < w.to {
			l.add(i, x.hash+fOwn)
			l.add(i, x.prefix+fOwnPrefix)
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
		l.add(i, h+fBag)
		l.addAt(i, (h^at)*prime64+fPart, at)
		l.add(i, (prefix^at)*prime64+fPrefix)
		if x.phrase == 0 {
			l.add(i, (h^(2*uint64(bits.Len(uint(distance)))+side))*prime64+fSide)
			if x.clause == w.all[w.from].clause {
				l.add(i, (h^uint64(turn))*prime64+fClause)
			}
		}
		if i > 0 && i != w.to {
			pair := (w.all[i-1].hash*prime64 ^ h) * prime64
			l.add(i, pair+fPair)
			l.addAt(i, (pair^at)*prime64+fPairPart, at)
		}
	}
	last := w.to - 1
	if w.from > 0 {
		l.add(w.from-1, (w.all[w.from-1].hash*prime64^w.all[last].hash)*prime64+fBefore)
	}
	if w.to < w.n {
		l.add(w.to, (w.all[last].hash*prime64^w.all[w.to].hash)*prime64+fAfter)
	}
	if w.to+1 < w.n { // "is slow", "was always late"
		l.add(w.to+1, (w.all[w.to].hash*prime64^w.all[w.to+1].hash)*prime64+fAfterPair)
	}
	f.shape(&l, turn)
	f.Places = l.places
}

// shape makes the features that are of no single word: how the span's clause stands
// to others, and whether parts come before and after.
func (f *Features) shape(l *list, turn clause.Turn) {
	w := &f.words
	own := int(w.all[w.from].clause)
	after := clause.Plain
	if own+1 < len(f.text.Clauses) {
		after = f.text.Clauses[own+1].Turn
	}
	l.add(w.from, uint64(turn)*3+uint64(after)+fTurn)
	parts := uint64(min(3, -w.all[0].part))*4 + uint64(min(3, w.all[w.n-1].part))
	l.add(w.from, parts*prime64+fShape)
}
