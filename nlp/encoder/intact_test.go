package encoder

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Loading a library that was cut short would end the process, so Open looks first.
func TestALibraryThatWasCutShortIsRefused(t *testing.T) {
	path, err := FindLibrary()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	for _, size := range []int64{0, 100, 3 << 20, 30 << 20} {
		if _, err := whole.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		cut := filepath.Join(t.TempDir(), "cut.so")
		f, err := os.Create(cut)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(f, whole, size); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(cut); err == nil || !strings.Contains(err.Error(), cut) || strings.Contains(err.Error(), "\n") {
			t.Errorf("the first %d bytes: %v", size, err)
		}
		if err := checkPinned(cut); err == nil {
			t.Errorf("the first %d bytes pass for the pinned library", size)
		}
	}
	if err := checkPinned(path); err != nil {
		t.Error(err)
	}
}
