package train

import (
	"math"
	"slices"

	"earshot/nlp/aspect"
)

// fit fits the lean for macro F1 and the temperature for likelihood, on the logits
// of spans from the model that left out their fold. Every span counts for what it
// counts in training.
func fit(spans []span, left []*weights) aspect.Parameters {
	logits := make([][2]float32, len(spans))
	for i := range spans {
		logits[i] = left[spans[i].fold].logits(&spans[i])
	}
	var p aspect.Parameters
	best := math.Inf(-1)
	for a := -8; a <= 8; a++ {
		for b := -8; b <= 8; b++ {
			lean := [2]float64{float64(a) / 10, float64(b) / 10}
			s := f1(spans, logits, lean) - 2e-3*(math.Abs(lean[0])+math.Abs(lean[1]))
			if s > best {
				best, p.Lean = s, lean
			}
		}
	}
	best = math.Inf(1)
	for step := 10; step <= 60; step++ {
		t := float64(step) / 20
		var loss float64
		for i := range spans {
			z := [2]float32{logits[i][0] + float32(p.Lean[0]), logits[i][1] + float32(p.Lean[1])}
			loss -= float64(spans[i].weight) * math.Log(max(1e-9, softmax(z, t)[spans[i].label]))
		}
		if loss < best {
			best, p.Temperature = loss, t
		}
	}
	return p
}

// f1 is the mean F1 of the three polarities.
func f1(spans []span, logits [][2]float32, lean [2]float64) float64 {
	var right, wrong, missed [3]float64
	for i := range spans {
		z := [3]float64{float64(logits[i][0]) + lean[0], 0, float64(logits[i][1]) + lean[1]}
		said := 1
		for c := range z {
			if z[c] > z[said] {
				said = c
			}
		}
		w := float64(spans[i].weight)
		if said == spans[i].label {
			right[said] += w
		} else {
			wrong[said] += w
			missed[spans[i].label] += w
		}
	}
	var sum float64
	for c := range right {
		sum += 2 * right[c] / max(1, 2*right[c]+wrong[c]+missed[c])
	}
	return sum / 3
}

// clipped is the share of weights that are cut to the largest value.
const clipped = 1e-4

// average averages the models and rounds them to 8 bits. p has what was fitted.
func average(models []*weights, p aspect.Parameters) (*aspect.Model, error) {
	share := 1 / float64(len(models))
	mean := func(of func(*weights) float32) float64 {
		var sum float64
		for _, m := range models {
			sum += share * float64(of(m))
		}
		return sum
	}
	table := make([][2]int8, len(models[0].table))
	column := make([]float64, len(table))
	for c := range 2 {
		p.Bias[c] = mean(func(m *weights) float32 { return m.bias[c].w })
		for i := range p.Heard {
			p.Heard[i][c] = mean(func(m *weights) float32 { return m.heard[i][c].w })
		}
		for i := range column {
			column[i] = mean(func(m *weights) float32 { return m.table[i][c].w })
		}
		p.Scale[c] = scale(column)
		for i, w := range column {
			table[i][c] = int8(max(-127, min(127, math.RoundToEven(w/p.Scale[c]))))
		}
	}
	return aspect.New(p, table)
}

// scale is the weight that 1 in the table stands for.
func scale(column []float64) float64 {
	var sizes []float64
	for _, w := range column {
		if w != 0 {
			sizes = append(sizes, math.Abs(w))
		}
	}
	if len(sizes) == 0 {
		return 1
	}
	slices.Sort(sizes)
	return max(sizes[int(float64(len(sizes)-1)*(1-clipped))], 1e-30) / 127
}
