// Package learn trains the fast tier: it reads labelled sets, weighs them,
// learns, calibrates, and measures by leaving sets out.
//
// The steps, in order: sets are read (sets.go), texts that are held for measuring
// are taken out, classes and sets are weighed (weigh.go), a teacher labels what
// has no labels (teach.go), two models that differ in the order of the examples
// are trained and averaged, and the temperature is fitted on texts that were not
// learned (learn.go).
package learn

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

	"earshot/nlp/language"
	"earshot/nlp/sentiment"
)

// Set is the labelled texts of one source.
type Set struct {
	Name     string
	Corpus   bool // written as customer feedback, with the columns of nlp/corpus
	TwoClass bool // knows no neutral
	Dev      bool // for calibration alone: nothing is learned from it
	Examples []sentiment.Example
}

// classes are the labels of a set's first column.
var classes = map[string][3]float32{
	"negative": {1, 0, 0},
	"neutral":  {0, 1, 0},
	"positive": {0, 0, 1},
	"mixed":    {0.45, 0.1, 0.45},
}

// ReadSets reads label⇥text files with a header line: files as they are named,
// and of folders every *.train.tsv and *.train.tsv.gz whose labels are negative,
// neutral, positive or mixed. The folders' *.dev.tsv and *.dev.tsv.gz are sets with
// Dev set, for calibration; their texts are left out of all others.
func ReadSets(paths []string) ([]Set, error) {
	held, err := devTexts(paths)
	if err != nil {
		return nil, err
	}
	var sets []Set
	for _, path := range paths {
		files, err := filesOf(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			set, err := readSet(file)
			switch {
			case errors.Is(err, errOtherLabels) && file != path:
				continue // a set for another task
			case err != nil:
				return nil, err
			}
			set.Examples = slices.DeleteFunc(set.Examples, func(e sentiment.Example) bool { return held[key(e.Text)] })
			sets = append(sets, set)
		}
	}
	for _, path := range paths {
		for _, file := range devFiles(path) {
			set, err := readSet(file)
			switch {
			case errors.Is(err, errOtherLabels):
				continue
			case err != nil:
				return nil, err
			}
			set.Dev = true
			sets = append(sets, set)
		}
	}
	if !slices.ContainsFunc(sets, func(s Set) bool { return !s.Dev }) {
		return nil, fmt.Errorf("no *.train.tsv or *.train.tsv.gz with the labels negative, neutral, positive in %s", strings.Join(paths, ", "))
	}
	return sets, nil
}

// devTexts are the keys of the texts in the folders' dev parts.
func devTexts(paths []string) (map[uint64]bool, error) {
	held := map[uint64]bool{}
	for _, path := range paths {
		for _, file := range devFiles(path) {
			if err := eachRow(file, func(_ int, _, row []string) error {
				if len(row) > 1 {
					held[key(row[1])] = true
				}
				return nil
			}); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return held, nil
}

// devFiles are the dev parts in a folder; of a file, none.
func devFiles(path string) []string {
	var files []string
	for _, pattern := range []string{"*.dev.tsv", "*.dev.tsv.gz"} {
		found, _ := filepath.Glob(filepath.Join(path, pattern)) // only a wrong pattern is an error
		files = append(files, found...)
	}
	slices.Sort(files)
	return files
}

func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	for _, pattern := range []string{"*.train.tsv", "*.train.tsv.gz"} {
		found, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return files, nil
}

var errOtherLabels = errors.New("its labels are not negative, neutral, positive or mixed")

func readSet(file string) (Set, error) {
	set := Set{Name: nameOf(file), TwoClass: true}
	languages := language.Default()
	err := eachRow(file, func(line int, header, row []string) error {
		if line == 2 {
			if len(header) < 2 || !slices.Contains([]string{"label", "polarity"}, header[0]) || header[1] != "text" {
				return errors.New("its first line must name the columns: label, text")
			}
			set.Corpus = slices.Contains(header, "industry")
		}
		if len(row) < 2 {
			return fmt.Errorf("line %d: %d columns instead of %d", line, len(row), len(header))
		}
		target, ok := classes[row[0]]
		if !ok {
			return fmt.Errorf("line %d: label %q: %w", line, row[0], errOtherLabels)
		}
		if target[1] == 1 {
			set.TwoClass = false
		}
		code, _ := languages.Identify(row[1])
		set.Examples = append(set.Examples, sentiment.Example{Text: row[1], Language: code, Target: target, Weight: 1})
		return nil
	})
	if err != nil {
		return set, fmt.Errorf("%s: %w", file, err)
	}
	for i := range set.Examples {
		set.Examples[i].TwoClass = set.TwoClass
	}
	return set, nil
}

// eachRow calls do with every line of a TSV file after its header.
func eachRow(file string, do func(line int, header, row []string) error) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	var r io.Reader = in
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(in); err != nil {
			return err
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	var header []string
	for line := 1; lines.Scan(); line++ {
		row := strings.Split(strings.TrimSuffix(lines.Text(), "\r"), "\t")
		if line == 1 {
			header = row
			continue
		}
		if err := do(line, header, row); err != nil {
			return err
		}
	}
	return lines.Err()
}

// nameOf is a file's name without folder, part and format.
func nameOf(file string) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	return name
}

// key is what two copies of a text have in common: its letters and digits.
func key(text string) uint64 {
	h := fnv.New64a()
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 128 {
			_, _ = fmt.Fprintf(h, "%c", r)
		}
	}
	return h.Sum64()
}
