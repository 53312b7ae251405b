package alerting

import (
	"errors"
	"time"

	"earshot/pipeline"
)

// longestRetryAfter is how long a receiver may tell us to stay away.
const longestRetryAfter = time.Hour

// busyError is an error of a receiver that has said when to come back.
type busyError struct {
	err   error
	after time.Duration // at most longestRetryAfter
}

func (e *busyError) Error() string { return e.err.Error() }
func (e *busyError) Unwrap() error { return e.err }

// busy marks err as one that may pass, not before after has.
func busy(err error, after time.Duration) error {
	return pipeline.Retriable(&busyError{err, min(after, longestRetryAfter)})
}

// retryAfter is how long the receiver has asked us to stay away; 0: it hasn't.
func retryAfter(err error) time.Duration {
	var e *busyError
	if errors.As(err, &e) {
		return e.after
	}
	return 0
}
