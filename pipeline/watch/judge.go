package watch

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// When an episode is over.
const (
	// calm is how large the evidence for the usual level must be: 50 to 1. It is less
	// than what raises an alert, and counts from its own most favourable beginning.
	calm = 3.9
	// longest is after how many days what is worse has become usual.
	longest = 28
)

// tests are what each series is watched for: the qualities, then volume and silence.
const tests = len(qualities) + 2

const (
	volumeTest  = len(qualities)
	silenceTest = len(qualities) + 1
)

// track is how one test of one series has gone.
type track struct {
	days     []standing // at the start of each judged day
	episodes []*Episode // by when they were raised
}

// standing is what a test carries from day to day.
type standing struct {
	statistic
	calm  float64 // evidence that the open episode is over
	since int32   // hour before which no change is looked for: the last episode's end
	open  bool
}

// Judge finds the episodes from a time on, as they would have been found then: what is
// said of an hour depends on nothing after it. Called again, it only looks at what has
// changed. They come in the order in which they were raised.
func (w *Watch) Judge(from time.Time) []*Episode {
	if from = from.UTC().Truncate(24 * time.Hour); !w.from.Equal(from) {
		w.begin(from)
	}
	first, last := dayOf(hourOf(from)), dayOf(hourOf(w.through))
	if begin, ok := w.firstDay(); !ok {
		return nil
	} else if first < begin+leastPast {
		first = begin + leastPast
	}
	order := w.inOrder()
	for day := first; day <= last; day++ {
		if w.thresholds[day] == 0 {
			if !w.learn(day) {
				continue
			}
			w.thresholds[day] = w.threshold(order, day)
		}
		for _, h := range order {
			if dayOf(h.changed) <= day || day >= w.judged || h.watchesSilence() && day == last {
				w.judgeDay(h, first, day)
			}
		}
	}
	var found []*Episode
	for _, h := range order {
		h.changed = math.MaxInt32
		for i := range h.tracks {
			found = append(found, h.tracks[i].episodes...)
		}
	}
	w.judged = last // which is looked at again where it has changed
	slices.SortStableFunc(found, func(a, b *Episode) int {
		return cmp.Or(a.Raised.Compare(b.Raised), a.Key.compare(b.Key), cmp.Compare(a.Measure, b.Measure))
	})
	return found
}

// begin has everything judged anew, and forgets what was learned of days that are not judged
// any more.
func (w *Watch) begin(from time.Time) {
	w.from, w.judged = from, 0
	past := func(day int32, _ *model) bool { return day < dayOf(hourOf(from)) }
	for _, h := range w.series {
		h.tracks, h.changed = [tests]track{}, 0
		maps.DeleteFunc(h.models, past)
	}
	maps.DeleteFunc(w.thresholds, func(day int32, _ float64) bool { return past(day, nil) })
}

// leastWeeks of the past must be known to say how much is written when.
const leastWeeks = 2

// threshold is what the statistic has to pass on a day, so that all series together keep
// the budget. A series that is too small to be watched spends nothing of it.
func (w *Watch) threshold(order []*history, day int32) float64 {
	watched := 0
	for _, h := range order {
		for test := range tests {
			if w.watches(h, test, h.models[day]) {
				watched++
			}
		}
	}
	return hoursOfMonth * float64(max(1, watched)) / w.options.Budget
}

const hoursOfMonth = 30 * 24

// watches tells whether a series says enough to be watched. It depends on the past alone.
func (w *Watch) watches(h *history, test int, m *model) bool {
	least := float64(w.options.MinItems)
	l := line{h: h, test: test}
	switch {
	case m == nil || m.weeks == 0:
		return false
	case w.options.Measures != nil && !slices.Contains(w.options.Measures, l.measure()):
		return false
	case test >= volumeTest && m.weeks < leastWeeks:
		return false
	case test == silenceTest:
		return h.watchesSilence() && m.rate.week >= least
	case test == volumeTest:
		return m.rate.week >= least
	}
	return m.qualities[test].items/m.weeks >= least
}

// watchesSilence: that a topic is not spoken of any more is no fault, that a channel falls
// silent is.
func (h *history) watchesSilence() bool { return h.key == Key{Channel: h.key.Channel} }

// judgeDay judges a day of a series anew.
func (w *Watch) judgeDay(h *history, first, day int32) {
	for test := range tests {
		t := &h.tracks[test]
		at := int(day - first)
		for len(t.days) <= at {
			t.days = append(t.days, standing{})
		}
		t.revert(day * 24)
		next := w.step(h, test, day, t, t.days[at])
		t.days = append(t.days[:at+1], next)
	}
}

// revert undoes what was found from an hour on.
func (t *track) revert(hour int32) {
	for i := len(t.episodes) - 1; i >= 0; i-- {
		switch e := t.episodes[i]; {
		case e.raised >= hour:
			t.episodes = t.episodes[:i]
		case e.Over() && e.resolved >= hour:
			e.Resolved, e.resolved = time.Time{}, 0
		}
	}
}

// step judges a day by one test, and returns what the next day begins with.
func (w *Watch) step(h *history, test int, day int32, t *track, s standing) standing {
	m := h.models[day]
	watched := w.watches(h, test, m)
	if !watched && !s.open {
		return standing{since: day*24 + 24}
	}
	if s.open && day-dayOf(t.episodes[len(t.episodes)-1].raised) >= longest {
		t.episodes[len(t.episodes)-1].end(day * 24)
		s = standing{since: day * 24}
	}
	line := w.line(h, test)
	shifts := line.shifts()
	d := today{hours: line.weigh(m, day), dampen: func(s int, n, y, ratio float64) float64 { return line.dampen(m, n, y, ratio, shifts[s]) }}
	before, left := s.statistic, d.hours
	for i := 0; i < len(left); i++ {
		d.hours = left
		if s.open {
			e := t.episodes[len(t.episodes)-1]
			s.calm = math.Max(0, s.calm-line.again(e, left[i].hour))
			if s.calm >= calm {
				e.end(left[i].hour)
				s = standing{since: left[i].hour + 1}
				before, left, i = statistic{}, left[i+1:], -1
			}
			continue
		}
		now := d.at(&before, i)
		s.statistic = now
		if !watched || now.evidence() < w.thresholds[day] {
			continue
		}
		if e := w.raise(line, day, s.since, left[i].hour, now.evidence()); e != nil {
			t.episodes = append(t.episodes, e)
			s.open, s.calm, s.statistic = true, 0, statistic{}
		}
	}
	if s.open {
		s.statistic = statistic{}
		return s
	}
	// A change may also begin in an hour in which nothing is said.
	silent := float64(day*24 + 24 - max(day*24, s.since))
	for i := range left {
		silent -= left[i].starts
	}
	if len(left) == 0 {
		s.statistic = before
	}
	for i := range s.statistic {
		s.statistic[i] += math.Max(0, silent)
	}
	return s
}

// end ends an episode in an hour.
func (e *Episode) end(hour int32) { e.resolved, e.Resolved = hour, timeOf(hour+1) }
