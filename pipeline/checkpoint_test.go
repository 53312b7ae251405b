package pipeline_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"earshot/pipeline"
)

// settlerFunc is a Settler.
type settlerFunc func(context.Context) error

func (f settlerFunc) Settle(ctx context.Context) error { return f(ctx) }

// trickle hands out a record every so often, so that each is a batch of its own.
func trickle(n int, every time.Duration) *source {
	src := &source{records: numbered(n)}
	src.before = func(ctx context.Context, fetched int) error {
		if fetched == 0 || fetched == n {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
			return nil
		}
	}
	return src
}

func TestPositionsAreCommittedTogetherAndOnlyOnceSettled(t *testing.T) {
	for _, test := range []struct {
		name             string
		commit, settling time.Duration
		atMost           int // commits
	}{
		{"each batch by itself", 0, 0, 10},
		{"each batch by itself, settled slowly", 0, 3 * time.Second, 10},
		{"gathered", 5 * time.Second, 0, 6},
		{"gathered for longer where settling is slow", time.Second, 2 * time.Second, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				calls := &steps{}
				src, st := trickle(10, 2*time.Second), &store{}
				src.commit = func([]pipeline.Position) error { calls.add("commit"); return nil }
				p := newPipeline(src, st)
				p.Limits.Commit = test.commit
				p.Settler = settlerFunc(func(context.Context) error {
					time.Sleep(test.settling)
					calls.add("settle")
					return nil
				})
				if err := runUntil(t, p, committedUpTo(src, 9)); err != nil {
					t.Fatal(err)
				}
				all := calls.all()
				for i, call := range all {
					if (call == "settle") != (i%2 == 0) {
						t.Fatalf("the calls are %v, want each commit behind a settlement", all)
					}
				}
				if commits := len(all) / 2; commits > test.atMost {
					t.Errorf("%d commits, want %d at most", commits, test.atMost)
				}
			})
		})
	}
}

func TestWhatIsLeftOverIsCommittedWithoutFurtherRecords(t *testing.T) {
	bubble(t, func(t *testing.T) {
		src, st := &source{records: numbered(25)}, &store{}
		p := newPipeline(src, st)
		p.Limits.Commit = 3 * time.Second
		began := time.Now()
		if err := runUntil(t, p, committedUpTo(src, 24)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestNothingIsCommittedWhileItCannotBeSettled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		src, st := &source{records: numbered(5)}, &store{}
		p := newPipeline(src, st)
		failures := 3
		p.Settler = settlerFunc(func(context.Context) error {
			if at := src.commits(); len(at) > 0 {
				t.Errorf("committed %v before it was settled", at)
			}
			if failures--; failures >= 0 {
				return pipeline.Retriable(errors.New("the store is down"))
			}
			return nil
		})
		if err := runUntil(t, p, committedUpTo(src, 4)); err != nil {
			t.Fatal(err)
		}
		if failures >= 0 {
			t.Error("it was not tried again")
		}
	})
}

func TestASettlementThatFailsForGoodStopsThePipelineUncommitted(t *testing.T) {
	for _, commit := range []time.Duration{0, time.Second} {
		bubble(t, func(t *testing.T) {
			src, st := trickle(10, 2*time.Second), &store{}
			p := newPipeline(src, st)
			p.Limits.Commit = commit
			p.Settler = settlerFunc(func(context.Context) error { return errForGood })
			if err := runUntil(t, p, func() bool { return false }); !errors.Is(err, errForGood) {
				t.Errorf("Run returned %v", err)
			}
			if at := src.commits(); len(at) > 0 {
				t.Errorf("committed %v", at)
			}
		})
	}
}
