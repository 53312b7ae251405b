package dashboard

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestManyViewersAskOnceARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		lives := 0
		d, err := New(Options{Store: store, Live: func(context.Context) Live { lives++; return Live{} }})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		look := func() {
			var viewers sync.WaitGroup
			for range 50 {
				viewers.Go(func() { d.visit(t.Context(), d.sheetAt(t, pipelinePath), view{}) })
			}
			viewers.Wait()
		}
		// An empty store is asked for the dead letters.
		for round := 1; round <= 3; round++ {
			look()
			time.Sleep(time.Second)
			look()
			if n := store.queries.Load(); n != int64(round) || lives != round {
				t.Fatalf("round %d: %d queries, %d looks at the pipeline", round, n, lives)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Hour)
		if n := store.queries.Load(); n != 3 {
			t.Fatalf("%d queries although nobody looked", n)
		}
	})
}

// testCell is a cell whose source takes as long, and fails as, the test says.
type testCell struct {
	*cell[int]
	took time.Duration
	err  error
	asks atomic.Int64
}

func newTestCell() *testCell {
	c := &testCell{}
	c.cell = &cell[int]{
		refresh: 2 * time.Second, patience: time.Second, slow: 3 * time.Second,
		spawn: func(f func(context.Context)) bool { go f(context.Background()); return true },
		load: func(context.Context) (int, error) {
			n := int(c.asks.Add(1))
			time.Sleep(c.took)
			return n, c.err
		},
	}
	return c
}

func TestSlowSourceKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCell()
		c.read(t.Context())
		time.Sleep(2 * time.Second)
		c.took = 5 * time.Second
		began := time.Now()
		r := c.read(t.Context())
		if waited := time.Since(began); waited != time.Second {
			t.Fatalf("waited %v", waited)
		}
		if r.value != 1 || !r.since.IsZero() {
			t.Fatalf("after one second: %+v", r)
		}
		time.Sleep(2 * time.Second)
		if r = c.read(t.Context()); !r.since.Equal(began) || r.err != nil || r.value != 1 {
			t.Fatalf("after four seconds: %+v", r)
		}
		time.Sleep(2 * time.Second)
		if r = c.read(t.Context()); r.value != 2 || !r.since.IsZero() {
			t.Fatalf("after its answer: %+v", r)
		}
		if c.asks.Load() != 2 {
			t.Fatalf("asked %d times", c.asks.Load())
		}
		// It took 5 s, so it is left alone for 20.
		time.Sleep(10 * time.Second)
		if c.read(t.Context()); c.asks.Load() != 2 {
			t.Fatal("a slow source was asked again too early")
		}
		time.Sleep(10 * time.Second)
		if c.read(t.Context()); c.asks.Load() != 3 {
			t.Fatal("a slow source was not asked again")
		}
		time.Sleep(time.Minute)
	})
}

func TestFailureIsDatedFromItsBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCell()
		c.read(t.Context())
		time.Sleep(10 * time.Second)
		c.err = errors.New("gone")
		began := time.Now()
		for range 5 {
			r := c.read(t.Context())
			if r.err == nil || !r.since.Equal(began) || r.value != 1 {
				t.Fatalf("%v after it began: %+v", time.Since(began), r)
			}
			time.Sleep(2 * time.Second)
		}
		c.err = nil
		if r := c.read(t.Context()); r.err != nil || !r.since.IsZero() {
			t.Fatalf("after it ended: %+v", r)
		}
	})
}

func TestReaderWhoLeavesIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCell()
		c.took = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		c.read(ctx)
		if time.Since(began) != 0 {
			t.Fatal("waited for an answer that nobody wants")
		}
		time.Sleep(2 * time.Hour)
	})
}
