package tag

import (
	"math"

	"earshot/nlp/sentiment"
)

// values are what one feature of a word, and one of characters, counts.
func (s *Sum) values(p *Parameters) (words, chars float64) {
	return 1 / math.Sqrt(float64(max(1, s.nWords))), p.Chars / math.Sqrt(float64(max(1, s.nChars)))
}

// Logits are the logits of all labels: s is the text's evidence, heard what the
// sentiment tier heard in the whole text.
func (m *Model) Logits(dst *[Labels]float32, s *Sum, heard sentiment.Probabilities) {
	words, chars := s.values(&m.Parameters)
	n, u, p := heard[0], heard[1], heard[2]
	for l := range dst {
		w := &m.labels[l]
		z := w.bias + w.scale*(words*float64(s.words[l])+chars*float64(s.chars[l]))
		dst[l] = float32(z + n*w.heard[0] + u*w.heard[1] + p*w.heard[2])
	}
}

// Judge makes tags of a text's evidence and of what the sentiment tier heard in the
// whole text. It allocates nothing.
func (m *Model) Judge(dst *Tags, s *Sum, heard sentiment.Probabilities) {
	m.Logits(&dst.P, s, heard)
	dst.Said = [Labels]bool{}
	for g := Stage; g < groups; g++ {
		from, to := g.Bounds()
		z, said, labels := dst.P[from:to], dst.Said[from:to], m.labels[from:to]
		if g.Exclusive() {
			best := 0
			for l := range z {
				if float64(z[l])+labels[l].lean > float64(z[best])+labels[best].lean {
					best = l
				}
			}
			said[best] = true
			softmax(z, m.Temperature[g])
			continue
		}
		temperature := m.Temperature[g]
		for l := range z {
			said[l] = float64(z[l])+labels[l].lean > 0
			z[l] = float32(1 / (1 + math.Exp(-float64(z[l])/temperature)))
		}
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
