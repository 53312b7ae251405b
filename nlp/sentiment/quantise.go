package sentiment

import (
	"math"
	"slices"
)

// clipped is the share of weights that are cut to the table's largest value, so
// that a few extreme ones don't cost all others their precision.
const clipped = 1e-4

// Quantise rounds the weights to the 8 bits of a model's table. The model has no
// name, temperature or sources yet.
func (m *Weights) Quantise() *Model {
	out := &Model{Parameters: m.Parameters, table: make([]byte, 2*len(m.table))}
	for c := range 2 {
		out.Bias[c] = float64(m.bias[c].w)
		out.Scale[c] = m.scale(c)
	}
	for i := range m.table {
		for c := range 2 {
			q := math.RoundToEven(float64(m.table[i][c].w) / out.Scale[c])
			out.table[2*i+c] = byte(int8(max(-127, min(127, q))))
		}
	}
	return out
}

// scale is the weight that 1 in the table stands for.
func (m *Weights) scale(c int) float64 {
	sizes := make([]float32, 0, len(m.table)/4)
	for i := range m.table {
		if w := m.table[i][c].w; w != 0 {
			sizes = append(sizes, max(w, -w))
		}
	}
	if len(sizes) == 0 {
		return 1
	}
	slices.Sort(sizes)
	largest := sizes[int(float64(len(sizes)-1)*(1-clipped))]
	return float64(max(largest, math.SmallestNonzeroFloat32*128)) / 127
}
