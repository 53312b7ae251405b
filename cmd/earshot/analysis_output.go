package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"earshot/nlp"
)

// analysisPrinter prints analyses in one of the formats. Of what was not to be
// explained e holds the analysis alone.
type analysisPrinter interface {
	print(id string, e *nlp.Explanation) error
	flush() error // what was printed is seen
	end() error
}

// newAnalysisPrinter returns the printer for a format; for the empty one, that is
// for JSON or, of explanations, for people.
func newAnalysisPrinter(w io.Writer, format string, explain bool) (analysisPrinter, error) {
	out := bufio.NewWriter(w)
	switch {
	case explain && format == "":
		return newExplainPrinter(w, out), nil
	case explain && format == "json":
		return &jsonExplanations{out: out}, nil
	case explain && (format == "csv" || format == "table"):
		return nil, fmt.Errorf("--explain is for people, or --output json: it does not go with --output %s", format)
	}
	switch format {
	case "", "json":
		return &jsonAnalyses{out: out}, nil
	case "csv":
		return &csvAnalyses{out: csv.NewWriter(out), buffer: out}, nil
	case "table":
		return &tableAnalyses{out: out, colour: colour(w)}, nil
	}
	return nil, fmt.Errorf("--output %q is none of json, table, csv", format)
}

// jsonAnalyses prints the contract's object, one a line.
type jsonAnalyses struct{ out *bufio.Writer }

func (p *jsonAnalyses) print(id string, e *nlp.Explanation) error {
	object, err := analysisJSON(id, &e.Analysis)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s\n", object)
	return err
}

// analysisJSON is the contract's object. The id is the record's, not the
// analysis's: it goes in front.
func analysisJSON(id string, a *nlp.Analysis) ([]byte, error) {
	name, err := encodeJSON(id)
	if err != nil {
		return nil, err
	}
	analysis, err := encodeJSON(a)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "{\"id\":%s,%s", name, analysis[1:]), nil
}

func (p *jsonAnalyses) flush() error { return p.out.Flush() }
func (p *jsonAnalyses) end() error   { return p.out.Flush() }

// csvColumns are what a spreadsheet has use for; lists are separated by semicolons.
var csvColumns = []string{
	"id", "label", "score", "mixed", "confidence", "language", "text",
	"topics", "stage", "intents", "effort", "emotion", "urgency", "noise",
}

type csvAnalyses struct {
	out    *csv.Writer
	buffer *bufio.Writer
	begun  bool
}

func (p *csvAnalyses) print(id string, e *nlp.Explanation) error {
	if !p.begun {
		p.begun = true
		if err := p.out.Write(csvColumns); err != nil {
			return err
		}
	}
	a, s := &e.Analysis, e.Analysis.Sentiment
	topics := make([]string, len(a.Mentions))
	for i, m := range a.Mentions {
		topics[i] = m.Topic + "=" + string(m.Label)
	}
	effort := ""
	if a.Effort != nil {
		effort = number(*a.Effort)
	}
	return p.out.Write([]string{
		id, string(s.Label), number(s.Score), strconv.FormatBool(s.Mixed), number(s.Confidence), a.Language, a.Text,
		strings.Join(topics, ";"), a.Stage, strings.Join(a.Intents, ";"), effort, a.Emotion, strings.Join(a.Urgency, ";"), a.Noise,
	})
}

func (p *csvAnalyses) flush() error {
	p.out.Flush()
	if err := p.out.Error(); err != nil {
		return err
	}
	return p.buffer.Flush()
}

func (p *csvAnalyses) end() error { return p.flush() }

// paint colours words by the label of what they say.
func paint(words string, label nlp.Label, colour bool) string {
	if !colour {
		return words
	}
	switch label {
	case nlp.Negative:
		return text.FgRed.Sprint(words)
	case nlp.Positive:
		return text.FgGreen.Sprint(words)
	}
	return words
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
