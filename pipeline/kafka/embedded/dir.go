package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrDirInUse says that another process runs a broker on the data directory.
var ErrDirInUse = errors.New("data directory is in use by another process")

// openDir creates dir if it is missing and takes hold of it. The hold ends with
// the process, however it ends.
func openDir(dir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot create the data directory: %w; choose another directory", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot write to the data directory: %w; make it writable or choose another directory", err)
	}
	if !held {
		return nil, fmt.Errorf("%w: %s; stop it or choose another directory", ErrDirInUse, dir)
	}
	return lock, nil
}
