// Package train trains the model of package aspect from labelled spans: the column
// aspects of nlp/corpus, and files with the columns polarity, text, from, to.
//
// The steps, in order: the spans are read (spans.go); sentiment models that have
// not learned a text say what they hear in its clauses; logistic regression learns
// the weights, for the model from all spans and for fitting from all but a fold
// (learn.go); models that differ in the order of the spans are averaged and rounded,
// and temperature and lean are fitted on the folds left out (fit.go).
package train

import (
	"context"
	"errors"

	"github.com/sourcegraph/conc/pool"

	"earshot/nlp/aspect"
	tagtrain "earshot/nlp/tag/train"
)

// Options of training.
type Options struct {
	Name     string  // of the model, with its version
	Bits     int     // binary logarithm of the table's size
	MinSpans int     // a feature of fewer spans is not learned
	Epochs   int     // passes over the spans
	Rate     float64 // AdaGrad's learning rate at the start; it falls to 0
	L2       float64 // weight decay
	Corpus   float64 // what a span of the corpus counts against one of other files
	Models   int     // how many are averaged
	Seed     uint64  // of the order
}

// Defaults are the options of the built-in model.
func Defaults() Options {
	return Options{Name: "aspect-fast@1", Bits: 19, MinSpans: 2, Epochs: 12, Rate: 0.3, L2: 2e-5, Corpus: 1.4, Models: 2, Seed: 1}
}

// workers is how many models are learned side by side. The result does not depend
// on it.
const workers = 2

// Train trains a model on the labelled spans in folders and files. ears say what the
// sentiment tier will hear. The same data, ears and options give the same model to
// the bit.
func Train(ctx context.Context, ears *tagtrain.Ears, paths []string, o Options) (*aspect.Model, error) {
	spans, sources, err := read(paths, ears, &o)
	if err != nil {
		return nil, err
	}
	if len(spans) < tagtrain.Folds {
		return nil, errors.New("too few spans: no file with the column aspects, or polarity, text, from, to")
	}
	common := count(spans, &o)
	// The first models are those of all spans, the others leave out a fold each.
	models := make([]*weights, o.Models+tagtrain.Folds)
	side := pool.New().WithErrors().WithContext(ctx).WithCancelOnError().WithMaxGoroutines(workers)
	for i := range models {
		side.Go(func(ctx context.Context) (err error) {
			models[i], err = descend(ctx, spans, common, i-o.Models, o.Seed+uint64(i), &o)
			return err
		})
	}
	if err := side.Wait(); err != nil {
		return nil, err
	}
	p := fit(spans, models[o.Models:])
	p.Name, p.Bits, p.Sources = o.Name, o.Bits, sources
	return average(models[:o.Models], p)
}
