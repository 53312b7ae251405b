package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/privacy"
	"earshot/pipeline"
	"earshot/pipeline/decode"
	"earshot/pipeline/files"
)

// analyzeAtOnce is how many records are analysed together, if that many are
// waiting; fewer are not waited for.
const analyzeAtOnce = 256

func newAnalyze(std stdio) *cobra.Command {
	a := &analyzeCommand{std: std}
	var tier, input, output string
	var models, packs []string
	var noRedact bool
	cmd := &cobra.Command{
		Use:   "analyze [FILE…]",
		Short: "Analyse each line or record, to standard output",
		Long: `Analyses texts without a broker or a store: one analysis out for one line or
record in, in order, written as it goes. Reads standard input when no file is
named. Personal data is replaced by its kind in brackets, as it is before it is
stored; offsets are of the redacted text. A record that cannot be read is reported on standard error, and the exit
code is 1.`,
		Example: `  echo "The technician was lovely but the app keeps crashing" | earshot analyze --output table
  earshot analyze --input ndjson feedback.ndjson > analyses.ndjson
  earshot analyze --input csv --text-field "Review Text" reviews.csv.gz --explain`,
	}
	flags := cmd.Flags()
	flags.StringVar(&tier, "tier", "", "fast or deep (default deep where it is available)")
	flags.StringArrayVar(&models, "model", nil, "learned topics (may be repeated), or a model of the tier instead of the built-in one")
	flags.StringSliceVar(&packs, "taxonomy", nil, "packs or pack files, separated by commas (default all that are built in)")
	flags.StringVar(&input, "input", "text", "text (one a line), ndjson (feedback records), csv or tsv")
	flags.StringVar(&output, "output", "", "json (default), table or csv")
	flags.BoolVar(&noRedact, "no-redact", false, "show personal data, which is hidden otherwise; it is found all the same")
	flags.StringVar(&a.textField, "text-field", "text", "column of the text, for csv and tsv")
	flags.BoolVar(&a.explain, "explain", false, "print each text with the cues that moved its score; with --output json, add them to it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !slices.Contains([]string{"text", "ndjson", "csv", "tsv"}, input) {
			return usagef(cmd, "--input %q is none of text, ndjson, csv, tsv", input)
		}
		printer, err := newAnalysisPrinter(std.out, output, a.explain)
		if err != nil {
			return usagef(cmd, "%v", err)
		}
		if len(args) == 0 {
			args = []string{files.Stdin}
		}
		options, err := sortModels(cmd, models)
		if err != nil {
			return err
		}
		options.Tier, options.Taxonomy = tier, packs
		analyzer, err := openListening(cmd, std, options)
		if err != nil {
			return err
		}
		defer analyzer.Close()
		finder, err := privacy.New(privacy.Options{})
		if err != nil {
			return err
		}
		a.analyzer = analyzer
		a.privacy = pipeline.Privacy{Redactor: finder, Visible: noRedact}
		a.input, a.printer, a.several = input, printer, len(args) > 1
		return a.run(cmd.Context(), args)
	}
	return cmd
}

// hearer hears documents.
type hearer interface {
	Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error)
	Explain(ctx context.Context, doc nlp.Document) (nlp.Explanation, error)
}

// analyzeCommand analyses files.
type analyzeCommand struct {
	std       stdio
	input     string
	textField string
	explain   bool
	several   bool // files are named
	analyzer  hearer
	privacy   pipeline.Privacy
	printer   analysisPrinter
	failed    bool
}

// analyzed is one line or record: what it says, or why it can't be read.
type analyzed struct {
	id   string
	said *nlp.Analysis // of a record that is only a score
	doc  nlp.Document
	// feedback is the record behind doc, whose scores the text may contradict.
	feedback *pipeline.Feedback
	pii      []nlp.PII // what was found in the text
	line     int
	err      error
}

func (a *analyzeCommand) run(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := a.file(ctx, name); err != nil {
			return err
		}
	}
	if err := a.printer.end(); err != nil {
		return err
	}
	if a.failed {
		return errSaid
	}
	return nil
}

// file reads in one goroutine and analyses in another, so that a line typed in
// is answered at once and a large file in large steps.
func (a *analyzeCommand) file(ctx context.Context, name string) error {
	in, err := files.Open(name, a.std.in)
	if err != nil {
		return err
	}
	defer in.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	records := make(chan analyzed, analyzeAtOnce)
	readErr := make(chan error, 1)
	atOnce := analyzeAtOnce
	if a.explain {
		atOnce = 1 // an explanation takes its time: each is printed as it is there
	}
	go func() {
		defer close(records)
		readErr <- a.read(in, name, func(r analyzed) bool {
			select {
			case records <- r:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	for {
		batch, open := take(ctx, records, atOnce)
		if err := a.analyze(ctx, name, batch); err != nil {
			return err
		}
		if !open {
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err() // what blocks in a read is left behind
	}
	return <-readErr
}

// take waits for a record and takes what else is waiting, most of them at most.
func take(ctx context.Context, records <-chan analyzed, most int) (batch []analyzed, open bool) {
	select {
	case r, ok := <-records:
		if !ok {
			return nil, false
		}
		batch = append(batch, r)
	case <-ctx.Done():
		return nil, false
	}
	for len(batch) < most {
		select {
		case r, ok := <-records:
			if !ok {
				return batch, false
			}
			batch = append(batch, r)
		default:
			return batch, true
		}
	}
	return batch, true
}

// analyze prints one line for each record, in order.
func (a *analyzeCommand) analyze(ctx context.Context, name string, batch []analyzed) error {
	for i := range batch {
		a.hide(&batch[i])
	}
	heard, err := a.hear(ctx, batch)
	if err != nil {
		heard = a.hearEach(ctx, batch)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, r := range batch {
		if r.err != nil {
			a.report(name, r)
			continue
		}
		if r.said != nil {
			heard[i] = nlp.Explanation{Analysis: *r.said}
		}
		heard[i].Analysis.PII = r.pii
		if r.feedback != nil {
			heard[i].Analysis.ScoreTextMismatch = pipeline.Mismatch(r.feedback, heard[i].Analysis)
		}
		if err := a.printer.print(r.id, &heard[i]); err != nil {
			return err
		}
	}
	return a.printer.flush()
}

// hide hides the personal data of a record as the pipeline does.
func (a *analyzeCommand) hide(r *analyzed) {
	if r.err != nil || r.said != nil {
		return
	}
	f := r.feedback
	if f == nil {
		f = &pipeline.Feedback{Text: r.doc.Text}
	}
	r.pii = a.privacy.Apply(f)
	r.doc = f.Document()
}

// hearEach hears records one by one, so that one that cannot be heard costs no other
// its analysis. It gets the error.
func (a *analyzeCommand) hearEach(ctx context.Context, batch []analyzed) []nlp.Explanation {
	heard := make([]nlp.Explanation, len(batch))
	for i := range batch {
		r := &batch[i]
		if r.err != nil || r.said != nil {
			continue
		}
		one, err := a.hear(ctx, batch[i:i+1])
		if err != nil {
			r.err = err
			continue
		}
		heard[i] = one[0]
	}
	return heard
}

// hear explains what is to be explained, and analyses alone what is not.
func (a *analyzeCommand) hear(ctx context.Context, batch []analyzed) ([]nlp.Explanation, error) {
	heard := make([]nlp.Explanation, len(batch))
	if a.explain {
		for i, r := range batch {
			var err error
			if heard[i], err = a.analyzer.Explain(ctx, r.doc); err != nil {
				return nil, err
			}
		}
		return heard, nil
	}
	docs := make([]nlp.Document, len(batch))
	for i, r := range batch {
		docs[i] = r.doc
	}
	analyses, err := a.analyzer.Analyze(ctx, docs)
	for i := range analyses {
		heard[i].Analysis = analyses[i]
	}
	return heard, err
}

// report says on standard error what is wrong with one record, as JSON; of which
// file only where there are several.
func (a *analyzeCommand) report(name string, r analyzed) {
	a.failed = true
	if !a.several {
		name = ""
	}
	line, _ := json.Marshal(struct {
		Error string `json:"error"`
		File  string `json:"file,omitempty"`
		Line  int    `json:"line"`
	}{a.privacy.Conceal(oneLine(r.err)), name, r.line}) // strings and numbers can always be written
	fmt.Fprintf(a.std.err, "%s\n", line)
}

// read calls yield with every record of a file until it returns false.
func (a *analyzeCommand) read(in io.Reader, name string, yield func(analyzed) bool) error {
	if a.input == "text" {
		return readLines(in, name, yield)
	}
	reader := files.NewReader(in, files.Format(a.input), name)
	mapping, err := a.columns(reader, name)
	if err != nil {
		return err
	}
	decoder := decode.New(decode.Source{})
	for {
		record, err := reader.Read()
		var broken *files.RecordError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &broken):
			if !yield(analyzed{line: broken.Line, err: errors.New(broken.Problem)}) {
				return nil
			}
			continue
		case err != nil:
			return err
		}
		value := record.Value
		if mapping != nil {
			value = mapping.Apply(value, decode.Origin{File: name, Number: record.Number, Columns: true})
		}
		if !yield(decoded(decoder, value, record.Line)) {
			return nil
		}
	}
}

// columns returns the mapping from a table's columns to a record's fields; nil
// for NDJSON.
func (a *analyzeCommand) columns(reader *files.Reader, name string) (*decode.Mapping, error) {
	header, err := reader.Header()
	if err != nil || header == nil {
		return nil, err
	}
	rules := map[string]any{"id": "@line", "text": a.textField}
	if slices.Contains(header, "id") && a.textField != "id" {
		rules["id"] = "id"
	}
	mapping, err := decode.ParseMapping(rules)
	if err == nil {
		err = mapping.CheckColumns(header)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: --text-field %q: %w", name, a.textField, err)
	}
	return mapping, nil
}

// decoded makes a document of a feedback record. Records need no id here, and
// no text: one that has only a rating says what the rating says.
func decoded(d *decode.Decoder, value []byte, line int) analyzed {
	now := time.Now()
	feedback, rejection := d.Decode(pipeline.Record{Value: value, Time: now})
	if rejection != nil && rejection.Reason == pipeline.ReasonMissingID {
		feedback, rejection = d.Decode(pipeline.Record{Value: withID(value, line), Time: now})
		feedback.ID = ""
	}
	if rejection != nil && rejection.Reason == pipeline.ReasonNoContent {
		return analyzed{id: decode.ID(value), line: line}
	}
	if rejection != nil {
		return analyzed{line: line, err: rejection}
	}
	if feedback.Text == "" && feedback.Title == "" && feedback.Scored() {
		said := pipeline.FromScore(&feedback)
		return analyzed{id: feedback.ID, said: &said, line: line}
	}
	return analyzed{id: feedback.ID, doc: feedback.Document(), feedback: &feedback, line: line}
}

// withID puts an id into a JSON object that has none.
func withID(object []byte, line int) []byte {
	_, rest, _ := strings.Cut(string(object), "{")
	comma := ","
	if strings.HasPrefix(strings.TrimSpace(rest), "}") {
		comma = ""
	}
	return fmt.Appendf(nil, `{"id":"%d"%s%s`, line, comma, rest)
}

// readLines makes a document of every line.
func readLines(in io.Reader, name string, yield func(analyzed) bool) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if line == "" && err == io.EOF {
			return nil
		}
		if n == 1 {
			line = strings.TrimPrefix(line, "\uFEFF") // a byte order mark
		}
		text := strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "\uFFFD")
		if !yield(analyzed{doc: nlp.Document{Text: text}, line: n}) {
			return nil
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", name, n, err)
		}
	}
}
