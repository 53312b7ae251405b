package sentiment

import (
	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// Contributions shares the margin of a text (its log odds of positive against
// negative) among its parts: base of a text without words, title, and one part
// for each token of the body. They add up to margin. A feature of several tokens
// counts for each of them alike. x must be an Extractor that explains.
func (m *Model) Contributions(x *Extractor, title, body *segment.Text) (margin, base, byTitle float64, parts []float64) {
	var titleFeatures, features Features
	var text Evidence
	for _, s := range m.Sums(nil, x, &titleFeatures, title) {
		text[Title].Add(s)
	}
	Gather(&text, body, m.Sums(nil, x, &features, body))
	var nWords, nChars [roles]int32
	for r := range text {
		nWords[r], nChars[r] = text[r].NWords, text[r].NChars
	}
	words, chars := m.values(&nWords, &nChars)

	base = m.Bias.Margin()
	byTitle = words[Title]*m.marginOf(titleFeatures.Words) + chars[Title]*m.marginOf(titleFeatures.Chars)
	parts = make([]float64, len(body.Tokens))
	lastFrom := len(body.Tokens)
	if n := len(body.Sentences); n > 1 {
		lastFrom = body.Sentences[n-1].From
	}
	share := func(places []uint32, spans []token.Range, value [roles]float64) {
		for i := range places {
			span := spans[i]
			v := value[Body]
			if span.From >= lastFrom {
				v = value[Last]
			}
			each := v * m.marginOf(places[i:i+1]) / float64(span.To-span.From)
			for t := span.From; t < span.To; t++ {
				parts[t] += each
			}
		}
	}
	share(features.Words, features.WordSpans, words)
	share(features.Chars, features.CharSpans, chars)
	return m.Judge(&text).Margin(), base, byTitle, parts
}

// marginOf is the sum of places' weights for positive less those for negative.
func (m *Model) marginOf(places []uint32) float64 {
	s := m.sum(places)
	return m.Scale[1]*float64(s[1]) - m.Scale[0]*float64(s[0])
}
