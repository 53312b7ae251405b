package eval

import (
	"context"

	"earshot/nlp/lane"
)

// Encoder gives the encoder's features of texts, nil for one that it doesn't hear.
type Encoder interface {
	Features(ctx context.Context, texts []string) ([][]float32, error)
}

// ByLane returns what tells the topics of texts with a model, with the features of
// an encoder or, if that is nil, by n-grams alone.
func ByLane(m *lane.Model, e Encoder) Lane { return &byLane{m, e} }

type byLane struct {
	*lane.Model
	encoder Encoder
}

// Predict implements Lane.
func (b *byLane) Predict(ctx context.Context, texts []string) ([]TopicPrediction, error) {
	features := make([][]float32, len(texts))
	if b.encoder != nil {
		var err error
		if features, err = b.encoder.Features(ctx, texts); err != nil {
			return nil, err
		}
	}
	var h lane.Scratch
	predictions := make([]TopicPrediction, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		label, p, sure := b.Judge(&h, h.Text(text), features[i])
		predictions[i] = TopicPrediction{b.Labels()[label], p, sure}
	}
	return predictions, nil
}
