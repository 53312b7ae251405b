package watch

import (
	"time"

	"earshot/pipeline"
)

// Episode is a time in which a series was worse than usual by one measure.
type Episode struct {
	Key     Key
	Measure Measure
	// Raised is the event time up to which counts were needed to notice it, Resolved
	// that of the evidence that it was over; zero while it lasts.
	Raised, Resolved time.Time
	// Since is when it most likely began, between From and To with 90 % certainty.
	Since, From, To time.Time
	// Expected and Observed are over Since to Raised; while it lasts, and of the last
	// look, over Since to then. In the measure's unit; volume and silence in items a day.
	Expected, Observed pipeline.Estimate
	Items              float64 // in that time
	// Evidence is how much likelier what was counted is than usual, summed over all times
	// at which it may have begun; at Raised it passed the threshold.
	Evidence float64
	// PValue is how probable so much evidence is in any series within a month, were
	// nothing the matter: 1 − exp(−expected number of such alarms).
	PValue float64

	raised, resolved int32   // hours
	shift            float64 // by which the log odds have changed, as far as is known
	model            *model  // when it was raised
}

// Over tells whether the episode is over.
func (e *Episode) Over() bool { return !e.Resolved.IsZero() }
