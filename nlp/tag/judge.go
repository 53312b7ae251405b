package tag

import (
	"math"

	"earshot/nlp/sentiment"
)

// values are what one feature of a word, and one of characters, counts in a text of
// so many.
func (p *Parameters) values(nWords, nChars int) (words, chars float64) {
	return 1 / math.Sqrt(float64(max(1, nWords))), p.Chars / math.Sqrt(float64(max(1, nChars)))
}

// Logits are the logits of all labels: s is the text's evidence, heard what the
// sentiment tier heard in the whole text.
func (m *Model) Logits(dst *[Labels]float32, s *Sum, heard sentiment.Probabilities) {
	words, chars := m.values(s.words.n, s.chars.n)
	var byWords, byChars [width]int32
	s.words.all(&byWords)
	s.chars.all(&byChars)
	for l := range dst {
		dst[l] = m.labels[l].logit(words*float64(byWords[l])+chars*float64(byChars[l]), heard)
	}
}

// logit is the label's logit: said is what the features say of it.
func (w *label) logit(said float64, heard sentiment.Probabilities) float32 {
	z := w.bias + w.scale*said
	return float32(z + heard[0]*w.heard[0] + heard[1]*w.heard[1] + heard[2]*w.heard[2])
}

// Judge makes tags of a text's evidence and of what the sentiment tier heard in the
// whole text. It allocates nothing.
func (m *Model) Judge(dst *Tags, s *Sum, heard sentiment.Probabilities) {
	*dst = Tags{temperature: m.temperature}
	m.Logits(&dst.z, s, heard)
	for g := Stage; g < groups; g++ {
		from, to := g.Bounds()
		z, said, labels := dst.z[from:to], dst.Said[from:to], m.labels[from:to]
		if !g.Exclusive() {
			for l := range z {
				said[l] = float64(z[l])+labels[l].lean > 0
			}
			continue
		}
		best := 0
		for l := range z {
			if float64(z[l])+labels[l].lean > float64(z[best])+labels[best].lean {
				best = l
			}
		}
		said[best] = true
	}
}

// softmax turns logits into probabilities.
func softmax(z []float32, temperature float64) {
	most := z[0]
	for _, x := range z {
		most = max(most, x)
	}
	var sum float64
	for l := range z {
		p := math.Exp(float64(z[l]-most) / temperature)
		z[l] = float32(p)
		sum += p
	}
	for l := range z {
		z[l] = float32(float64(z[l]) / sum)
	}
}
