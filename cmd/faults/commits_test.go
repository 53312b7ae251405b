//go:build faults

package faults

import (
	"context"
	"sync"
	"testing"
	"time"
)

// watchCommits fails the test if the group's offset in a partition ever goes back,
// as it would if a member moved what belongs to another. stop ends the watching.
func (r *Rig) watchCommits(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		last := map[position]int64{}
		tick := time.NewTicker(300 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now, err := r.committed(ctx)
			if err != nil {
				continue // the brokers may be what is broken
			}
			for at, offset := range now {
				if offset < last[at] {
					t.Errorf("the committed offset of %s/%d went from %d back to %d", at.topic, at.partition, last[at], offset)
				}
				last[at] = offset
			}
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}
