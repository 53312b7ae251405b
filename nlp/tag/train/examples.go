package train

import (
	"fmt"
	"slices"
	"strings"

	"earshot/nlp/language"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
)

// example is a text, what it is labelled with, and its features.
type example struct {
	text, language string
	on             [outputs]bool // the labels that hold
	heard          sentiment.Probabilities
	rows           [2][]int32  // of the features of words and of characters
	values         [2]float32  // what one of each counts
	places         [2][]uint32 // before they are numbered
	fold           int
}

// The labels, and what stands with them in training alone: the polarity of the
// text, from which the other labels learn.
const (
	polarity = tag.Labels
	outputs  = polarity + 4
)

var polarities = [4]string{"negative", "neutral", "positive", "mixed"}

// column is the column of each group in the files.
var column = map[tag.Group]string{tag.Stage: "stage", tag.Intent: "intents", tag.Effort: "effort", tag.Emotion: "emotion", tag.Topic: "topics"}

// read reads the labelled feedback of folders (every *.train.tsv) and files: those
// whose header names the columns of all groups. Texts of the folders' dev parts are
// left out, of a text that stands there twice the second.
func read(paths []string) (examples []example, sources map[string]int, err error) {
	sources = map[string]int{}
	seen := map[string]bool{}
	languages := language.Default()
	err = Files(paths, func(file File) error {
		if !file.Has("text", "label", "stage", "intents", "effort", "emotion", "topics") {
			return nil
		}
		return file.Each(func(line int, field func(string) string) error {
			text := field("text")
			if k := Key(text); file.Dev || seen[k] {
				seen[k] = true
				return nil
			} else {
				seen[k] = true
			}
			e := example{text: text, fold: Fold(text)}
			e.language, _ = languages.Identify(text)
			for group, name := range column {
				if err := e.label(group, field(name)); err != nil {
					return fmt.Errorf("%s:%d: column %s: %w", file.Path, line, name, err)
				}
			}
			of := slices.Index(polarities[:], field("label"))
			if of < 0 {
				return fmt.Errorf("%s:%d: label %q is none of %s", file.Path, line, field("label"), strings.Join(polarities[:], ", "))
			}
			e.on[polarity+of] = true
			examples = append(examples, e)
			sources[file.Name]++
			return nil
		})
	})
	return examples, sources, err
}

// label notes what stands in a group's column.
func (e *example) label(group tag.Group, field string) error {
	all := strings.Split(field, ",")
	if !group.Exclusive() && field == "" {
		return nil
	}
	if group.Exclusive() && len(all) > 1 {
		return fmt.Errorf("%q: one label at most", field)
	}
	for _, name := range all {
		l, ok := group.LabelOf(name)
		if !ok {
			return fmt.Errorf("no %s is called %q", group, name)
		}
		e.on[l] = true
	}
	return nil
}

// listen reads the texts into features and hears their sentiment.
func listen(examples []example, ears *Ears, size int) {
	var text segment.Text
	var f sentiment.Features
	for i := range examples {
		e := &examples[i]
		m := ears.For(e.text)
		x := ears.Extractor()
		text.Read(e.text, nil, e.language)
		var all sentiment.Evidence
		sentiment.Gather(&all, &text, m.Sums(nil, x, &f, &text))
		e.heard = m.Judge(&all).Softmax(m.TemperatureOf(e.language))
		mask := uint32(1)<<size - 1
		for k, places := range [2][]uint32{f.Words, f.Chars} {
			e.places[k] = make([]uint32, len(places))
			for j, p := range places {
				e.places[k][j] = p & mask
			}
		}
	}
}
