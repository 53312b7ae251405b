package watch

import "math"

// model is what is usual of a series on one day.
type model struct {
	qualities [len(qualities)]*usual
	rate      *rate
	weeks     float64 // it was learned from
	persists  *persists
}

// gap is how many days before a day nothing is learned from, so that what begins slowly
// isn't taken for usual before it is noticed: a week, or a quarter of a shorter past.
func gap(past int32) int32 { return min(7, (past+3)/4) }

// leastPast is how many days of the past there must be.
const leastPast = 4

// learn makes the models of all series of a day, from what was there the day's gap before
// it. It tells whether there was enough.
func (w *Watch) learn(day int32) bool {
	order := w.inOrder()
	first, ok := w.firstDay()
	if !ok || day-first < leastPast {
		return false
	}
	to := (day - gap(day-first)) * 24
	from := max(first, day-int32(w.options.Learn)) * 24
	var pairs, volumes persistence
	factors := &persists{} // of all series together
	for _, h := range order {
		if h.models == nil {
			h.models = map[int32]*model{}
		}
		m := &model{weeks: float64(to-from) / 168, persists: factors}
		var parent model
		if h.parent != nil {
			parent = *h.parent.models[day]
		}
		hours := h.between(from, to)
		for i := range qualities {
			m.qualities[i] = learnQuality(&qualities[i], hours, dayOf(to), parent.qualities[i])
		}
		var volume persistence
		m.rate, volume = learnRate(hours, from, to, parent.rate)
		h.models[day] = m
		pairs.add(m.qualities[0], hours)
		volumes.together += volume.together
		volumes.alone += volume.alone
	}
	*factors = persists{pairs.factor(), volumes.factor()}
	return true
}

// firstDay is the day after the one in which the past begins, which is a part of a day.
func (w *Watch) firstDay() (int32, bool) {
	first := int32(math.MaxInt32)
	for _, h := range w.series {
		if len(h.hours) > 0 {
			first = min(first, h.hours[0].at)
		}
	}
	return dayOf(first) + 1, first != math.MaxInt32
}

// persists are the factors of persistence of qualities and of volume.
type persists struct{ quality, volume float64 }

// persistence learns, over all series, how much of what a day brings with it stays for the
// next one: where it does, several bad days are weaker evidence than their days apart.
type persistence struct{ together, alone float64 }

func (p *persistence) add(u *usual, hours []hourly) {
	days := u.days(nil, &qualities[0], hours)
	for i := 1; i < len(days); i++ {
		a, b := &days[i-1], &days[i]
		if b.day != a.day+1 || a.n < 10 || b.n < 10 {
			continue
		}
		ra, rb := a.residual(u.dispersion(a.n, 1)), b.residual(u.dispersion(b.n, 1))
		weight := 1 / math.Sqrt(u.dispersion(a.n, 1)*u.dispersion(b.n, 1))
		p.together += weight * ra * rb / math.Sqrt(a.variance/a.n*b.variance/b.n)
		p.alone += weight * a.n * b.n * u.rho
	}
}

// factor is by how much the variance of a mean of many days is greater than that of
// independent ones, (1+r)/(1−r) where r is the correlation of neighbours.
func (p *persistence) factor() float64 {
	if p.alone <= 0 {
		return 1
	}
	r := clamp(p.together/p.alone, 0, 0.6)
	return (1 + r) / (1 - r)
}
