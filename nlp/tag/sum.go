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
	// Eight weights of a byte are added as the four even ones, in lanes of 16 bits,
	// and as all but the first, of which the even ones are taken off in the end.
	lanes = 0x00ff00ff00ff00ff
	// atOnce is how many rows fit into the lanes.
	atOnce = 256
	// together is how many rows are added in one go: the sums go through memory,
	// the fewer times the better, and so many rows fit into a processor's registers.
	together = 4
)

// row is the weights of one place.
type row = [width]byte

// add adds the rows of places to dst and returns how many there are.
func (m *Model) add(dst *[width]int32, places []uint32) int {
	var rows [atOnce]*row
	total, n := 0, 0
	for _, p := range places {
		if r, ok := m.index.row(p); ok {
			rows[n] = (*row)(m.rows[r*width:])
			if n++; n == atOnce {
				addRows(dst, rows[:n])
				total, n = total+n, 0
			}
		}
	}
	addRows(dst, rows[:n])
	return total + n
}

// addRows adds at most atOnce rows.
func addRows(dst *[width]int32, rows []*row) {
	var even, high [width / 8]uint64
	rest := rows
	for ; len(rest) >= together; rest = rest[together:] {
		a, b, c, d := rest[0], rest[1], rest[2], rest[3]
		for i := range even {
			w, x := binary.LittleEndian.Uint64(a[8*i:]), binary.LittleEndian.Uint64(b[8*i:])
			y, z := binary.LittleEndian.Uint64(c[8*i:]), binary.LittleEndian.Uint64(d[8*i:])
			even[i] += w&lanes + x&lanes + y&lanes + z&lanes
			high[i] += w>>8 + x>>8 + y>>8 + z>>8
		}
	}
	for _, r := range rest {
		for i := range even {
			w := binary.LittleEndian.Uint64(r[8*i:])
			even[i] += w & lanes
			high[i] += w >> 8
		}
	}
	offset := int32(128 * len(rows))
	for i := range even {
		odd := high[i] - even[i]>>16<<8
		for j := range 4 {
			dst[8*i+2*j] += int32(even[i]>>(16*j)&0xffff) - offset
			dst[8*i+2*j+1] += int32(odd>>(16*j)&0xffff) - offset
		}
	}
}
