package eval

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the longest line that is read, in bytes. Longer ones are passed
// over and reported.
const maxLine = 16 << 20

// LineError says what is wrong with one line of a file.
type LineError struct {
	File    string
	Line    int // from 1
	Problem string
}

// Error implements error.
func (e *LineError) Error() string { return fmt.Sprintf("%s: line %d: %s", e.File, e.Line, e.Problem) }

// lines reads a file line by line, without line ends and byte order mark.
type lines struct {
	in    *bufio.Reader
	file  string // what errors call it
	limit int
	line  int // number of the last line, from 1
}

func newLines(r io.Reader, file string) *lines {
	return &lines{in: bufio.NewReaderSize(r, 64<<10), file: file, limit: maxLine}
}

// next returns the next line; io.EOF after the last; a *LineError for one that
// is too long, after which reading goes on; any other error for good.
func (l *lines) next() (string, error) {
	var line []byte
	long := false
	for {
		part, err := l.in.ReadSlice('\n')
		if long = long || len(line)+len(part) > l.limit; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil:
		case errors.Is(err, io.EOF):
			if len(line) == 0 && !long {
				return "", io.EOF
			}
		default:
			return "", fmt.Errorf("%s: after line %d: %w", l.file, l.line, err)
		}
		break
	}
	l.line++
	if long {
		return "", l.broken("longer than %d MiB", maxLine>>20)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
	if l.line == 1 {
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	return text, nil
}

// broken returns the error for the last line.
func (l *lines) broken(format string, args ...any) error {
	return &LineError{File: l.file, Line: l.line, Problem: fmt.Sprintf(format, args...)}
}
