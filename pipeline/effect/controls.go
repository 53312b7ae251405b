package effect

import "math"

// wander is the variance in points² by which a topic's days are taken to vary beyond
// counting, where it is yet unknown: it only weighs days and controls against each other.
const wander = 64

// strengths of shrinking are what cross-validation chooses from: in the absence of data
// weights differ from the prior ones by about 1/√strength.
var strengths = [...]float64{2, 8, 32, 128, 1024}

// gap is how far a topic is from what its controls make of it, by day.
type gap struct {
	at, to  int
	weights []float64
	// values are the topic's net sentiment minus the weighted controls', both less their
	// mean before; honest ones use on each day before weights that were chosen without it
	// and the days around it: those are as far off as the days after are expected to be.
	values, honest []float64
	variance       []float64 // of values from counting, the controls' counting included
	known          []bool    // days on which somebody said something of the topic
	after          []float64 // weights of the days from at, that add up to 1
	offset         float64   // the topic's mean before
	line           []float64 // the weighted controls, less their mean before
	// uncertain is the variance of the effect from not knowing the weights better, by
	// leaving out each block of days in turn (Künsch 1989's block jackknife).
	uncertain float64
}

// compare fits weights to the days before at, and computes the gap until to.
func compare(y *line, controls []*line, at, to int) *gap {
	g := &gap{
		at: at, to: to, offset: y.mean(0, at, wander), weights: make([]float64, len(controls)),
		values: make([]float64, to), honest: make([]float64, at), variance: make([]float64, to),
		known: make([]bool, to), after: make([]float64, to-at), line: make([]float64, to),
	}
	for i := range to {
		g.known[i] = y.items[i] > 0
		if g.known[i] {
			g.values[i], g.variance[i] = y.net[i]-g.offset, y.variance[i]
		}
	}
	if len(controls) > 0 {
		g.subtract(controls)
	} else {
		copy(g.honest, g.values)
	}
	return g
}

// subtract chooses the weights and takes the controls off the topic's line.
func (g *gap) subtract(controls []*line) {
	j := len(controls)
	prior := priorWeights(controls, g.at)
	x, noise := centred(controls, prior, g.at, g.to)

	precision := make([]float64, g.at)
	for i := range precision {
		if g.known[i] {
			precision[i] = 1 / (g.variance[i] + wander)
		}
	}
	blocks := min(8, max(2, g.at/7), g.at)
	if g.at < 4 {
		blocks = 1
	}
	moments := make([]*moment, blocks)
	all := newMoment(j)
	for b := range blocks {
		moments[b] = newMoment(j)
		for i := b * g.at / blocks; i < (b+1)*g.at/blocks; i++ {
			moments[b].add(x[i], g.values[i], precision[i])
		}
		all.plus(moments[b], 1)
	}
	// What the prior weights leave is the scale that shrinking is measured on.
	scale := max(near0, all.loss(prior)/max(1, float64(g.at)))

	left := make([][]float64, blocks) // weights without each block
	best := math.Inf(1)
	rest, trial := newMoment(j), make([][]float64, blocks)
	strength := strengths[len(strengths)-1]
	if blocks > 1 {
		for _, s := range strengths {
			var loss float64
			for b := range blocks {
				rest.copy(all)
				rest.plus(moments[b], -1)
				trial[b] = rest.solve(prior, s*scale)
				loss += moments[b].loss(trial[b])
			}
			if loss < best {
				best, strength = loss, s
				copy(left, trial)
			}
		}
	}
	g.weights = all.solve(prior, strength*scale)
	for b := range left {
		if left[b] == nil {
			left[b] = g.weights
		}
	}

	for i := range g.to {
		w := g.weights
		for c, v := range x[i] {
			g.line[i] += w[c] * v
		}
		if i < g.at {
			w = left[blockOf(i, blocks, g.at)]
			var sum float64
			for c, v := range x[i] {
				sum += w[c] * v
			}
			g.honest[i] = g.values[i] - sum
		}
		g.values[i] -= g.line[i]
		for c, v := range noise[i] {
			g.variance[i] += square(g.weights[c]) * v
		}
	}
	g.jackknife(left, x)
}

func blockOf(i, blocks, n int) int {
	b := i * blocks / n
	for b+1 < blocks && i >= (b+1)*n/blocks {
		b++
	}
	return b
}

// jackknife sets uncertain: by how much the mean of the controls after at would have been
// another one with other days before.
func (g *gap) jackknife(left [][]float64, x [][]float64) {
	if len(left) < 2 || g.to == g.at {
		return
	}
	means := make([]float64, len(left))
	var mean float64
	for b, w := range left {
		for i := g.at; i < g.to; i++ {
			for c, v := range x[i] {
				means[b] += w[c] * v / float64(g.to-g.at)
			}
		}
		mean += means[b] / float64(len(left))
	}
	for _, m := range means {
		g.uncertain += square(m-mean) * float64(len(left)-1) / float64(len(left))
	}
}

// priorWeights are what weights are shrunk to: controls of which more is said are less
// noisy, and weigh more.
func priorWeights(controls []*line, at int) []float64 {
	prior := make([]float64, len(controls))
	var sum float64
	for c, l := range controls {
		var v, n float64
		for i := range at {
			if l.items[i] > 0 {
				v, n = v+l.variance[i], n+1
			}
		}
		prior[c] = 1 / (v/max(1, n) + wander)
		sum += prior[c]
	}
	for c := range prior {
		prior[c] /= sum
	}
	return prior
}

// centred are the controls by day, less their means before at, and the variances of
// counting. On a day on which nothing is said of a control it does what the others do.
func centred(controls []*line, prior []float64, at, to int) (x, noise [][]float64) {
	j := len(controls)
	means := make([]float64, j)
	for c, l := range controls {
		means[c] = l.mean(0, at, wander)
	}
	cells := make([]float64, 2*to*j)
	x, noise = make([][]float64, to), make([][]float64, to)
	for i := range to {
		x[i], noise[i] = cells[:j:j], cells[j:2*j:2*j]
		cells = cells[2*j:]
		var sum, weight, v float64
		for c, l := range controls {
			if l.items[i] > 0 {
				x[i][c], noise[i][c] = l.net[i]-means[c], l.variance[i]
				sum, weight, v = sum+prior[c]*x[i][c], weight+prior[c], v+square(prior[c])*l.variance[i]
			}
		}
		for c, l := range controls {
			if l.items[i] > 0 {
				continue
			}
			noise[i][c] = 100 * 100 // nobody knows anything
			if weight > 0 {
				x[i][c], noise[i][c] = sum/weight, v/square(weight)
			}
		}
	}
	return x, noise
}

// moment holds the sums of weighted least squares.
type moment struct {
	xx [][]float64
	xy []float64
	yy float64
}

func newMoment(j int) *moment {
	m := &moment{xx: make([][]float64, j), xy: make([]float64, j)}
	cells := make([]float64, j*j)
	for c := range m.xx {
		m.xx[c] = cells[c*j : (c+1)*j]
	}
	return m
}

func (m *moment) add(x []float64, y, weight float64) {
	for a, v := range x {
		for b, w := range x {
			m.xx[a][b] += weight * v * w
		}
		m.xy[a] += weight * v * y
	}
	m.yy += weight * y * y
}

func (m *moment) plus(o *moment, sign float64) {
	for a := range m.xx {
		for b := range m.xx[a] {
			m.xx[a][b] += sign * o.xx[a][b]
		}
		m.xy[a] += sign * o.xy[a]
	}
	m.yy += sign * o.yy
}

func (m *moment) copy(o *moment) {
	for a := range m.xx {
		copy(m.xx[a], o.xx[a])
	}
	copy(m.xy, o.xy)
	m.yy = o.yy
}

// loss is the weighted sum of squares that weights leave.
func (m *moment) loss(w []float64) float64 {
	loss := m.yy
	for a, v := range w {
		loss -= 2 * v * m.xy[a]
		for b, u := range w {
			loss += v * u * m.xx[a][b]
		}
	}
	return max(0, loss)
}

// solve finds the weights of least loss plus strength·Σ(w-prior)²/(J·prior), none below 0,
// that add up to 1. It moves weight from the control that gains most by losing some to the
// one that gains most by getting it, until nothing gains (sequential minimal optimization,
// Platt 1998).
func (m *moment) solve(prior []float64, strength float64) []float64 {
	j := len(prior)
	w := append([]float64(nil), prior...)
	if j == 1 {
		return w
	}
	ridge := func(c int) float64 { return strength / (float64(j) * prior[c]) }
	slope := make([]float64, j)
	for a := range slope {
		slope[a] = -m.xy[a]
		for b, v := range w {
			slope[a] += m.xx[a][b] * v
		}
	}
	for range 50 * j {
		up, down := -1, -1
		for c := range slope {
			if up < 0 || slope[c] < slope[up] {
				up = c
			}
			if w[c] > 0 && (down < 0 || slope[c] > slope[down]) {
				down = c
			}
		}
		curve := m.xx[up][up] + m.xx[down][down] - 2*m.xx[up][down] + ridge(up) + ridge(down)
		if up == down || !(curve > 0) {
			break
		}
		step := min((slope[down]-slope[up])/curve, w[down])
		if !(step > 1e-6) {
			break
		}
		w[up] += step
		if w[down] -= step; w[down] < 1e-9 {
			w[up], w[down] = w[up]+w[down], 0
		}
		for c := range slope {
			slope[c] += step * (m.xx[c][up] - m.xx[c][down])
		}
		slope[up] += step * ridge(up)
		slope[down] -= step * ridge(down)
	}
	return w
}
