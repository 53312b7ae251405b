package train

import (
	"math"
	"slices"

	"earshot/nlp/tag"
)

// clipped is the share of weights that are cut to the largest value, so that a few
// extreme ones don't cost all others their precision.
const clipped = 1e-4

// average multiplies the factors out, averages the models and rounds them to 8 bits.
// p has what was fitted.
func average(models []*factors, places []uint32, p tag.Parameters) (*tag.Model, error) {
	share := 1 / float64(len(models))
	p.Bias, p.Scale = make([]float64, tag.Labels), make([]float64, tag.Labels)
	for c := range p.Heard {
		p.Heard[c] = make([]float64, tag.Labels)
	}
	weights := make([][tag.Labels]int8, len(places))
	column := make([]float32, len(places))
	for l := range tag.Labels {
		clear(column)
		for _, m := range models {
			out := m.out[l*m.inner : (l+1)*m.inner]
			p.Bias[l] += share * float64(m.bias[l]+dot(out, m.base))
			for r := range column {
				column[r] += float32(share) * dot(out, m.row(r))
			}
			for c := range p.Heard {
				p.Heard[c][l] += share * heardLength * float64(dot(out, m.row(m.heardRow(c))))
			}
		}
		p.Scale[l] = scale(column)
		for r, w := range column {
			q := math.RoundToEven(float64(w) / p.Scale[l])
			weights[r][l] = int8(max(-127, min(127, q)))
		}
	}
	return tag.New(p, places, weights)
}

func dot(a, b []float32) float32 {
	var s float32
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// scale is the weight that 1 stands for.
func scale(column []float32) float64 {
	sizes := make([]float32, len(column))
	for i, w := range column {
		sizes[i] = max(w, -w)
	}
	slices.Sort(sizes)
	if len(sizes) == 0 || sizes[len(sizes)-1] == 0 {
		return 1
	}
	return float64(max(sizes[int(float64(len(sizes)-1)*(1-clipped))], math.SmallestNonzeroFloat32*128)) / 127
}
