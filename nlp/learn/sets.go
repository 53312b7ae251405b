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
	"earshot/nlp/tsv"
)

// Set is the labelled texts of one source.
type Set struct {
	Name     string
	Corpus   bool // written as customer feedback, with the columns of nlp/corpus
	TwoClass bool // knows no neutral
	Dev      bool // for calibration alone: nothing is learned from it
	Taught   bool // labelled by a teacher, who says how sure it is
	Examples []sentiment.Example
}

// classes are the labels of a set's first column.
var classes = map[string][3]float32{
	"negative": {1, 0, 0},
	"neutral":  {0, 1, 0},
	"positive": {0, 0, 1},
	"mixed":    {0.45, 0.1, 0.45},
}

// ReadSets reads files of labels and texts whose header line names the columns: files as they are named,
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
		files, err := filesIn(path, "dev")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
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
		files, err := filesIn(path, "dev")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if err := eachRow(file, func(_ int, in columns, row []string) error {
				if in.text < len(row) {
					held[key(row[in.text])] = true
				}
				return nil
			}); err != nil {
				return nil, err
			}
		}
	}
	return held, nil
}

// filesOf are a folder's files to learn from; of a file, itself.
func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	return filesIn(path, "train")
}

// filesIn are the files of a part, train or dev, in a folder, in the order of their
// names; in a file, none.
func filesIn(path, part string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return nil, err
	}
	entries, err := os.ReadDir(path) // sorted
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if strings.HasSuffix(strings.TrimSuffix(e.Name(), ".gz"), "."+part+".tsv") {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, nil
}

var errOtherLabels = errors.New("its labels are not negative, neutral, positive or mixed")

func readSet(file string) (Set, error) {
	set := Set{Name: nameOf(file), TwoClass: true}
	languages := language.Default()
	err := eachRow(file, func(line int, in columns, row []string) error {
		if in.label < 0 {
			return errNoHeader
		}
		set.Corpus = in.corpus
		if len(row) <= max(in.label, in.text) {
			return fmt.Errorf("line %d: %d columns instead of %d", line, len(row), in.n)
		}
		target, ok := classes[row[in.label]]
		if !ok {
			return fmt.Errorf("line %d: label %q: %w", line, row[in.label], errOtherLabels)
		}
		if target[1] == 1 {
			set.TwoClass = false
		}
		text := row[in.text]
		code, _ := languages.Identify(text)
		set.Examples = append(set.Examples, sentiment.Example{Text: text, Language: code, Target: target, Weight: 1})
		return nil
	})
	if err != nil {
		return set, err
	}
	for i := range set.Examples {
		set.Examples[i].TwoClass = set.TwoClass
	}
	return set, nil
}

// columns are where a file has what is read of it.
type columns struct {
	n      int
	text   int
	label  int  // −1 if none is called so
	corpus bool // it has those of nlp/corpus
}

var errNoHeader = errors.New("its first line must name the columns: label, text")

// columnsOf finds the columns that a header names: of a table that names only its
// labels, the second is the text.
func columnsOf(header []string) (columns, error) {
	c := columns{
		n:      len(header),
		text:   slices.Index(header, "text"),
		label:  slices.IndexFunc(header, func(name string) bool { return name == "label" || name == "polarity" }),
		corpus: slices.Contains(header, "industry"),
	}
	if c.text < 0 {
		if c.label < 0 || c.label == 1 || c.n < 2 {
			return c, errNoHeader
		}
		c.text = 1
	}
	return c, nil
}

// eachRow calls do with every line of a TSV file after its header. Errors name the
// file.
func eachRow(file string, do func(line int, in columns, row []string) error) error {
	f, err := tsv.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	in := tsv.NewLines(f, file)
	var named columns
	for {
		text, err := in.Next()
		switch {
		case errors.Is(err, io.EOF) && in.Line() == 0:
			return fmt.Errorf("%s: it is empty: %w", file, errNoHeader)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		row := strings.Split(text, "\t")
		if in.Line() == 1 {
			named, err = columnsOf(row)
		} else {
			err = do(in.Line(), named, row)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
}

// nameOf is a file's name without folder, part and format.
func nameOf(file string) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	return name
}

// key is what two copies of a text have in common: its letters and digits. Texts that
// have none, as ":)", share one key; telling them apart would change what the
// built-in model is learned from.
func key(text string) uint64 {
	h := fnv.New64a()
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 128 {
			_, _ = fmt.Fprintf(h, "%c", r)
		}
	}
	return h.Sum64()
}
