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

// analysisPrinter prints analyses in one of the formats.
type analysisPrinter interface {
	print(id string, a *nlp.Analysis) error
	flush() error // what was printed is seen
	end() error
}

func newAnalysisPrinter(w io.Writer, format string, explain bool) (analysisPrinter, error) {
	out := bufio.NewWriter(w)
	if explain {
		return &explainPrinter{out: out, colour: colour(w)}, nil
	}
	switch format {
	case "json":
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

func (p *jsonAnalyses) print(id string, a *nlp.Analysis) error {
	name, err := encodeJSON(id)
	if err != nil {
		return err
	}
	analysis, err := encodeJSON(a)
	if err != nil {
		return err
	}
	// The id is the record's, not the analysis's: it goes in front.
	_, err = fmt.Fprintf(p.out, "{\"id\":%s,%s\n", name, analysis[1:])
	return err
}

func (p *jsonAnalyses) flush() error { return p.out.Flush() }
func (p *jsonAnalyses) end() error   { return p.out.Flush() }

type csvAnalyses struct {
	out    *csv.Writer
	buffer *bufio.Writer
	begun  bool
}

func (p *csvAnalyses) print(id string, a *nlp.Analysis) error {
	if !p.begun {
		p.begun = true
		if err := p.out.Write([]string{"id", "label", "score", "mixed", "confidence", "language", "text"}); err != nil {
			return err
		}
	}
	s := a.Sentiment
	return p.out.Write([]string{id, string(s.Label), number(s.Score), strconv.FormatBool(s.Mixed), number(s.Confidence), a.Language, a.Text})
}

func (p *csvAnalyses) flush() error {
	p.out.Flush()
	if err := p.out.Error(); err != nil {
		return err
	}
	return p.buffer.Flush()
}

func (p *csvAnalyses) end() error { return p.flush() }

// tableAnalyses prints a line a text that fits 80 columns.
type tableAnalyses struct {
	out    *bufio.Writer
	colour bool
	begun  bool
}

// tableText is how wide the text is in a table.
const tableText = 58

func (p *tableAnalyses) print(_ string, a *nlp.Analysis) error {
	if !p.begun {
		p.begun = true
		fmt.Fprintf(p.out, "%-9s %6s %5s  %s\n", "label", "score", "mixed", "text")
	}
	mixed := ""
	if a.Sentiment.Mixed {
		mixed = "mixed"
	}
	words := text.Trim(strings.Join(strings.Fields(a.Text), " "), tableText)
	label := paint(fmt.Sprintf("%-9s", a.Sentiment.Label), a.Sentiment.Label, p.colour)
	_, err := fmt.Fprintf(p.out, "%s %+6.2f %5s  %s\n", label, a.Sentiment.Score, mixed, words)
	return err
}

func (p *tableAnalyses) flush() error { return p.out.Flush() }
func (p *tableAnalyses) end() error   { return p.out.Flush() }

// explainPrinter prints each text by its sentences.
type explainPrinter struct {
	out    *bufio.Writer
	colour bool
}

func (p *explainPrinter) print(id string, a *nlp.Analysis) error {
	s := a.Sentiment
	fmt.Fprintf(p.out, "%s %+.2f (%s", paint(string(s.Label), s.Label, p.colour), s.Score, a.Model)
	if s.Mixed {
		fmt.Fprint(p.out, ", mixed")
	}
	if id != "" {
		fmt.Fprintf(p.out, ", id %s", id)
	}
	fmt.Fprintln(p.out, ")")
	for _, sentence := range a.Sentences {
		fmt.Fprintf(p.out, "  %+.2f  %s\n", sentence.Score, paint(a.Text[sentence.Start:sentence.End], sentence.Label, p.colour))
	}
	return nil
}

func (p *explainPrinter) flush() error { return p.out.Flush() }
func (p *explainPrinter) end() error   { return p.out.Flush() }

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
