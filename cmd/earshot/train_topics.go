package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/eval"
	"earshot/nlp/lane"
	"earshot/pipeline/files"
)

// featuresAtOnce is how many texts the encoder is given in one call.
const featuresAtOnce = 256

// topics trains a lane from a user's labelled messages.
func (t *trainCommand) topics(cmd *cobra.Command) error {
	began := time.Now()
	ctx := cmd.Context()
	if t.lane.Name == "" {
		t.lane.Name, _, _ = strings.Cut(strings.ToLower(filepath.Base(t.out)), ".")
	}
	items, err := t.labelled()
	if err != nil {
		return err
	}
	if t.tier != nlp.TierFast {
		if err := t.featured(cmd, items); err != nil {
			return err
		}
	}
	t.lane.Seed = t.options.Seed
	model, report, err := lane.Train(ctx, t.lane, items)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%s: %w", strings.Join(t.data, ", "), err)
	}
	if err := writeModel(t.out, model); err != nil {
		return err
	}
	fmt.Fprintf(t.std.err, "earshot: %s: %d labels learned from %d texts\n", model.Name(), report.Labels, report.Texts)
	t.held("n-grams alone", &report.Fast)
	if report.Deep != nil {
		t.held("with the encoder", report.Deep)
	}
	fmt.Fprintf(t.std.err, "earshot: wrote %s in %s\n", t.out, time.Since(began).Round(time.Second))
	return nil
}

// held says how well texts were judged that were held out.
func (t *trainCommand) held(by string, h *lane.Held) {
	fmt.Fprintf(t.std.err, "earshot: %d texts held out, %s: %s %% right; ", h.N, by, percent(h.Accuracy))
	if h.Threshold > 1 {
		fmt.Fprintf(t.std.err, "never sure: no threshold gives a precision of %g\n", t.lane.Precision)
		return
	}
	fmt.Fprintf(t.std.err, "sure of %s %% (probability ≥ %.2f), of which %s %% right\n", percent(h.Coverage), h.Threshold, percent(h.Precision))
}

// labelled reads the labelled texts. Lines that can't be read are named and left
// out.
func (t *trainCommand) labelled() ([]lane.Item, error) {
	var items []lane.Item
	for _, name := range t.data {
		set, err := t.readTopics(name)
		if err != nil {
			return nil, err
		}
		for i, line := range set.Bad {
			if i == shownLines {
				fmt.Fprintf(t.std.err, "earshot: %s: %d more lines left out\n", set.File, len(set.Bad)-shownLines)
				break
			}
			fmt.Fprintln(t.std.err, "earshot: "+oneLine(line)+"; left out")
		}
		for _, item := range set.Items {
			items = append(items, lane.Item{Label: item.Label, Text: item.Text})
		}
	}
	return items, nil
}

func (t *trainCommand) readTopics(name string) (_ *eval.Topics, err error) {
	in, err := files.Open(name, t.std.in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return eval.ReadTopics(in, shownName(name))
}

// featured gives the items the encoder's features, where the deep tier can be had.
func (t *trainCommand) featured(cmd *cobra.Command, items []lane.Item) error {
	analyzer, err := openAnalyzer(cmd, t.std, t.tier, "")
	if err != nil {
		return err
	}
	defer analyzer.Close()
	if analyzer.Tier() != nlp.TierDeep {
		return nil // openAnalyzer said why
	}
	t.lane.Encoder = analyzer.Model()
	bar := newProgress(t.std.err, "listening", 0)
	defer bar.Close()
	heard, done := 0, 0
	for part := range slices.Chunk(items, featuresAtOnce) {
		features, err := encoded(cmd.Context(), analyzer, part)
		if err != nil {
			return err
		}
		for i := range part {
			if part[i].Features = features[i]; features[i] != nil {
				heard++
			}
		}
		done += len(part)
		bar.bar.Describe(fmt.Sprintf("%d of %d texts heard", done, len(items)))
	}
	if 2*heard < len(items) {
		fmt.Fprintf(t.std.err, "earshot: the encoder hears %d of the %d texts: the lane is learned from n-grams alone\n", heard, len(items))
	}
	return nil
}

func encoded(ctx context.Context, e eval.Encoder, items []lane.Item) ([][]float32, error) {
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = items[i].Text
	}
	return e.Features(ctx, texts)
}
