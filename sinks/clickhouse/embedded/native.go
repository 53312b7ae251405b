package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The engine writes Native at protocol revision 0. A client that asks for
// another one (client_protocol_version) expects two more things: a head
// before each block, and from revisionSerialization on a byte before each
// column's values. Neither needs the values themselves, so they are walked
// over by their types and copied as they are.
const (
	revisionSerialization = 54454
	// maxRevision is above any revision that a client asks for.
	maxRevision = 1 << 20
)

// blockInfo is the head of a block: not an overflow row, no bucket.
var blockInfo = []byte{1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0}

// errShort is returned while a block is not complete.
var errShort = errors.New("the block is not complete")

// nativeEncoder is a writer that takes Native at revision 0, cut anywhere,
// and writes it at another revision.
type nativeEncoder struct {
	out      io.Writer
	revision int
	pending  []byte // the beginning of a block
	types    map[string]*columnType
	buf      []byte
}

func newNativeEncoder(out io.Writer, revision int) *nativeEncoder {
	return &nativeEncoder{out: out, revision: revision, types: map[string]*columnType{}}
}

// Write re-encodes every block that p completes.
func (e *nativeEncoder) Write(p []byte) (int, error) {
	data := p
	if len(e.pending) > 0 {
		e.pending = append(e.pending, p...)
		data = e.pending
	}
	for len(data) > 0 {
		n, err := e.block(data)
		if errors.Is(err, errShort) {
			break
		}
		if err != nil {
			return 0, newException(codeNotImplemented, "The answer cannot be sent in Native at revision %d: %v. Ask for another FORMAT, or cast the column", e.revision, err)
		}
		if _, err := e.out.Write(e.buf); err != nil {
			return 0, err
		}
		data = data[n:]
	}
	e.pending = append(e.pending[:0], data...)
	return len(p), nil
}

// Close reports a block that never became complete.
func (e *nativeEncoder) Close() error {
	if len(e.pending) > 0 {
		return newException(codeLogicalError, "The engine's answer ends in the middle of a Native block")
	}
	return nil
}

// block re-encodes the block at the beginning of data into e.buf and returns
// its length.
func (e *nativeEncoder) block(data []byte) (int, error) {
	c := cursor{data: data}
	columns, err := c.uvarint()
	if err != nil {
		return 0, err
	}
	rows, err := c.uvarint()
	if err != nil {
		return 0, err
	}
	if columns > 1<<20 || rows > 1<<32 {
		return 0, fmt.Errorf("a block of %d columns and %d rows", columns, rows)
	}
	e.buf = append(e.buf[:0], blockInfo...)
	e.buf = append(e.buf, data[:c.pos]...)
	for range columns {
		start := c.pos
		if _, err := c.bytes(); err != nil {
			return 0, err
		}
		name, err := c.bytes()
		if err != nil {
			return 0, err
		}
		e.buf = append(e.buf, data[start:c.pos]...)
		if e.revision >= revisionSerialization {
			e.buf = append(e.buf, 0) // the default serialisation
		}
		start = c.pos
		if rows > 0 {
			t, err := e.typeOf(name)
			if err != nil {
				return 0, err
			}
			if err := c.prefix(t); err != nil {
				return 0, err
			}
			if err := c.values(t, int(rows)); err != nil {
				return 0, err
			}
		}
		e.buf = append(e.buf, data[start:c.pos]...)
	}
	return c.pos, nil
}

func (e *nativeEncoder) typeOf(name []byte) (*columnType, error) {
	if t, ok := e.types[string(name)]; ok {
		return t, nil
	}
	t, err := parseType(string(name))
	if err != nil {
		return nil, err
	}
	e.types[string(name)] = t
	return t, nil
}

// cursor walks over the values of a block.
type cursor struct {
	data []byte
	pos  int
}

func (c *cursor) uvarint() (uint64, error) {
	v, n := binary.Uvarint(c.data[c.pos:])
	switch {
	case n == 0:
		return 0, errShort
	case n < 0:
		return 0, errors.New("a number of more than 64 bits")
	}
	c.pos += n
	return v, nil
}

func (c *cursor) uint64() (uint64, error) {
	if len(c.data)-c.pos < 8 {
		return 0, errShort
	}
	v := binary.LittleEndian.Uint64(c.data[c.pos:])
	c.pos += 8
	return v, nil
}

func (c *cursor) bytes() ([]byte, error) {
	n, err := c.uvarint()
	if err != nil {
		return nil, err
	}
	start := c.pos
	if err := c.skip(n, 1); err != nil {
		return nil, err
	}
	return c.data[start:c.pos], nil
}

// skip goes over n values of the given size.
func (c *cursor) skip(n uint64, size int) error {
	if left := uint64(len(c.data) - c.pos); n > left || n*uint64(size) > left {
		return errShort
	}
	c.pos += int(n) * size
	return nil
}

// prefix goes over what precedes the values of a whole column.
func (c *cursor) prefix(t *columnType) error {
	switch t.kind {
	case kindLowCardinality:
		v, err := c.uint64()
		if err != nil {
			return err
		}
		if v != 1 {
			return fmt.Errorf("LowCardinality in layout %d", v)
		}
		return nil // a dictionary's values have no prefix of their own
	case kindVariant:
		v, err := c.uint64()
		if err != nil {
			return err
		}
		if v != 0 {
			return fmt.Errorf("a Variant in layout %d", v)
		}
	case kindJSON:
		v, err := c.uint64()
		if err != nil {
			return err
		}
		if v != 1 {
			return errors.New("JSON can be sent only with the setting output_format_native_write_json_as_string=1")
		}
	}
	for _, of := range t.of {
		if err := c.prefix(of); err != nil {
			return err
		}
	}
	return nil
}

// values goes over the n values of a column.
func (c *cursor) values(t *columnType, n int) error {
	switch t.kind {
	case kindFixed:
		return c.skip(uint64(n), t.size)
	case kindNothing:
		return c.skip(uint64(n), 1)
	case kindString, kindJSON:
		for range n {
			if c.pos >= len(c.data) {
				return errShort
			}
			length := uint64(c.data[c.pos])
			if length < 0x80 {
				c.pos++
			} else {
				var err error
				if length, err = c.uvarint(); err != nil {
					return err
				}
			}
			if err := c.skip(length, 1); err != nil {
				return err
			}
		}
		return nil
	case kindNullable:
		if err := c.skip(uint64(n), 1); err != nil {
			return err
		}
		return c.values(t.of[0], n)
	case kindArray:
		inner, err := c.offsets(n)
		if err != nil || inner == 0 {
			return err
		}
		return c.values(t.of[0], inner)
	case kindTuple:
		if len(t.of) == 0 {
			return c.skip(uint64(n), 1)
		}
		for _, of := range t.of {
			if err := c.values(of, n); err != nil {
				return err
			}
		}
		return nil
	case kindLowCardinality:
		return c.lowCardinality(t.of[0], n)
	case kindVariant:
		return c.variant(t, n)
	}
	return fmt.Errorf("a layout %d", t.kind)
}

// offsets goes over an array's n ends and returns the last one.
func (c *cursor) offsets(n int) (int, error) {
	if n == 0 {
		return 0, nil
	}
	if err := c.skip(uint64(n), 8); err != nil {
		return 0, err
	}
	last := binary.LittleEndian.Uint64(c.data[c.pos-8:])
	if last > 1<<40 {
		return 0, fmt.Errorf("an array of %d elements", last)
	}
	return int(last), nil
}

func (c *cursor) lowCardinality(of *columnType, n int) error {
	if n == 0 {
		return nil
	}
	flags, err := c.uint64()
	if err != nil {
		return err
	}
	const additionalKeys, sharedDictionary = 1 << 9, 1 << 8
	width := flags & 0xff
	if width > 3 || flags&sharedDictionary != 0 {
		return fmt.Errorf("LowCardinality with flags %#x", flags)
	}
	if flags&additionalKeys != 0 {
		keys, err := c.uint64()
		if err != nil {
			return err
		}
		if keys > 1<<32 {
			return fmt.Errorf("a dictionary of %d keys", keys)
		}
		if err := c.values(of, int(keys)); err != nil {
			return err
		}
	}
	rows, err := c.uint64()
	if err != nil {
		return err
	}
	if rows != uint64(n) {
		return fmt.Errorf("LowCardinality with %d indexes for %d rows", rows, n)
	}
	return c.skip(rows, 1<<width)
}

func (c *cursor) variant(t *columnType, n int) error {
	start := c.pos
	if err := c.skip(uint64(n), 1); err != nil {
		return err
	}
	var counts [256]int
	for _, d := range c.data[start:c.pos] {
		counts[d]++
	}
	for i, of := range t.of {
		if i < 255 && counts[i] > 0 {
			if err := c.values(of, counts[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
