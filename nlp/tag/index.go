package tag

import (
	"errors"
	"math/bits"
)

// index tells the rows of places: a bit for each place, and how many places with a
// row come before each word of bits. Most features have none, which one look tells.
type index struct {
	has    []uint64
	before []uint32
	mask   uint32
}

// newIndex numbers places, which must be in ascending order.
func newIndex(logSize int, places []uint32) (index, error) {
	words := max(1, 1<<logSize/64)
	x := index{has: make([]uint64, words), before: make([]uint32, words), mask: uint32(1)<<logSize - 1}
	last := -1
	for _, p := range places {
		if int(p) <= last || p > x.mask {
			return index{}, errors.New("damaged: its places are out of order")
		}
		last = int(p)
		x.has[p/64] |= 1 << (p % 64)
	}
	var n uint32
	for i, w := range x.has {
		x.before[i] = n
		n += uint32(bits.OnesCount64(w))
	}
	return x, nil
}

// row is the row of a place, and false if it has none.
func (x *index) row(place uint32) (int, bool) {
	p := place & x.mask
	w := x.has[p/64]
	bit := uint64(1) << (p % 64)
	if w&bit == 0 {
		return 0, false
	}
	return int(x.before[p/64]) + bits.OnesCount64(w&(bit-1)), true
}

// places are all places with a row.
func (x *index) places() []uint32 {
	var out []uint32
	for i, w := range x.has {
		for ; w != 0; w &= w - 1 {
			out = append(out, uint32(64*i+bits.TrailingZeros64(w)))
		}
	}
	return out
}
