package lane

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// A model's file is the magic line with its version, the length of the description
// (four bytes, little endian), the description (JSON), the places of the n-grams in
// ascending order (four bytes each), their weights (one byte a place and label),
// the weights of features and their biases (four bytes each), and the SHA-256 of all
// before it.
//
// The version changes with this format, and with anything that changes which place
// an n-gram has: the places of another version mean nothing.
const (
	magic    = "earshot lane "
	version  = 1
	maxIntro = 4 << 20
	// maxFeatures is more than any encoder gives.
	maxFeatures = 1 << 14
)

// What Read may find wrong; errors.Is tells which.
var (
	ErrForeign = errors.New("not a topic lane of earshot's; `earshot train --task topics` makes one")
	ErrVersion = errors.New("a topic lane of another version of earshot; train it again")
	ErrDamaged = errors.New("damaged; copy the file again, or train it again")
)

// Bytes is the model as a file that Read reads.
func (m *Model) Bytes() ([]byte, error) {
	intro, err := json.Marshal(m.description)
	if err != nil {
		return nil, err
	}
	b := fmt.Appendf(nil, "%s%d\n", magic, version)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(intro)))
	b = append(b, intro...)
	for _, place := range m.places {
		b = binary.LittleEndian.AppendUint32(b, place)
	}
	for _, w := range m.weights {
		b = append(b, byte(w))
	}
	for _, floats := range [2][]float32{m.dense, m.denseBias} {
		for _, w := range floats {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w))
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// WriteTo writes the model as a file that Read reads.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	b, err := m.Bytes()
	if err != nil {
		return 0, err
	}
	n, err := w.Write(b)
	return int64(n), err
}

// IsLane tells whether a file that begins so is a lane's, of whatever version.
func IsLane(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Read reads a model. The error is, by errors.Is, ErrForeign, ErrVersion or
// ErrDamaged.
func Read(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, ErrForeign
	}
	number, rest, ok := bytes.Cut(rest, []byte("\n"))
	if v, err := strconv.Atoi(string(number)); !ok || err != nil {
		return nil, damaged("its first line is cut off")
	} else if v != version {
		return nil, fmt.Errorf("version %d: %w (version %d)", v, ErrVersion, version)
	}
	if len(rest) < sha256.Size {
		return nil, damaged("it ends early")
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return nil, damaged("its checksum is wrong")
	}
	m := &Model{}
	if err := m.read(rest[:len(rest)-sha256.Size]); err != nil {
		return nil, err
	}
	return m, nil
}

func damaged(what string) error { return fmt.Errorf("%s: %w", what, ErrDamaged) }

// read reads what stands between the first line and the checksum.
func (m *Model) read(b []byte) error {
	if len(b) < 4 {
		return damaged("it ends early")
	}
	n := int(binary.LittleEndian.Uint32(b))
	if b = b[4:]; n > maxIntro || n > len(b) {
		return damaged("its description does not fit")
	}
	if err := json.Unmarshal(b[:n], &m.description); err != nil {
		return damaged("its description cannot be read")
	}
	if err := m.check(); err != nil {
		return damaged(err.Error())
	}
	b = b[n:]
	labels := len(m.description.Labels)
	dense := 0
	if m.Features > 0 {
		dense = (m.Features + 1) * labels
	}
	if want := m.Rows*(4+labels) + 4*dense; len(b) != want {
		return damaged(fmt.Sprintf("weights of %d bytes instead of %d", len(b), want))
	}
	m.places = make([]uint32, m.Rows)
	for i := range m.places {
		m.places[i] = binary.LittleEndian.Uint32(b[4*i:])
		if m.places[i] >= 1<<bits || i > 0 && m.places[i] <= m.places[i-1] {
			return damaged("its n-grams are not in order")
		}
	}
	m.table = newTable(m.places)
	b = b[4*m.Rows:]
	m.weights = make([]int8, m.Rows*labels)
	for i := range m.weights {
		m.weights[i] = int8(b[i])
	}
	b = b[len(m.weights):]
	m.dense = floats(b, m.Features*labels)
	m.denseBias = floats(b[4*len(m.dense):], min(dense, labels))
	return nil
}

func floats(b []byte, n int) []float32 {
	if n == 0 {
		return nil
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

// check finds a description that no training writes.
func (d *description) check() error {
	if err := checkName(d.Name); err != nil {
		return err
	}
	if err := checkLabels(d.Labels); err != nil {
		return err
	}
	switch {
	case d.Rows < 0 || d.Rows > 1<<bits:
		return fmt.Errorf("%d n-grams", d.Rows)
	case d.Features < 0 || d.Features > maxFeatures:
		return fmt.Errorf("%d features", d.Features)
	case len(d.Bias) != len(d.Labels):
		return fmt.Errorf("%d biases of %d labels", len(d.Bias), len(d.Labels))
	}
	return nil
}
