package eval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"earshot/nlp/tsv"
)

// Topics is a file of texts with a user's own labels, one each.
type Topics struct {
	File  string
	Items []TopicItem
	Bad   []*LineError // lines that could not be read, in order
}

// TopicItem is one labelled text.
type TopicItem struct {
	Line        int
	Label, Text string
}

// ReadTopics reads tab-separated labels and texts from r, which is not compressed.
// The first line names the columns: label and text, or the label is the first and
// the text the second of the others. Quotes mean nothing; what is not UTF-8 becomes
// U+FFFD. Lines without a label or a text are in Bad; the error is of the file as a
// whole.
func ReadTopics(r io.Reader, file string) (*Topics, error) {
	t := &Topics{File: file}
	in := tsv.NewLines(r, file)
	var header []string
	var columns columns
	for {
		line, err := in.Next()
		var broken *LineError
		switch {
		case errors.Is(err, io.EOF) && header == nil:
			return nil, fmt.Errorf("%s: it is empty: want a header and labelled texts", file)
		case errors.Is(err, io.EOF):
			return t, t.check(header, columns)
		case errors.As(err, &broken):
			t.Bad = append(t.Bad, broken)
			continue
		case err != nil:
			return nil, err
		case strings.TrimSpace(line) == "":
			continue
		}
		cells := strings.Split(strings.ToValidUTF8(line, "\uFFFD"), "\t")
		if header == nil {
			header = cells
			if columns, err = named(header); err != nil {
				return nil, fmt.Errorf("%s: line %d: %w", file, in.Line(), err)
			}
			continue
		}
		item := TopicItem{Line: in.Line()}
		problem := columns.problem(len(cells))
		if problem == "" {
			item.Label, item.Text = strings.TrimSpace(cells[columns.label]), cells[columns.text]
			switch {
			case item.Label == "":
				problem = "no label"
			case strings.TrimSpace(item.Text) == "":
				problem = "no text"
			}
		}
		if problem != "" {
			t.Bad = append(t.Bad, in.Broken("%s", problem))
			continue
		}
		t.Items = append(t.Items, item)
	}
}

// longestName is how many bytes the name of a column may have.
const longestName = 40

// check finds a file whose first line is no header: it is a label that comes again,
// or a text.
func (t *Topics) check(header []string, c columns) error {
	if len(t.Items) == 0 {
		return fmt.Errorf("%s: no labelled text in it", t.File)
	}
	if slices.ContainsFunc(header, func(cell string) bool {
		name := strings.ToLower(strings.TrimSpace(cell))
		return name == "label" || name == "text"
	}) {
		return nil
	}
	label := strings.TrimSpace(header[c.label])
	again := slices.ContainsFunc(t.Items, func(i TopicItem) bool { return i.Label == label })
	if again || len(header[c.text]) > longestName || strings.Count(strings.TrimSpace(header[c.text]), " ") > 2 {
		return fmt.Errorf("%s: line 1 is a labelled text, not a header: put label, a tab and text before it", t.File)
	}
	return nil
}

// TopicPrediction is what a lane says of a text.
type TopicPrediction struct {
	Label       string
	Probability float64 // 0…1, calibrated
	Sure        bool    // it reaches the lane's threshold
}

// Lane tells the topics of texts: one prediction for each, in order. It is safe for
// concurrent use.
type Lane interface {
	Labels() []string
	Predict(ctx context.Context, texts []string) ([]TopicPrediction, error)
}
