package dashboard

import "time"

// tally counts feedback, noise aside.
type tally struct {
	Items, Negatives, Positives uint64
}

func (t tally) plus(o tally) tally {
	return tally{t.Items + o.Items, t.Negatives + o.Negatives, t.Positives + o.Positives}
}

func (t tally) neutrals() uint64 { return t.Items - min(t.Items, t.Negatives+t.Positives) }

// net is the net sentiment, −100 to +100; 0 without items.
func (t tally) net() float64 {
	if t.Items == 0 {
		return 0
	}
	return 100 * (float64(t.Positives) - float64(t.Negatives)) / float64(t.Items)
}

// axis divides a period into steps of equal length.
type axis struct {
	period
	step  time.Duration
	steps int
}

// start is when step i begins.
func (a axis) start(i int) time.Time { return a.from.Add(time.Duration(i) * a.step) }

const (
	maxSteps = 48
	minSpan  = time.Minute
	day      = 24 * time.Hour
)

var stepLengths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day, 5 * 364 * day, 10 * 364 * day,
}

// newAxis covers p with at most maxSteps steps of a round length. Their number
// is a multiple of four, so that the quarters of the axis, where its labels are,
// begin steps.
func newAxis(p period) axis {
	if p.length() < minSpan {
		p.from = p.to.Add(-minSpan)
	}
	a := axis{}
	for _, step := range stepLengths {
		from := floor(p.from, step)
		n := max(int((p.to.Sub(from)+step-1)/step), 1)
		missing := (4 - n%4) % 4
		from, n = from.Add(-time.Duration(missing)*step), n+missing
		a = axis{period{from, from.Add(time.Duration(n) * step)}, step, n}
		if n <= maxSteps {
			break
		}
	}
	return a
}

// floor rounds down to a multiple of step, in UTC; steps of weeks begin on
// Mondays.
func floor(t time.Time, step time.Duration) time.Time {
	var offset time.Duration
	if step%(7*day) == 0 {
		offset = 4 * day // 5 January 1970 was a Monday
	}
	ms, s := t.Add(-offset).UnixMilli(), step.Milliseconds()
	rest := ((ms % s) + s) % s
	return time.UnixMilli(ms - rest).UTC().Add(offset)
}

// extent is when the feedback of a window was given.
type extent struct {
	items       uint64
	first, last time.Time
	bulk        period // holds 99 of 100 items
}

// axisFor chooses what the chart of a window draws at the time now: from the first
// item in it, so that an hour's worth of feedback is not a sliver at the edge of a
// day; of an own period, p, all. Of all time, a few stragglers far from everything
// else (a clock in 1970, a typing error in 2199) are left out rather than have the
// rest squeezed into one step.
func axisFor(w window, p period, e extent, now time.Time) axis {
	switch {
	case w == ownPeriod:
		return newAxis(p)
	case e.items == 0 && w == allTime:
		return newAxis(lastDay.at(now))
	case e.items == 0:
		return newAxis(p)
	case w != allTime:
		return newAxis(period{later(e.first, p.from), p.to})
	}
	p = period{e.first, e.last.Add(time.Millisecond)}
	reach := max(e.bulk.length(), minSpan)
	if e.bulk.from.Sub(p.from) > reach {
		p.from = e.bulk.from
	}
	if p.to.Sub(e.bulk.to) > reach {
		p.to = e.bulk.to.Add(time.Millisecond)
	}
	return newAxis(p)
}
