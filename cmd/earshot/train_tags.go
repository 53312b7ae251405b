package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	aspecttrain "earshot/nlp/aspect/train"
	tagtrain "earshot/nlp/tag/train"
)

// tags trains the model of stage, intents, effort, emotion and topics.
func (t *trainCommand) tags(ctx context.Context) error {
	o := tagtrain.Defaults()
	o.Name, o.Seed = cmp.Or(t.options.Name, o.Name), t.options.Seed
	return t.beside(ctx, o.Name, func(ears *tagtrain.Ears) (io.WriterTo, error) { return tagtrain.Train(ctx, ears, t.data, o) })
}

// aspects trains the model of the polarity of spans.
func (t *trainCommand) aspects(ctx context.Context) error {
	o := aspecttrain.Defaults()
	o.Name, o.Seed = cmp.Or(t.options.Name, o.Name), t.options.Seed
	return t.beside(ctx, o.Name, func(ears *tagtrain.Ears) (io.WriterTo, error) { return aspecttrain.Train(ctx, ears, t.data, o) })
}

// beside trains a model that stands beside that of sentiment, and needs to know what
// sentiment would be heard in texts that it has not learned.
func (t *trainCommand) beside(ctx context.Context, name string, learn func(*tagtrain.Ears) (io.WriterTo, error)) error {
	began := time.Now()
	ears, err := tagtrain.Unheard(ctx, t.data)
	if err != nil {
		return err
	}
	model, err := learn(ears)
	if err != nil {
		return err
	}
	if err := writeModel(t.out, model); err != nil {
		return err
	}
	fmt.Fprintf(t.std.err, "earshot: wrote %s (%s) in %s\n", t.out, name, time.Since(began).Round(time.Second))
	return nil
}
