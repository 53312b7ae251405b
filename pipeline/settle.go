package pipeline

import (
	"context"
	"slices"
)

// write makes rows of the batch, however often it takes.
func (p *Pipeline) write(ctx context.Context, items batch) error {
	rows := slices.DeleteFunc(slices.Clone(items), func(i *Item) bool { return i.Rejection != nil })
	if len(rows) == 0 {
		return nil
	}
	timer := p.Metrics.stage("write")
	defer timer.ObserveDuration()
	err := retry(ctx, p.Log, "write", func(ctx context.Context) error { return p.Writer.Write(ctx, rows) })
	if err == nil {
		p.Metrics.written(rows)
	}
	return err
}

// reject makes dead letters of what could not become rows. It comes after
// write, which may reject too.
func (p *Pipeline) reject(ctx context.Context, items batch) error {
	rejected := slices.DeleteFunc(slices.Clone(items), func(i *Item) bool { return i.Rejection == nil })
	if len(rejected) == 0 {
		return nil
	}
	timer := p.Metrics.stage("reject")
	defer timer.ObserveDuration()
	for _, item := range rejected {
		item.Rejection.Detail = p.Privacy.Conceal(item.Rejection.Detail)
	}
	err := retry(ctx, p.Log, "reject", func(ctx context.Context) error { return p.DeadLetters.Reject(ctx, rejected) })
	if err == nil {
		p.Metrics.rejected(rejected, p.Privacy.Conceal)
	}
	return err
}

// commit tells the source that the batch is done.
func (p *Pipeline) commit(ctx context.Context, items batch) error {
	timer := p.Metrics.stage("commit")
	defer timer.ObserveDuration()
	done := positions(items)
	return retry(ctx, p.Log, "commit", func(ctx context.Context) error {
		err := p.Source.Commit(ctx, done)
		if err != nil {
			p.Metrics.commitFailures.Inc()
		}
		return err
	})
}

// positions returns the last position of each partition in the batch.
func positions(items batch) []Position {
	type partition struct {
		topic string
		id    int
	}
	at := map[partition]int{}
	var done []Position
	for _, item := range items {
		r := &item.Record
		key := partition{r.Topic, r.Partition}
		i, seen := at[key]
		if !seen {
			at[key] = len(done)
			done = append(done, Position{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset})
			continue
		}
		done[i].Offset = max(done[i].Offset, r.Offset)
	}
	return done
}
