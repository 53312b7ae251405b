package tag

import (
	_ "embed" // the shipped weights
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"earshot/nlp/modelfile"
)

// Parameters describe a model.
type Parameters struct {
	Name string `json:"name"` // with its version: "tag-fast@1"
	// Bits is the binary logarithm of the number of places that features are told
	// apart by: the low bits of a place of the sentiment tier.
	Bits int `json:"bits"`
	// Rows is how many places have weights.
	Rows int `json:"rows"`
	// Chars is the length of the vector of character features; that of words has
	// length 1.
	Chars float64 `json:"chars"`
	// Labels are the names of the labels in order, to tell files of another
	// version.
	Labels []string `json:"labels"`
	// Bias is the logit of each label for a text without features, Scale the
	// weight that 1 in the rows stands for.
	Bias  []float64 `json:"bias"`
	Scale []float64 `json:"scale"`
	// Heard are the weights of the probabilities of negative, neutral and
	// positive that the sentiment tier heard.
	Heard [3][]float64 `json:"heard"`
	// Temperature calibrates the probabilities of each group (Guo et al. 2017).
	Temperature []float64 `json:"temperature"`
	// Lean is added to a label's logit when it is decided whether to say it.
	Lean []float64 `json:"lean"`
	// Sources are the data that it was trained on, with the number of texts.
	Sources map[string]int `json:"sources"`
}

// Model is a trained model. It is safe for concurrent use.
type Model struct {
	Parameters
	index  index
	rows   []byte // width a row, each weight plus 128
	labels [Labels]label

	temperature [groups]float64 // that of Parameters
}

// label is what Parameters say of one label, together.
type label struct {
	bias, scale, lean float64
	heard             [3]float64
}

const (
	maxBits = 24
	// width is the bytes of a row: the labels, filled up to whole machine words.
	width = (Labels + 7) / 8 * 8
)

// New makes a model of weights: for each place, in ascending order, its weights by
// label, in units of p.Scale. Name, Labels and Rows of p are set by it.
func New(p Parameters, places []uint32, weights [][Labels]int8) (*Model, error) {
	p.Labels, p.Rows = names[:], len(places)
	m := &Model{Parameters: p, rows: make([]byte, width*len(places))}
	for i := range weights {
		for l, w := range weights[i] {
			m.rows[i*width+l] = byte(int(w) + 128)
		}
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	var err error
	m.index, err = newIndex(p.Bits, places)
	return m, err
}

// ErrForeign says that a file is no tag model of this version.
var ErrForeign = errors.New("not a tag model of this version of earshot; `earshot train --task tags` makes one")

func format() modelfile.Format {
	return modelfile.Format{Magic: "earshot tag model 1\n", MaxDescription: 1 << 20, Foreign: ErrForeign}
}

// WriteTo writes the model as a file that Read reads.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	var places []byte
	for _, p := range m.index.places() {
		places = binary.LittleEndian.AppendUint32(places, p)
	}
	return format().Write(w, m.Parameters, places, m.rows)
}

// Read reads a model. It keeps data. A damaged or foreign file gives an error.
func Read(data []byte) (*Model, error) {
	m := &Model{}
	table, err := format().Read(data, &m.Parameters)
	if err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if m.Rows < 0 || m.Rows > 1<<m.Bits || len(table) != m.Rows*(4+width) {
		return nil, fmt.Errorf("damaged: %d bytes of weights for %d places", len(table), m.Rows)
	}
	places := make([]uint32, m.Rows)
	for i := range places {
		places[i] = binary.LittleEndian.Uint32(table[4*i:])
	}
	m.rows = table[4*m.Rows:]
	m.index, err = newIndex(m.Bits, places)
	return m, err
}

// check tells whether the description is whole, and takes it over.
func (m *Model) check() error {
	if !slices.Equal(m.Labels, names[:]) {
		return ErrForeign
	}
	if m.Bits < 1 || m.Bits > maxBits {
		return fmt.Errorf("damaged: 2^%d places", m.Bits)
	}
	for _, of := range [][]float64{m.Bias, m.Scale, m.Heard[0], m.Heard[1], m.Heard[2], m.Lean} {
		if len(of) != Labels {
			return fmt.Errorf("damaged: %d numbers for %d labels", len(of), Labels)
		}
	}
	if len(m.Temperature) != int(groups) {
		return fmt.Errorf("damaged: %d temperatures for %d groups", len(m.Temperature), groups)
	}
	for _, t := range m.Temperature {
		if !(t > 0) || math.IsInf(t, 0) {
			return fmt.Errorf("damaged: a temperature of %v", t)
		}
	}
	m.temperature = [groups]float64(m.Temperature)
	for l := range m.labels {
		m.labels[l] = label{m.Bias[l], m.Scale[l], m.Lean[l], [3]float64{m.Heard[0][l], m.Heard[1][l], m.Heard[2][l]}}
	}
	return nil
}

//go:embed tag.model
var shipped []byte

// BuiltIn reads the model that earshot ships. Each call makes a new one.
func BuiltIn() (*Model, error) { return Read(shipped) }
