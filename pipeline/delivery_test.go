package pipeline_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// TestDelivery runs pipelines between ends that fail at random: fetches, writes
// (which may have written a part), rejects and commits fail, retriably or for
// good, the analyzer stumbles over some texts, the store refuses some rows, and
// the process is stopped at any moment and started again on what it committed.
// Whatever happens, nothing is committed before it is durable, and in the end
// each record is a row or a dead letter, as its value demands.
func TestDelivery(t *testing.T) {
	for part := range uint64(3) {
		t.Run(fmt.Sprint("part ", part), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				for seed := part * 100; seed < part*100+100; seed++ {
					w := newWorld(t, seed)
					w.live()
					if t.Failed() {
						t.Fatalf("with seed %d", seed)
					}
				}
			})
		})
	}
}

// world is a log of records and what became of them.
type world struct {
	t         *testing.T
	random    *rand.Rand
	log       [][]pipeline.Record // by partition
	committed []int64             // by partition: the next offset
	store     store
}

const worldTopic = "t"

var errForGood = errors.New("broken for good")

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, random: rand.New(rand.NewPCG(seed, 1))}
	for partition := range 1 + w.random.IntN(4) {
		var list []pipeline.Record
		for offset := range w.random.IntN(200) {
			value := fmt.Sprint("text ", offset)
			switch w.random.IntN(20) {
			case 0:
				value = "broken"
			case 1:
				value = "poison"
			case 2:
				value = "refused"
			}
			list = append(list, pipeline.Record{Topic: worldTopic, Partition: partition, Offset: int64(offset), Value: []byte(value), Time: time.Now()})
		}
		w.log = append(w.log, list)
	}
	w.committed = make([]int64, len(w.log))
	return w
}

// chance is true once in n times.
func (w *world) chance(n int) bool { return w.random.IntN(n) == 0 }

// live runs pipelines until everything is committed.
func (w *world) live() {
	for generation := 0; !w.done(); generation++ {
		if generation > 200 {
			w.t.Errorf("not done after %d starts: %v are committed", generation, w.committed)
			return
		}
		w.run()
		if w.t.Failed() {
			return
		}
	}
	for _, list := range w.log {
		for _, r := range list {
			w.check(r)
		}
	}
}

func (w *world) done() bool {
	for partition, list := range w.log {
		if w.committed[partition] < int64(len(list)) {
			return false
		}
	}
	return true
}

// check compares what became of a record with what its value demands.
func (w *world) check(r pipeline.Record) {
	want := map[string]pipeline.Reason{
		"broken": pipeline.ReasonInvalidJSON, "poison": pipeline.ReasonAnalysis, "refused": pipeline.ReasonUnwritable,
	}[string(r.Value)]
	_, isRow := w.store.rows[placeOf(r)]
	letter, isLetter := w.store.letters[placeOf(r)]
	if isRow == isLetter || letter.Reason != want {
		w.t.Errorf("%q at %v: row %v, dead letter %v for %q, want %q", r.Value, placeOf(r), isRow, isLetter, letter.Reason, want)
	}
}

// run is the life of one process.
func (w *world) run() {
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	src := w.source()
	p := newPipeline(src, &w.store)
	p.Limits = pipeline.Limits{
		BatchRecords: 1 + w.random.IntN(40), BatchBytes: 1 + w.random.IntN(400), Workers: 1 + w.random.IntN(4),
		Flush: time.Duration(1+w.random.IntN(1000)) * time.Millisecond, Drain: time.Duration(w.random.IntN(30)) * time.Second,
	}
	slow := rand.New(rand.NewPCG(w.random.Uint64(), 2))
	waits := make(chan time.Duration, 100)
	for range cap(waits) {
		waits <- time.Duration(slow.IntN(20)) * time.Millisecond
	}
	p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
		select {
		case wait := <-waits:
			time.Sleep(wait)
		default:
		}
		for _, d := range docs {
			if d.Text == "poison" {
				panic("poisoned")
			}
		}
		return echo(ctx, docs)
	})
	w.store.write = w.write
	w.store.reject = w.reject
	src.commit = w.commit

	expected := false
	if w.chance(2) {
		time.AfterFunc(time.Duration(w.random.IntN(3000))*time.Millisecond, stop)
		expected = true
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for began := time.Now(); ; {
		select {
		case err := <-ended:
			stopped := ctx.Err() != nil
			switch {
			case err == nil && !stopped:
				w.t.Error("it ended by itself without an error")
			case err != nil && !stopped && !errors.Is(err, errForGood):
				w.t.Errorf("it ended with %v", err)
			case err == nil && (expected || stopped):
				w.drained(src)
			}
			return
		case <-tick.C:
			if time.Since(began) > 10*time.Minute {
				stop()
				w.t.Errorf("it hangs: %v", <-ended)
				return
			}
		}
		w.store.mu.Lock()
		done := w.done()
		w.store.mu.Unlock()
		if done {
			stop()
		}
	}
}

// drained checks that after a stop without error all that was fetched is
// committed.
func (w *world) drained(src *source) {
	for _, r := range src.records[:src.handedOut()] {
		if w.committed[r.Partition] <= r.Offset {
			w.t.Errorf("stopped without an error, but %v was fetched and is not committed", placeOf(r))
			return
		}
	}
}

// source returns the records that are not committed, the partitions mixed.
func (w *world) source() *source {
	next := slices.Clone(w.committed)
	src := &source{}
	for {
		var open []int
		for partition, list := range w.log {
			if next[partition] < int64(len(list)) {
				open = append(open, partition)
			}
		}
		if len(open) == 0 {
			break
		}
		partition := open[w.random.IntN(len(open))]
		src.records = append(src.records, w.log[partition][next[partition]])
		next[partition]++
	}
	trouble := rand.New(rand.NewPCG(w.random.Uint64(), 3)) // used by one goroutine alone
	src.before = func(ctx context.Context, _ int) error {
		switch trouble.IntN(60) {
		case 0:
			return pipeline.Retriable(errors.New("fetch: lost the connection"))
		case 1:
			select {
			case <-time.After(time.Duration(trouble.IntN(1500)) * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		case 2:
			if trouble.IntN(20) == 0 {
				return errForGood
			}
		}
		return nil
	}
	return src
}

// write, reject and commit are called by the one goroutine that settles.
func (w *world) write(items []*pipeline.Item) error {
	time.Sleep(time.Duration(w.random.IntN(50)) * time.Millisecond)
	for _, item := range items {
		if string(item.Record.Value) == "refused" {
			item.Rejection = pipeline.Rejectf(pipeline.ReasonUnwritable, "refused")
		}
	}
	switch {
	case w.chance(5):
		w.store.keep(items[:w.random.IntN(len(items)+1)])
		return pipeline.Retriable(errors.New("write: lost the connection"))
	case w.chance(40):
		return fmt.Errorf("write: %w", errForGood)
	case w.chance(60):
		panic(errForGood)
	}
	return nil
}

func (w *world) reject(items []*pipeline.Item) error {
	switch {
	case w.chance(5):
		w.store.bury(items[:w.random.IntN(len(items)+1)])
		return pipeline.Retriable(errors.New("reject: lost the connection"))
	case w.chance(40):
		return errForGood
	}
	return nil
}

func (w *world) commit(done []pipeline.Position) error {
	switch {
	case w.chance(5):
		return pipeline.Retriable(errors.New("commit: lost the connection"))
	case w.chance(40):
		return errForGood
	}
	if len(done) == 0 {
		w.t.Error("a commit of nothing")
	}
	if hasTwice(done) {
		w.t.Errorf("a partition twice in the commit %v", done)
	}
	for _, p := range done {
		if p.Offset+1 <= w.committed[p.Partition] {
			w.t.Errorf("the commit of partition %d goes back from %d to %d", p.Partition, w.committed[p.Partition], p.Offset+1)
		}
		for offset := w.committed[p.Partition]; offset <= p.Offset; offset++ {
			if !w.store.durable(place{p.Topic, p.Partition, offset}) {
				w.t.Errorf("partition %d is committed up to %d, but %d is neither a row nor a dead letter", p.Partition, p.Offset, offset)
			}
		}
		w.store.mu.Lock()
		w.committed[p.Partition] = p.Offset + 1
		w.store.mu.Unlock()
	}
	return nil
}

func hasTwice(done []pipeline.Position) bool {
	sorted := slices.SortedFunc(slices.Values(done), func(a, b pipeline.Position) int { return cmp.Compare(a.Partition, b.Partition) })
	return len(slices.CompactFunc(sorted, func(a, b pipeline.Position) bool { return a.Partition == b.Partition })) != len(done)
}
