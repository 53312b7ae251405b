package tag

import (
	"errors"
	"math/bits"
)

// index tells the rows of places, 64 of which are a block.
type index struct {
	blocks []block
	mask   uint32
}

// block has a bit for each of its places that has a row, and how many rows come
// before them: together, since most features need both.
type block struct {
	has    uint64
	before uint32
}

// newIndex numbers places, which must be in ascending order.
func newIndex(logSize int, places []uint32) (index, error) {
	x := index{blocks: make([]block, max(1, 1<<logSize/64)), mask: uint32(1)<<logSize - 1}
	last := -1
	for _, p := range places {
		if int(p) <= last || p > x.mask {
			return index{}, errors.New("damaged: its places are out of order")
		}
		last = int(p)
		x.blocks[p/64].has |= 1 << (p % 64)
	}
	var n uint32
	for i := range x.blocks {
		x.blocks[i].before = n
		n += uint32(bits.OnesCount64(x.blocks[i].has))
	}
	return x, nil
}

// row is the row of a place, and false if it has none.
func (x *index) row(place uint32) (int, bool) {
	p := place & x.mask
	b := &x.blocks[p/64]
	bit := uint64(1) << (p % 64)
	if b.has&bit == 0 {
		return 0, false
	}
	return int(b.before) + bits.OnesCount64(b.has&(bit-1)), true
}

// places are all places with a row.
func (x *index) places() []uint32 {
	var out []uint32
	for i := range x.blocks {
		for w := x.blocks[i].has; w != 0; w &= w - 1 {
			out = append(out, uint32(64*i+bits.TrailingZeros64(w)))
		}
	}
	return out
}
