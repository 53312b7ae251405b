package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
	"earshot/pipeline"
)

func TestBatches(t *testing.T) {
	kilobyte := strings.Repeat("x", 1000)
	for _, tt := range []struct {
		name    string
		records []pipeline.Record
		limits  func(*pipeline.Limits)
		pause   map[int]time.Duration // before the fetch of a record
		want    []string
	}{
		{
			"full by records", numbered(25), nil, nil,
			[]string{"0s: 0…9", "0s: 10…19", "1s: 20…24"},
		}, {
			"full by bytes", records(kilobyte, kilobyte, kilobyte, kilobyte, kilobyte),
			func(l *pipeline.Limits) { l.BatchBytes = 2000 }, nil,
			[]string{"0s: 0…1", "0s: 2…3", "1s: 4…4"},
		}, {
			"full by the bytes of keys and headers", []pipeline.Record{
				{Topic: "t", Offset: 0, Key: []byte(kilobyte)},
				{Topic: "t", Offset: 1, Headers: []pipeline.Header{{Key: kilobyte[:500], Value: []byte(kilobyte[:500])}}},
				{Topic: "t", Offset: 2},
			},
			func(l *pipeline.Limits) { l.BatchBytes = 2000 }, nil,
			[]string{"0s: 0…1", "1s: 2…2"},
		}, {
			"a record beyond the bytes goes with those before it", records("a", kilobyte, "b"),
			func(l *pipeline.Limits) { l.BatchBytes = 100 }, nil,
			[]string{"0s: 0…1", "1s: 2…2"},
		}, {
			"a record beyond the bytes alone", records(kilobyte, "a"),
			func(l *pipeline.Limits) { l.BatchBytes = 100 }, nil,
			[]string{"0s: 0…0", "1s: 1…1"},
		}, {
			"one record a batch", numbered(3),
			func(l *pipeline.Limits) { l.BatchRecords = 1 }, nil,
			[]string{"0s: 0…0", "0s: 1…1", "0s: 2…2"},
		}, {
			"by time, from the first record on", numbered(4), nil,
			map[int]time.Duration{0: 5 * time.Second, 1: 400 * time.Millisecond, 2: 400 * time.Millisecond, 3: 400 * time.Millisecond},
			[]string{"6s: 0…2", "7.2s: 3…3"},
		}, {
			"by a shorter time", numbered(1),
			func(l *pipeline.Limits) { l.Flush = 50 * time.Millisecond }, nil,
			[]string{"50ms: 0…0"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				src, st, log := &source{records: tt.records}, &store{}, &steps{}
				began := time.Now()
				due, last := began, -1
				src.before = func(ctx context.Context, fetched int) error {
					if fetched != last { // a pause goes on after a fetch that timed out
						due, last = time.Now().Add(tt.pause[fetched]), fetched
					}
					select {
					case <-time.After(time.Until(due)):
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				}
				st.write = func(items []*pipeline.Item) error {
					log.add("%s: %d…%d", time.Since(began), items[0].Record.Offset, items[len(items)-1].Record.Offset)
					return nil
				}
				p := newPipeline(src, st)
				if tt.limits != nil {
					tt.limits(&p.Limits)
				}
				if err := runUntil(t, p, committedUpTo(src, int64(len(tt.records)-1))); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, log.all()); diff != "" {
					t.Errorf("batches (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAStopDrainsWhatWasFetched(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const n = 37
		src, st := &source{records: numbered(n)}, &store{}
		p := newPipeline(src, st)
		p.Limits.Flush = time.Hour // the last 7 wait for more
		st.write = func([]*pipeline.Item) error { time.Sleep(2 * time.Second); return nil }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		synctest.Wait() // all are fetched, the first batch is being written
		if got := src.handedOut(); got != n {
			t.Fatalf("%d were fetched, want %d", got, n)
		}
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(offsets(n), st.written()); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]pipeline.Position{{Topic: "t", Offset: n - 1}}, src.commits()); diff != "" {
			t.Errorf("committed (-want +got):\n%s", diff)
		}
	})
}

func TestAStopWithoutRecordsIsImmediate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(time.Second, stop)
		if err := newPipeline(&source{}, &store{}).Run(ctx); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("it ended after %s, want 1s", took)
		}
	})
}

func TestAStopWhileAStepIsDownEndsWithinTheDrain(t *testing.T) {
	down := func([]*pipeline.Item) error { return pipeline.Retriable(errors.New("connection refused")) }
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for _, tt := range []struct {
		name   string
		attach func(p *pipeline.Pipeline, st *store)
		says   []string
	}{
		{"the writer is down", func(_ *pipeline.Pipeline, st *store) { st.write = down }, []string{"write", "connection refused"}},
		{"the dead letters' topic is down", func(_ *pipeline.Pipeline, st *store) { st.reject = down }, []string{"reject", "connection refused"}},
		{"the writer hangs", func(p *pipeline.Pipeline, _ *store) {
			p.Writer = writerFunc(func(ctx context.Context, _ []*pipeline.Item) error { return hangs(ctx) })
		}, nil},
		{"the analyzer hangs", func(p *pipeline.Pipeline, _ *store) {
			p.Analyzer = analyzerFunc(func(ctx context.Context, _ []nlp.Document) ([]nlp.Analysis, error) { return nil, hangs(ctx) })
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				src, st := &source{records: records("a", "broken", "b")}, &store{}
				p := newPipeline(src, st)
				p.Limits.Drain = 7 * time.Second
				tt.attach(p, st)
				ctx, stop := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, stop)
				began := time.Now()
				err := p.Run(ctx)
				if took := time.Since(began); took != 67*time.Second {
					t.Errorf("it ended %s after the stop, want 7s", took-time.Minute)
				}
				if err == nil {
					t.Fatal("it ended without an error")
				}
				for _, part := range append(tt.says, "within 7s of the stop", "delivered again") {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q does not say %q", err, part)
					}
				}
				if at := src.commits(); at != nil {
					t.Errorf("%v is committed", at)
				}
			})
		})
	}
}

// writerFunc is a Writer.
type writerFunc func(context.Context, []*pipeline.Item) error

func (f writerFunc) Write(ctx context.Context, items []*pipeline.Item) error { return f(ctx, items) }

// TestBackPressure holds the writer up: what is fetched meanwhile must come to
// the bound that Limits promises and no further.
func TestBackPressure(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			for _, tt := range []struct {
				name    string
				records int // a batch
				bytes   int
				size    int // of a record
			}{
				{"by records", 10, 1 << 20, 100},
				{"by bytes", 1000, 1000, 100},
				{"by bytes, with large records", 1000, 1000, 900},
			} {
				t.Run(tt.name, func(t *testing.T) {
					bubble(t, func(t *testing.T) {
						value := strings.Repeat("x", tt.size)
						values := make([]string, 200)
						for i := range values {
							values[i] = value
						}
						src, st := &source{records: records(values...)}, &store{}
						p := newPipeline(src, st)
						p.Limits.Workers, p.Limits.BatchRecords, p.Limits.BatchBytes = workers, tt.records, tt.bytes
						release := make(chan struct{})
						st.write = func([]*pipeline.Item) error { <-release; return nil }
						ctx, stop := context.WithCancel(t.Context())
						ended := make(chan error, 1)
						go func() { ended <- p.Run(ctx) }()
						synctest.Wait()

						batch := min(tt.records, (tt.bytes+tt.size-1)/tt.size)
						if got, want := src.handedOut(), (workers+2)*batch; got != want {
							t.Errorf("%d records were fetched, want %d", got, want)
						}
						if got, most := src.handedOut()*tt.size, (workers+2)*(tt.bytes+tt.size); got > most {
							t.Errorf("%d bytes were fetched, want at most %d", got, most)
						}
						time.Sleep(time.Hour)
						if got, want := src.handedOut(), (workers+2)*batch; got != want {
							t.Errorf("an hour later %d records were fetched, want %d", got, want)
						}
						close(release)
						synctest.Wait()
						if got := src.handedOut(); got != len(values) {
							t.Errorf("when the writer went on %d records were fetched, want %d", got, len(values))
						}
						stop()
						if err := <-ended; err != nil {
							t.Error(err)
						}
					})
				})
			}
		})
	}
}
