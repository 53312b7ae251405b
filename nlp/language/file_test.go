package language

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"strings"
	"testing"
)

func TestReadReturnsWhatWasWritten(t *testing.T) {
	b := written(t, Default())
	if string(b) != embedded {
		t.Error("the embedded model is written otherwise than it was read")
	}
	m, err := Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	code, p := Default().Identify(message)
	if again, q := m.Identify(message); again != code || p != q {
		t.Errorf("Identify = %s %v, want %s %v", again, q, code, p)
	}
}

func TestReadRefusesDamagedFiles(t *testing.T) {
	good := []byte(embedded)
	// signed gives a file the right checksum: what is wrong is elsewhere.
	signed := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.ChecksumIEEE(b[:len(b)-4]))
		return b
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "not a language model"},
		{"something else", []byte(strings.Repeat("PK\x03\x04", 100)), "not a language model"},
		{"cut in its head", good[:headLen-1], "not a language model"},
		{"cut", good[:len(good)-1], "want"},
		{"with more behind it", append(bytes.Clone(good), 0), "want"},
		{"with a bit flipped", flipped, "checksum"},
		{"of another version", signed(func(b []byte) { b[len(magic)]++ }), "version"},
		{"with an odd number of places", signed(func(b []byte) { b[len(magic)+4]++ }), "power of two"},
		{"with too many places", signed(func(b []byte) { binary.LittleEndian.PutUint32(b[len(magic)+4:], 1<<31) }), "power of two"},
		{"without scale", signed(func(b []byte) { clear(b[len(magic)+8 : len(magic)+12]) }), "scale"},
		{"with a bias that is no number", signed(func(b []byte) {
			binary.LittleEndian.PutUint32(b[len(magic)+12:], math.Float32bits(float32(math.NaN())))
		}), "bias"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(bytes.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(magic))
	f.Add([]byte(embedded[:headLen]))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Read(bytes.NewReader(b)); err == nil {
			m.Identify(message)
		}
	})
}
