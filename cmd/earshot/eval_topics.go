package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/eval"
	"earshot/nlp/lane"
)

// openLane opens the lane in a file, and the encoder that it was trained with
// unless the fast tier is asked for.
func (e *evalCommand) openLane(cmd *cobra.Command, tier, file string) (closing func() error, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	model, err := lane.Read(data)
	if err != nil {
		return nil, fmt.Errorf("--model %s: %w", file, err)
	}
	e.found = findings{Task: taskTopics, Tier: nlp.TierFast, Model: model.Name()}
	e.lane = eval.ByLane(model, nil)
	if !model.WantsFeatures() || tier == nlp.TierFast {
		return func() error { return nil }, nil
	}
	analyzer, err := openAnalyzer(cmd, e.std, tier, "")
	if err != nil {
		return nil, err
	}
	switch {
	case analyzer.Tier() != nlp.TierDeep: // openAnalyzer said why
	case analyzer.Model() != model.Encoder():
		fmt.Fprintf(e.std.err, "earshot: %s was trained with the encoder %s, this is %s: judging by n-grams alone; train it again\n", file, model.Encoder(), analyzer.Model())
	default:
		e.found.Tier = nlp.TierDeep
		e.lane = eval.ByLane(model, analyzer)
	}
	return analyzer.Close, nil
}

// laneFile measures the lane on one file.
func (e *evalCommand) laneFile(ctx context.Context, in io.Reader, name string) error {
	set, err := eval.ReadTopics(in, name)
	if err != nil {
		return err
	}
	e.reportLines(name, set.Bad)
	result, err := set.Score(ctx, e.lane)
	if err != nil {
		return err
	}
	e.found.Topics = append(e.found.Topics, result)
	return nil
}

// voiceFile measures what is heard beside sentiment on one file.
func (e *evalCommand) voiceFile(ctx context.Context, in io.Reader, name string) error {
	set, err := eval.ReadVoice(in, name)
	if err != nil {
		return err
	}
	e.reportLines(name, set.Bad)
	result, err := set.Score(ctx, e.analyzer)
	if err != nil {
		return err
	}
	e.found.Voice = append(e.found.Voice, result)
	return nil
}

// printTopics prints a row a file, and the labels that are mistaken most.
func printTopics(w io.Writer, results []*eval.TopicResult) {
	t := newTable(w, 1, "file", "n", "labels", "accuracy %", "95 %", "macro F1", "ECE", "sure", "of these right")
	for _, r := range results {
		t.AppendRow(table.Row{
			r.File, r.N, len(r.Labels), percent(r.Accuracy), percent(r.AccuracyLow) + "–" + percent(r.AccuracyHigh),
			percent(r.MacroF1), percent(r.CalibrationError), percent(r.Coverage), percent(r.Precision),
		})
	}
	t.Render()
	for _, r := range results {
		if r.Foreign > 0 {
			fmt.Fprintf(w, "%s: texts with a label that the lane doesn't know: %d\n", r.File, r.Foreign)
		}
		if r.BadLines > 0 {
			fmt.Fprintf(w, "%s: lines that could not be read: %d\n", r.File, r.BadLines)
		}
		if len(r.Confused) == 0 {
			continue
		}
		t := newTable(w, 2, r.File, "heard as", "texts", "of")
		for _, c := range r.Confused {
			t.AppendRow(table.Row{c.Label, c.Heard, c.N, c.Of})
		}
		t.Render()
	}
}

// printVoice prints a row an industry, and one for each whole file.
func printVoice(w io.Writer, results []*eval.VoiceResult) {
	for _, r := range results {
		t := newTable(w, 1, r.File, "n", "topics F1", "stage %", "intents F1", "effort F1", "emotion F1", "aspects F1", "of found")
		row := func(name string, f *eval.VoiceFigures) {
			t.AppendRow(table.Row{
				name, f.N, percent(f.Topics.F1), percent(f.StageAccuracy), percent(f.Intents.F1), percent(f.EffortF1), percent(f.EmotionF1),
				percent(f.Aspects.MacroF1), strconv.Itoa(f.Aspects.Found) + "/" + strconv.Itoa(f.Aspects.N),
			})
		}
		for i := range r.Industries {
			row(r.Industries[i].Industry, &r.Industries[i].VoiceFigures)
		}
		t.AppendSeparator()
		row("all", &r.VoiceFigures)
		t.Render()
		if r.BadLines > 0 {
			fmt.Fprintf(w, "%s: lines that could not be read: %d\n", r.File, r.BadLines)
		}
	}
}
