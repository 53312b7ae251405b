package simulate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunKeepsTheRateAndTheTime(t *testing.T) {
	for _, rate := range []float64{20, 200, 1000} {
		synctest.Test(t, func(t *testing.T) {
			c := New(Options{Rate: rate, Start: start})
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			n, batches := 0, 0
			err := c.Run(ctx, func(_ context.Context, batch []Message) error {
				batches++
				n += len(batch)
				for _, m := range batch {
					if age := time.Since(m.At); age < 0 || age > beat {
						t.Fatalf("a message is %v old", age)
					}
					if m.Meant.Incident && time.Since(began) < 20*time.Second {
						t.Fatal("the incident is early")
					}
				}
				return nil
			})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Run ended with %v", err)
			}
			if want := rate * 60; float64(n) < want*0.85 || float64(n) > want*1.15 {
				t.Errorf("%d messages in a minute at %v a second", n, rate)
			}
			if batches < 300 || batches > 600 {
				t.Errorf("%d batches in a minute", batches)
			}
		})
	}
}

func TestRunEndsWithThePublishersError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("no broker")
		err := New(Options{Start: start}).Run(t.Context(), func(context.Context, []Message) error { return broken })
		if !errors.Is(err, broken) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

func TestRunDoesNotCatchUpAfterABlockedPublish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		largest, calls := 0, 0
		_ = New(Options{Start: start, Rate: 1000}).Run(ctx, func(_ context.Context, batch []Message) error {
			largest = max(largest, len(batch))
			switch calls++; calls {
			case 1:
				time.Sleep(time.Hour) // the bubble's clock: it takes no time
			case 3:
				cancel()
			}
			return nil
		})
		if largest < 700 || largest > 1300 {
			t.Errorf("the largest batch had %d messages, want a second's", largest)
		}
	})
}
