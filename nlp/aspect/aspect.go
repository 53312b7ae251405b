// Package aspect tells the polarity of a span of a text (a term, a target, the
// words that a topic was found by) in the fast tier: a linear model over the words
// around the span, and over what the sentiment tier heard in the clauses.
//
// The steps, in order: the words of the text are read, once for all its spans
// (text.go); those around the span are taken, with how far they stand from it and what
// stands between (words.go); they are made into hashed features (features.go); the
// features' weights are summed word by word, so that the word that decided is known,
// and the sums made into probabilities (judge.go). Training is package aspect/train.
package aspect

import (
	_ "embed" // the shipped weights
	"errors"
	"fmt"
	"io"
	"math"

	"earshot/nlp/modelfile"
)

// Parameters describe a model.
type Parameters struct {
	Name string `json:"name"` // with its version: "aspect-fast@1"
	// Bits is the binary logarithm of the table's size.
	Bits int `json:"bits"`
	// Bias is the logits of negative and of positive for a span with nothing
	// around it; neutral's is 0 by definition.
	Bias [2]float64 `json:"bias"`
	// Scale is the weight that 1 in the table stands for.
	Scale [2]float64 `json:"scale"`
	// Heard are the weights of the probabilities that the sentiment tier heard
	// around the span.
	Heard [Heard][2]float64 `json:"heard"`
	// Temperature calibrates the probabilities (Guo et al. 2017).
	Temperature float64 `json:"temperature"`
	// Lean is added to the logits of negative and of positive for the same end.
	Lean [2]float64 `json:"lean"`
	// Sources are the data that it was trained on, with the number of spans.
	Sources map[string]int `json:"sources"`
}

// Model is a trained model. It is safe for concurrent use.
type Model struct {
	Parameters
	table []byte // two weights a place, as int8
}

const maxBits = 24

func format() modelfile.Format {
	return modelfile.Format{Magic: "earshot aspect model 1\n", MaxDescription: 1 << 16, Foreign: ErrForeign}
}

// New makes a model of the weights for negative and for positive of each place, in
// units of p.Scale; there are 1<<p.Bits places.
func New(p Parameters, weights [][2]int8) (*Model, error) {
	m := &Model{Parameters: p, table: make([]byte, 2*len(weights))}
	for i, w := range weights {
		m.table[2*i], m.table[2*i+1] = byte(w[0]), byte(w[1])
	}
	return m, m.check()
}

// ErrForeign says that a file is no aspect model.
var ErrForeign = errors.New("not an aspect model of earshot's; `earshot train --task aspects` makes one")

// WriteTo writes the model as a file that Read reads.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	return format().Write(w, m.Parameters, m.table)
}

// Read reads a model. It keeps data. A damaged or foreign file gives an error.
func Read(data []byte) (*Model, error) {
	m := &Model{}
	var err error
	if m.table, err = format().Read(data, &m.Parameters); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Model) check() error {
	if m.Bits < 1 || m.Bits > maxBits {
		return fmt.Errorf("damaged: a table of 2^%d places", m.Bits)
	}
	if want := 2 << m.Bits; len(m.table) != want {
		return fmt.Errorf("damaged: a table of %d bytes instead of %d", len(m.table), want)
	}
	if !(m.Temperature > 0) || math.IsInf(m.Temperature, 0) {
		return fmt.Errorf("damaged: a temperature of %v", m.Temperature)
	}
	return nil
}

//go:embed aspect.model
var shipped []byte

// BuiltIn reads the model that earshot ships. Each call makes a new one.
func BuiltIn() (*Model, error) { return Read(shipped) }
