package eval

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"earshot/nlp"
	"earshot/nlp/tsv"
)

// Dataset is a file of labelled texts.
type Dataset struct {
	File  string
	Items []Item
	// Scale is how labels that are numbers were read; empty if there are none
	// or Labels says it.
	Scale string
	// Bad are the lines that could not be read, in order.
	Bad []*LineError
}

// Item is one labelled text.
type Item struct {
	Line int
	Gold nlp.Label // one of the three, or Mixed
	Text Text
}

// LineError says what is wrong with one line of a file.
type LineError = tsv.LineError

// row is a line before its label has a meaning.
type row struct {
	line  int
	label string // normal
	raw   string
	text  Text
}

// Read reads tab-separated labels and texts from r, which is not compressed.
// The whole file is held in memory. Quotes mean nothing; what is not UTF-8
// becomes U+FFFD.
//
// The first line names the columns if its first cell is no label: the label is
// in the column label, else rating, else stars, the text in text, and the title
// in title if there is one. Columns without these names, and files without a
// header, have the label first and then the text. Labels that are numbers are
// on the scale that all of the file's fit, or as labels says.
//
// The error is of the file as a whole; lines that can't be read are in Bad.
func Read(r io.Reader, file string, labels Labels) (*Dataset, error) {
	d := &Dataset{File: file}
	in := tsv.NewLines(r, file)
	columns := columns{label: 0, text: 1, title: -1, scales: scales}
	var rows []row
	for first := true; ; {
		line, err := in.Next()
		var broken *LineError
		switch {
		case errors.Is(err, io.EOF):
			if len(rows) == 0 && len(d.Bad) == 0 {
				return nil, fmt.Errorf("%s: no labelled text in it", file)
			}
			return d, d.label(rows, labels, columns.scales)
		case errors.As(err, &broken):
			d.Bad = append(d.Bad, broken)
			continue
		case err != nil:
			return nil, err
		case strings.TrimSpace(line) == "":
			continue
		}
		cells := strings.Split(strings.ToValidUTF8(line, "\uFFFD"), "\t")
		if first {
			first = false
			if !labels.known(cells[0]) {
				if columns, err = named(cells); err != nil {
					return nil, fmt.Errorf("%s: line %d: %w", file, in.Line(), err)
				}
				continue
			}
		}
		if problem := columns.problem(len(cells)); problem != "" {
			d.Bad = append(d.Bad, &LineError{File: file, Line: in.Line(), Problem: problem})
			continue
		}
		row := row{line: in.Line(), raw: cells[columns.label], label: normal(cells[columns.label]), text: Text{Text: cells[columns.text]}}
		if columns.title >= 0 && columns.title < len(cells) {
			row.text.Title = cells[columns.title]
		}
		rows = append(rows, row)
	}
}

// columns says where a row has what, from 0.
type columns struct {
	label, text int
	title       int // −1: none
	header      int // how many columns it names; 0: there is none
	scales      []scale
}

// named finds the columns in a header.
func named(header []string) (columns, error) {
	if len(header) < 2 {
		return columns{}, fmt.Errorf("one column, %s: want a label, a tab and a text", quote(header[0]))
	}
	find := func(name string) int {
		return slices.IndexFunc(header, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), name) })
	}
	c := columns{label: find("label"), text: find("text"), title: find("title"), header: len(header), scales: scales}
	for _, name := range [...]string{"rating", "stars"} {
		if c.label < 0 {
			if c.label = find(name); c.label >= 0 {
				c.scales = []scale{stars}
			}
		}
	}
	// What is not named is the first, or the second, of the other columns.
	switch {
	case c.label < 0 && c.text < 0:
		c.label, c.text = 0, 1
	case c.label < 0:
		c.label = 0
		if c.text == 0 {
			c.label = 1
		}
	case c.text < 0:
		c.text = 1
		if c.label == 1 {
			c.text = 0
		}
	}
	if c.title == c.label || c.title == c.text {
		c.title = -1
	}
	return c, nil
}

// problem says what is wrong with a row of so many cells.
func (c *columns) problem(cells int) string {
	switch {
	case c.header > 0 && cells > c.header:
		return fmt.Sprintf("%d columns, the header names %d: is there a tab in the text?", cells, c.header)
	case cells <= max(c.label, c.text):
		return fmt.Sprintf("%d of the %d columns that hold label and text", cells, max(c.label, c.text)+1)
	}
	return ""
}

// label makes items of rows.
func (d *Dataset) label(rows []row, labels Labels, possible []scale) error {
	var numbers []seen
	worded := 0 // line of the first label that is a word
	for _, r := range rows {
		switch {
		case labels != nil:
		case number.MatchString(r.label):
			if !slices.ContainsFunc(numbers, func(n seen) bool { return n.label == r.label }) && len(numbers) < maxNumbers {
				numbers = append(numbers, seen{r.label, r.line})
			}
		case worded == 0 && words[r.label] != "" && words[r.label] != Mixed:
			worded = r.line
		}
	}
	var onScale scale
	if worded == 0 && len(numbers) > 0 {
		var at *seen
		var problem string
		if onScale, at, problem = told(numbers, possible); problem != "" {
			return &LineError{File: d.File, Line: at.line, Problem: fmt.Sprintf("label %s %s", quote(at.label), problem)}
		}
		d.Scale = onScale.name
	}
	for _, r := range rows {
		label := words[r.label]
		if said := labels[r.label]; said != "" {
			label = said
		} else if label == "" {
			label = onScale.labels[r.label]
		}
		if label != "" {
			d.Items = append(d.Items, Item{Line: r.line, Gold: label, Text: r.text})
			continue
		}
		problem := fmt.Sprintf("label %s is none of negative, neutral, positive, mixed; --labels may say what it means", quote(r.raw))
		switch {
		case labels != nil:
			problem = fmt.Sprintf("label %s is not among --labels", quote(r.raw))
		case worded > 0 && number.MatchString(r.label):
			problem = fmt.Sprintf("label %s is a number, where line %d has a word; --labels may say what it means", quote(r.raw), worded)
		}
		d.Bad = append(d.Bad, &LineError{File: d.File, Line: r.line, Problem: problem})
	}
	slices.SortFunc(d.Bad, func(a, b *LineError) int { return a.Line - b.Line })
	return nil
}

// maxNumbers is how many different numbers a file's labels are looked at for:
// more than any scale has.
const maxNumbers = 12

// quote shows the beginning of a cell: one that is no label may be a whole text.
func quote(cell string) string {
	const shown = 30
	if runes := []rune(cell); len(runes) > shown {
		cell = string(runes[:shown-1]) + "…"
	}
	return strconv.Quote(cell)
}
