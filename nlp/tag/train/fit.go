package train

import (
	"math"

	"earshot/nlp/tag"
)

// fit fits temperatures and leans on the logits of examples from the model that
// left out their fold.
func fit(examples []example, left []*factors) tag.Parameters {
	logits := make([][outputs]float32, len(examples))
	for i := range examples {
		m := left[examples[i].fold]
		m.logits(&examples[i])
		logits[i] = m.z
	}
	p := tag.Parameters{Temperature: make([]float64, len(tag.Groups())), Lean: make([]float64, tag.Labels)}
	for _, g := range tag.Groups() {
		from, to := g.Bounds()
		f := fitted{examples: examples, logits: logits, from: int(from), to: int(to), exclusive: g.Exclusive()}
		p.Temperature[g] = f.temperature()
		if g != tag.Stage { // its measure is accuracy, which the likeliest serves best
			copy(p.Lean[from:to], f.lean())
		}
	}
	return p
}

// fitted is a group's labels and logits.
type fitted struct {
	examples  []example
	logits    [][outputs]float32
	from, to  int
	exclusive bool
}

// temperature tries temperatures in steps of 0.05: that at which the labels are
// likeliest (Guo et al. 2017).
func (f *fitted) temperature() float64 {
	best, at := math.Inf(1), 1.0
	for step := 10; step <= 60; step++ {
		t := float64(step) / 20
		if s := f.surprise(t); s < best {
			best, at = s, t
		}
	}
	return at
}

// surprise is the negative log likelihood of the labels.
func (f *fitted) surprise(temperature float64) float64 {
	var loss float64
	for i := range f.examples {
		z := f.logits[i][f.from:f.to]
		if !f.exclusive {
			for l, x := range z {
				if f.examples[i].on[f.from+l] {
					x = -x
				}
				loss += math.Log1p(math.Exp(float64(x) / temperature))
			}
			continue
		}
		var sum float64
		for l, x := range z {
			sum += math.Exp(float64(x) / temperature)
			if f.examples[i].on[f.from+l] {
				loss -= float64(x) / temperature
			}
		}
		loss += math.Log(sum)
	}
	return loss
}

// steps are the changes that lean tries, in logits.
var steps = []float64{-1.6, -0.8, -0.4, -0.2, -0.1, 0.1, 0.2, 0.4, 0.8, 1.6}

const (
	// doubt is what a step must gain for its size, in points of F1 of 0…1: a gain
	// that is smaller is chance.
	doubt  = 2e-4
	rounds = 3
)

// lean finds what is added to each label's logit so that F1 is best: its mean over
// the labels of an exclusive group, micro F1 of the others. It starts with what is
// best for all labels alike.
func (f *fitted) lean() []float64 {
	lean := make([]float64, f.to-f.from)
	counts := f.counts(lean)
	best := f.score(counts)
	if !f.exclusive {
		common, at := make([]float64, len(lean)), 0.0
		for step := -20; step <= 30; step++ {
			for l := range common {
				common[l] = float64(step) / 10
			}
			if s := f.score(f.counts(common)); s > best {
				best, at = s, float64(step)/10
			}
		}
		for l := range lean {
			lean[l] = at
		}
		counts = f.counts(lean)
	}
	for range rounds {
		for l := range lean {
			was, at := lean[l], lean[l]
			for _, step := range steps {
				lean[l] = was + step
				tried := f.recount(counts, lean, l)
				if s := f.score(tried) - doubt*math.Abs(step); s > best {
					best, at = s, lean[l]
				}
			}
			lean[l] = at
			counts = f.counts(lean)
			best = f.score(counts)
		}
	}
	return lean
}

// count is how often a label was said rightly, wrongly, and wrongly not.
type count struct{ right, wrong, missed float64 }

func (f *fitted) counts(lean []float64) []count {
	c := make([]count, len(lean))
	for i := range f.examples {
		z := f.logits[i][f.from:f.to]
		best := 0
		for l := range z {
			if float64(z[l])+lean[l] > float64(z[best])+lean[best] {
				best = l
			}
		}
		for l := range z {
			said := l == best
			if !f.exclusive {
				said = float64(z[l])+lean[l] > 0
			}
			c[l].add(said, f.examples[i].on[f.from+l])
		}
	}
	return c
}

// recount is counts after the lean of one label has changed; of labels that don't
// exclude each other only that one's are counted again.
func (f *fitted) recount(counts []count, lean []float64, l int) []count {
	if f.exclusive {
		return f.counts(lean)
	}
	c := append([]count(nil), counts...)
	c[l] = count{}
	for i := range f.examples {
		c[l].add(float64(f.logits[i][f.from+l])+lean[l] > 0, f.examples[i].on[f.from+l])
	}
	return c
}

func (c *count) add(said, on bool) {
	switch {
	case said && on:
		c.right++
	case said:
		c.wrong++
	case on:
		c.missed++
	}
}

func (f *fitted) score(counts []count) float64 {
	var all count
	var sum float64
	for _, c := range counts {
		sum += c.f1()
		all.right, all.wrong, all.missed = all.right+c.right, all.wrong+c.wrong, all.missed+c.missed
	}
	if f.exclusive {
		return sum / float64(len(counts))
	}
	return all.f1()
}

func (c count) f1() float64 { return 2 * c.right / max(1, 2*c.right+c.wrong+c.missed) }
