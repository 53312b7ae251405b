package nlp

import (
	"context"
	"slices"
)

// Features are what the encoder makes of each text, for package lane to learn from
// and to judge by: nil for a text that the encoder doesn't hear, and of all texts in
// the fast tier. The encoder is named by Model.
func (a *Analyzer) Features(ctx context.Context, texts []string) ([][]float32, error) {
	features := make([][]float32, len(texts))
	if a.deep == nil || a.deep.heads == nil {
		return features, ctx.Err()
	}
	err := a.deep.each(ctx, len(texts), func(ctx context.Context, i int) error {
		h := a.hearings.Get().(*hearing)
		defer a.hearings.Put(h)
		d := Document{Text: texts[i]}
		a.read(&d, h)
		if _, _, err := a.hear(ctx, &d, h); err != nil {
			return err
		}
		if a.tag(h); h.byDeep {
			features[i] = slices.Clone(h.features32)
		}
		return nil
	})
	return features, err
}
