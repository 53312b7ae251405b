package main

import (
	"context"
	"fmt"
	"time"

	tagtrain "earshot/nlp/tag/train"
)

// tags trains the model of stage, intents, effort, emotion and topics.
func (t *trainCommand) tags(ctx context.Context) error {
	began := time.Now()
	o := tagtrain.Defaults()
	if t.options.Name != "" {
		o.Name = t.options.Name
	}
	o.Seed = t.options.Seed
	ears, err := tagtrain.Unheard(ctx, t.data)
	if err != nil {
		return err
	}
	model, err := tagtrain.Train(ctx, ears, t.data, o)
	if err != nil {
		return err
	}
	if err := writeModel(t.out, model); err != nil {
		return err
	}
	fmt.Fprintf(t.std.err, "earshot: wrote %s (%s) in %s\n", t.out, model.Name, time.Since(began).Round(time.Second))
	return nil
}
