package watch

import "math"

// rate is how much is usually written in a series.
type rate struct {
	week  float64      // items a week
	slots [168]float32 // share of them that each hour of the week has; 1 together
	rho   float64      // variance of a day's rate over its square, beyond the seasons
	items float64      // it was learned from
	// uncertain is the variance of the level over its square.
	uncertain float64
	days      float64 // it was learned from
}

// in is how many items an hour usually has.
func (r *rate) in(hour int32) float64 { return r.week * float64(r.slots[hourOfWeek(hour)]) }

// variance is that of the factor by which days differ, and the baseline is wrong. What few
// days say of how they differ is taken two standard errors larger than it is.
func (r *rate) variance(persists float64) float64 {
	return r.rho*persists*(1+2*math.Sqrt(2/math.Max(r.days, 1))) + horizon*persists*r.uncertain
}

// learnRate learns from the hours from and without to, of which hours are those that have
// any items.
func learnRate(hours []hourly, from, to int32, parent *rate) (*rate, persistence) {
	r := &rate{rho: 0.1, uncertain: 1, days: float64(to-from) / 24}
	share := func(i int) float64 { return 1. / 168 }
	if parent != nil {
		r.rho = parent.rho
		share = func(i int) float64 { return float64(parent.slots[i]) }
	}
	var slots [168]float64
	for i := range hours {
		r.items += float64(hours[i].items)
		slots[hourOfWeek(hours[i].at)] += float64(hours[i].items)
	}
	for i := range r.slots {
		r.slots[i] = float32((slots[i] + slotItems*share(i)) / (r.items + slotItems))
	}
	if r.items == 0 || to <= from {
		return r, persistence{}
	}
	r.week = r.items / float64(to-from) * 168
	prior := r.rho
	var p persistence
	for range 4 {
		p = r.fit(hours, from, to, prior)
	}
	return r, p
}

// fit settles the level and the over-dispersion.
func (r *rate) fit(hours []hourly, from, to int32, prior float64) (p persistence) {
	var last, lastExpected float64
	var got, usually, over, pairs, noise float64
	next := 0
	for day := dayOf(from + 23); day < dayOf(to); day++ {
		var x, share float64
		for hour := day * 24; hour < day*24+24; hour++ {
			share += float64(r.slots[hourOfWeek(hour)])
			for ; next < len(hours) && hours[next].at < hour; next++ {
			}
			if next < len(hours) && hours[next].at == hour {
				x += float64(hours[next].items)
			}
		}
		expected := r.week * share
		limit := outlying * math.Sqrt(expected*(1+expected*r.variance(1)))
		off := clamp(x-expected, -limit, limit)
		weight := math.Exp2(float64(day-dayOf(to))/halfLife) / (1 + expected*r.rho)
		got += weight * (expected + off)
		usually += weight * share
		if together := math.Sqrt(expected * lastExpected); together > 0 {
			weight := 1 / (1 + together*r.rho)
			p.together += weight * off * last / together
			p.alone += weight * together * r.rho
		}
		last, lastExpected = off, expected
		over += off*off - expected
		pairs += expected * expected
		noise += 2 * (expected + expected*expected*prior) * (expected + expected*expected*prior)
	}
	if usually > 0 {
		r.week = got / usually
	}
	r.rho = shrink(over, pairs, noise, prior, 1)
	r.uncertain = 1/r.items + r.rho/math.Max(1, r.days)
	return p
}
