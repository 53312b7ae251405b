package tag

import "earshot/nlp/sentiment"

// Part is what a part of a text tells of a few labels: less work than a Sum, which is
// that of all. The zero value is that of no labels.
type Part struct {
	labels       []Label
	words, chars []int32 // by label
	nWords       int     // features with weights
	nChars       int
}

// Begin empties the part, and takes the labels that it is to tell of.
func (p *Part) Begin(labels []Label) {
	p.labels = labels
	p.words, p.chars = append(p.words[:0], make([]int32, len(labels))...), append(p.chars[:0], make([]int32, len(labels))...)
	p.nWords, p.nChars = 0, 0
}

// AddPartWords adds features of words.
func (m *Model) AddPartWords(p *Part, places []uint32) {
	for _, place := range places {
		m.AddPartRow(p, m.RowOf(place))
	}
}

// AddPartChars adds character n-grams.
func (m *Model) AddPartChars(p *Part, places []uint32) {
	for _, place := range places {
		if i := m.RowOf(place); i >= 0 {
			p.nChars++
			m.addTo(p.chars, p.labels, i)
		}
	}
}

// AddPartRow adds a feature of a word by its row, see RowOf.
func (m *Model) AddPartRow(p *Part, row int) {
	if row >= 0 {
		p.nWords++
		m.addTo(p.words, p.labels, row)
	}
}

// AddRows adds what the character n-grams of a word come to.
func (p *Part) AddRows(r *Rows) {
	p.nChars += r.n
	for i, l := range p.labels {
		p.chars[i] += r.of(int(l))
	}
}

func (m *Model) addTo(sums []int32, labels []Label, row int) {
	weights := m.row(row)
	for i, l := range labels {
		sums[i] += int32(weights[l]) - 128
	}
}

// LogitsOf are the logits of the part's labels; heard is what the sentiment tier heard
// in the part.
func (m *Model) LogitsOf(dst []float32, p *Part, heard sentiment.Probabilities) {
	words, chars := m.values(p.nWords, p.nChars)
	for i, l := range p.labels {
		dst[i] = m.labels[l].logit(words*float64(p.words[i])+chars*float64(p.chars[i]), heard)
	}
}
