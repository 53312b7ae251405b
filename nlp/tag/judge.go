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
	words, chars := m.values(s.nWords, s.nChars)
	for l := range dst {
		dst[l] = m.labels[l].logit(words*float64(s.words[l])+chars*float64(s.chars[l]), heard)
	}
}

// logit is the label's logit: said is what the features say of it.
func (w *label) logit(said float64, heard sentiment.Probabilities) float32 {
	z := w.bias + w.scale*said
	return float32(z + heard[0]*w.heard[0] + heard[1]*w.heard[1] + heard[2]*w.heard[2])
}

// LogitsOf are the logits of a few labels for a part of a text, whose features are
// looked up for them alone: much less work than a Sum, which has all labels. heard is
// what the sentiment tier heard in the part.
func (m *Model) LogitsOf(dst []float32, labels []Label, f *sentiment.Features, heard sentiment.Probabilities) {
	var sums [2][Labels]int32
	var n [2]int
	for i, places := range [2][]uint32{f.Words, f.Chars} {
		for _, p := range places {
			r, ok := m.index.row(p)
			if !ok {
				continue
			}
			n[i]++
			row := m.rows[r*width : r*width+width]
			for j, l := range labels {
				sums[i][j] += int32(row[l]) - 128
			}
		}
	}
	words, chars := m.values(n[0], n[1])
	for j, l := range labels {
		dst[j] = m.labels[l].logit(words*float64(sums[0][j])+chars*float64(sums[1][j]), heard)
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
