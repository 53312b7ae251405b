package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/lane"
	"earshot/nlp/language"
	"earshot/nlp/learn"
	"earshot/nlp/sentiment"
	"earshot/pipeline/files"
)

func newTrain(std stdio) *cobra.Command {
	t := &trainCommand{std: std, options: learn.Defaults()}
	var task, name string
	var leaveOneOut bool
	cmd := &cobra.Command{
		Use:   "train --data DIR|FILE… --out FILE",
		Short: "Train the fast tier's model, or topics from your own labels",
		Long: `Trains the fast tier's sentiment model, topics, or what tells languages apart, from
labelled texts.

--task sentiment: TSV files with a header line that names the columns label
(negative, neutral, positive, mixed) and text; of a folder every *.train.tsv and
*.train.tsv.gz. Files in the format of nlp/corpus count more than others.

--task topics: TSV files of your own labels, plain or compressed; "-" is standard
input. A header line names the columns label and text (else the first is the label,
the next the text). Every label needs two different texts at least, better twenty.
The label refund of a lane named shop becomes the topic shop.refund. The lane says
nothing where it isn't sure: the threshold is fitted, on texts held out, so that
--precision of what it says is right. It is learned from n-grams and, with the deep
tier, from what the encoder makes of the texts, too; it serves both tiers.

--task tags: what the fast tier tells beside sentiment (stage, intents, effort,
emotion, first-level topics), from files in the format of nlp/corpus; --task aspects:
the polarity of named parts of a text, from these and from files with the columns
polarity, text, aspect, from, to. Both need sentiment sets, too, to hear as the
shipped model does.

--task language: what tells languages apart is learned from folders, whose files
are known by name.

With --unlabelled the deep tier labels further texts first, which the fast tier
then learns from too (distillation). The same input and seed give the same bytes.

With --leave-one-out nothing is written: for each set a model is trained on all
others and judged on that one, which tells how it will hear texts of a kind that
it has never seen.`,
		Example: `  earshot train --data nlp/corpus --data feedback.tsv --out my.model
  earshot analyze --model my.model reviews.txt
  earshot train --task topics --data tickets.tsv --name shop --out shop.model
  earshot train --leave-one-out --data nlp/corpus --data sentiment/`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&task, "task", taskSentiment, "sentiment, topics, tags, aspects or language")
	flags.StringArrayVar(&t.data, "data", nil, "a folder or file of labelled texts; may be repeated")
	flags.StringArrayVar(&t.unlabelled, "unlabelled", nil, "a folder or file of texts that the deep tier labels first; may be repeated")
	flags.StringVar(&t.out, "out", "", "the file to write")
	flags.StringVar(&name, "name", "", `name of the model, with its version (default the file's name and "@1"); of topics, their first level (default the file's name)`)
	flags.Float64Var(&t.lane.Precision, "precision", 0.9, "share of right topics among those that are said, 0..1")
	flags.StringVar(&t.tier, "tier", "", "of topics: fast learns from n-grams alone, deep from the encoder too (default deep where it is available)")
	flags.Uint64Var(&t.options.Seed, "seed", t.options.Seed, "decides the order in which texts are learned")
	flags.BoolVar(&leaveOneOut, "leave-one-out", false, "measure by leaving one set out at a time; writes nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		t.options.Name, t.lane.Name = name, name
		changed := cmd.Flags().Changed
		switch {
		case !slices.Contains([]string{taskSentiment, taskTopics, taskTags, taskAspects, taskLanguage}, task):
			return usagef(cmd, "--task %q is none of sentiment, topics, tags, aspects, language", task)
		case task == taskLanguage && (len(t.unlabelled) > 0 || name != ""):
			return usagef(cmd, "--unlabelled and --name go with --task sentiment only")
		case task != taskSentiment && len(t.unlabelled) > 0:
			return usagef(cmd, "--unlabelled goes with --task sentiment only")
		case task != taskTopics && (changed("precision") || changed("tier")):
			return usagef(cmd, "--precision and --tier go with --task topics only")
		case !(t.lane.Precision > 0 && t.lane.Precision < 1):
			return usagef(cmd, "--precision %g is not between 0 and 1", t.lane.Precision)
		case len(t.data) == 0:
			return usagef(cmd, "--data is missing: a folder or file of labelled texts")
		case task == taskTopics && doubled(t.data, files.Stdin):
			return usagef(cmd, "standard input can be read once only")
		case leaveOneOut && (task != taskSentiment || t.out != "" || len(t.unlabelled) > 0):
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
		switch task {
		case taskLanguage:
			return t.language(cmd.Context())
		case taskTopics:
			return t.topics(cmd)
		case taskTags:
			return t.tags(cmd.Context())
		case taskAspects:
			return t.aspects(cmd.Context())
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
	lane       lane.Options
	tier       string // of topics
}

// What can be trained and measured.
const (
	taskSentiment = "sentiment"
	taskTopics    = "topics"
	taskTags      = "tags"
	taskAspects   = "aspects"
	taskLanguage  = "language"
)

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
