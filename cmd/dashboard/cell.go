package dashboard

import (
	"context"
	"sync"
	"time"
)

// reading is what a cell knows at one moment.
type reading[T any] struct {
	value T
	at    time.Time // when value was asked for; zero: there is none yet
	err   error     // why the last attempt failed; nil while it is only slow
	since time.Time // since when there has been no answer; zero: all is well
	until time.Time // when asking again can bring something new
}

// cell keeps one value that is costly to get, for any number of readers. The
// value is asked for only when somebody reads, never twice at the same time,
// and not again before refresh has passed, nor before four times as long as
// the last answer took: a slow store is not made slower by those who watch it.
//
// Readers wait for an answer at most patience and then go on with what there
// is, so nothing that hangs can make a page hang.
type cell[T any] struct {
	refresh  time.Duration
	patience time.Duration
	slow     time.Duration // an answer that takes longer counts as none
	load     func(context.Context) (T, error)
	spawn    func(func(context.Context)) bool // false: closed

	mu      sync.Mutex
	value   T
	at      time.Time
	err     error
	failing time.Time // when the first attempt without an answer began
	until   time.Time
	started time.Time
	busy    chan struct{} // closed when the running attempt ends; nil: none runs
}

const maxPause = time.Minute

// read returns the value, at most refresh old where the source answers.
func (c *cell[T]) read(ctx context.Context) reading[T] {
	busy := c.start()
	if busy != nil {
		timer := time.NewTimer(c.patience)
		defer timer.Stop()
		select {
		case <-busy:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := reading[T]{value: c.value, at: c.at, err: c.err, since: c.failing, until: c.until}
	if c.busy != nil {
		r.until = time.Now().Add(c.refresh)
		if r.since.IsZero() && time.Since(c.started) >= c.slow {
			r.since = c.started
		}
	}
	return r
}

// start begins an attempt where one is due, and returns the channel to wait on,
// or nil where the value is fresh.
func (c *cell[T]) start() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy != nil {
		return c.busy
	}
	now := time.Now()
	if now.Before(c.until) {
		return nil
	}
	busy := make(chan struct{})
	if !c.spawn(func(ctx context.Context) { c.attempt(ctx, now, busy) }) {
		return nil
	}
	c.busy, c.started = busy, now
	return busy
}

func (c *cell[T]) attempt(ctx context.Context, started time.Time, busy chan struct{}) {
	value, err := c.load(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	took := time.Since(started)
	c.until = started.Add(max(c.refresh, min(4*took, maxPause)))
	c.err = err
	switch {
	case err == nil:
		c.value, c.at, c.failing = value, started, time.Time{}
	case c.failing.IsZero():
		c.failing = started
	}
	c.busy = nil
	close(busy)
}
