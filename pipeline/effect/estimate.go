package effect

import (
	"maps"
	"math"
	"slices"
)

// estimate is by how much a topic's days [at, to) are above what was to be expected of them.
type estimate struct {
	*model
	guesses []guess
	mix     mixture
	spells  []Spell
	// ifOngoing is the estimate if a spell had gone on that may have ended by itself or by
	// the improvement; nil without one.
	ifOngoing mixture
	looks     []look
}

// look is the effect if the last days before at are not like those before them: against
// those before alone, and against the last ones alone (nil where that doesn't matter).
// shift is by how many standard deviations they differ.
type look struct {
	days            int
	shift           float64
	earlier, latest mixture
}

const (
	leastDaysBefore = 4  // that anything can be estimated from, whatever the verdict is to be
	seasonDays      = 21 // before, to estimate weekdays from
	usualTrend      = 10 // points in all the time before: prior standard deviation of a slope
)

// estimateOf compares a topic with controls. ok is false with fewer days before than can
// say how much they vary, or none after.
func estimateOf(y *line, controls []*line, at, to int) (e *estimate, ok bool) {
	if days, _ := y.count(0, at); days < leastDaysBefore {
		return nil, false
	}
	if days, _ := y.count(at, to); days == 0 {
		return nil, false
	}
	m := &model{gap: compare(y, usable(controls, at, to), at, to)}
	m.learnSeason()
	m.columns = append(m.columns, m.slope(), m.constant())
	e = &estimate{model: m, spells: m.spells()}
	m.weighDaysAfter()
	e.guesses = guesses(m.spread())
	e.mix, _ = m.outcomes(e.guesses)
	first := len(m.columns) - len(e.spells)
	for i := range e.spells {
		if c := &m.columns[first+i]; e.spells[i].Ongoing {
			c.after = 1
			e.ifOngoing, _ = m.outcomes(e.guesses)
			c.after = 0
		}
	}
	return e, true
}

// z is the effect in standard deviations.
func (e *estimate) z() float64 {
	z := math.Inf(1)
	for _, m := range []mixture{e.mix, e.ifOngoing} {
		if m != nil {
			mean, sd := m.moments()
			if math.Abs(mean/sd) < math.Abs(z) {
				z = mean / sd
			}
		}
	}
	return z
}

// lookCloser compares with the days before without the last one or two weeks, and with
// these alone.
func (e *estimate) lookCloser() {
	k := len(e.columns)
	for _, days := range [...]int{7, 14} {
		l := look{days: min(days, e.at/4)}
		e.columns = append(e.columns[:k:k], e.stretch(e.at-l.days, e.at))
		l.earlier, _ = e.outcomes(e.guesses)
		l.shift = l.earlier.shift(k)
		if days == 7 || math.Abs(l.shift) > unlike {
			e.columns[k].after = 1
			l.latest, _ = e.outcomes(e.guesses)
		}
		e.columns = e.columns[:k]
		e.looks = append(e.looks, l)
	}
}

// usable are the controls of which enough is said before and after to compare with.
func usable(controls []*line, at, to int) []*line {
	var kept []*line
	for _, c := range controls {
		before, _ := c.count(0, at)
		after, _ := c.count(at, to)
		if before > 0 && 2*before >= at && 2*after >= to-at {
			kept = append(kept, c)
		}
	}
	return kept
}

// mostControls is how many topics a topic is compared with at most: more hardly change its
// weights, and each is a placebo to run.
const mostControls = 24

// nearest are the controls that are least off from the topic before, in their order.
func nearest(y *line, controls []*line, at int) []*line {
	if len(controls) <= mostControls {
		return controls
	}
	off := make(map[*line]float64, len(controls))
	for _, c := range controls {
		off[c], _ = y.apart(c, at)
	}
	limit := slices.Sorted(maps.Values(off))[mostControls-1]
	var kept []*line
	for _, c := range controls {
		if off[c] <= limit && len(kept) < mostControls {
			kept = append(kept, c)
		}
	}
	return kept
}

// constant is the level of the gap.
func (m *model) constant() column {
	c := column{values: make([]float64, m.to)}
	for i := range c.values {
		c.values[i] = 1
	}
	return c
}

// slope lets a topic go on as it went, in as far as that is clear from the days before.
func (m *model) slope() column {
	c := column{values: make([]float64, m.to), certain: 1 / square(usualTrend)}
	for i := range c.values {
		c.values[i] = (float64(i) - float64(m.at-1)/2) / float64(m.at)
	}
	return c
}

// stretch is a column of the days [from, to), before at.
func (m *model) stretch(from, to int) column {
	c := column{values: make([]float64, m.to), certain: 1. / square(usualShift), stretch: true}
	for i := from; i < to; i++ {
		c.values[i] = 1
	}
	return c
}

// spread is the standard deviation of the honest gap before, spells left out, or that of
// counting where it is larger.
func (m *model) spread() float64 {
	values, weights := make([]float64, 0, m.at), make([]float64, 0, m.at)
	var counting float64
days:
	for i := range m.at {
		for _, c := range m.columns {
			if c.stretch && c.values[i] != 0 {
				continue days
			}
		}
		if m.known[i] {
			values = append(values, m.honest[i]-m.season[i%7])
			weights = append(weights, 1/(m.variance[i]+wander))
			counting += m.variance[i]
		}
	}
	return math.Sqrt(max(spread(values, weights), counting/max(1, float64(len(values))), near0))
}

// counting is the mean variance of the known days before from counting.
func (m *model) counting() float64 {
	var sum, n float64
	for i := range m.at {
		if m.known[i] {
			sum, n = sum+m.variance[i], n+1
		}
	}
	return sum / max(1, n)
}

// weighDaysAfter weighs each day after by its precision.
func (m *model) weighDaysAfter() {
	var sum float64
	beyond := max(0, square(m.spread())-m.counting()) + near0
	for i := range m.after {
		if m.known[m.at+i] {
			m.after[i] = 1 / (m.variance[m.at+i] + beyond)
			sum += m.after[i]
		}
	}
	for i := range m.after {
		m.after[i] /= sum
		for a := range m.columns {
			m.columns[a].after += m.after[i] * m.columns[a].values[m.at+i]
		}
	}
}

// learnSeason sets by how much the topic's weekdays differ from its controls' ones, shrunk
// by how much of it is chance (James and Stein 1961).
func (m *model) learnSeason() {
	if m.at < seasonDays {
		return
	}
	variance := square(m.spread())
	var mean, n, sum, all [7]float64
	var total, weight float64
	for i := range m.at {
		if m.known[i] {
			w, d := 1/(m.variance[i]+wander), i%7
			sum[d], all[d], n[d] = sum[d]+w*m.values[i], all[d]+w, n[d]+1
			total, weight = total+w*m.values[i], weight+w
		}
	}
	var between, chance float64
	for d := range 7 {
		if n[d] < 2 {
			return
		}
		mean[d] = sum[d]/all[d] - total/weight
		between += square(mean[d]) / 6
		chance += variance / n[d] / 7
	}
	for d := range 7 {
		m.season[d] = mean[d] * max(0, 1-chance/max(between, near0))
	}
}
