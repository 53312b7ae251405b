package train

import (
	"context"
	"math"
	"math/rand/v2"

	"earshot/nlp/tag"
)

// factors are the weights in training precision. The weight of a feature for a
// label is the product of the feature's inner vector with the label's, so a feature
// that few texts of a label hold is learned from what it does for others.
type factors struct {
	inner   int
	in      []float32 // inner numbers a row, those of heard at the end
	inSum   []float32 // sum of squared gradients of each row
	out     []float32 // inner numbers a label
	outSum  []float32
	bias    [outputs]float32
	biasSum [outputs]float32
	base    []float32 // the inner vector of a text without features
	baseSum []float32

	hidden, back []float32
	sums         [2][]float32
	z, gradient  [outputs]float32
}

const (
	spreadOfFirst = 0.1 // standard deviation of the first weights
	heardLength   = 3   // what the probabilities of the sentiment heard count
	polarityRows  = 3   // one for each of them
	baseOfFirst   = 0.1
	least         = 1e-3 // a gradient smaller than this is not followed
)

// descend learns from the examples that are not in a fold; −1 is none. It returns
// ctx's error when ctx ends first.
func descend(ctx context.Context, examples []example, rows, left int, seed uint64, o *Options) (*factors, error) {
	m := newFactors(rows, o.Inner, rand.New(rand.NewPCG(seed, 2)))
	weights := balance(examples, o.Balance)
	var order []int
	for i := range examples {
		if examples[i].fold != left {
			order = append(order, i)
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	step, total := 0, float64(o.Epochs*len(order))
	for range o.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			if step%256 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			m.learn(&examples[i], weights, float32(o.Rate*(1-float64(step)/total)))
			step++
		}
	}
	return m, nil
}

func newFactors(rows, inner int, rng *rand.Rand) *factors {
	rows += polarityRows
	m := &factors{
		inner: inner, in: make([]float32, rows*inner), inSum: make([]float32, rows),
		out: make([]float32, outputs*inner), outSum: make([]float32, outputs*inner),
		base: make([]float32, inner), baseSum: make([]float32, inner),
		hidden: make([]float32, inner), back: make([]float32, inner),
	}
	for i := range m.in {
		m.in[i] = float32(rng.NormFloat64()) * spreadOfFirst
	}
	for i := range m.out {
		m.out[i] = float32(rng.NormFloat64()) * spreadOfFirst
	}
	for i := range m.base {
		m.base[i] = baseOfFirst
	}
	for k := range m.sums {
		m.sums[k] = make([]float32, inner)
	}
	return m
}

// row is the inner vector of a row; the last are those of what was heard.
func (m *factors) row(r int) []float32 { return m.in[r*m.inner : (r+1)*m.inner : (r+1)*m.inner] }

func (m *factors) heardRow(c int) int { return len(m.inSum) - polarityRows + c }

// logits makes m.z.
func (m *factors) logits(e *example) {
	copy(m.hidden, m.base)
	for k, rows := range e.rows {
		sum := m.sums[k]
		clear(sum)
		for _, r := range rows {
			row := m.row(int(r))
			to := sum[:len(row)]
			for i, x := range row {
				to[i] += x
			}
		}
		for i, x := range sum {
			m.hidden[i] += e.values[k] * x
		}
	}
	for c, p := range e.heard {
		for i, x := range m.row(m.heardRow(c)) {
			m.hidden[i] += heardLength * float32(p) * x
		}
	}
	for l := range m.z {
		var z float32
		for i, x := range m.out[l*m.inner : (l+1)*m.inner] {
			z += x * m.hidden[i]
		}
		m.z[l] = m.bias[l] + z
	}
}

// learn takes one step down the gradient of the cross-entropy of one example, by
// AdaGrad (Duchi et al. 2011); the numbers of a row share one sum of squares.
func (m *factors) learn(e *example, weights *[outputs]float32, rate float32) {
	m.logits(e)
	m.loss(e, weights)
	clear(m.back)
	for l, g := range m.gradient {
		if g < least && g > -least {
			continue
		}
		out, sums := m.out[l*m.inner:(l+1)*m.inner], m.outSum[l*m.inner:(l+1)*m.inner]
		for i, h := range m.hidden {
			m.back[i] += g * out[i]
			d := g * h
			sums[i] += d * d
			out[i] -= rate * d / (root(sums[i]) + 1e-2)
		}
		m.biasSum[l] += g * g
		m.bias[l] -= rate * g / (root(m.biasSum[l]) + 1e-2)
	}
	var square float32
	for i, d := range m.back {
		square += d * d
		m.baseSum[i] += d * d
		m.base[i] -= rate * d / (root(m.baseSum[i]) + 1e-2)
	}
	if square == 0 {
		return
	}
	square /= float32(m.inner)
	for k, rows := range e.rows {
		for _, r := range rows {
			m.step(int(r), e.values[k], square, rate)
		}
	}
	for c, p := range e.heard {
		m.step(m.heardRow(c), heardLength*float32(p), square, rate)
	}
}

// step moves a row whose feature counts value against m.back.
func (m *factors) step(r int, value, square, rate float32) {
	m.inSum[r] += square * value * value
	by := rate * value / (root(m.inSum[r]) + 1e-4)
	row := m.row(r)
	for i, d := range m.back[:len(row)] {
		row[i] -= by * d
	}
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// loss makes m.gradient of m.z.
func (m *factors) loss(e *example, weights *[outputs]float32) {
	for _, g := range tag.Groups() {
		from, to := g.Bounds()
		m.lossOf(e, int(from), int(to), g.Exclusive(), weights)
	}
	m.lossOf(e, polarity, outputs, true, weights)
}

func (m *factors) lossOf(e *example, from, to int, exclusive bool, weights *[outputs]float32) {
	if !exclusive {
		for l := from; l < to; l++ {
			g := float32(1 / (1 + math.Exp(-float64(m.z[l]))))
			if e.on[l] {
				g = (g - 1) * weights[l]
			}
			m.gradient[l] = g
		}
		return
	}
	most := m.z[from]
	for l := from; l < to; l++ {
		most = max(most, m.z[l])
	}
	var sum, weight float32
	for l := from; l < to; l++ {
		m.gradient[l] = float32(math.Exp(float64(m.z[l] - most)))
		sum += m.gradient[l]
		if e.on[l] {
			weight = weights[l]
		}
	}
	for l := from; l < to; l++ {
		m.gradient[l] /= sum
		if e.on[l] {
			m.gradient[l]--
		}
		m.gradient[l] *= weight
	}
}
