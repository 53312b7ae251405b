// Package vader scores the sentiment of English sentences with VADER (Hutto and
// Gilbert 2014), through the module govader.
package vader

import "github.com/jonreiter/govader"

// Scorer scores sentences by lexicon and rules. It is safe for concurrent use.
type Scorer struct {
	lexicon *govader.SentimentIntensityAnalyzer
}

// NewScorer loads the lexicon.
func NewScorer() *Scorer {
	return &Scorer{lexicon: govader.NewSentimentIntensityAnalyzer()}
}

// Name identifies the scorer in the rows that it scored.
func (*Scorer) Name() string { return "vader@1" }

// Score returns VADER's compound score of a sentence, −1…+1.
func (s *Scorer) Score(sentence string) float64 {
	return s.lexicon.PolarityScores(sentence).Compound
}
