package effect

import "math"

// A guess is one idea of how days vary beyond counting.
type guess struct {
	own     float64 // standard deviation of what is each day's own, in points
	drift   float64 // standard deviation of what lingers
	linger  float64 // correlation of it with the day before
	logOdds float64 // of the guess, before having seen the days
}

// drifting is how probable it is that there is a drift to speak of, before having seen the
// days. With more, intervals without drift are wider than they need be.
const drifting = 0.25

// guesses cover what can be behind days that vary by spread points in all.
func guesses(spread float64) []guess {
	own := [...]float64{0.05, 0.3, 0.6, 1}
	drift := [...]float64{0.2, 0.4, 0.7, 1.1}
	linger := [...]float64{0.4, 0.7, 0.9, walks}
	all := make([]guess, 0, len(own)*(1+len(drift)*len(linger)))
	for _, o := range own {
		all = append(all, guess{own: o * spread, logOdds: math.Log((1 - drifting) / float64(len(own)))})
		for _, d := range drift {
			for _, l := range linger {
				g := guess{own: o * spread, drift: d * spread, linger: l}
				g.logOdds = math.Log(drifting / float64(len(own)*len(drift)*len(linger)))
				if l == walks {
					g.drift *= 2                   // it goes far in the long run
					g.logOdds += math.Log(walking) // and hides well in few days
				}
				all = append(all, g)
			}
		}
	}
	return all
}

// walks is the correlation with the day before of what is as good as a random walk, and
// walking by how much likelier it is beforehand than others.
const (
	walks   = 0.98
	walking = 3
)

// most is how many regressors a model has at most: a level, a slope, the
// spells, and the last days.
const most = 3 + mostSpells

// model says that the gap before at is made of regressors and noise, and would have gone on so.
type model struct {
	*gap
	columns []column
	season  [7]float64 // by which the topic's weekdays differ
}

// column is a regressor.
type column struct {
	values []float64 // by day
	after  float64   // its mean after at, weighted as the days are
	// certain is the prior precision of its coefficient, in 1/points²; 0: it may be anything.
	certain float64
	stretch bool // of days before at
}

// outcome is what a guess makes of the days.
type outcome struct {
	guess
	weight   float64 // of all guesses' sum
	points   float64 // by which the days after are above what was to be expected
	variance float64 // of points
	// level and last are coefficients and the lingering at the end of before, and their
	// covariance, for the lines by day.
	level      [most]float64
	last       float64
	lastSpread float64
	invert     [most][most]float64
	lastOf     [most]float64
}

// outcomes weighs the guesses by how probable the days before at are under each, and has
// each say what was to be expected after. likelihood is the logarithm of how probable the
// days are under all of them, to compare models of the same gap by.
func (m *model) outcomes(all []guess) (mix mixture, likelihood float64) {
	out := make([]outcome, len(all))
	top := math.Inf(-1)
	for i, g := range all {
		out[i].guess = g
		out[i].weight = g.logOdds + m.filter(g, &out[i])
		top = max(top, out[i].weight)
	}
	var sum float64
	for i := range out {
		out[i].weight = math.Exp(out[i].weight - top)
		sum += out[i].weight
	}
	kept := out[:0]
	var seen float64
	for i := range out {
		if out[i].weight > 1e-4*sum {
			kept, seen = append(kept, out[i]), seen+out[i].weight
		}
	}
	for i := range kept {
		kept[i].weight /= seen
	}
	return kept, top + math.Log(sum)
}

// filter runs the Kalman filter of the lingering noise over the gap and over all columns,
// which whitens them, and regresses one on the others (de Jong 1991). It returns the
// restricted likelihood of the honest gap's days.
func (m *model) filter(g guess, o *outcome) float64 {
	k := len(m.columns)
	var (
		now, nowHonest float64 // expected lingering of the gap
		of             [most]float64
		xx             [most][most]float64
		xy, xyHonest   [most]float64
		yyHonest       float64
		like           float64
		scale          = 1.0 // product of the days' variances that is yet to enter like
		e              [most]float64
	)
	p := g.drift * g.drift
	shock := p * (1 - g.linger*g.linger)
	for t := range m.at {
		if m.known[t] {
			f := p + m.variance[t] + g.own*g.own + near0
			gain := p / f
			y, h := m.values[t]-m.season[t%7]-now, m.honest[t]-m.season[t%7]-nowHonest
			for a := range k {
				e[a] = m.columns[a].values[t] - of[a]
				of[a] += gain * e[a]
			}
			for a := range k {
				for b := 0; b <= a; b++ {
					xx[a][b] += e[a] * e[b] / f
				}
				xy[a] += e[a] * y / f
				xyHonest[a] += e[a] * h / f
			}
			yyHonest += h * h / f
			// One logarithm for many days: it takes longer than all the rest.
			if scale *= f; scale < 1e-200 || scale > 1e200 {
				like, scale = like-math.Log(scale)/2, 1
			}
			now, nowHonest = now+gain*y, nowHonest+gain*h
			p *= 1 - gain
		}
		now, nowHonest = g.linger*now, g.linger*nowHonest
		for a := range k {
			of[a] *= g.linger
		}
		p = g.linger*g.linger*p + shock
	}
	like -= math.Log(scale) / 2
	for a := range k {
		if c := m.columns[a].certain; c > 0 {
			xx[a][a] += c
			like += math.Log(c) / 2
		} else {
			xx[a][a] += 1e-8 // a level of 10 000 points cannot be
		}
	}
	invert, logDet := inverse(&xx, k)
	for a := range k {
		for b := range k {
			o.level[a] += invert[a][b] * xy[b]
			yyHonest -= xyHonest[a] * invert[a][b] * xyHonest[b]
		}
	}
	like -= logDet/2 + max(0, yyHonest)/2

	// What lingers at first after at; the filter is already a day further.
	o.last = now
	for a := range k {
		o.last -= of[a] * o.level[a]
	}
	o.lastSpread, o.lastOf, o.invert = p, of, invert
	m.forecast(g, o)
	return like
}

// forecast says by how much the days after at are above what was to be expected.
func (m *model) forecast(g guess, o *outcome) {
	k := len(m.columns)
	var lingers, fades, total float64 // total: the gap's mean after
	shock := square(g.drift) * (1 - g.linger*g.linger)
	for i := len(m.after) - 1; i >= 0; i-- {
		t, w := m.at+i, m.after[i]
		total += w * (m.values[t] - m.season[t%7])
		o.variance += w * w * (m.variance[t] + g.own*g.own)
		fades = w + g.linger*fades // how much what lingers on day i is in the mean
		if i > 0 {
			lingers += shock * fades * fades
		}
	}
	o.points = total - fades*o.last
	o.variance += lingers + fades*fades*o.lastSpread
	var x [most]float64
	for a := range k {
		o.points -= m.columns[a].after * o.level[a]
		x[a] = m.columns[a].after - fades*o.lastOf[a]
	}
	o.variance += quadratic(&o.invert, &x, k) + m.uncertain
}

// quadratic is x'Ax.
func quadratic(a *[most][most]float64, x *[most]float64, k int) float64 {
	var sum float64
	for i := range k {
		for j := range k {
			sum += x[i] * a[i][j] * x[j]
		}
	}
	return max(0, sum)
}

// inverse inverts a positive definite matrix, of which the lower half is filled, by
// Cholesky's decomposition; gonum's would allocate, thousands of times.
func inverse(a *[most][most]float64, k int) (out [most][most]float64, logDet float64) {
	var l, li [most][most]float64
	for i := range k {
		for j := 0; j <= i; j++ {
			s := a[i][j]
			for c := range j {
				s -= l[i][c] * l[j][c]
			}
			if i == j {
				l[i][i] = math.Sqrt(max(s, 1e-12))
				logDet += 2 * math.Log(l[i][i])
			} else {
				l[i][j] = s / l[j][j]
			}
		}
	}
	for i := range k {
		li[i][i] = 1 / l[i][i]
		for j := range i {
			var s float64
			for c := j; c < i; c++ {
				s -= l[i][c] * li[c][j]
			}
			li[i][j] = s / l[i][i]
		}
	}
	for i := range k {
		for j := range k {
			for c := max(i, j); c < k; c++ {
				out[i][j] += li[c][i] * li[c][j]
			}
		}
	}
	return out, logDet
}
