// Package train trains the model of package tag from labelled feedback in the
// columns of nlp/corpus.
//
// The steps, in order: the corpus is read (examples.go); sentiment models that have
// not learned a text say what they hear in it, as the fast tier will in texts that
// it never saw (unheard.go); features that occur often enough get a row (rows.go);
// the weights are learned as a product of two small matrices, so that what one
// label teaches serves the others (factors.go); models that differ in the order of
// the examples are multiplied out, averaged and rounded (average.go); temperatures
// and thresholds are fitted on logits of models that had not learned the text
// (fit.go).
package train

import (
	"context"
	"errors"

	"github.com/sourcegraph/conc/pool"

	"earshot/nlp/tag"
)

// Options of training.
type Options struct {
	Name     string  // of the model, with its version
	Bits     int     // binary logarithm of the number of places
	MinTexts int     // a feature of fewer texts is not learned
	Chars    float64 // what character features count against those of words
	Inner    int     // the inner size of the two matrices
	Epochs   int     // passes over the examples
	Rate     float64 // the learning rate at the start; it falls to 0
	Balance  float64 // evens out the labels: 0 keeps their shares, 1 makes them equal
	Models   int     // how many are averaged
	Seed     uint64  // of the order and of the first weights
}

// Defaults are the options of the built-in model.
func Defaults() Options {
	return Options{Name: "tag-fast@1", Bits: 20, MinTexts: 4, Chars: 0.8, Inner: 64, Epochs: 8, Rate: 0.05, Balance: 0.3, Models: 3, Seed: 1}
}

// workers is how many models are learned side by side. The result does not depend
// on it.
const workers = 2

// Train trains a model on the labelled feedback in folders and files. ears say what
// the sentiment tier will hear. The same data, ears and options give the same model
// to the bit.
func Train(ctx context.Context, ears *Ears, paths []string, o Options) (*tag.Model, error) {
	examples, sources, err := read(paths)
	if err != nil {
		return nil, err
	}
	if len(examples) < Folds {
		return nil, errors.New("too few texts with the columns stage, intents, effort, emotion, topics")
	}
	listen(examples, ears, o.Bits)
	places := number(examples, &o)

	// The first models are those of all examples, the others leave out a fold each.
	weights := make([]*factors, o.Models+Folds)
	side := pool.New().WithErrors().WithContext(ctx).WithCancelOnError().WithMaxGoroutines(workers)
	for i := range weights {
		side.Go(func(ctx context.Context) (err error) {
			weights[i], err = descend(ctx, examples, len(places), i-o.Models, o.Seed+uint64(i), &o)
			return err
		})
	}
	if err := side.Wait(); err != nil {
		return nil, err
	}
	p := fit(examples, weights[o.Models:])
	p.Name, p.Bits, p.Chars, p.Sources = o.Name, o.Bits, o.Chars, sources
	return average(weights[:o.Models], places, p)
}
