package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// EngineVersion is the version of the pinned engine package. The directory of
// the cache where FindLibrary looks bears this name.
const EngineVersion = "26.5.3"

// engineSeries is what SELECT version() of the pinned engine begins with. The
// package and the engine inside it count their patch releases separately.
const engineSeries = "26.5."

const installHint = "run `make engine`, which fetches it, or set EARSHOT_CHDB to a libchdb file"

// ErrLibraryNotFound is wrapped by the errors of FindLibrary and Start when
// there is no engine library on this machine.
var ErrLibraryNotFound = errors.New("the ClickHouse engine library is missing")

// FindLibrary returns the path of the engine library: the file that the
// environment variable EARSHOT_CHDB names, else the file that `make engine`
// put into the user's cache. The error wraps ErrLibraryNotFound and says what
// to do.
func FindLibrary() (string, error) {
	if p := os.Getenv("EARSHOT_CHDB"); p != "" {
		if !isFile(p) {
			return "", fmt.Errorf("%w: EARSHOT_CHDB names %s, which is not a file: correct it, or unset it and run `make engine`", ErrLibraryNotFound, p)
		}
		return p, nil
	}
	// The script that fetches the library follows the XDG rule on every
	// system, so os.UserCacheDir (which differs on macOS) is not used.
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("%w: no home directory to look in (%w): set EARSHOT_CHDB to a libchdb file", ErrLibraryNotFound, err)
		}
		cache = filepath.Join(home, ".cache")
	}
	dir := filepath.Join(cache, "earshot", "chdb", EngineVersion)
	names := []string{"libchdb.so"}
	if runtime.GOOS == "darwin" {
		names = []string{"libchdb.dylib", "libchdb.so"}
	}
	for _, n := range names {
		if p := filepath.Join(dir, n); isFile(p) {
			return p, nil
		}
	}
	return "", fmt.Errorf("%w: no %s: %s", ErrLibraryNotFound, filepath.Join(dir, names[0]), installHint)
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// library is the table of the C functions that this package calls. Handles
// are C pointers: a connection is what chdb_connect's answer points at.
type library struct {
	path string

	connect   func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	closeConn func(conn unsafe.Pointer)

	query  func(conn unsafe.Pointer, q *byte, qLen uintptr, f *byte, fLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	stream func(conn unsafe.Pointer, q *byte, qLen uintptr, f *byte, fLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	fetch  func(conn, stream unsafe.Pointer) unsafe.Pointer
	cancel func(conn, stream unsafe.Pointer)

	destroy      func(result unsafe.Pointer)
	buffer       func(result unsafe.Pointer) unsafe.Pointer
	length       func(result unsafe.Pointer) uintptr
	errorText    func(result unsafe.Pointer) unsafe.Pointer
	rowsOut      func(result unsafe.Pointer) uint64
	bytesOut     func(result unsafe.Pointer) uint64
	rowsRead     func(result unsafe.Pointer) uint64
	bytesRead    func(result unsafe.Pointer) uint64
	rowsWritten  func(result unsafe.Pointer) uint64
	bytesWritten func(result unsafe.Pointer) uint64
}

// process is what the engine allows once in a process: the library, mapped
// for good, and one open data directory.
var process struct {
	sync.Mutex
	lib  *library
	open bool
}

// acquireLibrary maps the library at path and reserves the process's one
// engine until releaseLibrary.
func acquireLibrary(path string) (*library, error) {
	process.Lock()
	defer process.Unlock()
	if process.open {
		return nil, errors.New("an embedded ClickHouse is already running in this process: it allows one data directory at a time")
	}
	if process.lib != nil && process.lib.path != path {
		return nil, fmt.Errorf("this process has already loaded %s and cannot load %s as well", process.lib.path, path)
	}
	if process.lib == nil {
		lib, err := loadLibrary(path)
		if err != nil {
			return nil, err
		}
		process.lib = lib
	}
	process.open = true
	return process.lib, nil
}

func releaseLibrary() {
	process.Lock()
	process.open = false
	process.Unlock()
}

func loadLibrary(path string) (*library, error) {
	if !isFile(path) {
		return nil, fmt.Errorf("%w: no file %s: %s", ErrLibraryNotFound, path, installHint)
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be loaded as a shared library for %s/%s (%w): remove it and %s", path, runtime.GOOS, runtime.GOARCH, err, installHint)
	}
	l := &library{path: path}
	for _, s := range []struct {
		name string
		fn   any
	}{
		{"chdb_connect", &l.connect},
		{"chdb_close_conn", &l.closeConn},
		{"chdb_query_with_params_n", &l.query},
		{"chdb_stream_query_with_params_n", &l.stream},
		{"chdb_stream_fetch_result", &l.fetch},
		{"chdb_stream_cancel_query", &l.cancel},
		{"chdb_destroy_query_result", &l.destroy},
		{"chdb_result_buffer", &l.buffer},
		{"chdb_result_length", &l.length},
		{"chdb_result_error", &l.errorText},
		{"chdb_result_rows_read", &l.rowsOut},
		{"chdb_result_bytes_read", &l.bytesOut},
		{"chdb_result_storage_rows_read", &l.rowsRead},
		{"chdb_result_storage_bytes_read", &l.bytesRead},
		{"chdb_result_rows_written", &l.rowsWritten},
		{"chdb_result_bytes_written", &l.bytesWritten},
	} {
		sym, err := purego.Dlsym(handle, s.name)
		if err != nil {
			// The library stays mapped: unmapping an engine of this size
			// with threads of its own is not safe.
			return nil, fmt.Errorf("%s is not the engine library that earshot was built for, version %s (it has no %s): remove it and %s", path, EngineVersion, s.name, installHint)
		}
		purego.RegisterFunc(s.fn, sym)
	}
	return l, nil
}
