// Package sentiment is the fast tier's ear: a linear model over hashed features
// of words, word sequences and character n-grams, aware of negation, contrast,
// concession and questions.
//
// The logit of a polarity is a sum over features, so every word's part in it is
// known exactly. The steps, in order: the words of a sentence are normalised
// (words.go), made into features clause by clause (features.go), the features'
// weights summed (sum.go), and the sums of clauses composed into the sentiment of
// sentences and texts.
package sentiment

import (
	"errors"
	"fmt"
	"io"

	"earshot/nlp/modelfile"
	"earshot/nlp/segment"
)

// Parameters describe a model.
type Parameters struct {
	Name string `json:"name"` // with its version: "ear-fast@1"
	// Bits is the binary logarithm of the table's size.
	Bits int `json:"bits"`
	// Chars is the length of the vector of character features; that of words
	// has length 1.
	Chars float64 `json:"chars"`
	// Last and Title are the weights of these sentences against any other.
	Last  float64 `json:"last"`
	Title float64 `json:"title"`
	// Bias is the logits of a text without features.
	Bias Logits `json:"bias"`
	// Scale is the weight that 1 in the table stands for.
	Scale [2]float64 `json:"scale"`
	// Temperature calibrates the probabilities (Guo et al. 2017), by language;
	// "" is for all others.
	Temperature map[string]float64 `json:"temperature"`
	// Sources are the data that it was trained on, with the number of texts.
	Sources map[string]int `json:"sources"`
}

// Model is a trained model. It is safe for concurrent use.
type Model struct {
	Parameters
	table []byte // two weights a place, as int8
}

const maxBits = 26

func format() modelfile.Format {
	return modelfile.Format{Magic: "earshot sentiment model 1\n", MaxDescription: 1 << 20, Foreign: ErrForeign}
}

// WriteTo writes the model as a file that Read reads.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	return format().Write(w, m.Parameters, m.table)
}

// ErrForeign says that a file is no sentiment model.
var ErrForeign = errors.New("not a sentiment model of earshot's; `earshot train` makes one")

// Read reads a model. It keeps data. A damaged or foreign file gives an error.
func Read(data []byte) (*Model, error) {
	m := &Model{}
	var err error
	if m.table, err = format().Read(data, &m.Parameters); err != nil {
		return nil, err
	}
	if m.Bits < 1 || m.Bits > maxBits {
		return nil, fmt.Errorf("damaged: a table of 2^%d places", m.Bits)
	}
	if want := 2 << m.Bits; len(m.table) != want {
		return nil, fmt.Errorf("damaged: a table of %d bytes instead of %d", len(m.table), want)
	}
	return m, nil
}

// TemperatureOf is the temperature of a language.
func (m *Model) TemperatureOf(language string) float64 {
	if t, ok := m.Temperature[language]; ok {
		return t
	}
	if t, ok := m.Temperature[""]; ok {
		return t
	}
	return 1
}

// Sums appends the evidence in each clause of a text, in order. f is left with
// the features.
func (m *Model) Sums(dst []Sum, x *Extractor, f *Features, t *segment.Text) []Sum {
	x.Text(f, t)
	var at End
	for _, end := range f.Ends {
		s := m.OfWords(f.Words[at.Words:end.Words])
		s.Add(m.OfChars(f.Chars[at.Chars:end.Chars]))
		dst = append(dst, s)
		at = end
	}
	return dst
}

// OfWords is the evidence in features of words.
func (m *Model) OfWords(places []uint32) Sum {
	return Sum{Words: m.sum(places), NWords: int32(len(places))}
}

// OfChars is the evidence in character n-grams.
func (m *Model) OfChars(places []uint32) Sum {
	return Sum{Chars: m.sum(places), NChars: int32(len(places))}
}

func (m *Model) sum(places []uint32) [2]int32 {
	var negative, positive int32
	table := m.table
	for _, p := range places {
		pair := table[2*p : 2*p+2 : 2*p+2]
		negative += int32(int8(pair[0]))
		positive += int32(int8(pair[1]))
	}
	return [2]int32{negative, positive}
}

// Judge composes evidence into the logits of the whole.
func (m *Model) Judge(e *Evidence) Logits {
	var nWords, nChars [roles]int32
	for r := range e {
		nWords[r], nChars[r] = e[r].NWords, e[r].NChars
	}
	words, chars := m.values(&nWords, &nChars)
	z := m.Bias
	for r := range e {
		for c := range z {
			z[c] += m.Scale[c] * (words[r]*float64(e[r].Words[c]) + chars[r]*float64(e[r].Chars[c]))
		}
	}
	return z
}

// JudgeAlone is the logits of a clause or a sentence by itself.
func (m *Model) JudgeAlone(s Sum) Logits { return m.Judge(&Evidence{Body: s}) }
