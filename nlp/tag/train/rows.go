package train

import (
	"math"
	"slices"
)

// number finds the places that occur in enough texts, in ascending order, and
// turns the examples' places into rows: their numbers.
func number(examples []example, o *Options) []uint32 {
	texts := make([]int, 1<<o.Bits)
	seen := make([]int, 1<<o.Bits)
	for i := range examples {
		for _, places := range examples[i].places {
			for _, p := range places {
				if seen[p] != i+1 {
					seen[p] = i + 1
					texts[p]++
				}
			}
		}
	}
	var places []uint32
	row := make([]int32, 1<<o.Bits)
	for p, n := range texts {
		row[p] = -1
		if n >= o.MinTexts {
			row[p] = int32(len(places))
			places = append(places, uint32(p))
		}
	}
	length := [2]float64{1, o.Chars}
	for i := range examples {
		e := &examples[i]
		for k := range e.places {
			for _, p := range e.places[k] {
				if row[p] >= 0 {
					e.rows[k] = append(e.rows[k], row[p])
				}
			}
			e.rows[k] = slices.Clip(e.rows[k])
			e.values[k] = float32(length[k] / math.Sqrt(float64(max(1, len(e.rows[k])))))
			e.places[k] = nil
		}
	}
	return places
}
