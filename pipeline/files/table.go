package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// table is what the reader of a CSV or TSV file remembers.
type table struct {
	separator byte
	header    []string
	keys      []string // the header's names as the keys of a JSON object
	buf       []byte   // the lines of one record
	spans     []span   // its cells in buf, while it is being split
	cells     [][]byte // its cells, when it has been split
	given     []byte   // lines that were read for a record and were not its
	taken     int      // how much of given has been read again
}

// readHeader reads the names of the columns.
func (r *Reader) readHeader() error {
	t := &r.table
	t.separator = ','
	if r.format == TSV {
		t.separator = '\t'
	}
	line, err := r.nextRow()
	if errors.Is(err, io.EOF) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%s: the header on line %d: %w", r.name, line, err)
	}
	if only := t.cells[0]; r.format == CSV && len(t.cells) == 1 && t.buf[0] != '"' && bytes.IndexByte(only, ';') > 0 {
		t.separator = ';'
		if err := r.splitRow(); err != nil {
			return fmt.Errorf("%s: the header on line %d: %w", r.name, line, err)
		}
	}
	t.header = names(t.cells)
	for _, name := range t.header {
		t.keys = append(t.keys, string(appendString(nil, []byte(name)))+":")
	}
	return nil
}

// names makes the cells of a header into names that differ.
func names(cells [][]byte) []string {
	header := make([]string, len(cells))
	taken := map[string]bool{}
	for i, cell := range cells {
		header[i] = strings.TrimSpace(string(cell))
		if header[i] == "" {
			header[i] = "column_" + strconv.Itoa(i+1)
		}
		taken[header[i]] = true
	}
	seen := map[string]bool{}
	for i, name := range header {
		for n := 2; seen[header[i]]; n++ {
			if next := name + "_" + strconv.Itoa(n); !taken[next] {
				header[i] = next
			}
		}
		seen[header[i]], taken[header[i]] = true, true
	}
	return header
}

// readRow reads a record of CSV or TSV.
func (r *Reader) readRow() (Record, error) {
	t := &r.table
	line, err := r.nextRow()
	if errors.Is(err, io.EOF) {
		return Record{}, err
	}
	var row *rowError
	switch {
	case errors.As(err, &row):
		r.number++
		return Record{}, r.broken(line, "%v", row)
	case err != nil:
		return Record{}, r.failed(err)
	}
	r.number++
	if len(t.cells) != len(t.header) {
		return Record{}, r.broken(line, "%d cells, the header has %d", len(t.cells), len(t.header))
	}
	value := make([]byte, 0, len(t.buf)+len(t.buf)/8+16*len(t.keys))
	value = append(value, '{')
	for i, cell := range t.cells {
		if len(cell) == 0 {
			continue
		}
		if len(value) > 1 {
			value = append(value, ',')
		}
		value = append(value, t.keys[i]...)
		value = appendString(value, cell)
	}
	return Record{Value: append(value, '}'), Line: line, Number: r.number}, nil
}

// rowError is what is wrong with one row and no other.
type rowError struct{ problem string }

func (e *rowError) Error() string { return e.problem }

var (
	errQuote  = &rowError{"a quoted cell goes on after its closing quote; inside a cell, quotes are doubled"}
	errNoEnd  = &rowError{"a quoted cell is never closed"}
	errTooBig = &rowError{errTooLong.Error()}
)

// nextRow reads the lines of the next row that is not blank into cells, and
// returns the line on which it begins.
//
// A cell that begins with a quote and does not end as a quoted one must was
// never meant as one, if the line without any quoting has as many cells as the
// header: files that quote nothing hold texts that begin with a quote. If it
// has not, the row is wrong. Either way the lines after the first, which the
// search for a closing quote has read, are rows of their own.
func (r *Reader) nextRow() (line int, err error) {
	t := &r.table
	for {
		line = r.line
		if t.buf, err = r.tableLine(t.buf[:0]); errors.Is(err, errTooLong) {
			return line, errTooBig
		} else if err != nil {
			return line, err
		}
		if len(trimEnd(t.buf)) > 0 {
			break
		}
	}
	first := len(t.buf)
	if err = r.splitRow(); err == nil {
		return line, nil
	}
	if !errors.As(err, new(*rowError)) || errors.Is(err, errTooBig) {
		return line, err
	}
	r.giveBack(t.buf[first:])
	t.buf = t.buf[:first]
	if t.splitLine(); len(t.cells) == len(t.header) {
		return line, nil
	}
	return line, err
}

// splitRow splits buf, which holds the first line of a row, into cells, and
// reads further lines while a quoted cell is open.
func (r *Reader) splitRow() error {
	t := &r.table
	t.spans = t.spans[:0]
	for at := 0; ; {
		if at == len(t.buf) || t.buf[at] != '"' {
			end := at + len(trimEnd(t.buf[at:]))
			next := bytes.IndexByte(t.buf[at:end], t.separator)
			if next < 0 {
				t.spans = append(t.spans, span{start: at, end: end})
				break
			}
			t.spans = append(t.spans, span{start: at, end: at + next})
			at += next + 1
			continue
		}
		cell := span{start: at + 1}
		from := at + 1
		for {
			var closed bool
			if closed, from = cell.close(t.buf, from); closed {
				break
			}
			if len(t.buf) > r.limit {
				return errNoEnd
			}
			buf, err := r.tableLine(t.buf)
			if t.buf = buf; errors.Is(err, io.EOF) {
				return errNoEnd
			}
			if errors.Is(err, errTooLong) {
				// The line is gone: of the cell that held it nothing is whole.
				return errTooBig
			}
			if err != nil {
				return err
			}
		}
		t.spans = append(t.spans, cell)
		at = cell.end + 1
		if len(trimEnd(t.buf[at:])) == 0 {
			break
		}
		if t.buf[at] != t.separator {
			return errQuote
		}
		at++
	}
	// Only now: buf moves when lines are added to it.
	t.cells = t.cells[:0]
	for _, s := range t.spans {
		cell := t.buf[s.start:s.end]
		if s.doubled {
			cell = bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
		}
		t.cells = append(t.cells, cell)
	}
	return nil
}

// splitLine splits buf, which holds one line, into cells of which none is quoted.
func (t *table) splitLine() {
	t.cells = append(t.cells[:0], bytes.Split(trimEnd(t.buf), []byte{t.separator})...)
}

// span is where a cell lies in the lines of its row.
type span struct {
	start, end int
	doubled    bool // it holds doubled quotes
}

// close looks in buf, from a place inside the quoted cell on, for the quote
// that closes it. Where there is none, it returns the place to look on from.
func (s *span) close(buf []byte, from int) (closed bool, next int) {
	for i := from; i < len(buf); i++ {
		if buf[i] != '"' {
			continue
		}
		if i+1 == len(buf) || buf[i+1] != '"' {
			s.end = i
			return true, i
		}
		s.doubled = true
		i++
	}
	return false, len(buf)
}

// tableLine appends the next line to buf, of those given back first.
func (r *Reader) tableLine(buf []byte) ([]byte, error) {
	t := &r.table
	pending := t.given[t.taken:]
	if len(pending) == 0 {
		t.given, t.taken = nil, 0
		return r.nextLine(buf)
	}
	end := bytes.IndexByte(pending, '\n') + 1
	if end == 0 {
		end = len(pending)
	} else {
		r.line++
	}
	t.taken += end
	return append(buf, pending[:end]...), nil
}

// giveBack makes lines, the last that were read, the next to be read.
func (r *Reader) giveBack(lines []byte) {
	t := &r.table
	r.line -= bytes.Count(lines, []byte{'\n'})
	if t.taken >= len(lines) { // all of them had been given back before
		t.taken -= len(lines)
		return
	}
	t.given, t.taken = append(bytes.Clone(lines), t.given[t.taken:]...), 0
}

// trimEnd returns a line without its end.
func trimEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// appendString appends s as a JSON string, all bytes above 0x7f as they are.
func appendString(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
