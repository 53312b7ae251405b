package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// MaxRecordBytes is the largest record that is read. Larger ones are passed
// over with a RecordError.
const MaxRecordBytes = 64 << 20

// Record is one record of a file.
type Record struct {
	// Value is the record's JSON as it stands in the file; of CSV and TSV an
	// object of the row's columns in their order, without those whose cell is
	// empty. Cells are strings, with their bytes unchanged: what is not UTF-8
	// in the file is not UTF-8 here. It belongs to the caller.
	Value []byte
	// Line is the line on which the record begins, from 1.
	Line int
	// Number is the record's place among the file's, from 1; broken ones and
	// not the header count.
	Number int
}

// RecordError says what is wrong with one record. The records after it can
// still be read.
type RecordError struct {
	Name    string // of the file
	Line    int    // on which the record begins
	Number  int    // of the record
	Problem string
}

// Error implements error.
func (e *RecordError) Error() string {
	return fmt.Sprintf("%s: line %d (record %d): %s", e.Name, e.Line, e.Number, e.Problem)
}

// Reader reads the records of one file. It holds one record in memory, and of
// CSV and TSV at most one more line.
type Reader struct {
	name    string
	format  Format
	limit   int // of a record, in bytes
	in      *bufio.Reader
	started bool
	line    int // that the next byte read lies on, from 1
	number  int // of the last record
	err     error
	table   table
	array   array
}

// NewReader returns a reader of the records in r, which is not compressed.
// name is what errors call it.
func NewReader(r io.Reader, f Format, name string) *Reader {
	if name == Stdin {
		name = "standard input"
	}
	return &Reader{name: name, format: f, limit: MaxRecordBytes, in: bufio.NewReaderSize(r, 64<<10), line: 1}
}

// Header returns the names of the columns of a CSV or TSV file, nil for other
// formats and for an empty file. Columns without a name are called column_N,
// with N from 1, and of columns with the same name all but the first get _2,
// _3 and so on.
func (r *Reader) Header() ([]string, error) {
	if !r.format.Table() {
		return nil, nil
	}
	if err := r.start(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return r.table.header, nil
}

// Read returns the next record; io.EOF after the last; a *RecordError for one
// that is broken, after which reading goes on; any other error for good.
func (r *Reader) Read() (Record, error) {
	if err := r.start(); err != nil {
		return Record{}, err
	}
	var record Record
	var err error
	switch r.format {
	case NDJSON:
		record, err = r.readLine()
	case CSV, TSV:
		record, err = r.readRow()
	default:
		record, err = r.readElement()
	}
	if err != nil && !errors.As(err, new(*RecordError)) {
		r.err = err
	}
	return record, err
}

// start looks at the first bytes and reads a table's header, once. It returns
// the error that has ended reading, if one has.
func (r *Reader) start() error {
	if r.started || r.err != nil {
		return r.err
	}
	r.started = true
	head, _ := r.in.Peek(3) // an error comes again with the first read
	switch {
	case string(head) == "\uFEFF":
		_, r.err = r.in.Discard(len(head))
	case len(head) >= 2 && (string(head[:2]) == "\xff\xfe" || string(head[:2]) == "\xfe\xff"):
		r.err = fmt.Errorf("%s is in UTF-16; convert it to UTF-8 first", r.name)
	}
	if r.err == nil && r.format.Table() {
		r.err = r.readHeader()
	}
	return r.err
}

// broken returns the error for the record that begins on line.
func (r *Reader) broken(line int, format string, args ...any) error {
	return &RecordError{Name: r.name, Line: line, Number: r.number, Problem: fmt.Sprintf(format, args...)}
}

// failed returns the error for a file that cannot be read on.
func (r *Reader) failed(err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: the compressed file is cut short, on line %d after record %d: %w", r.name, r.line, r.number, err)
	}
	return fmt.Errorf("%s: line %d, after record %d: %w", r.name, r.line, r.number, err)
}

var errTooLong = fmt.Errorf("longer than %d MiB, the limit of a record", MaxRecordBytes>>20)

// nextLine appends the next line of the file, with its end, to buf. A line
// that is itself longer than the limit is passed over and is errTooLong.
// io.EOF comes alone.
func (r *Reader) nextLine(buf []byte) ([]byte, error) {
	start := len(buf)
	long := false
	for {
		part, err := r.in.ReadSlice('\n')
		if long = long || len(buf)-start+len(part) > r.limit; !long {
			buf = append(buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil:
			r.line++
		case errors.Is(err, io.EOF) && (long || len(buf) > start):
		default:
			return buf, err
		}
		if long {
			return buf[:start], errTooLong
		}
		return buf, nil
	}
}
