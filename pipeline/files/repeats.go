package files

import "hash/maphash"

// maxSeen bounds the memory of Repeats, to about 100 MB.
const maxSeen = 4 << 20

// Repeats counts ids that come more than once in a file. Of ids beyond the
// first four million different ones, only those that repeat an earlier one
// are counted. The zero value is ready for use, by one goroutine.
type Repeats struct {
	seen  map[uint64]struct{} // by hash: of 10 million files of a million ids, one gives a false alarm
	seed  maphash.Seed
	count int
	id    string
	line  int
}

// Add notes the id of the record on line; empty ids do not count.
func (r *Repeats) Add(id string, line int) {
	if id == "" {
		return
	}
	if r.seen == nil {
		r.seen = map[uint64]struct{}{}
		r.seed = maphash.MakeSeed()
	}
	hash := maphash.String(r.seed, id)
	if _, again := r.seen[hash]; again {
		if r.count == 0 {
			r.id, r.line = id, line
		}
		r.count++
		return
	}
	if len(r.seen) < maxSeen {
		r.seen[hash] = struct{}{}
	}
}

// Count returns how many records had an id that an earlier one had.
func (r *Repeats) Count() int { return r.count }

// Example returns the first id that came again, and the line where it did.
func (r *Repeats) Example() (id string, line int) { return r.id, r.line }
