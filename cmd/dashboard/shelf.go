package dashboard

import (
	"context"
	"sync"
	"time"
)

// shelf keeps the cells that somebody reads, each under the name of what it
// holds. Addresses can ask for anything, so it holds few: the one that was not
// read for longest makes room.
type shelf struct {
	mu    sync.Mutex
	cells map[string]*shelved
	slots chan struct{} // of the questions that are asked at the same time
}

type shelved struct {
	cell any // *cell[T]
	read time.Time
}

const (
	shelvedCells = 300
	// askedAtOnce leaves the pipeline its part of the store.
	askedAtOnce = 4
)

func newShelf() *shelf {
	return &shelf{cells: map[string]*shelved{}, slots: make(chan struct{}, askedAtOnce)}
}

// take returns the cell of that name; if there is none, what build makes.
func (s *shelf) take(name string, build func() any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.cells[name]
	if kept == nil {
		if len(s.cells) >= shelvedCells {
			s.drop()
		}
		kept = &shelved{cell: build()}
		s.cells[name] = kept
	}
	kept.read = time.Now()
	return kept.cell
}

// drop forgets the cell that was not read for longest. Whoever reads it now still
// gets its value.
func (s *shelf) drop() {
	var oldest string
	for name, kept := range s.cells {
		if oldest == "" || kept.read.Before(s.cells[oldest].read) {
			oldest = name
		}
	}
	delete(s.cells, oldest)
}

// slot waits for a turn to ask; done gives it back.
func (s *shelf) slot(ctx context.Context) (done func(), err error) {
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
