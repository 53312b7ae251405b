package train

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// File is a TSV file whose first line names its columns.
type File struct {
	Path string
	Name string // without folder, part and format
	Dev  bool   // a part that nothing is learned from
	at   map[string]int
}

// Files calls do with the files of folders, the dev parts first, and with files as
// they are named.
func Files(paths []string, do func(File) error) error {
	var files []File
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			files = append(files, File{Path: path})
			continue
		}
		entries, err := os.ReadDir(path) // sorted
		if err != nil {
			return err
		}
		for _, e := range entries {
			switch name := strings.TrimSuffix(e.Name(), ".gz"); {
			case strings.HasSuffix(name, ".dev.tsv"):
				files = append(files, File{Path: filepath.Join(path, e.Name()), Dev: true})
			case strings.HasSuffix(name, ".train.tsv"):
				files = append(files, File{Path: filepath.Join(path, e.Name())})
			}
		}
	}
	slices.SortStableFunc(files, func(a, b File) int {
		switch {
		case a.Dev == b.Dev:
			return 0
		case a.Dev:
			return -1
		}
		return 1
	})
	for _, f := range files {
		f.Name, _, _ = strings.Cut(filepath.Base(f.Path), ".")
		err := f.lines(func(line int, row []string) error {
			f.at = map[string]int{}
			for i, name := range row {
				f.at[name] = i
			}
			return errEnough
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

var errEnough = errors.New("enough")

// Has tells whether the file has all of the columns.
func (f File) Has(columns ...string) bool {
	for _, c := range columns {
		if _, ok := f.at[c]; !ok {
			return false
		}
	}
	return true
}

// Each calls do with every line after the first. field is the field of a column
// that the file has.
func (f File) Each(do func(line int, field func(column string) string) error) error {
	return f.lines(func(line int, row []string) error {
		if line == 1 {
			return nil
		}
		if len(row) != len(f.at) {
			return fmt.Errorf("%s:%d: %d columns instead of %d", f.Path, line, len(row), len(f.at))
		}
		return do(line, func(column string) string { return row[f.at[column]] })
	})
}

// longestLine is how many bytes a line may have.
const longestLine = 16 << 20

func (f File) lines(do func(line int, row []string) error) error {
	in, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	var r io.Reader = in
	if strings.HasSuffix(f.Path, ".gz") {
		if r, err = gzip.NewReader(in); err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for line := 1; lines.Scan(); line++ {
		text := lines.Text()
		if line == 1 {
			text = strings.TrimPrefix(text, "\uFEFF") // a byte order mark
		}
		if err := do(line, strings.Split(strings.TrimSuffix(text, "\r"), "\t")); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	return nil
}

// Key is what two copies of a text have in common: its letters and digits, and all
// of it if it has none.
func Key(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return text
	}
	return b.String()
}

// Folds is into how many parts texts are dealt, so that each can be judged by a
// model that has not learned it.
const Folds = 4

// Fold is the part of a text, 0…Folds−1. Copies of it are in the same.
func Fold(text string) int {
	h := fnv.New64a()
	_, _ = io.WriteString(h, Key(text))
	return int(h.Sum64() >> 20 % Folds)
}
