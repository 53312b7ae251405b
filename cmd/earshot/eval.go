package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"earshot/nlp/eval"
	"earshot/pipeline/files"
)

func newEval(std stdio) *cobra.Command {
	e := &evalCommand{std: std}
	var task, tier, model, labels, output string
	var data []string
	cmd := &cobra.Command{
		Use:   "eval {--data FILE… | --behaviour DIR}",
		Short: "Measure the analysis on labelled texts, or on a suite of behaviours",
		Long: `Measures how well sentiment is heard, or with --task topics what else is.

--data: files of a label, a tab and a text a line, plain or compressed; "-" is
standard input. A header may name the columns: label, else rating or stars; text;
title. Labels are negative, neutral, positive (neg, neu, pos), 0/1/2, 0/1 or 1..5,
told from all labels of a file, or as --labels says. Rows labelled mixed count
only for how well mixed is heard. Where only negative and positive occur, neutral
is masked. Lines that cannot be read are reported on standard error, the others
counted, and the exit code is 1. The table has percentages; ECE is the expected
calibration error, mixed found and mixed false are how many of the mixed and of
the other rows are heard as mixed.

--behaviour: a directory of .tsv files, a capability each; see
nlp/testdata/behaviour/README.md for their format. Cases that fail are a
measurement: the exit code is 0.

--task topics --model FILE: a lane that "earshot train --task topics" wrote, measured
on files of a user's own labels: a header that names the columns label and text
(else the first and the next), plain or compressed. "sure" is the share of texts of
which the lane says anything, "of these right" its precision.

--task topics without --model: files with the columns of nlp/corpus, on which the
analysis is measured: topics of the first level and intents (micro F1), stage
(accuracy), effort, emotion and the polarity of the named aspects (macro F1), by
industry.

--output json prints one object; shares are 0..1:
  task, tier, model
  files[]      file, scale (how numbers were read), bad_lines, n, classes,
               accuracy, accuracy_low, accuracy_high (95 % Wilson interval),
               macro_f1, macro_recall (means over the classes that occur),
               calibration_error (expected, 15 bins), labels.LABEL.{n, precision,
               recall, f1}, confusion.LABEL.HEARD, mixed.{n, found, recall (null
               if n is 0), others, false_alarms, false_alarm_rate}
  topics[]     file, bad_lines, n, foreign (texts with a label unknown to the lane),
               accuracy, accuracy_low, accuracy_high, macro_f1, macro_recall,
               calibration_error, coverage, precision (at the threshold),
               labels.LABEL.{n, precision, recall, f1}, confused[].{label, heard,
               n, of} (the ten worst pairs)
  voice[]      file, bad_lines, n, topics and intents.{n, precision, recall,
               micro_f1}, stage_accuracy, effort_macro_f1, emotion_macro_f1,
               aspects.{n, found, accuracy, macro_f1}, industries[]: industry and
               the same from n on
  behaviour    cases, passed, capabilities[]: capability, cases, passed,
               kinds[].{kind, cases, passed}, failures[].{file, line, kind,
               expected, got, text, variant}`,
		Example: `  earshot eval --data reviews.tsv.gz --data tweets.tsv --confusion
  earshot eval --data sentiment140.tsv --labels 0=negative,2=neutral,4=positive
  earshot eval --task topics --model shop.model --data tickets.dev.tsv
  earshot eval --behaviour nlp/testdata/behaviour --failures`,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&data, "data", nil, "labelled file; may be repeated, and arguments are further files")
	flags.StringVar(&e.behaviour, "behaviour", "", "directory of a suite of behaviours")
	flags.StringVar(&task, "task", taskSentiment, "sentiment or topics")
	flags.StringVar(&tier, "tier", "", "fast or deep (default deep where it is available)")
	flags.StringVar(&model, "model", "", "file of the model to measure; the built-in one by default, of topics the whole analysis")
	flags.StringVar(&labels, "labels", "", "what labels mean, as 0=negative,4=positive")
	flags.StringVar(&output, "output", "table", "table or json")
	flags.BoolVar(&e.confusion, "confusion", false, "print each file's confusion matrix in the table, too")
	flags.BoolVar(&e.failures, "failures", false, "list the behaviours that fail in the table, too")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		e.data = slices.Concat(data, args)
		switch {
		case task != taskSentiment && task != taskTopics:
			return usagef(cmd, "--task %q is neither sentiment nor topics", task)
		case output != "table" && output != "json":
			return usagef(cmd, "--output %q is neither table nor json", output)
		case len(e.data) == 0 && e.behaviour == "":
			return usagef(cmd, "nothing to evaluate: name files with --data, or a directory with --behaviour")
		case e.failures && e.behaviour == "":
			return usagef(cmd, "--failures lists behaviours: name their directory with --behaviour")
		case e.confusion && len(e.data) == 0:
			return usagef(cmd, "--confusion is of labelled files: name them with --data")
		case labels != "" && len(e.data) == 0:
			return usagef(cmd, "--labels is of labelled files: name them with --data")
		case task == taskTopics && (e.behaviour != "" || e.confusion || labels != ""):
			return usagef(cmd, "--behaviour, --confusion and --labels go with --task sentiment only")
		case doubled(e.data, files.Stdin):
			return usagef(cmd, "standard input can be read once only")
		}
		var err error
		if cmd.Flags().Changed("labels") {
			if e.labels, err = eval.ParseLabels(labels); err != nil {
				return usagef(cmd, "--labels: %v", err)
			}
		}
		if task == taskTopics && model != "" {
			closing, err := e.openLane(cmd, tier, model)
			if err != nil {
				return err
			}
			return errors.Join(e.run(cmd.Context(), output), closing())
		}
		analyzer, err := openAnalyzer(cmd, std, tier, model)
		if err != nil {
			return err
		}
		defer analyzer.Close()
		e.found = findings{Task: task, Tier: analyzer.Tier(), Model: analyzer.Model()}
		if task == taskTopics {
			e.analyzer = analyzer
		} else {
			e.classifier = eval.ByAnalyzer(analyzer)
		}
		return e.run(cmd.Context(), output)
	}
	return cmd
}

// doubled reports whether name is among names more than once.
func doubled(names []string, name string) bool {
	first := slices.Index(names, name)
	return first >= 0 && slices.Contains(names[first+1:], name)
}

// evalCommand measures files and behaviours.
type evalCommand struct {
	std       stdio
	data      []string
	labels    eval.Labels
	behaviour string // directory
	confusion bool
	failures  bool
	// What is measured: sentiment, topics of a user's own, or what else the
	// analysis tells. One of the three is not nil.
	classifier eval.Classifier
	lane       eval.Lane
	analyzer   eval.Analyzer
	found      findings
	failed     bool
}

// findings are what is printed.
type findings struct {
	Task      string              `json:"task"`
	Tier      string              `json:"tier"`
	Model     string              `json:"model"`
	Files     []*eval.Result      `json:"files,omitzero"`
	Topics    []*eval.TopicResult `json:"topics,omitzero"`
	Voice     []*eval.VoiceResult `json:"voice,omitzero"`
	Behaviour *eval.Report        `json:"behaviour,omitempty"`
}

// run measures everything that can be, reports the rest, and prints.
func (e *evalCommand) run(ctx context.Context, output string) error {
	switch {
	case len(e.data) == 0:
	case e.lane != nil:
		e.found.Topics = []*eval.TopicResult{}
	case e.analyzer != nil:
		e.found.Voice = []*eval.VoiceResult{}
	default:
		e.found.Files = []*eval.Result{}
	}
	for _, name := range e.data {
		if err := e.file(ctx, name); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e.report(err)
		}
	}
	if e.behaviour != "" {
		suite, err := eval.ReadSuite(e.behaviour)
		if err != nil {
			e.report(err)
		} else if e.found.Behaviour, err = suite.Run(ctx, e.classifier); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e.report(fmt.Errorf("%s: %w", e.behaviour, err))
		}
	}
	if err := e.print(output); err != nil {
		return err
	}
	if e.failed {
		return errSaid
	}
	return nil
}

func (e *evalCommand) file(ctx context.Context, name string) error {
	in, err := files.Open(name, e.std.in)
	if err != nil {
		return err
	}
	defer in.Close()
	name = shownName(name)
	switch {
	case e.lane != nil:
		return e.laneFile(ctx, in, name)
	case e.analyzer != nil:
		return e.voiceFile(ctx, in, name)
	}
	set, err := eval.Read(in, name, e.labels)
	if err != nil {
		return err
	}
	e.reportLines(name, set.Bad)
	result, err := set.Score(ctx, e.classifier)
	if err != nil {
		return err
	}
	e.found.Files = append(e.found.Files, result)
	return nil
}
