package train

import (
	"math"

	"earshot/nlp/tag"
)

// balance is what an example counts for a label that holds.
func balance(examples []example, exponent float64) *[outputs]float32 {
	var n [outputs]float64
	for i := range examples {
		for l, on := range examples[i].on {
			if on {
				n[l]++
			}
		}
	}
	var weights [outputs]float32
	even := func(from, to int, exclusive bool) {
		var total, weighed float64
		for _, x := range n[from:to] {
			total += x
		}
		w := func(l int) float64 {
			return math.Pow(total/float64(to-from)/max(5, n[l]), exponent)
		}
		for l := from; l < to; l++ {
			weighed += w(l) * n[l]
		}
		for l := from; l < to; l++ {
			if exclusive { // on average 1
				weights[l] = float32(w(l) * total / max(1, weighed))
			} else {
				weights[l] = float32(max(1, w(l)))
			}
		}
	}
	for _, g := range tag.Groups() {
		from, to := g.Bounds()
		even(int(from), int(to), g.Exclusive())
	}
	even(polarity, outputs, true)
	return &weights
}
