package sentiment

import "math"

// Sum is the evidence in a clause, or in several: the weights of its features,
// added up. Sums add, so that the evidence of a text is exactly that of its
// clauses.
type Sum struct {
	// The weights for negative and for positive, against neutral, in units of
	// the model's scale.
	Words, Chars [2]int32
	// How many features there are.
	NWords, NChars int32
}

// Add adds what another clause holds.
func (s *Sum) Add(o Sum) {
	for c := range 2 {
		s.Words[c] += o.Words[c]
		s.Chars[c] += o.Chars[c]
	}
	s.NWords += o.NWords
	s.NChars += o.NChars
}

// Role is what a sentence is in its text; each counts with a weight of its own.
type Role uint8

// The roles of sentences.
const (
	Body  Role = iota
	Last       // closes a text of several sentences: people end with what counts
	Title      // the headline of a review, the subject of a ticket
	roles
)

// Evidence is the sums of a text by the role of the sentences.
type Evidence [roles]Sum

// Logits are a text's, or a part's, logits of negative and of positive; neutral's
// is 0 by definition.
type Logits [2]float64

// Margin is how far the text leans to positive: the log odds of positive against
// negative.
func (z Logits) Margin() float64 { return z[1] - z[0] }

// Probabilities are those of negative, neutral and positive (softmax).
type Probabilities [3]float64

// Softmax turns logits into probabilities at a temperature.
func (z Logits) Softmax(temperature float64) Probabilities {
	a, b := z[0]/temperature, z[1]/temperature
	m := max(a, b, 0)
	n, u, p := math.Exp(a-m), math.Exp(-m), math.Exp(b-m)
	s := n + u + p
	return Probabilities{n / s, u / s, p / s}
}

// values are what one feature of a word, and one of characters, counts in a text
// that holds so many of each, by role: the role's weight, over the length of the
// vector of all.
func (p *Parameters) values(nWords, nChars *[roles]int32) (words, chars [roles]float64) {
	var w, c float64
	for r, weight := range p.weights() {
		w += weight * weight * float64(nWords[r])
		c += weight * weight * float64(nChars[r])
	}
	for r, weight := range p.weights() {
		words[r] = weight / math.Sqrt(max(1, w))
		chars[r] = weight * p.Chars / math.Sqrt(max(1, c))
	}
	return words, chars
}

func (p *Parameters) weights() [roles]float64 { return [roles]float64{1, p.Last, p.Title} }

// Margin is the log odds of positive against negative.
func (p Probabilities) Margin() float64 {
	const least = 1e-9 // a probability that was rounded to 0 is not impossible
	return math.Log(max(p[2], least) / max(p[0], least))
}
