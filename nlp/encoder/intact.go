package encoder

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
)

// pinned are the SHA-256 of the libraries that `make onnxruntime` fetches, by
// platform.
var pinned = map[string]string{
	"linux/amd64": "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
}

// checkPinned compares a library in the cache with what was fetched. Loading a
// damaged one would end the process.
func checkPinned(path string) error {
	want, ok := pinned[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("%s is damaged (its SHA-256 is not that of ONNX Runtime %s): remove it and %s", path, LibraryVersion, installHint)
	}
	return nil
}

// checkWhole finds a shared library that was cut short: the loader maps what is
// not there, and the process dies when it is touched. It only knows ELF.
func checkWhole(path string) error {
	if runtime.GOOS != "linux" {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%s is not a shared library, or is damaged (%w): remove it and %s", path, err, installHint)
	}
	defer file.Close()
	size := uint64(info.Size())
	for _, p := range file.Progs {
		if p.Off+p.Filesz > size {
			return fmt.Errorf("%s is cut short (%d bytes are not all of it): remove it and %s", path, size, installHint)
		}
	}
	for _, s := range file.Sections {
		if s.Type != elf.SHT_NOBITS && s.Offset+s.FileSize > size {
			return fmt.Errorf("%s is cut short (%d bytes are not all of it): remove it and %s", path, size, installHint)
		}
	}
	return nil
}
