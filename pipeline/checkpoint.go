package pipeline

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Settling may take one part in settleShare of the time: after a settlement that
// took t, the next one waits (settleShare − 1) × t, but no longer than
// longestUnsettled.
const (
	settleShare      = 8
	longestUnsettled = 8 * time.Second
)

// checkpoint gathers the positions of what is durable and commits them, at once
// or every Limits.Commit. Before each commit it settles what was written, so that
// a crash at any moment leaves nothing unsettled behind the group's offsets.
type checkpoint struct {
	pipe *Pipeline

	turn   chan struct{} // full while it commits: commits go out one after the other
	done   map[partition]int64
	due    time.Time // nothing is committed before
	failed error     // for good
}

type partition struct {
	topic string
	id    int
}

func newCheckpoint(p *Pipeline) *checkpoint {
	return &checkpoint{pipe: p, turn: make(chan struct{}, 1), done: map[partition]int64{}}
}

// reach says that a batch, and every batch before it, is durable.
func (c *checkpoint) reach(ctx context.Context, items batch) error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	for _, item := range items {
		r := &item.Record
		at := partition{r.Topic, r.Partition}
		if offset, known := c.done[at]; !known || r.Offset > offset {
			c.done[at] = r.Offset
		}
	}
	return c.commitIfDue(ctx)
}

// keep commits what is due until ctx ends, also while nothing arrives. When a
// commit fails for good it calls stop and returns.
func (c *checkpoint) keep(ctx context.Context, stop func()) {
	if c.pipe.Limits.Commit <= 0 {
		return // reach leaves nothing over
	}
	tick := time.NewTicker(c.pipe.Limits.Commit)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		c.turn <- struct{}{}
		err := c.commitIfDue(ctx)
		<-c.turn
		if err != nil {
			stop()
			return
		}
	}
}

// close commits what is left over.
func (c *checkpoint) close(ctx context.Context) error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.due = time.Time{}
	return c.commitIfDue(ctx)
}

// commitIfDue settles and commits; it is the caller's turn.
func (c *checkpoint) commitIfDue(ctx context.Context) error {
	if c.failed != nil || len(c.done) == 0 || time.Now().Before(c.due) {
		return c.failed
	}
	began := time.Now()
	FaultPoint("settling")
	err := guarded(func() error { return c.pipe.settle(ctx) })
	took := time.Since(began)
	if err == nil {
		FaultPoint("before_commit")
		err = guarded(func() error { return c.pipe.commit(ctx, c.positions()) })
	}
	if err != nil {
		if ctx.Err() == nil {
			c.failed = err
		}
		return err
	}
	FaultPoint("after_commit")
	clear(c.done)
	if c.pipe.Limits.Commit > 0 { // else nobody would come back for what is left over
		c.due = time.Now().Add(max(c.pipe.Limits.Commit, min((settleShare-1)*took, longestUnsettled)))
	}
	return nil
}

// positions returns the last position of each partition.
func (c *checkpoint) positions() []Position {
	list := make([]Position, 0, len(c.done))
	for at, offset := range c.done {
		list = append(list, Position{Topic: at.topic, Partition: at.id, Offset: offset})
	}
	slices.SortFunc(list, func(a, b Position) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return list
}
