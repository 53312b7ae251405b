package eval

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"earshot/nlp"
	"earshot/nlp/tsv"
)

// Voice is a file with the columns of nlp/corpus: feedback labelled with more than
// sentiment.
type Voice struct {
	File  string
	Items []VoiceItem
	Bad   []*LineError // lines that could not be read, in order
}

// VoiceItem is one text with what a careful reader hears in it.
type VoiceItem struct {
	Line     int
	Text     string
	Industry string
	Topics   []string // of the first level
	Stage    string   // empty: it cannot be told
	Intents  []string
	Effort   string // hard, easy or empty
	Emotion  string
	Aspects  []Aspect
}

// Aspect is a term of a text, and how the text speaks of it.
type Aspect struct {
	Term  string
	Label nlp.Label
}

// voiceColumns are the columns that a file must have; label and channel are not
// looked at.
var voiceColumns = [...]string{"text", "aspects", "topics", "stage", "intents", "effort", "emotion", "industry"}

// ReadVoice reads a file with a header that names its columns from r, which is not
// compressed. Lines that can't be read are in Bad; the error is of the file as a
// whole.
func ReadVoice(r io.Reader, file string) (*Voice, error) {
	v := &Voice{File: file}
	in := tsv.NewLines(r, file)
	var header []string
	var at [len(voiceColumns)]int
	for {
		line, err := in.Next()
		var broken *LineError
		switch {
		case errors.Is(err, io.EOF):
			if len(v.Items) == 0 && len(v.Bad) == 0 {
				return nil, fmt.Errorf("%s: no text in it", file)
			}
			return v, nil
		case errors.As(err, &broken):
			v.Bad = append(v.Bad, broken)
			continue
		case err != nil:
			return nil, err
		case strings.TrimSpace(line) == "":
			continue
		}
		cells := strings.Split(strings.ToValidUTF8(line, "\uFFFD"), "\t")
		if header == nil {
			header = cells
			for i, name := range voiceColumns {
				if at[i] = slices.Index(header, name); at[i] < 0 {
					return nil, fmt.Errorf("%s: line %d: no column %s: without --model it is nlp/corpus's columns that are measured (%s)",
						file, in.Line(), name, strings.Join(voiceColumns[:], ", "))
				}
			}
			continue
		}
		if len(cells) != len(header) {
			v.Bad = append(v.Bad, in.Broken("%d columns, the header names %d", len(cells), len(header)))
			continue
		}
		item := VoiceItem{
			Line: in.Line(), Text: cells[at[0]], Topics: listed(cells[at[2]]), Stage: cells[at[3]], Intents: listed(cells[at[4]]),
			Effort: cells[at[5]], Emotion: cells[at[6]], Industry: cells[at[7]],
		}
		if item.Aspects, err = aspectsOf(cells[at[1]]); err == nil {
			err = item.check()
		}
		if err != nil {
			v.Bad = append(v.Bad, in.Broken("%v", err))
			continue
		}
		v.Items = append(v.Items, item)
	}
}

// listed are the parts of a list with commas between.
func listed(cell string) []string {
	var parts []string
	for part := range strings.SplitSeq(cell, ",") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// aspectsOf parses "term=positive;term=negative".
func aspectsOf(cell string) ([]Aspect, error) {
	var aspects []Aspect
	for part := range strings.SplitSeq(cell, ";") {
		if part == "" {
			continue
		}
		i := strings.LastIndexByte(part, '=')
		if i < 1 || class(nlp.Label(part[i+1:])) == unknown {
			return nil, fmt.Errorf("aspect %s is not a term, = and one of negative, neutral, positive", quote(part))
		}
		aspects = append(aspects, Aspect{part[:i], nlp.Label(part[i+1:])})
	}
	return aspects, nil
}

// check finds labels that are none.
func (v *VoiceItem) check() error {
	switch {
	case strings.TrimSpace(v.Text) == "":
		return errors.New("no text")
	case v.Stage != "" && !slices.Contains(stages, v.Stage):
		return fmt.Errorf("stage %s is none of %s", quote(v.Stage), strings.Join(stages, ", "))
	case !slices.Contains(efforts, v.Effort):
		return fmt.Errorf("effort %s is neither hard nor easy nor empty", quote(v.Effort))
	case !slices.Contains(emotions, v.Emotion):
		return fmt.Errorf("emotion %s is none of %s", quote(v.Emotion), strings.Join(emotions, ", "))
	}
	return nil
}

// The classes of what has one value a text.
var (
	stages   = []string{"discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit"}
	efforts  = []string{"", "hard", "easy"}
	emotions = []string{"anger", "disappointment", "sadness", "fear", "disgust", "joy", "gratitude", "surprise", "none"}
)
