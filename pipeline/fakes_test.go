package pipeline_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// place is where a record lies.
type place struct {
	topic     string
	partition int
	offset    int64
}

func placeOf(r pipeline.Record) place { return place{r.Topic, r.Partition, r.Offset} }

// steps are the calls that a pipeline makes of its ends, in their order.
type steps struct {
	mu   sync.Mutex
	list []string
}

func (s *steps) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, fmt.Sprintf(format, args...))
}

func (s *steps) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// source hands out its records one after the other and then waits.
type source struct {
	records []pipeline.Record
	// before is called before each fetch with the number of records handed out;
	// its error is Fetch's.
	before func(ctx context.Context, fetched int) error
	commit func(done []pipeline.Position) error // nil: it succeeds

	mu        sync.Mutex
	fetched   int
	committed map[string]map[int]int64
}

func (s *source) Fetch(ctx context.Context) (pipeline.Record, error) {
	if err := ctx.Err(); err != nil {
		return pipeline.Record{}, err
	}
	n := s.handedOut()
	if s.before != nil {
		if err := s.before(ctx, n); err != nil {
			return pipeline.Record{}, err
		}
	}
	if n == len(s.records) {
		<-ctx.Done()
		return pipeline.Record{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched++
	return s.records[n], nil
}

func (s *source) handedOut() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched
}

func (s *source) Commit(_ context.Context, done []pipeline.Position) error {
	if s.commit != nil {
		if err := s.commit(done); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range done {
		if s.committed == nil {
			s.committed = map[string]map[int]int64{}
		}
		if s.committed[p.Topic] == nil {
			s.committed[p.Topic] = map[int]int64{}
		}
		s.committed[p.Topic][p.Partition] = p.Offset
	}
	return nil
}

// commits returns the last position committed of each partition.
func (s *source) commits() []pipeline.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	var at []pipeline.Position
	for topic, partitions := range s.committed {
		for partition, offset := range partitions {
			at = append(at, pipeline.Position{Topic: topic, Partition: partition, Offset: offset})
		}
	}
	slices.SortFunc(at, func(a, b pipeline.Position) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return at
}

// decoderFunc is a Decoder.
type decoderFunc func(pipeline.Record) (pipeline.Feedback, *pipeline.Rejection)

func (f decoderFunc) Decode(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) { return f(r) }

// plain takes a record's value for its text; "broken" is not feedback.
func plain(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
	if string(r.Value) == "broken" {
		return pipeline.Feedback{}, pipeline.Rejectf(pipeline.ReasonInvalidJSON, "not JSON")
	}
	return pipeline.Feedback{Source: r.Topic, ID: fmt.Sprint(r.Partition, "-", r.Offset), Text: string(r.Value)}, nil
}

// analyzerFunc is an Analyzer.
type analyzerFunc func(context.Context, []nlp.Document) ([]nlp.Analysis, error)

func (f analyzerFunc) Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
	return f(ctx, docs)
}

// echo hears every text as neutral and repeats it.
func echo(_ context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
	analyses := make([]nlp.Analysis, len(docs))
	for i, d := range docs {
		analyses[i] = nlp.Analysis{Text: d.Text, Sentiment: nlp.Sentiment{Label: nlp.Neutral}}
	}
	return analyses, nil
}

// store is a Writer and a Rejecter that keeps what it is given.
type store struct {
	write  func(items []*pipeline.Item) error // called first; nil: it succeeds
	reject func(items []*pipeline.Item) error

	mu      sync.Mutex
	rows    map[place]pipeline.Item
	letters map[place]pipeline.Rejection
	order   []place // of the rows, as they were written
}

func (s *store) Write(ctx context.Context, items []*pipeline.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.write != nil {
		if err := s.write(items); err != nil {
			return err
		}
	}
	s.keep(items)
	return nil
}

// keep makes rows of those items that are not rejected.
func (s *store) keep(items []*pipeline.Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = map[place]pipeline.Item{}
	}
	for _, item := range items {
		if item.Rejection == nil {
			s.rows[placeOf(item.Record)] = *item
			s.order = append(s.order, placeOf(item.Record))
		}
	}
}

func (s *store) Reject(ctx context.Context, items []*pipeline.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.reject != nil {
		if err := s.reject(items); err != nil {
			return err
		}
	}
	s.bury(items)
	return nil
}

// bury makes dead letters of items.
func (s *store) bury(items []*pipeline.Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.letters == nil {
		s.letters = map[place]pipeline.Rejection{}
	}
	for _, item := range items {
		s.letters[placeOf(item.Record)] = *item.Rejection
	}
}

// durable tells whether a record is a row or a dead letter.
func (s *store) durable(p place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, row := s.rows[p]
	_, letter := s.letters[p]
	return row || letter
}

// rejected returns the reasons of the dead letters by the offset of their
// records.
func (s *store) rejected() map[int64]pipeline.Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	reasons := map[int64]pipeline.Reason{}
	for p, rejection := range s.letters {
		reasons[p.offset] = rejection.Reason
	}
	return reasons
}

// written returns the offsets of the rows, sorted.
func (s *store) written() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var offsets []int64
	for p := range s.rows {
		offsets = append(offsets, p.offset)
	}
	slices.Sort(offsets)
	return offsets
}

// records returns one record a value, all of one partition.
func records(values ...string) []pipeline.Record {
	list := make([]pipeline.Record, len(values))
	for i, v := range values {
		list[i] = pipeline.Record{Topic: "t", Offset: int64(i), Value: []byte(v), Time: time.Now()}
	}
	return list
}

// numbered returns n records with texts of their own, all of one partition.
func numbered(n int) []pipeline.Record {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint("text ", i)
	}
	return records(values...)
}

// offsets returns 0 … n−1 without those left out.
func offsets(n int, without ...int64) []int64 {
	var list []int64
	for i := range int64(n) {
		if !slices.Contains(without, i) {
			list = append(list, i)
		}
	}
	return list
}

// newPipeline returns a pipeline from src to st with small batches.
func newPipeline(src *source, st *store) *pipeline.Pipeline {
	limits := pipeline.Limits{BatchRecords: 10, BatchBytes: 1 << 20, Flush: time.Second, Workers: 2, Drain: 30 * time.Second}
	return &pipeline.Pipeline{
		Source: src, Decoder: decoderFunc(plain), Analyzer: analyzerFunc(echo), Writer: st, DeadLetters: st,
		Limits: limits, Log: slog.New(slog.DiscardHandler), Metrics: pipeline.NewMetrics(nil, nil),
	}
}

// bubble runs a test under a fake clock. conc/stream keeps used channels in a
// pool of the process, and a channel of one bubble must not be met in another:
// two collections empty the pool. For the same reason these tests are not run in
// parallel.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	runtime.GC()
	runtime.GC()
	synctest.Test(t, test)
}

// runUntil runs p and stops it once done says so. To be called in a bubble.
func runUntil(t *testing.T, p *pipeline.Pipeline, done func() bool) error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	for range 10_000 {
		select {
		case err := <-ended:
			return err
		case <-time.After(100 * time.Millisecond):
		}
		if done() {
			stop()
			return <-ended
		}
	}
	t.Error("the pipeline did not come to the awaited state")
	stop()
	return errors.Join(<-ended)
}

// committedUpTo tells whether src has committed the offset of partition 0 of t.
func committedUpTo(src *source, offset int64) func() bool {
	return func() bool {
		at := src.commits()
		return len(at) == 1 && at[0].Offset >= offset
	}
}

// logTo returns a logger into a buffer.
func logTo() (*slog.Logger, *safeBuffer) {
	b := &safeBuffer{}
	return slog.New(slog.NewTextHandler(b, nil)), b
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
