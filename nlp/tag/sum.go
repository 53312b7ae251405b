package tag

import (
	"encoding/binary"

	"earshot/nlp/sentiment"
)

// Sum is the evidence in a text: the weights of its features, added up. The zero
// value is that of a text without words. Sums add, so title and body may be added
// one after the other.
type Sum struct{ words, chars tally }

// Reset empties the sum.
func (s *Sum) Reset() { *s = Sum{} }

// Add adds the features of a text, or of a part of one.
func (m *Model) Add(s *Sum, f *sentiment.Features) {
	m.AddWords(s, f.Words)
	m.AddChars(s, f.Chars)
}

// AddWords adds features of words.
func (m *Model) AddWords(s *Sum, places []uint32) { m.add(&s.words, places) }

// AddChars adds character n-grams.
func (m *Model) AddChars(s *Sum, places []uint32) { m.add(&s.chars, places) }

// AddRows adds what the character n-grams of a word come to.
func (s *Sum) AddRows(r *Rows) {
	s.chars.room(r.n)
	open := &s.chars.open
	for i := range open.even {
		open.even[i] += r.even[i]
		open.odd[i] += r.odd[i]
	}
}

// AddRow adds a feature of a word by its row, see RowOf.
func (m *Model) AddRow(s *Sum, row int) {
	if row >= 0 {
		s.words.room(1)
		s.words.open.addOne(m.row(row))
	}
}

// RowOf is where the weights of a place are, −1 if it has none.
func (m *Model) RowOf(place uint32) int {
	i, ok := m.index.row(place)
	if !ok {
		return -1
	}
	return i
}

// Rows are the weights of a few places, added up.
type Rows struct {
	// Eight weights of a byte are added as the four even ones, in lanes of 16 bits,
	// and as the four odd ones. A weight stands as 128 more.
	even, odd [width / 8]uint64
	n         int // places with weights, atOnce at most
}

const (
	lanes = 0x00ff00ff00ff00ff
	// atOnce is how many rows fit into the lanes.
	atOnce = 256
	// together is how many rows are added in one go: the sums go through memory,
	// the fewer times the better, and so many rows fit into a processor's registers.
	together = 4
)

// RowsOf adds up the weights of at most 256 places.
func (m *Model) RowsOf(places []uint32) (r Rows) {
	var rows [atOnce]*row
	for _, p := range places {
		if i, ok := m.index.row(p); ok {
			rows[r.n] = m.row(i)
			r.n++
		}
	}
	r.add(rows[:r.n])
	return r
}

// row is the weights of one place.
type row = [width]byte

func (m *Model) row(i int) *row { return (*row)(m.rows[i*width:]) }

// add adds the weights of rows, for which there is room.
func (r *Rows) add(rows []*row) {
	var even, high [width / 8]uint64 // high are all but the first of eight
	for ; len(rows) >= together; rows = rows[together:] {
		a, b, c, d := rows[0], rows[1], rows[2], rows[3]
		for i := range even {
			w, x := binary.LittleEndian.Uint64(a[8*i:]), binary.LittleEndian.Uint64(b[8*i:])
			y, z := binary.LittleEndian.Uint64(c[8*i:]), binary.LittleEndian.Uint64(d[8*i:])
			even[i] += w&lanes + x&lanes + y&lanes + z&lanes
			high[i] += w>>8 + x>>8 + y>>8 + z>>8
		}
	}
	for _, one := range rows {
		for i := range even {
			w := binary.LittleEndian.Uint64(one[8*i:])
			even[i] += w & lanes
			high[i] += w >> 8
		}
	}
	for i := range even {
		r.even[i] += even[i]
		r.odd[i] += high[i] - even[i]>>16<<8
	}
}

// addOne adds the weights of one row.
func (r *Rows) addOne(one *row) {
	for i := range r.even {
		w := binary.LittleEndian.Uint64(one[8*i:])
		r.even[i] += w & lanes
		r.odd[i] += w >> 8 & lanes
	}
}

// of is the weight of a label.
func (r *Rows) of(l int) int32 {
	half := &r.even
	if l&1 != 0 {
		half = &r.odd
	}
	return int32(half[l/8]>>(16*(l%8/2))&0xffff) - int32(128*r.n)
}

// all are the weights of all labels.
func (r *Rows) all(dst *[width]int32) {
	offset := int32(128 * r.n)
	for i := range r.even {
		even, odd := r.even[i], r.odd[i]
		for j := range 4 {
			dst[8*i+2*j] = int32(even>>(16*j)&0xffff) - offset
			dst[8*i+2*j+1] = int32(odd>>(16*j)&0xffff) - offset
		}
	}
}

// tally is any number of rows, added up: those in open, and those before them.
type tally struct {
	before [width]int32
	open   Rows
	n      int // features with weights
}

// add adds the rows of places.
func (m *Model) add(t *tally, places []uint32) {
	var rows [atOnce]*row
	n := 0
	for _, p := range places {
		if i, ok := m.index.row(p); ok {
			rows[n] = m.row(i)
			if n++; n == atOnce {
				t.add(rows[:n])
				n = 0
			}
		}
	}
	t.add(rows[:n])
}

// add adds at most atOnce rows.
func (t *tally) add(rows []*row) {
	t.room(len(rows))
	t.open.add(rows)
}

// room makes room for n rows more, which the caller adds.
func (t *tally) room(n int) {
	if t.open.n+n > atOnce {
		before := t.before
		t.open.all(&t.before)
		for l := range before {
			t.before[l] += before[l]
		}
		t.open = Rows{}
	}
	t.open.n += n
	t.n += n
}

// all are the weights of all labels.
func (t *tally) all(dst *[width]int32) {
	t.open.all(dst)
	for l := range dst {
		dst[l] += t.before[l]
	}
}
