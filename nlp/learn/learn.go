package learn

import (
	"context"
	"errors"
	"slices"

	"github.com/sourcegraph/conc/pool"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
)

// models is how many are trained, on examples in different order, and averaged.
const models = 2

// heldOut is the share of texts, one in so many, that nothing is learned from:
// the temperature is fitted on them.
const heldOut = 20

// Defaults are the options that the built-in model was trained with.
func Defaults() sentiment.Options {
	return sentiment.Options{
		Parameters: sentiment.Parameters{Bits: 22, Chars: 0.6, Last: 1.1, Title: 1.3},
		Epochs:     5,
		Rate:       0.18,
		L2:         2e-5,
		MinTexts:   4,
		Seed:       1,
	}
}

// Train trains a model on labelled sets. Texts of two sets at once are learned
// once. The same sets and options give the same model to the bit.
func Train(ctx context.Context, sets []Set, o sentiment.Options) (*sentiment.Model, error) {
	examples, held, sources := gather(sets)
	if len(examples) == 0 {
		return nil, errors.New("no texts to learn from")
	}
	trained := make([]*sentiment.Weights, models)
	workers := pool.New().WithErrors().WithContext(ctx).WithCancelOnError()
	for i := range trained {
		workers.Go(func(ctx context.Context) (err error) {
			one := o
			one.Seed = o.Seed + uint64(i)
			trained[i], err = sentiment.Train(ctx, examples, one)
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	m := sentiment.Mean(trained).Quantise()
	m.Name, m.Sources = o.Name, sources
	m.Temperature = temperatures(m, held)
	return m, nil
}

// gather weighs the sets and parts them into what is learned and what is held
// out.
func gather(sets []Set) (examples []sentiment.Example, held []heldText, sources map[string]int) {
	sources = map[string]int{}
	seen := map[uint64]bool{}
	for _, set := range threeClassesFirst(sets) {
		set.Examples = slices.Clone(set.Examples)
		if set.Dev {
			held = append(held, heldTexts(set)...)
			continue
		}
		if set.TwoClass {
			set.Examples = thinned(set.Examples, mostTwoClass)
		}
		if !set.Taught {
			weigh(&set)
		}
		for _, e := range set.Examples {
			k := key(e.Text)
			switch {
			case seen[k]:
				continue
			case k%heldOut == 7 && !set.TwoClass && !set.Taught && class(&e) >= 0:
				held = append(held, heldText{e, set.Name})
			default:
				examples = append(examples, e)
				sources[set.Name]++
			}
			seen[k] = true
		}
	}
	return examples, held, sources
}

// heldTexts are the texts of a dev set that temperatures can be fitted on.
func heldTexts(set Set) []heldText {
	var out []heldText
	if set.TwoClass {
		return nil
	}
	for i := range set.Examples {
		if class(&set.Examples[i]) >= 0 {
			out = append(out, heldText{set.Examples[i], set.Name})
		}
	}
	return out
}

// threeClassesFirst puts sets that know no neutral last: of a text that stands in
// two sets, the finer label is learned.
func threeClassesFirst(sets []Set) []Set {
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b Set) int {
		switch {
		case a.TwoClass == b.TwoClass:
			return 0
		case b.TwoClass:
			return -1
		}
		return 1
	})
	return sets
}

// thinned takes at most n of all, evenly.
func thinned[T any](all []T, n int) []T {
	if len(all) <= n {
		return all
	}
	out := make([]T, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}

// Classifier judges single texts with a model: what the analyzer does with a
// text that is only a body.
type Classifier struct {
	model     *sentiment.Model
	extractor *sentiment.Extractor
	text      segment.Text
	features  sentiment.Features
	sums      []sentiment.Sum
}

// NewClassifier returns a classifier for one goroutine.
func NewClassifier(m *sentiment.Model) *Classifier {
	return &Classifier{model: m, extractor: sentiment.NewExtractor(m.Bits)}
}

// Logits judges one text.
func (c *Classifier) Logits(text, language string) sentiment.Logits {
	c.text.Read(text, nil, language)
	c.sums = c.model.Sums(c.sums[:0], c.extractor, &c.features, &c.text)
	var e sentiment.Evidence
	sentiment.Gather(&e, &c.text, c.sums)
	return c.model.Judge(&e)
}
