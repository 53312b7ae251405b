//go:build !linux

package embedded

import (
	"errors"
	"os"
)

func memoryFile() (*os.File, string, error) { return nil, "", errors.ErrUnsupported }

// diskFile makes a file in dir. It keeps its name, as the engine opens it by
// path: one that a killed process left is removed at the next start.
func diskFile(dir string) (*os.File, string, error) {
	f, err := os.CreateTemp(dir, spoolPattern)
	if err != nil {
		return nil, "", err
	}
	return f, f.Name(), nil
}

func releaseFile(path string) { _ = os.Remove(path) }
