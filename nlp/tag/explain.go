package tag

import "earshot/nlp/sentiment"

// Contributions adds to parts, one for each token of the text that f was made of,
// what each token adds to the logit of a label. s is the evidence of the whole
// text. f must come from an Extractor that explains. A feature of several tokens
// counts for each of them alike; what is left of the logit is the bias, the title's
// part and that of the sentiment heard.
func (m *Model) Contributions(parts []float64, l Label, f *sentiment.Features, s *Sum) {
	words, chars := m.values(s.words.n, s.chars.n)
	for i, p := range f.Words {
		m.share(parts, l, p, f.WordSpans[i].From, f.WordSpans[i].To, words)
	}
	for i, p := range f.Chars {
		m.share(parts, l, p, f.CharSpans[i].From, f.CharSpans[i].To, chars)
	}
}

// share shares what a place adds to a logit among the tokens from one up to
// another.
func (m *Model) share(parts []float64, l Label, place uint32, from, to int, value float64) {
	r, ok := m.index.row(place)
	if !ok {
		return
	}
	each := value * m.Scale[l] * float64(int(m.rows[r*width+int(l)])-128) / float64(to-from)
	for t := from; t < to; t++ {
		parts[t] += each
	}
}
