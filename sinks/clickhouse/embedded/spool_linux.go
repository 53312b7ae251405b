package embedded

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// memoryFile makes a file that is in memory alone.
func memoryFile() (*os.File, string, error) {
	fd, err := unix.MemfdCreate("earshot-insert", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, "", fmt.Errorf("no file in memory: %w", err)
	}
	return os.NewFile(uintptr(fd), "earshot-insert"), descriptorPath(fd), nil
}

// diskFile makes a file in dir that vanishes with its descriptor, even when
// the process is killed.
func diskFile(dir string) (*os.File, string, error) {
	f, err := os.CreateTemp(dir, spoolPattern)
	if err != nil {
		return nil, "", err
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, "", err
	}
	return f, descriptorPath(int(f.Fd())), nil
}

func descriptorPath(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }

func releaseFile(string) {}
