package lane

import (
	"cmp"
	"slices"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

const (
	// mostSpans is how many spans are evidence at most.
	mostSpans = 3
	// fewestShare is what a token must add to the label, against the token that
	// adds most, to be evidence.
	fewestShare = 0.3
)

// Evidence appends the spans of the text that speak most for a label against all
// others, in their order in the text, three at most. They are of n-grams alone: what
// the encoder's features rest on has no place in the text. None are appended where
// no n-gram speaks for the label.
func (m *Model) Evidence(dst []token.Span, h *Scratch, t *segment.Text, label int) []token.Span {
	parts := m.parts(h, t, label)
	var most float64
	for _, p := range parts {
		most = max(most, p)
	}
	if most == 0 {
		return dst
	}
	type stretch struct {
		token.Range
		part float64
	}
	var found []stretch
	for i, p := range parts {
		if p < fewestShare*most {
			continue
		}
		if n := len(found); n > 0 && found[n-1].To == i && sameSentence(t, found[n-1].From, i) {
			found[n-1].To++
			found[n-1].part += p
			continue
		}
		found = append(found, stretch{token.Range{From: i, To: i + 1}, p})
	}
	slices.SortStableFunc(found, func(a, b stretch) int { return cmp.Compare(b.part, a.part) })
	found = found[:min(len(found), mostSpans)]
	slices.SortFunc(found, func(a, b stretch) int { return a.From - b.From })
	for _, s := range found {
		dst = append(dst, t.Span(s.Range))
	}
	return dst
}

// parts is what each token adds to the logit of a label against the mean of all. An
// n-gram of several tokens counts for each of them alike.
func (m *Model) parts(h *Scratch, t *segment.Text, label int) []float64 {
	h.read(t, &h.explaining, explaining)
	parts := make([]float64, len(t.Tokens))
	spans := [2][]token.Range{h.features.WordSpans, h.features.CharSpans}
	for r, run := range runsOf(&h.features) {
		for i, place := range run.places {
			row, ok := m.table.row(place)
			if !ok {
				continue
			}
			span := spans[r][i]
			each := float64(run.value) * m.against(row, label) / float64(span.To-span.From)
			for at := span.From; at < span.To; at++ {
				parts[at] += each
			}
		}
	}
	return parts
}

func explaining(bits int) *sentiment.Extractor {
	x := sentiment.NewExtractor(bits)
	x.Explain()
	return x
}

// against is a row's weight for a label less the mean of all.
func (m *Model) against(row, label int) float64 {
	of := m.weights[row*len(m.description.Labels) : (row+1)*len(m.description.Labels)]
	sum := 0
	for _, w := range of {
		sum += int(w)
	}
	return float64(of[label]) - float64(sum)/float64(len(of))
}

func sameSentence(t *segment.Text, a, b int) bool {
	for _, s := range t.Sentences {
		if a >= s.From && a < s.To {
			return b < s.To
		}
	}
	return false
}
