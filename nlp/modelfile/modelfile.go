// Package modelfile is the frame that the files of linear models share: a line that
// names the kind and its version, the length of a description, the description as
// JSON, the weights, and a checksum of all before it.
package modelfile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Format is a kind of model file.
type Format struct {
	Magic          string // the first line
	MaxDescription int    // bytes
	Foreign        error  // says that a file is not of this kind
}

// Write writes a file: its description, and its weights one part after the other.
func (f Format) Write(w io.Writer, description any, weights ...[]byte) (int64, error) {
	intro, err := json.Marshal(description)
	if err != nil {
		return 0, err
	}
	var b bytes.Buffer
	b.WriteString(f.Magic)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(intro))))
	b.Write(intro)
	for _, part := range weights {
		b.Write(part)
	}
	b.Write(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(b.Bytes())))
	return b.WriteTo(w)
}

// Read reads the description and returns the weights, which are a part of data. A
// damaged or foreign file gives an error.
func (f Format) Read(data []byte, description any) (weights []byte, err error) {
	rest, ok := bytes.CutPrefix(data, []byte(f.Magic))
	if !ok {
		return nil, f.Foreign
	}
	if len(rest) < 8 {
		return nil, errors.New("damaged: it ends early")
	}
	n := int(binary.LittleEndian.Uint32(rest))
	if n > f.MaxDescription || n > len(rest)-8 {
		return nil, errors.New("damaged: its description does not fit")
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return nil, errors.New("damaged: its checksum is wrong")
	}
	if err := json.Unmarshal(rest[4:4+n], description); err != nil {
		return nil, fmt.Errorf("damaged: its description: %w", err)
	}
	return rest[4+n : len(rest)-4], nil
}
