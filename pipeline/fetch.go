package pipeline

import (
	"context"
	"errors"
)

// batch is what is written and committed together, in the order of fetching.
type batch []*Item

// fetch collects a batch: until it is full, or until Limits.Flush after its
// first record. It may return records together with the error that ended it.
func (p *Pipeline) fetch(ctx context.Context) (batch, error) {
	first, err := p.fetchOne(ctx)
	if err != nil {
		return nil, err
	}
	timer := p.Metrics.stage("fetch")
	defer timer.ObserveDuration()

	flush, cancel := context.WithTimeout(ctx, p.Limits.Flush)
	defer cancel()
	items := batch{{Record: first}}
	for bytes := first.size(); len(items) < p.Limits.BatchRecords && bytes < p.Limits.BatchBytes; {
		record, err := p.fetchOne(flush)
		switch {
		case err == nil:
			items = append(items, &Item{Record: record})
			bytes += record.size()
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			p.Metrics.consumed(items)
			return items, nil
		default:
			p.Metrics.consumed(items)
			return items, err
		}
	}
	p.Metrics.consumed(items)
	return items, nil
}

// fetchOne fetches a record, through what passes when tried again.
func (p *Pipeline) fetchOne(ctx context.Context) (Record, error) {
	record, err := p.Source.Fetch(ctx)
	if err == nil || !IsRetriable(err) {
		return record, err
	}
	first := true // the try above: it costs nothing where it succeeds, and counts where it doesn't
	err = retry(ctx, p.Log, "fetch", func(ctx context.Context) error {
		if !first {
			record, err = p.Source.Fetch(ctx)
		}
		first = false
		return err
	})
	return record, err
}
