package encoder

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Runtime is an ONNX Runtime library in this process. It is safe for
// concurrent use.
type Runtime struct {
	path    string
	version string
	api     api
	env     unsafe.Pointer
	memory  unsafe.Pointer // description of the processor's memory, for tensors
	heap    unsafe.Pointer // C's default allocator

	releaseMemory func(memory unsafe.Pointer)

	mu       sync.Mutex
	sessions int
	closed   bool
}

// releaseMemoryPlace is where OrtApi has the function that releases an OrtMemoryInfo.
const releaseMemoryPlace = 94

// Open loads the library at path, as FindLibrary gives it. Its errors are one
// line that names the file and says what to do; they wrap ErrLibraryNotFound
// if there is no such file. A library stays mapped until the process ends.
func Open(path string) (*Runtime, error) {
	if !isFile(path) {
		return nil, fmt.Errorf("%w: no file %s: %s", ErrLibraryNotFound, path, installHint)
	}
	if err := checkWhole(path); err != nil {
		return nil, err
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be loaded as a shared library for %s/%s (%w): remove it and %s", path, runtime.GOOS, runtime.GOARCH, err, installHint)
	}
	entry, err := purego.Dlsym(handle, "OrtGetApiBase")
	if err != nil {
		return nil, fmt.Errorf("%s is not an ONNX Runtime library (it has no OrtGetApiBase): remove it and %s", path, installHint)
	}
	var base func() *struct{ api, version uintptr }
	purego.RegisterFunc(&base, entry)
	functions := base()
	var table func(version uint32) unsafe.Pointer
	var version func() unsafe.Pointer
	purego.RegisterFunc(&table, functions.api)
	purego.RegisterFunc(&version, functions.version)
	r := &Runtime{path: path, version: goString(version())}
	functionTable := table(apiVersion)
	if functionTable == nil {
		return nil, fmt.Errorf("%s is ONNX Runtime %s, older than 1.%d: remove it and %s", path, r.version, apiVersion, installHint)
	}
	r.api.bind(functionTable)
	purego.RegisterFunc(&r.releaseMemory, *(*uintptr)(unsafe.Add(functionTable, releaseMemoryPlace*unsafe.Sizeof(uintptr(0)))))
	if err := r.start(); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", path, err)
	}
	return r, nil
}

// start makes what sessions need, all or nothing.
func (r *Runtime) start() (err error) {
	if err = r.api.check(r.api.createEnv(logFatal, cString("earshot"), &r.env)); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			r.api.releaseEnv(r.env)
		}
	}()
	if err = r.api.check(r.api.createMemory(deviceAllocator, allocatorDefault, &r.memory)); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			r.releaseMemory(r.memory)
		}
	}()
	return r.api.check(r.api.allocator(&r.heap))
}

// Version is the library's own version, such as 1.32.0.
func (r *Runtime) Version() string { return r.version }

// Close gives the library's environment back. It is an error while sessions
// are open; closing twice is none.
func (r *Runtime) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions > 0 {
		return fmt.Errorf("ONNX Runtime cannot be closed: sessions open: %d", r.sessions)
	}
	if !r.closed {
		r.closed = true
		r.releaseMemory(r.memory)
		r.api.releaseEnv(r.env)
	}
	return nil
}

// opened and gone count sessions.
func (r *Runtime) opened() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errClosed
	}
	r.sessions++
	return nil
}

func (r *Runtime) gone() {
	r.mu.Lock()
	r.sessions--
	r.mu.Unlock()
}
