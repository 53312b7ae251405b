package effect

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// interval is an effect with what it must hold against.
type interval struct {
	points, low, high, p float64
	z                    float64 // points in standard deviations, for placebos
	recent               int     // days before at that it had to be held against
}

// How far the last days must be from those before them to be held against, and how clear
// the effect must be against the days before them, and against them alone, in standard
// deviations. By simulation: lower, and incidents that end by themselves work wonders;
// higher, and every third effect goes unnoticed.
const (
	unlike         = 2
	againstEarlier = 1.1
	againstLatest  = 0.8
)

// interval is that of the estimate, widened so that it covers what else could be compared
// with: the level of a spell that may have gone on, the days before the last weeks, and
// the last weeks alone.
func (e *estimate) interval(wide, confidence float64) interval {
	i := e.mix.interval(wide, confidence)
	if e.ifOngoing != nil {
		i.cover(e.ifOngoing.interval(wide, confidence))
	}
	up, down := i.low > 0, i.high < 0
	clear := func(m mixture, least float64) bool {
		mean, sd := m.moments()
		return !up && !down || up && mean/sd >= least || down && mean/sd <= -least
	}
	for _, l := range e.looks {
		differs := math.Abs(l.shift) > unlike
		if differs {
			i.recent = max(i.recent, l.days)
		}
		if differs || !clear(l.earlier, againstEarlier) {
			i.cover(l.earlier.interval(wide, confidence))
		}
		if l.latest != nil && (differs || !clear(l.latest, againstLatest)) {
			i.cover(l.latest.interval(wide, confidence))
		}
	}
	return i
}

// cover extends an interval over another one. The point nearest to 0 is the cautious one.
func (i *interval) cover(o interval) {
	i.low, i.high, i.p = min(i.low, o.low), max(i.high, o.high), max(i.p, o.p)
	if i.points*o.points <= 0 {
		i.points, i.z, i.p = 0, 0, 1
		return
	}
	if math.Abs(o.points) < math.Abs(i.points) {
		i.points = o.points
	}
	if math.Abs(o.z) < math.Abs(i.z) {
		i.z = o.z
	}
}

// mixture is what all guesses together make of the effect: a distribution whose tails are
// as heavy as the noise is unknown.
type mixture []outcome

// interval is the central one.
func (m mixture) interval(wide, confidence float64) interval {
	mean, sd := m.moments()
	return interval{
		points: mean, z: mean / sd,
		low:  min(mean, mean+wide*(m.quantile(0.5-confidence/2)-mean)),
		high: max(mean, mean+wide*(m.quantile(0.5+confidence/2)-mean)),
		p:    min(1, 2*min(m.below(mean-mean/wide), 1-m.below(mean-mean/wide))),
	}
}

// moments are its mean and standard deviation.
func (m mixture) moments() (mean, sd float64) {
	for i := range m {
		mean += m[i].weight * m[i].points
	}
	var v float64
	for i := range m {
		v += m[i].weight * (m[i].variance + square(m[i].points-mean))
	}
	return mean, math.Sqrt(max(v, near0))
}

// below is the share of it below x.
func (m mixture) below(x float64) float64 {
	var p float64
	for i := range m {
		p += m[i].weight * distuv.UnitNormal.CDF((x-m[i].points)/math.Sqrt(max(m[i].variance, near0)))
	}
	return p
}

// quantile is where a share of p is below.
func (m mixture) quantile(p float64) float64 {
	mean, sd := m.moments()
	low, high := mean-40*sd, mean+40*sd
	for range 50 {
		if middle := (low + high) / 2; m.below(middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// shift is how many standard deviations the coefficient of a column is from 0.
func (m mixture) shift(a int) float64 {
	var mean, v float64
	for i := range m {
		mean += m[i].weight * m[i].level[a]
	}
	for i := range m {
		v += m[i].weight * (m[i].invert[a][a] + square(m[i].level[a]-mean))
	}
	return mean / math.Sqrt(max(v, near0))
}
