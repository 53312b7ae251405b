package simulate

import (
	"context"
	"time"
)

// beat is how often Run publishes.
const beat = 100 * time.Millisecond

// Run publishes messages in real time, Rate a second on average, in a small
// batch ten times a second, created when they are due. It ends when ctx is
// done, with ctx's error, or when publish fails, with that error. Incidents
// that aren't of the history count from the beginning of Run. The batch is
// publish's until it returns, the records in it for good. A publish that blocks
// slows the customers down: what was due meanwhile beyond a second is not
// caught up.
func (c *Company) Run(ctx context.Context, publish func(ctx context.Context, batch []Message) error) error {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	start := time.Now().UTC()
	c.agenda.move(start.Sub(c.clock))
	c.clock = start
	c.schedule(start)
	var batch []Message
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		now := time.Now().UTC()
		if late := now.Add(-time.Second); c.clock.Before(late) {
			c.clock = late
		}
		batch = batch[:0]
		for c.clock.Before(now) {
			batch = append(batch, c.Next())
		}
		if len(batch) == 0 {
			continue
		}
		if err := publish(ctx, batch); err != nil {
			return err
		}
		clear(batch) // the records are the caller's now
	}
}
