package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"earshot/pipeline/simulate"
)

// told is what a story's company said, as a hash, and what it mended.
type told struct {
	sum          []byte
	items        int
	improvements []simulate.Improvement
	noted        []time.Time // when the improvements were registered
}

// tellStory tells the demo's story, in no time, until d after its start.
func tellStory(t *testing.T, seed uint64, d time.Duration) (got told) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		s := newStory(simulate.Options{Seed: seed})
		hash := sha256.New()
		s.publish = func(_ context.Context, batch []simulate.Message) error {
			for _, m := range batch {
				hash.Write(m.Key)
				hash.Write(m.Value)
			}
			got.items += len(batch)
			return nil
		}
		s.register = func(_ context.Context, i simulate.Improvement) error {
			got.improvements = append(got.improvements, i)
			got.noted = append(got.noted, time.Now())
			return nil
		}
		if err := s.tell(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the story ended with %v", err)
		}
		got.sum = hash.Sum(nil)
	})
	return got
}

func TestADemoWithTheSameSeedAndStartSaysTheSameAgain(t *testing.T) {
	t.Parallel()
	first, again, other := tellStory(t, 7, 10*time.Second), tellStory(t, 7, 10*time.Second), tellStory(t, 8, 10*time.Second)
	if !bytes.Equal(first.sum, again.sum) || first.items != again.items {
		t.Errorf("%d items, then %d others", first.items, again.items)
	}
	if bytes.Equal(first.sum, other.sum) {
		t.Error("another seed says the same")
	}
	if first.items < pastDays*dayItems+hourItems {
		t.Errorf("%d items", first.items)
	}
}

func TestADemoRegistersWhatItsCompanyMendedOnceItHas(t *testing.T) {
	t.Parallel()
	got := tellStory(t, 7, 5*time.Minute)
	if len(got.improvements) != 2 {
		t.Fatalf("improvements %v", got.improvements)
	}
	for i, late := range slices.Backward(got.noted) {
		if wait := late.Sub(got.improvements[i].At); wait < 0 || i == 1 && wait > time.Second {
			t.Errorf("%+v was registered after %v", got.improvements[i], wait)
		}
	}
}
