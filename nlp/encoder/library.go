package encoder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryVersion is the version of the pinned ONNX Runtime. The directory of
// the cache where FindLibrary looks bears this name.
const LibraryVersion = "1.32.0"

const installHint = "run `make onnxruntime`, which fetches it, or set EARSHOT_ONNXRUNTIME to a libonnxruntime file"

// ErrLibraryNotFound is wrapped by the errors of FindLibrary and Open when
// there is no ONNX Runtime on this machine.
var ErrLibraryNotFound = errors.New("the ONNX Runtime library is missing")

// FindLibrary returns the path of the ONNX Runtime library: the file that the
// environment variable EARSHOT_ONNXRUNTIME names, else the file that
// `make onnxruntime` put into the user's cache. The error wraps
// ErrLibraryNotFound and says what to do; a library in the cache that is
// damaged gives an error too.
func FindLibrary() (string, error) {
	if p := os.Getenv("EARSHOT_ONNXRUNTIME"); p != "" {
		if !isFile(p) {
			return "", fmt.Errorf("%w: EARSHOT_ONNXRUNTIME names %s, which is not a file: correct it, or unset it and run `make onnxruntime`", ErrLibraryNotFound, p)
		}
		return filepath.Abs(p) // without a slash the loader would search elsewhere
	}
	// As for the ClickHouse engine: the script that fetches the library
	// follows the XDG rule on every system.
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("%w: no home directory to look in (%w): set EARSHOT_ONNXRUNTIME to a libonnxruntime file", ErrLibraryNotFound, err)
		}
		cache = filepath.Join(home, ".cache")
	}
	dir := filepath.Join(cache, "earshot", "onnxruntime", LibraryVersion)
	names := []string{"libonnxruntime.so"}
	if runtime.GOOS == "darwin" {
		names = []string{"libonnxruntime.dylib", "libonnxruntime.so"}
	}
	for _, n := range names {
		if p := filepath.Join(dir, n); isFile(p) {
			return p, checkPinned(p)
		}
	}
	return "", fmt.Errorf("%w: no %s: %s", ErrLibraryNotFound, filepath.Join(dir, names[0]), installHint)
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}
