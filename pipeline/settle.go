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

// settle makes what was written count once in everything that is derived from the
// rows.
func (p *Pipeline) settle(ctx context.Context) error {
	if p.Settler == nil {
		return nil
	}
	timer := p.Metrics.stage("settle")
	defer timer.ObserveDuration()
	return retry(ctx, p.Log, "settle", p.Settler.Settle)
}

// commit tells the source that everything up to these positions is done.
func (p *Pipeline) commit(ctx context.Context, done []Position) error {
	timer := p.Metrics.stage("commit")
	defer timer.ObserveDuration()
	return retry(ctx, p.Log, "commit", func(ctx context.Context) error {
		err := p.Source.Commit(ctx, done)
		if err != nil {
			p.Metrics.commitFailures.Inc()
		}
		return err
	})
}
