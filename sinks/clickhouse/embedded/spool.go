package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spoolMemory is how much of a body is held in memory; what is longer goes
// to a file without a name in the data directory.
const spoolMemory = 64 << 20

// spool holds the data of an INSERT as a file that the engine reads by path.
// Data inside the query's text would not do: the engine cuts it at an empty
// line.
type spool struct {
	file *os.File
	path string // for INFILE
	size int64
}

// newSpool reads all of r, in memory as far as memory goes and then in dir.
func newSpool(r io.Reader, dir string) (*spool, error) {
	s := &spool{}
	file, path, err := memoryFile()
	limited := r
	switch {
	case err == nil:
		s.file, s.path = file, path
		limited = io.LimitReader(r, spoolMemory)
	case errors.Is(err, errors.ErrUnsupported):
		if s.file, s.path, err = diskFile(dir); err != nil {
			return nil, noSpace(err)
		}
	default:
		return nil, err
	}
	if s.size, err = copyInto(s.file, limited); err != nil {
		s.close()
		return nil, err
	}
	if limited == r || s.size < spoolMemory {
		return s, nil
	}
	disk, path, err := diskFile(dir)
	if err != nil {
		s.close()
		return nil, noSpace(err)
	}
	memory := s.file
	s.file, s.path = disk, path
	defer memory.Close()
	if _, err = memory.Seek(0, io.SeekStart); err == nil {
		_, err = copyInto(disk, memory)
	}
	if err == nil {
		var n int64
		n, err = copyInto(disk, r)
		s.size += n
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// copyInto tells a failure to store (ours) from one to read (the client's).
func copyInto(f *os.File, r io.Reader) (int64, error) {
	w := &storeWriter{f: f}
	// The wrapper also keeps io.Copy from splicing, which would hide from
	// whom an error came.
	n, err := io.CopyBuffer(w, struct{ io.Reader }{r}, make([]byte, 256<<10))
	if w.err != nil {
		return n, noSpace(w.err)
	}
	return n, err
}

type storeWriter struct {
	f   *os.File
	err error
}

func (w *storeWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	w.err = err
	return n, err
}

func noSpace(err error) error {
	return newException(codeNotEnoughSpace, "The data of the INSERT cannot be stored: %v", err)
}

func (s *spool) close() {
	if s != nil && s.file != nil {
		_ = s.file.Close()
		releaseFile(s.path)
	}
}

// removeSpools removes what a killed process left behind.
func removeSpools(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, spoolPattern)) // the pattern is a good one
	for _, p := range left {
		_ = os.Remove(p)
	}
}

const spoolPattern = "earshot-insert-*"

func (s *spool) clause() string { return fmt.Sprintf("FROM INFILE %s", quoteString(s.path)) }
