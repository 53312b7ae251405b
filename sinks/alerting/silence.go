package alerting

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/pipeline"
)

// Silence keeps some alerts from being told for a while. They are raised and stored all
// the same.
type Silence struct {
	Match    Match
	From, To time.Time // at From it begins, at To it is over
	Comment  string    // why
	By       string    // who
}

// Silences are all of them. They don't change, so that any number of goroutines may ask.
type Silences struct{ silences []Silence }

// NewSilences checks silences. The error names the field, the value and what to do.
func NewSilences(silences []Silence) (*Silences, error) {
	for i, s := range silences {
		if err := s.validate(); err != nil {
			return nil, fmt.Errorf("silences[%d].%w", i, err)
		}
	}
	return &Silences{slices.Clone(silences)}, nil
}

func (s *Silence) validate() error {
	if err := s.Match.validate("match"); err != nil {
		return err
	}
	switch {
	case s.Match.empty():
		return errors.New(`match: empty; say what to silence, all of it by series: ["*"]`)
	case s.From.IsZero():
		return errors.New("from: missing; give the time at which it begins, as in 2026-03-04T05:00:00Z")
	case s.To.IsZero():
		return errors.New("to: missing; give the time at which it is over, as in 2026-03-04T09:00:00Z")
	case !s.To.After(s.From):
		return fmt.Errorf("to: %s is not after from, %s; exchange the two, or remove the silence", s.To.Format(time.RFC3339), s.From.Format(time.RFC3339))
	case s.Comment == "":
		return errors.New("comment: missing; say why, for those who wonder")
	}
	return nil
}

// Of returns the silence under which an alert is at a time, of several the one that lasts
// longest; nil: it is to be told. Ask again while the alert lasts: when its silence is over,
// what the ledger lacks of it is to be told.
func (s *Silences) Of(a *pipeline.Alert, at time.Time) *Silence {
	var longest *Silence
	for i := range s.silences {
		silence := &s.silences[i]
		if at.Before(silence.From) || !at.Before(silence.To) || !silence.Match.Fits(a) {
			continue
		}
		if longest == nil || silence.To.After(longest.To) {
			longest = silence
		}
	}
	return longest
}
