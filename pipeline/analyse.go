package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"earshot/nlp"
)

// A chunk is what one goroutine prepares at a time: enough to outweigh the
// hand-over, little enough that a batch spreads over the cores, also one of a few
// huge texts.
const (
	chunkRecords = 128
	chunkBytes   = 256 << 10
)

// chunks cuts the items into runs of at most chunkRecords records, and of at most
// chunkBytes bytes unless one record alone has more.
func chunks(items batch) [][]*Item {
	var parts [][]*Item
	start, bytes := 0, 0
	for i, item := range items {
		size := item.Record.size()
		if i > start && (i-start == chunkRecords || bytes+size > chunkBytes) {
			parts = append(parts, items[start:i])
			start, bytes = i, 0
		}
		bytes += size
	}
	return append(parts, items[start:])
}

// eachChunk runs do over the items in chunks, on all cores.
func eachChunk(items batch, do func([]*Item)) {
	parts := chunks(items)
	if len(parts) == 1 {
		do(items)
		return
	}
	workers := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for _, part := range parts {
		workers.Go(func() { do(part) })
	}
	workers.Wait()
}

// decode turns records into feedback. Those that can't be are rejected.
func (p *Pipeline) decode(items []*Item) {
	for _, item := range items {
		if r := panics.Try(func() { item.Feedback, item.Rejection = p.Decoder.Decode(item.Record) }); r != nil {
			said := p.Privacy.Conceal(fmt.Sprint(r.Value))
			item.Rejection = Rejectf(ReasonAnalysis, "decoding panicked: %s", said)
			p.Log.Error("decoding panicked", "topic", item.Record.Topic, "partition", item.Record.Partition, "offset", item.Record.Offset, "panic", said, "stack", string(r.Stack))
		}
	}
}

// redact hides the personal data of what was decoded, and what the rejections of
// the others quote of theirs. A record for which that fails is rejected: what can't
// be looked through is not stored.
func (p *Pipeline) redact(items []*Item) {
	for _, item := range items {
		r := panics.Try(func() {
			if item.Rejection == nil {
				item.pii = p.Privacy.Apply(&item.Feedback)
			}
		})
		if r != nil {
			// What made it panic is foreign data that could not be looked through.
			item.Feedback = Feedback{}
			p.rejectUnheard(item, errors.New("looking for personal data panicked"))
		}
	}
}

// analyse hears the texts of what was decoded, unless ctx ends: a text whose
// analysis fails or panics rejects its own record and no other.
func (p *Pipeline) analyse(ctx context.Context, items []*Item) {
	heard := make([]*Item, 0, len(items))
	for _, item := range items {
		switch f := &item.Feedback; {
		case item.Rejection != nil || f.Deleted:
		case f.Text == "" && f.Title == "":
			if r := panics.Try(func() { item.Analysis = FromScore(f) }); r != nil {
				p.rejectUnheard(item, fmt.Errorf("reading the score panicked: %v", r.Value))
			}
		default:
			heard = append(heard, item)
		}
	}
	p.hear(ctx, heard)
}

// rejectUnheard rejects the one item whose analysis failed.
func (p *Pipeline) rejectUnheard(item *Item, err error) {
	r := &item.Record
	said := p.Privacy.Conceal(err.Error())
	p.Log.Error("analysis failed", "topic", r.Topic, "partition", r.Partition, "offset", r.Offset, "error", said)
	item.Rejection = Rejectf(ReasonAnalysis, "%s", said)
}

// hear analyses the texts of the items together, and when that fails one by
// one, so as to find the text that is to blame.
func (p *Pipeline) hear(ctx context.Context, items []*Item) {
	if len(items) == 0 || ctx.Err() != nil {
		return
	}
	analyses, err := p.analyseSafely(ctx, items)
	switch {
	case err == nil:
		for i, item := range items {
			item.Analysis = analyses[i]
			item.Analysis.PII = item.pii
			item.Analysis.ScoreTextMismatch = Mismatch(&item.Feedback, analyses[i])
		}
	case ctx.Err() != nil:
	case len(items) == 1:
		p.rejectUnheard(items[0], err)
	default:
		for i := range items {
			p.hear(ctx, items[i:i+1])
		}
	}
}

// analyseSafely turns a panic of the analyzer, or an answer of the wrong
// length, into an error.
func (p *Pipeline) analyseSafely(ctx context.Context, items []*Item) (analyses []nlp.Analysis, err error) {
	docs := make([]nlp.Document, len(items))
	for i, item := range items {
		docs[i] = item.Feedback.Document()
	}
	if r := panics.Try(func() { analyses, err = p.Analyzer.Analyze(ctx, docs) }); r != nil {
		return nil, fmt.Errorf("analysis panicked: %v", r.Value)
	}
	if err == nil && len(analyses) != len(docs) {
		err = fmt.Errorf("%d analyses for %d documents", len(analyses), len(docs))
	}
	return analyses, err
}
