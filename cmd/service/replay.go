package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
	"earshot/sinks/clickhouse"
)

// Replay is history heard again.
type Replay struct {
	Store    *clickhouse.Store
	Analyzer *nlp.Analyzer
	// From and To bound when customers gave the feedback: From up to, not
	// including, To.
	From, To time.Time
	Shadow   string // where what is heard is kept
	// Progress is told how many items are heard, of how many; nil: nobody is.
	Progress func(heard, of int64)
}

// Run hears the stored texts again and keeps what it hears in the shadow, where a
// run that was interrupted can be run again. It returns how many items it heard. A
// text that can't be heard ends it: half a shadow would look like a difference.
func (r *Replay) Run(ctx context.Context) (heard int64, err error) {
	if !r.From.Before(r.To) {
		return 0, fmt.Errorf("nothing lies from %s to %s", r.From.Format(time.RFC3339), r.To.Format(time.RFC3339))
	}
	writer, err := r.Store.ShadowWriter(r.Shadow)
	if err != nil {
		return 0, err
	}
	of, err := r.Store.HistorySize(ctx, r.From, r.To)
	if err != nil {
		return 0, err
	}
	err = r.Store.History(ctx, r.From, r.To, func(items []*clickhouse.Stored) error {
		if err := r.hear(ctx, items); err != nil {
			return err
		}
		if err := writer.Write(ctx, items); err != nil {
			return err
		}
		for _, item := range items {
			if item.Rejection != nil {
				return fmt.Errorf("item %s of %s: %w", item.Feedback.ID, item.Feedback.Source, item.Rejection)
			}
		}
		heard += int64(len(items))
		if r.Progress != nil {
			r.Progress(heard, of)
		}
		return nil
	})
	return heard, err
}

// hear analyses items. Their texts were redacted before they were stored.
func (r *Replay) hear(ctx context.Context, items []*clickhouse.Stored) error {
	docs := make([]nlp.Document, len(items))
	for i, item := range items {
		docs[i] = item.Feedback.Document()
	}
	analyses, err := r.Analyzer.Analyze(ctx, docs)
	if err != nil {
		return err
	}
	if len(analyses) != len(items) {
		return errors.New("the analyzer has lost a text")
	}
	for i, item := range items {
		item.Analysis = analyses[i]
		item.Analysis.ScoreTextMismatch = pipeline.Mismatch(&item.Feedback, analyses[i])
	}
	return nil
}
