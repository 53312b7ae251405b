package files

import (
	"errors"
	"fmt"
	"io"
)

// array is what the reader of a JSON file remembers.
type array struct {
	inside bool
	comma  bool // an element has been read since the last comma
}

// readElement reads a record of a JSON file: an element of an array, or a
// value outside of one. Only strings and brackets are looked at; whether the
// rest is JSON is for others to say, record by record.
func (r *Reader) readElement() (Record, error) {
	a := &r.array
	for {
		c, err := r.readByte()
		switch {
		case errors.Is(err, io.EOF) && a.inside:
			return Record{}, fmt.Errorf("%s: cut short: the array has no end; its %d records were read", r.name, r.number)
		case err != nil:
			return Record{}, r.failed(err)
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case c == '[' && !a.inside:
			a.inside, a.comma = true, false
			continue
		case c == ']' && a.inside:
			a.inside = false
			continue
		case c == ',' && a.comma && a.inside:
			a.comma = false
			continue
		case a.inside && a.comma:
			return Record{}, fmt.Errorf("%s: line %d, after record %d: found %q, not a comma or ]", r.name, r.line, r.number, c)
		}
		a.comma = true
		r.number++
		line := r.line
		value, err := r.readValue(c)
		switch {
		case errors.Is(err, errTooLong):
			return Record{}, r.broken(line, "%v", err)
		case errors.Is(err, io.EOF):
			return Record{}, fmt.Errorf("%s: cut short: record %d begins on line %d and has no end; %d records were read", r.name, r.number, line, r.number-1)
		case err != nil:
			return Record{}, r.failed(err)
		}
		return Record{Value: value, Line: line, Number: r.number}, nil
	}
}

// readValue reads the JSON value that begins with c. io.EOF means that it has
// no end, errTooLong that it was passed over.
func (r *Reader) readValue(c byte) ([]byte, error) {
	value := []byte{c}
	bracketed := c == '{' || c == '['
	quoted := c == '"'
	depth := 0
	if bracketed {
		depth = 1
	}
	long := false
	for bracketed || quoted || c != '"' {
		next, err := r.readByte()
		if err != nil {
			if errors.Is(err, io.EOF) && !bracketed && !quoted {
				break // a bare number or word ends with the file
			}
			return nil, err
		}
		if !bracketed && !quoted && (next <= ' ' || next == ',' || next == ']') {
			r.unreadByte(next)
			break
		}
		if long = long || len(value) == r.limit; !long {
			value = append(value, next)
		}
		switch {
		case quoted && next == '\\':
			if next, err = r.readByte(); err != nil {
				return nil, err
			}
			if !long {
				value = append(value, next)
			}
		case next == '"' && (quoted || bracketed):
			quoted = !quoted
		case quoted:
		case next == '{' || next == '[':
			depth++
		case next == '}' || next == ']':
			depth--
		}
		if !quoted && depth == 0 && (bracketed || c == '"') {
			break
		}
	}
	if long {
		return nil, errTooLong
	}
	return value, nil
}

func (r *Reader) readByte() (byte, error) {
	c, err := r.in.ReadByte()
	if c == '\n' && err == nil {
		r.line++
	}
	return c, err
}

// unreadByte takes back c, the byte just read.
func (r *Reader) unreadByte(c byte) {
	_ = r.in.UnreadByte() // a byte was read before: it cannot fail
	if c == '\n' {
		r.line--
	}
}
