package train

import (
	"context"
	"math"
	"math/rand/v2"
)

// weights are a model in training precision: of negative and of positive, each with
// its sum of squared gradients.
type weights struct {
	table [][2]weight
	heard [][2]weight
	bias  [2]weight
}

type weight struct{ w, g float32 }

// count tells which places occur in enough spans.
func count(spans []span, o *Options) []bool {
	n := make([]int, 1<<o.Bits)
	seen := make([]int, 1<<o.Bits)
	common := make([]bool, 1<<o.Bits)
	for i := range spans {
		for _, p := range spans[i].places {
			if seen[p] != i+1 {
				seen[p] = i + 1
				n[p]++
				common[p] = n[p] >= o.MinSpans
			}
		}
	}
	return common
}

// descend learns from the spans that are not in a fold, −1 is none, by AdaGrad
// (Duchi et al. 2011). It returns ctx's error when ctx ends first.
func descend(ctx context.Context, spans []span, common []bool, left int, seed uint64, o *Options) (*weights, error) {
	m := &weights{table: make([][2]weight, 1<<o.Bits), heard: make([][2]weight, len(spans[0].heard))}
	var order []int
	for i := range spans {
		if spans[i].fold != left {
			order = append(order, i)
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	step, total := 0, float64(o.Epochs*len(order))
	for range o.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			if step%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			m.learn(&spans[i], common, float32(o.Rate*(1-float64(step)/total)), float32(o.L2))
			step++
		}
	}
	return m, nil
}

func (m *weights) logits(s *span) (z [2]float32) {
	for _, p := range s.places {
		z[0] += m.table[p][0].w
		z[1] += m.table[p][1].w
	}
	for c := range z {
		z[c] = z[c]*s.value + m.bias[c].w
		for i, x := range s.heard {
			z[c] += x * m.heard[i][c].w
		}
	}
	return z
}

func (m *weights) learn(s *span, common []bool, rate, l2 float32) {
	p := softmax(m.logits(s), 1)
	g := [2]float32{float32(p[0]), float32(p[2])}
	switch s.label {
	case 0:
		g[0]--
	case 2:
		g[1]--
	}
	for c := range g {
		g[c] *= s.weight
		m.bias[c].step(g[c], rate, 1)
		for i, x := range s.heard {
			m.heard[i][c].step(g[c]*x, rate, 1)
		}
	}
	a, b := g[0]*s.value, g[1]*s.value
	for _, p := range s.places {
		if !common[p] {
			continue
		}
		t := &m.table[p]
		t[0].step(a+l2*t[0].w, rate, 1e-4)
		t[1].step(b+l2*t[1].w, rate, 1e-4)
	}
}

func (w *weight) step(gradient, rate, floor float32) {
	w.g += gradient * gradient
	w.w -= rate * gradient / (float32(math.Sqrt(float64(w.g))) + floor)
}

// softmax makes probabilities of negative, neutral and positive.
func softmax(z [2]float32, temperature float64) [3]float64 {
	a, b := float64(z[0])/temperature, float64(z[1])/temperature
	most := max(a, b, 0)
	n, u, p := math.Exp(a-most), math.Exp(-most), math.Exp(b-most)
	sum := n + u + p
	return [3]float64{n / sum, u / sum, p / sum}
}
