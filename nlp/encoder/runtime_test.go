package encoder

import (
	"slices"
	"testing"
	"unsafe"
)

// fakeRuntime is a runtime on functions of Go that note what they release; the one
// that is named fails.
func fakeRuntime(fails string, released *[]string) *Runtime {
	made := new(byte)
	create := func(what string, out *unsafe.Pointer) status {
		if what == fails {
			return unsafe.Pointer(new(byte))
		}
		*out = unsafe.Pointer(made)
		return nil
	}
	release := func(what string) func(unsafe.Pointer) {
		return func(p unsafe.Pointer) {
			if p != unsafe.Pointer(made) {
				what += " that was never made"
			}
			*released = append(*released, what)
		}
	}
	return &Runtime{
		releaseMemory: release("memory"),
		api: api{
			errorMessage:  func(status) unsafe.Pointer { return unsafe.Pointer(cString(fails + " failed")) },
			releaseStatus: func(status) {},
			createEnv:     func(_ int32, _ *byte, out *unsafe.Pointer) status { return create("env", out) },
			releaseEnv:    release("env"),
			createMemory:  func(_, _ int32, out *unsafe.Pointer) status { return create("memory", out) },
			allocator:     func(out *unsafe.Pointer) status { return create("allocator", out) },
		},
	}
}

func TestARuntimeThatCannotStartReleasesWhatItMade(t *testing.T) {
	for fails, want := range map[string][]string{
		"env":       nil,
		"memory":    {"env"},
		"allocator": {"memory", "env"},
	} {
		t.Run(fails, func(t *testing.T) {
			var released []string
			oneLine(t, fakeRuntime(fails, &released).start(), fails+" failed")
			if !slices.Equal(released, want) {
				t.Errorf("released %q, want %q", released, want)
			}
		})
	}
}

func TestCloseReleasesAllOnce(t *testing.T) {
	var released []string
	r := fakeRuntime("", &released)
	must(t, r.start())
	if len(released) > 0 {
		t.Errorf("released while open: %q", released)
	}
	must(t, r.Close())
	must(t, r.Close())
	if want := []string{"memory", "env"}; !slices.Equal(released, want) {
		t.Errorf("released %q, want %q", released, want)
	}
}
