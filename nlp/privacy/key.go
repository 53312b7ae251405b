package privacy

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeyBytes is the length of a key.
const KeyBytes = 32

// ReadKey reads the key of the pseudonyms from a file that MakeKey wrote: 64
// hexadecimal digits in a line. Its error wraps fs.ErrNotExist where there is no
// such file.
func ReadKey(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key of the pseudonyms: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) != KeyBytes {
		return nil, fmt.Errorf("key of the pseudonyms: %s is not a line of %d hexadecimal digits; restore it from a backup, for with another key every customer becomes a new one", path, 2*KeyBytes)
	}
	return key, nil
}

// MakeKey returns the key in the file at path, and makes one where there is no such
// file: random, readable by its owner alone. Of processes that make it at the same
// time one makes it and all return that one. made tells whether it was this one.
func MakeKey(path string) (key []byte, made bool, err error) {
	key, err = ReadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	key = make([]byte, KeyBytes)
	rand.Read(key)
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, fmt.Errorf("key of the pseudonyms: %w", err)
	}
	whole, err := writeBeside(path, hex.EncodeToString(key)+"\n")
	if err != nil {
		return nil, false, fmt.Errorf("key of the pseudonyms: cannot be made in %s: %w; make the folder writable, or name an existing key file", dir, err)
	}
	defer os.Remove(whole) // at worst a name too many for the key
	// A link, unlike a rename, fails where another process was faster.
	err = os.Link(whole, path)
	if errors.Is(err, fs.ErrExist) {
		key, err = ReadKey(path)
		return key, false, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("key of the pseudonyms: %w", err)
	}
	return key, true, nil
}

// writeBeside writes a whole file, for its owner alone, under a passing name beside
// path, and returns that name.
func writeBeside(path, content string) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
