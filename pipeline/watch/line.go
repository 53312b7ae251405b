package watch

import "math"

// line is one test of one series: what it counts, and how likely that is.
type line struct {
	h       *history
	test    int
	through float64 // hours since 1970 up to which time has passed
}

func (w *Watch) line(h *history, test int) line {
	return line{h, test, float64(w.through.Unix()) / 3600}
}

// count is what an hour came to, and what is usual in it.
type count struct {
	hour int32
	n    float64 // items; of volume and silence, those that are usual
	y    float64 // sum of their qualities; of volume and silence, items
	mean float64 // the usual quality; of volume and silence, n
}

// counts are those of a day, up to the hour last.
func (l *line) counts(m *model, day, last int32) []count {
	end := min(day*24+24, last+1, int32(math.Ceil(l.through)))
	hours := l.h.between(day*24, end)
	var counts []count
	if l.test < len(qualities) {
		q, u := &qualities[l.test], m.qualities[l.test]
		for i := range hours {
			if n, y, _ := q.sum(&hours[i]); n > 0 {
				counts = append(counts, count{hours[i].at, n, y, u.mean(hours[i].at)})
			}
		}
		return counts
	}
	next := 0
	for hour := day * 24; hour < end; hour++ {
		c := count{hour: hour, n: m.rate.in(hour) * math.Min(1, l.through-float64(hour))}
		for ; next < len(hours) && hours[next].at < hour; next++ {
		}
		if next < len(hours) && hours[next].at == hour {
			c.y = float64(hours[next].items)
		}
		c.mean = c.n
		counts = append(counts, c)
	}
	return counts
}

// ratio is the log likelihood ratio of a change by shift against none, of so many yes or
// no or Poisson counts.
func (l *line) ratio(c *count, shift float64) float64 {
	if l.test < len(qualities) {
		w := expit(logit(c.mean) + shift)
		return c.y*math.Log(w/c.mean) + (c.n-c.y)*math.Log((1-w)/(1-c.mean))
	}
	return c.y*shift - c.n*math.Expm1(shift)
}

// shifts are the changes looked for.
func (l *line) shifts() *[3]float64 {
	switch l.test {
	case volumeTest:
		return &surges
	case silenceTest:
		return &fades
	}
	return &shifts
}

// dampen returns what the log likelihood ratio of counts of one day amounts to, n and y
// of them together, given that they have a good or bad day in common.
//
// Of qualities it is divided by the dispersion: for normal sums that is the exact log
// likelihood ratio under a random effect of the day. Volumes are negative binomial: their
// days differ by a gamma distributed factor of variance 1/k, which makes the ratio
// (e^shift)^y · ((k+n)/(k+n·e^shift))^(y+k).
func (l *line) dampen(m *model, n, y, ratio, shift float64) float64 {
	if l.test < len(qualities) {
		return ratio / m.qualities[l.test].dispersion(n, m.persists.quality)
	}
	k := 1 / m.rate.variance(m.persists.volume)
	return y*shift - (y+k)*math.Log((k+n*math.Exp(shift))/(k+n))
}

// weigh weighs the hours of a day.
func (l *line) weigh(m *model, day int32) []weighed {
	counts := l.counts(m, day, day*24+23)
	hours := make([]weighed, len(counts))
	next := day * 24
	for i := range counts {
		c := &counts[i]
		hours[i] = weighed{hour: c.hour, starts: float64(c.hour - next + 1), n: c.n, y: c.y}
		for s, shift := range l.shifts() {
			hours[i].ratio[s] = l.ratio(c, shift)
		}
		next = c.hour + 1
	}
	return hours
}

// again is the evidence of an hour that an episode goes on; negative: that it is over.
func (l *line) again(e *Episode, hour int32) float64 {
	for _, c := range l.counts(e.model, dayOf(hour), hour) {
		if c.hour == hour {
			if l.test < len(qualities) {
				u := e.model.qualities[l.test]
				return l.ratio(&c, e.shift) / u.dispersion(math.Max(1, u.items/(7*e.model.weeks)), e.model.persists.quality)
			}
			return l.ratio(&c, e.shift) / (1 + e.model.rate.week/7*e.model.rate.variance(e.model.persists.volume))
		}
	}
	return 0
}
