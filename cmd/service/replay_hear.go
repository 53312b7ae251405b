package service

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"earshot/nlp"
	"earshot/pipeline"
	"earshot/sinks/clickhouse"
)

// hearAtOnce is how many items one goroutine hears at a time.
const hearAtOnce = 64

// hearAgain analyses items, whose texts are redacted already, on all cores.
func hearAgain(ctx context.Context, analyzer *nlp.Analyzer, items []*clickhouse.Stored) error {
	work := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(items, hearAtOnce) {
		work.Go(func(ctx context.Context) (err error) {
			if r := panics.Try(func() { err = hearPart(ctx, analyzer, part) }); r != nil {
				err = fmt.Errorf("hearing one of the items %s to %s: %w", part[0].Feedback.ID, part[len(part)-1].Feedback.ID, r.AsError())
			}
			return err
		})
	}
	return work.Wait()
}

func hearPart(ctx context.Context, analyzer *nlp.Analyzer, items []*clickhouse.Stored) error {
	var spoken []*clickhouse.Stored
	var docs []nlp.Document
	for _, item := range items {
		if item.Feedback.Text == "" && item.Feedback.Title == "" {
			item.Analysis = pipeline.FromScore(&item.Feedback)
			continue
		}
		spoken = append(spoken, item)
		docs = append(docs, item.Feedback.Document())
	}
	analyses, err := analyzer.Analyze(ctx, docs)
	if err != nil {
		return err
	}
	if len(analyses) != len(docs) {
		return fmt.Errorf("%d analyses for %d documents", len(analyses), len(docs))
	}
	for i, item := range spoken {
		found := item.Analysis.PII // by redaction, where the record was read again
		item.Analysis = analyses[i]
		item.Analysis.PII = found
		item.Analysis.ScoreTextMismatch = pipeline.Mismatch(&item.Feedback, analyses[i])
	}
	return nil
}
