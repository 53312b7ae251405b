// Package tsv reads tables of columns between tabs, line by line. Quotes mean
// nothing in them.
package tsv

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxLine is the longest line that is read, in bytes. Longer ones are passed
// over and reported.
const MaxLine = 16 << 20

// LineError says what is wrong with one line of a file.
type LineError struct {
	File    string
	Line    int // from 1
	Problem string
}

// Error implements error.
func (e *LineError) Error() string { return fmt.Sprintf("%s: line %d: %s", e.File, e.Line, e.Problem) }

// Lines reads a file line by line, without line ends and byte order mark.
type Lines struct {
	in    *bufio.Reader
	file  string
	limit int
	line  int
}

// NewLines reads lines from r, which errors call file.
func NewLines(r io.Reader, file string) *Lines {
	return &Lines{in: bufio.NewReaderSize(r, 64<<10), file: file, limit: MaxLine}
}

// Line is the number of the last line, from 1; 0 before the first.
func (l *Lines) Line() int { return l.line }

// Next returns the next line; io.EOF after the last; a *LineError for one that
// is too long, after which reading goes on; any other error for good.
func (l *Lines) Next() (string, error) {
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
		return "", l.Broken("longer than %d MiB", MaxLine>>20)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
	if l.line == 1 {
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	return text, nil
}

// Broken returns the error for the last line.
func (l *Lines) Broken(format string, args ...any) *LineError {
	return &LineError{File: l.file, Line: l.line, Problem: fmt.Sprintf(format, args...)}
}
