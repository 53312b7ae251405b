package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"earshot/nlp"
	"earshot/nlp/eval"
)

// print prints what was found.
func (e *evalCommand) print(output string) error {
	if output == "json" {
		object, err := encodeJSON(e.found)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.std.out, "%s\n", object)
		return err
	}
	if len(e.found.Files) > 0 {
		printResults(e.std.out, e.found.Files)
	}
	if len(e.found.Topics) > 0 {
		printTopics(e.std.out, e.found.Topics)
	}
	printVoice(e.std.out, e.found.Voice)
	if e.confusion {
		for _, r := range e.found.Files {
			printConfusion(e.std.out, r)
		}
	}
	if e.found.Behaviour != nil {
		printBehaviour(e.std.out, e.found.Behaviour)
		if e.failures {
			printFailures(e.std.out, e.found.Behaviour, colour(e.std.out))
		}
	}
	return nil
}

// printResults prints a row a file, and what must be known to read them.
func printResults(w io.Writer, results []*eval.Result) {
	t := newTable(w, 1, "file", "n", "classes", "accuracy %", "95 %", "macro F1", "macro recall", "ECE", "mixed found", "mixed false")
	var notes []string
	for _, r := range results {
		found := "–"
		if r.Mixed.Recall != nil {
			found = percent(*r.Mixed.Recall)
		}
		t.AppendRow(table.Row{
			r.File, r.N, len(r.Classes), percent(r.Accuracy),
			percent(r.AccuracyLow) + "–" + percent(r.AccuracyHigh),
			percent(r.MacroF1), percent(r.MacroRecall), percent(r.CalibrationError),
			found, percent(r.Mixed.FalseAlarmRate),
		})
		if !slices.Contains(r.Classes, nlp.Neutral) {
			notes = append(notes, r.File+": only negative and positive occur: two classes, neutral is masked")
		}
		if r.Scale != "" {
			notes = append(notes, fmt.Sprintf("%s: labels read on the scale %s", r.File, r.Scale))
		}
		if r.BadLines > 0 {
			notes = append(notes, fmt.Sprintf("%s: lines that could not be read: %d", r.File, r.BadLines))
		}
	}
	t.Render()
	for _, note := range notes {
		fmt.Fprintln(w, note)
	}
}

// printConfusion prints how each label (rows) is heard (columns).
func printConfusion(w io.Writer, r *eval.Result) {
	columns := []string{r.File}
	for _, label := range r.Classes {
		columns = append(columns, "heard "+string(label))
	}
	t := newTable(w, 1, append(columns, "precision %", "recall", "F1")...)
	for _, label := range r.Classes {
		row := table.Row{label}
		for _, heard := range r.Classes {
			row = append(row, r.Confusion.Count(label, heard))
		}
		of, occurs := r.Labels[label]
		for _, share := range [...]float64{of.Precision, of.Recall, of.F1} {
			if occurs {
				row = append(row, percent(share))
			} else {
				row = append(row, "–")
			}
		}
		t.AppendRow(row)
	}
	t.Render()
}

// printBehaviour prints a row a capability and kind.
func printBehaviour(w io.Writer, report *eval.Report) {
	t := newTable(w, 2, "capability", "kind", "cases", "passed", "passed %")
	row := func(capability, kind string, tally eval.Tally) {
		t.AppendRow(table.Row{capability, kind, tally.Cases, tally.Passed, percent(float64(tally.Passed) / float64(tally.Cases))})
	}
	for _, c := range report.Capabilities {
		for _, k := range c.Kinds {
			row(c.Capability, string(k.Kind), k.Tally)
		}
	}
	t.AppendSeparator()
	row("all", "", report.Tally)
	t.Render()
}

// printFailures lists the cases that do not hold. Texts are quoted, so that
// what cannot be seen is shown, and terminals are told nothing by it.
func printFailures(w io.Writer, report *eval.Report, coloured bool) {
	for _, c := range report.Capabilities {
		for _, f := range c.Failures {
			kind := string(f.Kind)
			if coloured {
				kind = text.FgRed.Sprint(kind)
			}
			fmt.Fprintf(w, "%s:%d: %s: want %s, got %s\n    %q\n", f.File, f.Line, kind, f.Expected, f.Got, f.Text)
			if f.Variant != "" {
				fmt.Fprintf(w, "    %q\n", f.Variant)
			}
		}
	}
}

// newTable returns a table of which all columns but the first named ones are
// numbers.
func newTable(w io.Writer, named int, names ...string) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0 // names as they are
	header := make(table.Row, len(names))
	var columns []table.ColumnConfig
	for i, name := range names {
		header[i] = name
		if i >= named {
			columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(columns)
	t.AppendHeader(header)
	return t
}

// percent is a share in percent, with one decimal.
func percent(share float64) string { return fmt.Sprintf("%.1f", 100*share) }
