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
	// Eight weights of a byte are added as four in lanes of 16 bits, twice.
	lanes = 0x00ff00ff00ff00ff
	// atOnce is how many rows fit into the lanes.
	atOnce = 256
	// half is the bytes of a row that are added in one go: their lanes fit into a
	// processor's registers.
	half = width / 2
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
	m.addHalf((*[half]int32)(dst[:half]), rows, 0)
	m.addHalf((*[half]int32)(dst[half:]), rows, half)
}

// addHalf adds the halves of at most atOnce rows that begin at a byte of them.
func (m *Model) addHalf(dst *[half]int32, rows []int32, at int) {
	var e0, e1, e2, e3, e4, o0, o1, o2, o3, o4 uint64 // even and odd bytes
	for _, r := range rows {
		from := int(r)*width + at
		row := m.rows[from : from+half : from+half]
		w := binary.LittleEndian.Uint64(row)
		e0 += w & lanes
		o0 += w >> 8 & lanes
		w = binary.LittleEndian.Uint64(row[8:])
		e1 += w & lanes
		o1 += w >> 8 & lanes
		w = binary.LittleEndian.Uint64(row[16:])
		e2 += w & lanes
		o2 += w >> 8 & lanes
		w = binary.LittleEndian.Uint64(row[24:])
		e3 += w & lanes
		o3 += w >> 8 & lanes
		w = binary.LittleEndian.Uint64(row[32:])
		e4 += w & lanes
		o4 += w >> 8 & lanes
	}
	offset := int32(128 * len(rows))
	for i, pair := range [half / 8][2]uint64{{e0, o0}, {e1, o1}, {e2, o2}, {e3, o3}, {e4, o4}} {
		for j := range 4 {
			dst[8*i+2*j] += int32(pair[0]>>(16*j)&0xffff) - offset
			dst[8*i+2*j+1] += int32(pair[1]>>(16*j)&0xffff) - offset
		}
	}
}
