package files

import (
	"bytes"
	"errors"
)

// readLine reads a record of NDJSON.
func (r *Reader) readLine() (Record, error) {
	for {
		line := r.line
		value, err := r.nextLine(nil)
		if err != nil && !errors.Is(err, errTooLong) {
			return Record{}, r.failed(err)
		}
		if err == nil {
			if value = bytes.TrimSpace(value); len(value) == 0 {
				continue
			}
		}
		r.number++
		if err != nil {
			return Record{}, r.broken(line, "%v", err)
		}
		return Record{Value: value, Line: line, Number: r.number}, nil
	}
}
