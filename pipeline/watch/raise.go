package watch

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"earshot/pipeline"
)

const (
	// lookBack is how many days back the beginning of a change is looked for.
	lookBack = 14
	// likely is by how much less log likelihood a beginning still belongs to the 90 %
	// interval: half of chi-square's 0.9 quantile of one degree of freedom.
	likely = 1.353
	// confidence of intervals.
	confidence = 0.9
	// surge is how many times as much as usual is worth an alert.
	surge = 1.5
)

// sizes are the changes that one is compared with, in log odds or logarithms.
var sizes = [...]float64{0.2, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4}

// raise makes an episode of what passed the threshold in an hour; nil: it is too small to
// be worth an alert. since is the hour before which no change is looked for.
func (w *Watch) raise(l line, day, since, hour int32, evidence float64) *Episode {
	from := max(since, (day-lookBack)*24)
	p := l.began(from, hour)
	if p == nil {
		return nil
	}
	watched := w.thresholds[day] * w.options.Budget / hoursOfMonth
	e := &Episode{
		Key: l.h.key, Measure: l.measure(), Raised: timeOf(hour + 1),
		Since: timeOf(p.best), From: timeOf(p.from), To: timeOf(p.to + 1),
		Evidence: evidence, PValue: -math.Expm1(-hoursOfMonth * watched / evidence),
		raised: hour, shift: p.shift, model: l.h.models[day],
	}
	if through := w.through; e.Raised.After(through) {
		e.Raised = through
	}
	l.estimate(e, p.best, hour)
	if !w.worthwhile(l.test, e) {
		return nil
	}
	return e
}

// measure is what the line measures.
func (l *line) measure() Measure {
	switch l.test {
	case volumeTest:
		return Volume
	case silenceTest:
		return Silence
	}
	return qualities[l.test].measure
}

// worthwhile tells whether a change is large enough, and rests on enough.
func (w *Watch) worthwhile(test int, e *Episode) bool {
	switch test {
	case volumeTest:
		return e.Observed.Value >= surge*e.Expected.Value && e.Items >= float64(w.options.MinItems)/2
	case silenceTest:
		return e.Items == 0 || e.Observed.Value <= e.Expected.Value/10
	}
	q := &qualities[test]
	worse := math.Abs(e.Observed.Value - e.Expected.Value)
	if q.measure == Effort {
		worse *= 50
	}
	return worse >= w.options.MinEffect && e.Items >= float64(w.options.MinItems)/2
}

// beginning is when a change most likely began.
type beginning struct {
	best, from, to int32
	shift          float64
}

// began looks for the hour in which what changed until hour most likely began: that of the
// largest likelihood, over all sizes of changes, and all hours that are nearly as likely.
func (l *line) began(from, hour int32) *beginning {
	sign := math.Copysign(1, l.shifts()[0])
	type start struct {
		hour         int32
		ratio, shift float64
	}
	var starts []start
	var before, today [len(sizes)]float64 // complete later days, and the day's own sums
	for day := dayOf(hour); day >= dayOf(from); day-- {
		m := l.h.models[day]
		if m == nil {
			break
		}
		today = [len(sizes)]float64{}
		var n, y float64
		counts := l.counts(m, day, hour)
		for i := len(counts) - 1; i >= 0 && counts[i].hour >= from; i-- {
			c := &counts[i]
			n, y = n+c.n, y+c.y
			best := start{hour: c.hour, ratio: math.Inf(-1)}
			for s, size := range sizes {
				today[s] += l.ratio(c, sign*size)
				if r := before[s] + l.dampen(m, n, y, today[s], sign*size); r > best.ratio {
					best.ratio, best.shift = r, sign*size
				}
			}
			starts = append(starts, best)
		}
		if n > 0 {
			for s, size := range sizes {
				before[s] += l.dampen(m, n, y, today[s], sign*size)
			}
		}
	}
	var p *beginning
	most := math.Inf(-1)
	for _, s := range starts {
		if s.ratio > most {
			most = s.ratio
			p = &beginning{best: s.hour, shift: s.shift}
		}
	}
	if p == nil || most <= 0 {
		return nil
	}
	p.from, p.to = p.best, p.best
	for _, s := range starts {
		if s.ratio >= most-likely {
			p.from, p.to = min(p.from, s.hour), max(p.to, s.hour)
		}
	}
	return p
}

// estimate sets what was expected and observed from one hour to another.
func (l *line) estimate(e *Episode, from, to int32) {
	var n, y, expected, variance, hours float64
	for day := dayOf(from); day <= dayOf(to); day++ {
		m := l.h.models[day]
		if m == nil {
			m = e.model
		}
		for _, c := range l.counts(m, day, to) {
			if c.hour < from {
				continue
			}
			n += c.n
			y += c.y
			hours++
			if l.test < len(qualities) {
				expected += c.n * c.mean
				variance += c.n * c.mean * (1 - c.mean)
			}
		}
	}
	e.Items = 0
	for _, h := range l.h.between(from, to+1) {
		e.Items += float64(h.items)
	}
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	if l.test >= len(qualities) {
		daily := 24 / math.Max(hours, 1)
		spread := 1 + n*e.model.rate.variance(1)
		usual := z * math.Sqrt(e.model.rate.uncertain)
		posterior := distuv.Gamma{Alpha: y/spread + 0.5, Beta: 1 / spread}
		e.Expected = pipeline.Estimate{Value: n * daily, Low: math.Max(0, n*daily*(1-usual)), High: n * daily * (1 + usual)}
		e.Observed = pipeline.Estimate{Value: y * daily, Low: math.Min(y, posterior.Quantile((1-confidence)/2)) * daily, High: math.Max(y, posterior.Quantile((1+confidence)/2)) * daily}
		return
	}
	q, u := &qualities[l.test], e.model.qualities[l.test]
	days := math.Max(1, float64(dayOf(to)-dayOf(from)+1))
	spread := u.dispersion(n/days, 1)
	posterior := distuv.Beta{Alpha: y/spread + 0.5, Beta: (n-y)/spread + 0.5}
	mean, usually := y/n, expected/n
	off := z * math.Sqrt(u.uncertain*variance/n)
	e.Expected = q.interval(usually, clamp(usually-off, 0, 1), clamp(usually+off, 0, 1))
	e.Observed = q.interval(mean, math.Min(mean, posterior.Quantile((1-confidence)/2)), math.Max(mean, posterior.Quantile((1+confidence)/2)))
}

// interval turns qualities into the measure's unit.
func (q *quality) interval(value, low, high float64) pipeline.Estimate {
	i := pipeline.Estimate{Value: q.unit(value), Low: q.unit(low), High: q.unit(high)}
	if i.Low > i.High {
		i.Low, i.High = i.High, i.Low
	}
	return i
}
