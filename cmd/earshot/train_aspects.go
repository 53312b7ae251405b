package main

import (
	"context"
	"fmt"
	"time"

	aspecttrain "earshot/nlp/aspect/train"
	tagtrain "earshot/nlp/tag/train"
)

// aspects trains the model of the polarity of spans.
func (t *trainCommand) aspects(ctx context.Context) error {
	began := time.Now()
	o := aspecttrain.Defaults()
	if t.options.Name != "" {
		o.Name = t.options.Name
	}
	o.Seed = t.options.Seed
	ears, err := tagtrain.Unheard(ctx, t.data)
	if err != nil {
		return err
	}
	model, err := aspecttrain.Train(ctx, ears, t.data, o)
	if err != nil {
		return err
	}
	if err := writeModel(t.out, model); err != nil {
		return err
	}
	fmt.Fprintf(t.std.err, "earshot: wrote %s (%s) in %s\n", t.out, model.Name, time.Since(began).Round(time.Second))
	return nil
}
