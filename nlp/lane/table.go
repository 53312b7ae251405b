package lane

import mathbits "math/bits"

// table finds the row of a place: open addressing in a table that is at most half
// full.
type table struct {
	slots []slot
	shift int
}

// slot is a place and its row, from 1; a row of 0 is an empty slot.
type slot struct{ place, row uint32 }

// newTable makes a table in which the row of a place is its index in places.
func newTable(places []uint32) table {
	size := mathbits.Len(uint(2*len(places) + 1))
	t := table{slots: make([]slot, 1<<size), shift: 32 - size}
	for row, place := range places {
		i := t.start(place)
		for t.slots[i].row != 0 {
			i = (i + 1) & (len(t.slots) - 1)
		}
		t.slots[i] = slot{place, uint32(row + 1)}
	}
	return t
}

// start is where the search for a place begins (Knuth's multiplicative hashing).
func (t *table) start(place uint32) int { return int(place * 2654435769 >> t.shift) }

func (t *table) row(place uint32) (int, bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	for i := t.start(place); ; i = (i + 1) & (len(t.slots) - 1) {
		switch s := t.slots[i]; {
		case s.row == 0:
			return 0, false
		case s.place == place:
			return int(s.row - 1), true
		}
	}
}
