package tag

import (
	"encoding/binary"

	"earshot/nlp/sentiment"
)

// Sum is the evidence in a text: the weights of its features, added up. The zero
// value is that of a text without words. Sums add, so title and body may be added
// one after the other.
type Sum struct {
	words, chars   [width]int32
	nWords, nChars int // features with weights
}

// Reset empties the sum.
func (s *Sum) Reset() { *s = Sum{} }

// Add adds the features of a text, or of a part of one.
func (m *Model) Add(s *Sum, f *sentiment.Features) {
	s.nWords += m.add(&s.words, f.Words)
	s.nChars += m.add(&s.chars, f.Chars)
}

const (
	machine = width / 8 // machine words of a row
	// Eight weights of a byte are added as four in lanes of 16 bits, twice.
	lanes = 0x00ff00ff00ff00ff
	// atOnce is how many rows fit into the lanes.
	atOnce = 256
)

// add adds the rows of places to dst and returns how many there are.
func (m *Model) add(dst *[width]int32, places []uint32) int {
	var rows [atOnce]int32
	total, n := 0, 0
	for _, p := range places {
		if r, ok := m.index.row(p); ok {
			rows[n] = int32(r)
			if n++; n == atOnce {
				m.addRows(dst, rows[:n])
				total, n = total+n, 0
			}
		}
	}
	m.addRows(dst, rows[:n])
	return total + n
}

// addRows adds at most atOnce rows.
func (m *Model) addRows(dst *[width]int32, rows []int32) {
	var even, odd [machine]uint64
	for _, r := range rows {
		row := m.rows[int(r)*width : int(r)*width+width : int(r)*width+width]
		for i := range machine {
			w := binary.LittleEndian.Uint64(row[8*i : 8*i+8])
			even[i] += w & lanes
			odd[i] += w >> 8 & lanes
		}
	}
	offset := int32(128 * len(rows))
	for i := range machine {
		e, o := even[i], odd[i]
		for j := range 4 {
			dst[8*i+2*j] += int32(e>>(16*j)&0xffff) - offset
			dst[8*i+2*j+1] += int32(o>>(16*j)&0xffff) - offset
		}
	}
}
