package service

import (
	"context"
	"log/slog"
	"time"
)

// repeat does something again and again until ctx ends, after each wait. A failure is said
// once, as failing, until it is over.
func repeat(ctx context.Context, log *slog.Logger, wait func() time.Duration, failing string, do func(context.Context) error) error {
	failed := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait()):
		}
		err := do(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !failed {
			log.Warn(failing, "error", err)
		}
		failed = err != nil
	}
}

// every waits so long each time.
func every(interval time.Duration) func() time.Duration {
	return func() time.Duration { return interval }
}
