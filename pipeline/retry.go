package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Retriable marks err as one that may pass when tried again: a connection that
// broke, a server that is overloaded. The layer that talks to the outside says
// so; the pipeline alone tries again. Retriable(nil) is nil.
func Retriable(err error) error {
	if err == nil {
		return nil
	}
	return &retriableError{err}
}

// IsRetriable reports whether err, or an error that it wraps, was marked by
// Retriable. All others are permanent: the pipeline stops without committing.
func IsRetriable(err error) bool {
	var r *retriableError
	return errors.As(err, &r)
}

type retriableError struct{ err error }

func (e *retriableError) Error() string { return e.err.Error() }
func (e *retriableError) Unwrap() error { return e.err }

// Bounds of the wait between two tries of the same step.
const (
	firstRetryWait = 100 * time.Millisecond
	longestWait    = 5 * time.Second // before jitter: what works again is noticed within 7.5 s
)

// retry runs step until it succeeds, fails for good, or ctx ends. The waits
// grow and are jittered, so that replicas do not return all at once.
func retry(ctx context.Context, log *slog.Logger, what string, step func(context.Context) error) error {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = firstRetryWait
	waits.MaxInterval = longestWait

	since, tries := time.Now(), 0
	var last error
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		tries++
		last = step(ctx)
		if last != nil && !IsRetriable(last) {
			return struct{}{}, backoff.Permanent(last)
		}
		return struct{}{}, last
	},
		backoff.WithBackOff(waits),
		backoff.WithMaxElapsedTime(0), // back-pressure waits as long as it takes
		backoff.WithNotify(func(err error, wait time.Duration) {
			log.Warn("trying again", "step", what, "tries", tries, "since", since.UTC().Format(time.RFC3339), "wait", wait.Round(time.Millisecond), "error", err)
		}),
	)
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	if err != nil && IsRetriable(last) { // err is ctx's; what kept the step from working says more
		return fmt.Errorf("%s: %w after %d tries, the last one: %w", what, err, tries, last)
	}
	if err == nil && tries > 1 {
		log.Info("works again", "step", what, "tries", tries, "after", time.Since(since).Round(time.Millisecond))
	}
	return err
}
