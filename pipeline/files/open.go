// Package files reads the files that feedback is kept in: CSV, TSV, NDJSON and
// JSON, plain or compressed, one record at a time and in bounded memory.
package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Stdin is the name by which Open knows standard input.
const Stdin = "-"

// The first bytes of compressed files. Names lie, these don't.
const (
	gzipMagic = "\x1f\x8b"
	zstdMagic = "\x28\xb5\x2f\xfd"
)

// Open opens the named file, or stdin if the name is "-", and decompresses
// what gzip or zstd has compressed. Closing does not close stdin.
func Open(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == Stdin {
		return Decompress(io.NopCloser(stdin), "standard input")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(fmt.Errorf("%s is a directory; name the files in it", name), f.Close())
	}
	return Decompress(f, name)
}

// stack is a reader whose parts are closed from the outside in.
type stack struct {
	io.Reader
	closers []io.Closer
}

func (s *stack) Close() error {
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Decompress undoes what gzip or zstd did to f, told by its first bytes. name is
// what errors call it. Closing the result closes f.
func Decompress(f io.ReadCloser, name string) (io.ReadCloser, error) {
	buffered := bufio.NewReaderSize(f, 64<<10)
	head, err := buffered.Peek(len(zstdMagic))
	if err != nil && err != io.EOF {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
	}
	switch {
	case strings.HasPrefix(string(head), gzipMagic):
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
		}
		return &stack{z, []io.Closer{z, f}}, nil
	case strings.HasPrefix(string(head), zstdMagic):
		z, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
		}
		return &stack{z, []io.Closer{z.IOReadCloser(), f}}, nil
	}
	return &stack{buffered, []io.Closer{f}}, nil
}
