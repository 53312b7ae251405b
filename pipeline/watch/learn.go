package watch

import "math"

// What is assumed of a series before it has said much itself.
const (
	// levelSpread is how far, in log odds, a series' level lies from its parent's (one
	// standard deviation).
	levelSpread = 0.8
	// seasonItems is how many items of an hour of the day, or a weekday, count as much
	// as what the parent's are like.
	seasonItems = 150
	// slotItems is the same for the hours of a week and how much is written in them.
	slotItems = 1500
	// halfLife, in days, after which a day of the past counts half: slow drifts are
	// followed.
	halfLife = 28
	// outlying is from how many standard deviations on a day counts as if it were no
	// farther out: an incident of the past is no part of what is usual.
	outlying = 3
	// horizon, in days, is for how long what the baseline got wrong counts as the
	// same error: about as long as it takes to notice a change.
	horizon = 3
	// most and least that a usual mean may be: nothing is certain.
	surest = 0.995
)

// usual is what is usual of a quality of a series on one day.
type usual struct {
	logit      float64      // level, in log odds
	week       [168]float32 // added to it, by hour of the week
	kind       float64      // variance of an item's quality over that of a yes or no of the same mean
	rho        float64      // correlation of two items of a day, beyond the seasons
	uncertain  float64      // variance of the level's mean over that of a yes or no
	items      float64      // it was learned from
	rootOfNone bool         // nothing is known of it
}

// mean is the usual quality in an hour.
func (u *usual) mean(hour int32) float64 {
	return clamp(expit(u.logit+float64(u.week[hourOfWeek(hour)])), 1-surest, surest)
}

// dispersion is by how much the variance of n items of a day is greater than n yes or no
// of the same mean would have: the over-dispersion of a beta-binomial, 1 + (n−1)ρ, and
// what the baseline doesn't know.
func (u *usual) dispersion(n, persists float64) float64 {
	return u.kind + math.Max(0, n-1)*u.rho*persists + n*horizon*persists*u.uncertain
}

// daySum is a day as it is compared with its baseline.
type daySum struct {
	n, y, expected, variance float64 // variance: of so many yes or no
	day                      int32
}

// learnQuality learns what is usual from the hours before through (a day). parent is the
// same of the parent; nil: there is none.
func learnQuality(q *quality, hours []hourly, through int32, parent *usual) *usual {
	if parent == nil {
		parent = &usual{kind: 1, rho: 0.01, rootOfNone: true}
	}
	var n, y, yy float64
	var byHour, byDay [24][2]float64 // the first seven of byDay are weekdays
	for i := range hours {
		hn, hy, hyy := q.sum(&hours[i])
		n, y, yy = n+hn, y+hy, yy+hyy
		h, d := hours[i].at%24, hours[i].at/24%7
		byHour[h][0] += hn
		byHour[h][1] += hy
		byDay[d][0] += hn
		byDay[d][1] += hy
	}
	u := &usual{items: n}
	if n == 0 {
		*u = *parent
		u.items = 0
		m := expit(u.logit)
		u.uncertain = parent.uncertain + m*(1-m)*levelSpread*levelSpread
		return u
	}
	before := expit(parent.logit)
	strength := 20.
	if parent.rootOfNone {
		before, strength = 0.5, 1
	}
	mean := clamp((y+strength*before)/(n+strength), 1-surest, surest)
	u.logit = logit(mean)
	own := clamp((yy/n-(y/n)*(y/n))/(mean*(1-mean)), 0.05, 1)
	u.kind = (n*own + 50*parent.kind) / (n + 50)
	weeks := math.Max(1, float64(hours[len(hours)-1].at-hours[0].at)/168)
	u.week = seasons(u.logit, weeks, parent, &byHour, &byDay)
	u.fit(q, hours, through, parent)
	return u
}

// seasons learns hours of the day and weekdays, near the parent's. Items of one day are no
// independent witnesses, so that few weeks say little of weekdays.
func seasons(level, weeks float64, parent *usual, byHour, byDay *[24][2]float64) (week [168]float32) {
	var ofHour [24]float64
	var ofDay [7]float64
	step := func(n, y, days, usually float64) float64 {
		m := expit(level + usually)
		independent := 1 / (1 + n/days*parent.rho)
		n, y = n*independent, y*independent
		return logit(clamp((y+seasonItems*m)/(n+seasonItems), 1-surest, surest)) - logit(clamp(m, 1-surest, surest))
	}
	var raw [24]float64
	for h := range raw {
		var usually float64
		for d := range 7 {
			usually += float64(parent.week[d*24+h]) / 7
		}
		raw[h] = step(byHour[h][0], byHour[h][1], 7*weeks, usually)
	}
	for h := range ofHour {
		ofHour[h] = (raw[(h+23)%24] + 2*raw[h] + raw[(h+1)%24]) / 4 // neighbours are alike
	}
	for d := range 7 {
		var usually float64
		for h := range 24 {
			usually += (float64(parent.week[d*24+h]) + ofHour[h]) / 24
		}
		ofDay[d] = step(byDay[d][0], byDay[d][1], weeks, usually)
	}
	for i := range week {
		week[i] = float32(float64(parent.week[i]) + ofHour[i%24] + ofDay[i/24])
	}
	return week
}

// fit settles the level and the over-dispersion.
func (u *usual) fit(q *quality, hours []hourly, through int32, parent *usual) {
	u.rho = parent.rho
	var days []daySum
	for range 3 {
		days = u.days(days[:0], q, hours)
		var slope, curve float64
		for i := range days {
			d := &days[i]
			spread := u.dispersion(d.n, 1)
			weight := math.Exp2(float64(d.day-through) / halfLife)
			slope += weight * d.residual(spread) / spread
			curve += weight * d.variance / spread
		}
		if !parent.rootOfNone {
			slope -= (u.logit - parent.logit) / (levelSpread * levelSpread)
			curve += 1 / (levelSpread * levelSpread)
		}
		u.logit += clamp(slope/curve, -1, 1)
		m := expit(u.logit)
		u.uncertain = m * (1 - m) / curve
		u.rho = u.correlation(days, parent.rho)
	}
}

// days adds hours up by day.
func (u *usual) days(days []daySum, q *quality, hours []hourly) []daySum {
	var means [168]float64
	for i := range means {
		means[i] = clamp(expit(u.logit+float64(u.week[i])), 1-surest, surest)
	}
	for i := range hours {
		h := &hours[i]
		n, y, _ := q.sum(h)
		if n == 0 {
			continue
		}
		if day := dayOf(h.at); len(days) == 0 || days[len(days)-1].day != day {
			days = append(days, daySum{day: day})
		}
		d := &days[len(days)-1]
		m := means[hourOfWeek(h.at)]
		d.n += n
		d.y += y
		d.expected += n * m
		d.variance += n * m * (1 - m)
	}
	return days
}

// residual is by how much a day lies off, an outlier no more than outlying says.
func (d *daySum) residual(dispersion float64) float64 {
	limit := outlying * math.Sqrt(d.variance*dispersion)
	return clamp(d.y-d.expected, -limit, limit)
}

// correlation estimates rho by moments, and shrinks it towards the parent's as far as it
// is uncertain.
func (u *usual) correlation(days []daySum, parent float64) float64 {
	var over, pairs, noise float64
	for i := range days {
		d := &days[i]
		pq := d.variance / d.n
		r := d.residual(u.dispersion(d.n, 1))
		over += r*r/pq - u.kind*d.n
		pairs += d.n * math.Max(0, d.n-1)
		noise += 2 * (u.kind*d.n + d.n*d.n*parent) * (u.kind*d.n + d.n*d.n*parent)
	}
	if len(days) > 3 { // the level was fitted to the same days
		over *= float64(len(days)) / float64(len(days)-2)
	}
	return shrink(over, pairs, noise, parent, 3)
}

// shrink estimates a ratio over/pairs, whose numerator has the variance noise, and that is
// beforehand about as large as parent, give or take so many times as much.
func shrink(over, pairs, noise, parent, give float64) float64 {
	const least, most = 0.0005, 0.5
	if pairs <= 0 || noise <= 0 {
		return clamp(parent, least, most)
	}
	precision, prior := pairs*pairs/noise, 1/(give*give*parent*parent)
	return clamp((precision*(over/pairs)+prior*parent)/(precision+prior), least, most)
}
