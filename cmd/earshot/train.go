package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/language"
	"earshot/nlp/learn"
	"earshot/nlp/sentiment"
)

func newTrain(std stdio) *cobra.Command {
	t := &trainCommand{std: std, options: learn.Defaults()}
	var task string
	var leaveOneOut bool
	cmd := &cobra.Command{
		Use:   "train --data DIR|FILE… --out FILE",
		Short: "Train the fast tier's model",
		Long: `Trains the fast tier's sentiment model, or what tells languages apart, from
labelled texts: TSV files with a header line that names the columns label
(negative, neutral, positive, mixed) and text; of a folder every *.train.tsv and
*.train.tsv.gz. Files in the format of nlp/corpus count more than others. What
tells languages apart is learned from folders, whose files are known by name.

With --unlabelled the deep tier labels further texts first, which the fast tier
then learns from too (distillation). The same input and seed give the same bytes.

With --leave-one-out nothing is written: for each set a model is trained on all
others and judged on that one, which tells how it will hear texts of a kind that
it has never seen.`,
		Example: `  earshot train --data nlp/corpus --data feedback.tsv --out my.model
  earshot analyze --model my.model reviews.txt
  earshot train --leave-one-out --data nlp/corpus --data sentiment/`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&task, "task", "sentiment", "sentiment or language")
	flags.StringArrayVar(&t.data, "data", nil, "a folder or file of labelled texts; may be repeated")
	flags.StringArrayVar(&t.unlabelled, "unlabelled", nil, "a folder or file of texts that the deep tier labels first; may be repeated")
	flags.StringVar(&t.out, "out", "", "the file to write")
	flags.StringVar(&t.options.Name, "name", "", `name of the model, with its version (default the file's name and "@1")`)
	flags.Uint64Var(&t.options.Seed, "seed", t.options.Seed, "decides the order in which texts are learned")
	flags.BoolVar(&leaveOneOut, "leave-one-out", false, "measure by leaving one set out at a time; writes nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case task == "topics":
			return usagef(cmd, "--task topics: this version trains sentiment and language only")
		case task != "sentiment" && task != "language":
			return usagef(cmd, "--task %q is none of sentiment, language", task)
		case task == "language" && (len(t.unlabelled) > 0 || t.options.Name != ""):
			return usagef(cmd, "--unlabelled and --name go with --task sentiment only")
		case len(t.data) == 0:
			return usagef(cmd, "--data is missing: a folder or file of labelled texts")
		case leaveOneOut && (task != "sentiment" || t.out != "" || len(t.unlabelled) > 0):
			return usagef(cmd, "--leave-one-out goes with --task sentiment and --data alone")
		case leaveOneOut:
			return t.leaveOneOut(cmd.Context())
		case t.out == "":
			return usagef(cmd, "--out is missing: the file to write")
		}
		// Better said now than after the training.
		if err := checkOut(t.out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		if task == "language" {
			return t.language(cmd.Context())
		}
		if t.options.Name == "" {
			t.options.Name = filepath.Base(t.out) + "@1"
		}
		return t.sentiment(cmd.Context())
	}
	return cmd
}

// trainCommand trains a model.
type trainCommand struct {
	std        stdio
	data       []string
	unlabelled []string
	out        string
	options    sentiment.Options
}

func (t *trainCommand) sentiment(ctx context.Context) error {
	began := time.Now()
	sets, err := learn.ReadSets(t.data)
	if err != nil {
		return err
	}
	if len(t.unlabelled) > 0 {
		taught, err := t.teach(ctx, sets)
		if err != nil {
			return err
		}
		sets = append(sets, taught)
	}
	for _, s := range sets {
		if s.Dev {
			continue
		}
		fmt.Fprintf(t.std.err, "earshot: %-20s %7d texts\n", s.Name, len(s.Examples))
	}
	model, err := learn.Train(ctx, sets, t.options)
	if err != nil {
		return err
	}
	if err := writeModel(t.out, model); err != nil {
		return err
	}
	fmt.Fprintf(t.std.err, "earshot: wrote %s (%s) in %s\n", t.out, model.Name, time.Since(began).Round(time.Second))
	return nil
}

func (t *trainCommand) language(ctx context.Context) error {
	began := time.Now()
	model, err := language.TrainFiles(ctx, language.Options{Seed: t.options.Seed}, t.data...)
	if err != nil {
		return err
	}
	if err := writeModel(t.out, model); err != nil {
		return err
	}
	fmt.Fprintf(t.std.err, "earshot: wrote %s in %s\n", t.out, time.Since(began).Round(time.Second))
	return nil
}

// teach has the deep tier label what has no labels. Without it there is nothing to
// teach with, which is an error: the model would not be what was asked for.
func (t *trainCommand) teach(ctx context.Context, sets []learn.Set) (learn.Set, error) {
	var none learn.Set
	teacher, err := nlp.New(nlp.Options{Tier: nlp.TierDeep})
	if err != nil {
		return none, err
	}
	defer teacher.Close()
	if err := teacher.Degraded(); err != nil {
		return none, fmt.Errorf("--unlabelled: %w", err)
	}
	texts, err := learn.ReadUnlabelled(t.unlabelled, sets)
	if err != nil {
		return none, err
	}
	if len(texts) == 0 {
		return none, errors.New("--unlabelled: no texts there that --data doesn't hold already")
	}
	bar := newProgress(t.std.err, "labelling", 0)
	defer bar.Close()
	return learn.Teach(ctx, teacher, texts, func(n int) {
		bar.bar.Describe(fmt.Sprintf("%d of %d texts labelled", n, len(texts)))
	})
}

// checkOut reports whether writeModel can write a file.
func checkOut(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory: name the file to write", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".model-*")
	if err != nil {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err // of the file to write, not of the one that was tried
		}
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writeModel writes the file whole or not at all.
func writeModel(path string, model io.WriterTo) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".model-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = model.WriteTo(f); err != nil {
		f.Close()
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// leaveOneOut prints each row as soon as it is known: a training takes minutes.
func (t *trainCommand) leaveOneOut(ctx context.Context) error {
	begun := false
	return learn.LeaveOneOut(ctx, t.data, t.options, func(l learn.Left) {
		if !begun {
			begun = true
			fmt.Fprintf(t.std.out, "%-20s %8s %7s %9s %9s %13s\n", "left out", "learned", "judged", "accuracy", "macro F1", "macro recall")
		}
		fmt.Fprintf(t.std.out, "%-20s %8d %7d %9.1f %9.1f %13.1f\n", l.Set, l.Learned, l.N, 100*l.Accuracy, 100*l.MacroF1, 100*l.MacroRecall)
	})
}
