package effect

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// lines are the net sentiment that was to be expected of each day without an effect, and
// the band of a day.
func (e *estimate) lines(wide, confidence float64) (expected, low, high []float64) {
	expected, low, high = make([]float64, e.to), make([]float64, e.to), make([]float64, e.to)
	half := wide * distuv.UnitNormal.Quantile(0.5+confidence/2)
	usual := e.counting()
	means := make([]float64, len(e.mix))
	for i := range e.to {
		var mean, v float64
		for g := range e.mix {
			o := &e.mix[g]
			var of float64
			means[g], of = o.day(e.model, i)
			mean, v = mean+o.weight*means[g], v+o.weight*of
		}
		for g, m := range means {
			v += e.mix[g].weight * square(m-mean)
		}
		if e.known[i] {
			v += e.variance[i]
		} else {
			v += usual
		}
		middle, off := e.offset+e.line[i]+e.season[i%7]+mean, half*math.Sqrt(v)
		expected[i], low[i], high[i] = clampTo(100, middle), clampTo(100, middle-off), clampTo(100, middle+off)
	}
	return expected, low, high
}

// day is what a guess expects of the gap on a day, and its variance but for counting.
func (o *outcome) day(m *model, i int) (mean, variance float64) {
	var x [most]float64
	fade := 0.0 // nothing of the drift is known on a day before
	if i >= m.at {
		fade = math.Pow(o.linger, float64(i-m.at))
	}
	for a := range m.columns {
		if m.columns[a].stretch {
			continue
		}
		mean += m.columns[a].values[i] * o.level[a]
		x[a] = m.columns[a].values[i] - fade*o.lastOf[a]
	}
	for a := range m.columns {
		if m.columns[a].stretch {
			x[a] = -fade * o.lastOf[a]
		}
	}
	mean += fade * o.last
	drift := square(o.drift)
	if i >= m.at {
		drift = fade*fade*o.lastSpread + drift*(1-fade*fade)
	}
	return mean, drift + square(o.own) + quadratic(&o.invert, &x, len(m.columns))
}

// fit is how far off the controls were on a day before, and would be by counting alone.
func (e *estimate) fit() (rmse, noise float64) {
	var sum, n float64
	for i := range e.at {
		if e.known[i] {
			sum, n = sum+square(e.honest[i]-e.season[i%7]), n+1
		}
	}
	return math.Sqrt(sum / max(1, n)), math.Sqrt(e.counting())
}

// controlWeights says of each control how well it fits alone.
func (e *estimate) controlWeights(y *line, controls []*line) []ControlWeight {
	all := make([]ControlWeight, len(controls))
	for c, l := range controls {
		all[c] = ControlWeight{Topic: l.topic, Weight: e.weights[c]}
		all[c].RMSE, all[c].Noise = y.apart(l, e.at)
	}
	return all
}
