package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

// outage makes a step fail until a moment.
type outage struct {
	until time.Time
	tries int
	err   error
}

func (o *outage) fail() error {
	if time.Now().Before(o.until) {
		o.tries++
		return o.err
	}
	return nil
}

// TestAStepThatFailsRetriablyIsTriedAgain has each step fail for 20 s.
func TestAStepThatFailsRetriablyIsTriedAgain(t *testing.T) {
	for step, attach := range map[string]func(o *outage, src *source, st *store){
		"fetch": func(o *outage, src *source, _ *store) {
			src.before = func(context.Context, int) error { return o.fail() }
		},
		"write":  func(o *outage, _ *source, st *store) { st.write = func([]*pipeline.Item) error { return o.fail() } },
		"reject": func(o *outage, _ *source, st *store) { st.reject = func([]*pipeline.Item) error { return o.fail() } },
		"commit": func(o *outage, src *source, _ *store) {
			src.commit = func([]pipeline.Position) error { return o.fail() }
		},
	} {
		t.Run(step, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				const n, down = 35, 20 * time.Second
				src, st := &source{records: numbered(n)}, &store{}
				src.records[3].Value = []byte("broken")
				o := &outage{until: time.Now().Add(down), err: pipeline.Retriable(errors.New("connection refused"))}
				attach(o, src, st)
				p := newPipeline(src, st)
				log, said := logTo()
				p.Log = log
				began := time.Now()
				if err := runUntil(t, p, func() bool {
					if at := src.commits(); len(at) > 0 && time.Now().Before(o.until) {
						t.Errorf("%v was committed during the outage", at)
					}
					return committedUpTo(src, n-1)()
				}); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took < down || took > down+15*time.Second {
					t.Errorf("it took %s to get over an outage of %s", took, down)
				}
				if o.tries < 5 || o.tries > 30 {
					t.Errorf("%d tries in %s, want the waits between them to grow and not to end", o.tries, down)
				}
				if diff := cmp.Diff(offsets(n, 3), st.written()); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
				for _, part := range []string{
					`msg="trying again"`, "step=" + step, "tries=1 ", "tries=2 ", "since=" + began.UTC().Format(time.RFC3339), `error="connection refused"`,
					`msg="works again"`, fmt.Sprint("tries=", o.tries+1),
				} {
					if !strings.Contains(said.String(), part) {
						t.Errorf("the log does not say %s:\n%s", part, said)
					}
				}
			})
		})
	}
}

// TestAStepThatFailsForGoodEndsTheRun has each step fail in the third batch.
func TestAStepThatFailsForGoodEndsTheRun(t *testing.T) {
	broken := errors.New("no such table")
	third := func(items []*pipeline.Item) error {
		if items[0].Record.Offset >= 20 {
			return broken
		}
		return nil
	}
	for step, attach := range map[string]func(src *source, st *store){
		"write":  func(_ *source, st *store) { st.write = third },
		"reject": func(_ *source, st *store) { st.reject = third },
		"commit": func(src *source, _ *store) {
			src.commit = func(done []pipeline.Position) error {
				if done[0].Offset >= 20 {
					return broken
				}
				return nil
			}
		},
		"a writer that panics": func(_ *source, st *store) {
			st.write = func(items []*pipeline.Item) error {
				if err := third(items); err != nil {
					panic(err)
				}
				return nil
			}
		},
	} {
		t.Run(step, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				const n = 100
				src, st := &source{records: numbered(n)}, &store{}
				for _, at := range []int{5, 15, 25, 35} {
					src.records[at].Value = []byte("broken")
				}
				attach(src, st)
				err := newPipeline(src, st).Run(t.Context())
				if !errors.Is(err, broken) {
					t.Errorf("Run returned %v, want %v", err, broken)
				}
				if diff := cmp.Diff([]pipeline.Position{{Topic: "t", Offset: 19}}, src.commits()); diff != "" {
					t.Errorf("committed (-want +got):\n%s", diff)
				}
				for _, offset := range st.written() {
					if offset >= 30 {
						t.Errorf("%d was written after the failure", offset)
					}
				}
			})
		})
	}
}

func TestAFetchThatFailsForGoodEndsTheRunAndWhatWasFetchedIsCommitted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		gone := errors.New("not authorised")
		src, st := &source{records: numbered(100)}, &store{}
		src.before = func(_ context.Context, fetched int) error {
			if fetched == 25 {
				return gone
			}
			return nil
		}
		if err := newPipeline(src, st).Run(t.Context()); !errors.Is(err, gone) {
			t.Errorf("Run returned %v, want %v", err, gone)
		}
		if diff := cmp.Diff([]pipeline.Position{{Topic: "t", Offset: 24}}, src.commits()); diff != "" {
			t.Errorf("committed (-want +got):\n%s", diff)
		}
	})
}

func TestWhatTheWriterRefusesIsADeadLetterOfTheSameBatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		src, st := &source{records: numbered(20)}, &store{}
		log := &steps{}
		tries := 0
		st.write = func(items []*pipeline.Item) error {
			log.add("write %d…%d", items[0].Record.Offset, items[len(items)-1].Record.Offset)
			for _, item := range items {
				if item.Record.Offset == 4 {
					item.Rejection = pipeline.Rejectf(pipeline.ReasonUnwritable, "beyond the column")
				}
			}
			if tries++; tries == 1 { // it has said so before it fails
				return pipeline.Retriable(errors.New("lost the connection"))
			}
			return nil
		}
		st.reject = func(items []*pipeline.Item) error {
			log.add("reject %d", items[0].Record.Offset)
			return nil
		}
		src.commit = func(done []pipeline.Position) error {
			log.add("commit %d", done[0].Offset)
			return nil
		}
		if err := runUntil(t, newPipeline(src, st), committedUpTo(src, 19)); err != nil {
			t.Fatal(err)
		}
		want := []string{"write 0…9", "write 0…9", "reject 4", "commit 9", "write 10…19", "commit 19"}
		if diff := cmp.Diff(want, log.all()); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[int64]pipeline.Reason{4: pipeline.ReasonUnwritable}, st.rejected()); diff != "" {
			t.Errorf("dead letters (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(offsets(20, 4), st.written()); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

func TestABatchWithoutRowsIsNotWritten(t *testing.T) {
	bubble(t, func(t *testing.T) {
		src, st := &source{records: records("broken", "broken")}, &store{}
		st.write = func([]*pipeline.Item) error { t.Error("written"); return nil }
		if err := runUntil(t, newPipeline(src, st), committedUpTo(src, 1)); err != nil {
			t.Fatal(err)
		}
		if len(st.letters) != 2 {
			t.Errorf("%d dead letters, want 2", len(st.letters))
		}
	})
}

func TestRetriableIsKeptThroughWrapping(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("writing: %w", pipeline.Retriable(cause))
	if !pipeline.IsRetriable(err) || !errors.Is(err, cause) || err.Error() != "writing: cause" {
		t.Errorf("%v: retriable %v, of its cause %v", err, pipeline.IsRetriable(err), errors.Is(err, cause))
	}
	if pipeline.IsRetriable(cause) || pipeline.IsRetriable(nil) || pipeline.Retriable(nil) != nil {
		t.Error("an unmarked error, or none, is retriable")
	}
}
