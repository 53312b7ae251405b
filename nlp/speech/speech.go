// Package speech tells the parts of speech of English words, and the names in a
// text, by prose. Its model is large and slow to load, so a process has one, which
// is loaded when it is first asked for.
package speech

import (
	"fmt"
	"sync"

	"github.com/jdkato/prose/v2"
)

// model loads prose's own model. It is read-only afterwards.
var model = sync.OnceValues(func() (*prose.Model, error) {
	d, err := prose.NewDocument("", prose.WithSegmentation(false))
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	return d.Model, nil
})

// Word is a word as prose cuts it, with its part of speech.
type Word struct {
	Text string
	Tag  string // of the Penn Treebank: NN, JJ, VBD …
}

// Tags cuts a text into words with their parts of speech: some 8 µs a word.
func Tags(text string) ([]Word, error) {
	d, err := document(text, false)
	if err != nil {
		return nil, err
	}
	tokens := d.Tokens()
	words := make([]Word, len(tokens))
	for i, t := range tokens {
		words[i] = Word{t.Text, t.Tag}
	}
	return words, nil
}

// Persons are the names of persons in a text: some 60 µs a word.
func Persons(text string) ([]string, error) {
	d, err := document(text, true)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range d.Entities() {
		if e.Label == "PERSON" {
			names = append(names, e.Text)
		}
	}
	return names, nil
}

func document(text string, extract bool) (*prose.Document, error) {
	m, err := model()
	if err != nil {
		return nil, err
	}
	d, err := prose.NewDocument(text, prose.WithSegmentation(false), prose.WithExtraction(extract), prose.UsingModel(m))
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	return d, nil
}
