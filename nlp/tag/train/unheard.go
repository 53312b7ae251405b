package train

import (
	"context"
	"slices"

	"earshot/nlp/learn"
	"earshot/nlp/sentiment"
)

// Ears are sentiment models of which each has learned all but one fold of the
// corpus. They stand in for the fast tier, which has learned the corpus whole and
// hears its texts better than it will hear others.
type Ears struct {
	models    [Folds]*sentiment.Model
	extractor *sentiment.Extractor
}

const (
	// earBits are those of the built-in model, so that features are the same.
	earBits = 22
	// earTexts is how many texts of a public set are learned: the ears need to be
	// about as good as the fast tier is on texts that it never saw, not better.
	earTexts  = 500
	earEpochs = 3
)

// NewEars are ears of models for earshot's own number of places; the model of each
// fold has not learned its texts.
func NewEars(models [Folds]*sentiment.Model) *Ears {
	return &Ears{models: models, extractor: sentiment.NewExtractor(earBits)}
}

// Unheard trains ears on the labelled texts of folders and files.
func Unheard(ctx context.Context, paths []string) (*Ears, error) {
	sets, err := learn.ReadSets(paths)
	if err != nil {
		return nil, err
	}
	o := learn.Defaults()
	o.Bits, o.Epochs = earBits, earEpochs
	var models [Folds]*sentiment.Model
	for fold := range Folds {
		var others []learn.Set
		for _, set := range sets {
			switch {
			case set.Corpus && !set.Dev:
				set.Examples = slices.DeleteFunc(slices.Clone(set.Examples), func(x sentiment.Example) bool { return Fold(x.Text) == fold })
			case set.TwoClass || set.Dev:
				continue
			case len(set.Examples) > earTexts:
				set.Examples = spread(set.Examples, earTexts)
			}
			others = append(others, set)
		}
		if models[fold], err = learn.Train(ctx, others, o); err != nil {
			return nil, err
		}
	}
	return NewEars(models), nil
}

// For is the model that has not learned a text.
func (e *Ears) For(text string) *sentiment.Model { return e.models[Fold(text)] }

// Extractor is an extractor for all of them, for one goroutine.
func (e *Ears) Extractor() *sentiment.Extractor { return e.extractor }

// spread takes n of all, evenly.
func spread[T any](all []T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}
