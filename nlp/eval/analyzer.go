package eval

import (
	"context"

	"earshot/nlp"
)

// Analyzer is what nlp's analyzers do.
type Analyzer interface {
	Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error)
}

// ByAnalyzer returns a classifier that says what the analyzer says of the text
// as a whole.
func ByAnalyzer(a Analyzer) Classifier { return byAnalyzer{a} }

type byAnalyzer struct{ analyzer Analyzer }

// Classify implements Classifier.
func (b byAnalyzer) Classify(ctx context.Context, texts []Text) ([]Prediction, error) {
	docs := make([]nlp.Document, len(texts))
	for i, t := range texts {
		docs[i] = nlp.Document{Title: t.Title, Text: t.Text}
	}
	analyses, err := b.analyzer.Analyze(ctx, docs)
	if err != nil {
		return nil, err
	}
	predictions := make([]Prediction, len(analyses))
	for i := range analyses {
		s := analyses[i].Sentiment
		predictions[i] = Prediction{
			Label:         s.Label,
			Probabilities: s.Probabilities,
			Score:         s.Score,
			Mixed:         s.Mixed,
			Confidence:    s.Confidence,
		}
	}
	return predictions, nil
}
