package lane

import (
	"cmp"
	"math"
	"slices"
)

// fit finds the mixture under which the labels of held-out texts are likeliest
// (temperature scaling, Guo et al. 2017, with a factor for each of the two kinds
// of logits), and the least probability from which on labels are right as often as
// stated.
func fit(judged []judgement, by tier, precision float64) (mixture, Held) {
	m := mixture{NGrams: 1}
	if by == deep {
		m.Features = 1
	}
	before := surprise(judged, &m)
	for range 50 {
		next := newton(judged, &m, by)
		after := surprise(judged, &next)
		for halved := 0; after > before && halved < 20; halved++ {
			next.NGrams, next.Features = (next.NGrams+m.NGrams)/2, (next.Features+m.Features)/2
			after = surprise(judged, &next)
		}
		if !(after < before-1e-7*float64(len(judged))) {
			break
		}
		m, before = next, after
	}
	held := m.setThreshold(judged, precision)
	return m, held
}

// prior is how many texts' worth of certainty there is that a factor is 1: it
// keeps the factors finite where all held-out texts are judged right.
const prior = 1.0

// least is the smallest factor: logits never speak against themselves.
const least = 1e-3

// mix writes the mixed logits of a judgement into z.
func (m *mixture) mix(z []float64, j *judgement) {
	for c := range z {
		z[c] = m.NGrams * j.ngrams[c]
		if m.Features != 0 {
			z[c] += m.Features * j.dense[c]
		}
	}
}

// surprise is the negative log likelihood of the labels and of the factors.
func surprise(judged []judgement, m *mixture) float64 {
	loss := prior / 2 * (m.NGrams - 1) * (m.NGrams - 1)
	if m.Features != 0 {
		loss += prior / 2 * (m.Features - 1) * (m.Features - 1)
	}
	for i := range judged {
		j := &judged[i]
		z := make([]float64, len(j.ngrams))
		m.mix(z, j)
		softmax(z)
		loss -= math.Log(max(1e-12, z[j.label]))
	}
	return loss
}

// newton is the mixture after a step of Newton's method: the loss is convex.
func newton(judged []judgement, m *mixture, by tier) mixture {
	g := [2]float64{prior * (m.NGrams - 1), prior * (m.Features - 1)}
	h := [3]float64{prior, 0, prior} // of n-grams twice, of both, of features twice
	for i := range judged {
		j := &judged[i]
		p := make([]float64, len(j.ngrams))
		m.mix(p, j)
		softmax(p)
		var a, b, aa, ab, bb float64
		for c := range p {
			x, y := j.ngrams[c], 0.0
			if by == deep {
				y = j.dense[c]
			}
			a += p[c] * x
			b += p[c] * y
			aa += p[c] * x * x
			ab += p[c] * x * y
			bb += p[c] * y * y
		}
		g[0] += a - j.ngrams[j.label]
		h[0] += aa - a*a
		if by == deep {
			g[1] += b - j.dense[j.label]
			h[1] += ab - a*b
			h[2] += bb - b*b
		}
	}
	if by == fast {
		return mixture{NGrams: max(least, m.NGrams-g[0]/h[0])}
	}
	d := h[0]*h[2] - h[1]*h[1]
	return mixture{
		NGrams:   max(least, m.NGrams-(h[2]*g[0]-h[1]*g[1])/d),
		Features: max(least, m.Features-(h[0]*g[1]-h[1]*g[0])/d),
	}
}

const (
	// leastSure is the smallest threshold: a label that is less likely than not
	// is never sure, since most texts that a lane will hear have none of its
	// labels.
	leastSure = 0.5
	// never is a threshold that no probability reaches.
	never = 2
)

// setThreshold sets the least threshold from which on labels are right as often as
// stated, and that not by chance, and returns how the texts are judged with it.
func (m *mixture) setThreshold(judged []judgement, precision float64) Held {
	type answer struct {
		p     float64
		right bool
	}
	answers := make([]answer, len(judged))
	held := Held{N: len(judged), Threshold: never}
	allRight := 0
	var is, said, both []int
	if len(judged) > 0 {
		labels := len(judged[0].ngrams)
		is, said, both = make([]int, labels), make([]int, labels), make([]int, labels)
	}
	for i := range judged {
		j := &judged[i]
		z := make([]float64, len(j.ngrams))
		m.mix(z, j)
		label, p := likeliest(z)
		answers[i] = answer{p, label == j.label}
		allRight += one(answers[i].right)
		is[j.label]++
		said[label]++
		both[label] += one(answers[i].right)
	}
	slices.SortStableFunc(answers, func(a, b answer) int { return cmp.Compare(b.p, a.p) })
	right := 0
	for i, a := range answers {
		if a.p < leastSure {
			break
		}
		right += one(a.right)
		if i+1 < len(answers) && answers[i+1].p == a.p {
			continue
		}
		if n := i + 1; atLeast(right, n) >= precision {
			held.Threshold = a.p
			held.Coverage = float64(n) / float64(len(answers))
			held.Precision = float64(right) / float64(n)
		}
	}
	if len(judged) > 0 {
		held.Accuracy = float64(allRight) / float64(len(judged))
	}
	for c := range is {
		held.MacroF1 += 2 * float64(both[c]) / float64(max(1, is[c]+said[c])) / float64(len(is))
	}
	m.Threshold = held.Threshold
	return held
}

// atLeast is what a share is at least, by the score interval of one standard error
// (Wilson 1927): of few texts the share that was seen is no promise.
func atLeast(right, n int) float64 {
	p, size := float64(right)/float64(n), float64(n)
	return (p + 1/(2*size) - math.Sqrt(p*(1-p)/size+1/(4*size*size))) / (1 + 1/size)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
