package language

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
)

// A model file, all numbers little-endian:
//
//	magic "EARLANG\n", formatVersion, places (a power of two): 4 bytes each
//	scale, 8 biases: float32
//	8 bytes a place
//	CRC-32 (IEEE) of everything before it
const (
	magic = "EARLANG\n"
	// formatVersion changes with the layout, the lanes, the symbols and the
	// features: a file of another version would be read as nonsense.
	formatVersion = 1

	headLen   = len(magic) + 2*4 + (1+len(lanes))*4
	minPlaces = 1 << 8
	maxPlaces = 1 << 20
)

// WriteTo writes the model as Read reads it.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	b := make([]byte, 0, headLen+8*len(m.places)+4)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m.places)))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.scale))
	for _, v := range m.bias {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	for _, v := range m.places {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	n, err := w.Write(b)
	return int64(n), err
}

// Read reads a model that WriteTo wrote, to the end of r. A file that is cut,
// changed or of another version is an error.
func Read(r io.Reader) (*Model, error) {
	const most = headLen + 8*maxPlaces + 4
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("language: read model: %w", err)
	}
	m, err := parse(string(b))
	if err != nil {
		return nil, fmt.Errorf("language: %w", err)
	}
	return m, nil
}

func parse(file string) (*Model, error) {
	if len(file) < headLen || file[:len(magic)] != magic {
		return nil, errors.New("not a language model")
	}
	at := len(magic)
	word := func() uint32 {
		v := binary.LittleEndian.Uint32([]byte(file[at : at+4]))
		at += 4
		return v
	}
	if v := word(); v != formatVersion {
		return nil, fmt.Errorf("language model of version %d, this program reads version %d", v, formatVersion)
	}
	n := word()
	if n < minPlaces || n > maxPlaces || n&(n-1) != 0 {
		return nil, fmt.Errorf("language model with %d places, want a power of two from %d to %d", n, minPlaces, maxPlaces)
	}
	if want := headLen + 8*int(n) + 4; len(file) != want {
		return nil, fmt.Errorf("language model of %d bytes, want %d", len(file), want)
	}
	body := len(file) - 4
	if sum := binary.LittleEndian.Uint32([]byte(file[body:])); sum != crc32.ChecksumIEEE([]byte(file[:body])) {
		return nil, errors.New("language model is damaged: its checksum differs")
	}
	m := &Model{places: make([]uint64, n), shift: uint(33 - bits.Len32(n))}
	m.scale = math.Float32frombits(word())
	if !(m.scale > 0 && m.scale < math.MaxFloat32) {
		return nil, fmt.Errorf("language model with scale %v", m.scale)
	}
	for i := range m.bias {
		m.bias[i] = math.Float32frombits(word())
		if b := float64(m.bias[i]); math.IsNaN(b) || math.Abs(b) > 1e6 {
			return nil, fmt.Errorf("language model with bias %v", b)
		}
	}
	for i := range m.places {
		m.places[i] = binary.LittleEndian.Uint64([]byte(file[at : at+8]))
		at += 8
	}
	return m, nil
}
