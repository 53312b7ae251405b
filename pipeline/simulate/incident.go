package simulate

import "time"

// Incident is a time in which an update of the scheduling system loses
// installation appointments.
type Incident struct {
	// After is how long after Options.Start it begins. A negative one lies in
	// the history; any other counts, with Run, from Run's beginning.
	After time.Duration
	// For is how long it takes until scheduling works again; 0: it doesn't.
	For time.Duration
	// Fix says what ends it, as the company would note it.
	Fix string
}

// Improvement is something that the company has mended.
type Improvement struct {
	Topic string // the contract's first-level topic
	At    time.Time
	Note  string
}

// When the demo's incidents begin and end. The hour is one at which a company
// updates its systems.
const (
	storyFromDays  = 17
	storyUntilDays = 6
	storyHour      = 5 // UTC
	storyLiveAfter = 20 * time.Second
	storyLiveFor   = 4 * time.Minute
)

// Story is the demo's: an update that cost eleven days of appointments and is
// mended, and one soon after start, in UTC, that is rolled back.
func Story(start time.Time) []Incident {
	day := start.UTC().Truncate(24 * time.Hour).Add(storyHour * time.Hour)
	return []Incident{
		{
			After: day.AddDate(0, 0, -storyFromDays).Sub(start),
			For:   (storyFromDays - storyUntilDays) * 24 * time.Hour,
			Fix:   "New scheduling of appointments",
		},
		{After: storyLiveAfter, For: storyLiveFor, Fix: "Update of the scheduling rolled back"},
	}
}

// incidentSpan is an incident on the clock.
type incidentSpan struct {
	from, until time.Time // until is zero while there is no end
	fix         string
}

func (s incidentSpan) contains(t time.Time) bool {
	return !t.Before(s.from) && (s.until.IsZero() || t.Before(s.until))
}

// schedule puts the incidents where the options have them. Those ahead count
// from the beginning of the live part.
func (c *Company) schedule(live time.Time) {
	c.incidents = c.incidents[:0]
	for _, i := range c.options.Incidents {
		from := c.options.Start
		if i.After >= 0 {
			from = live
		}
		s := incidentSpan{from: from.Add(i.After), fix: i.Fix}
		if i.For > 0 {
			s.until = s.from.Add(i.For)
		}
		c.incidents = append(c.incidents, s)
	}
}

func (c *Company) incidentAt(t time.Time) bool {
	for _, s := range c.incidents {
		if s.contains(t) {
			return true
		}
	}
	return false
}

// Improvements are what the company has mended until now, in the options'
// order: the end of each incident that is over.
func (c *Company) Improvements(now time.Time) []Improvement {
	var done []Improvement
	for _, s := range c.incidents {
		if !s.until.IsZero() && !now.Before(s.until) {
			done = append(done, Improvement{Topic: facts[missed].topic, At: s.until, Note: s.fix})
		}
	}
	return done
}
