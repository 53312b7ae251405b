package eval

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"earshot/nlp/tsv"
)

// Suite is a set of behaviours by capability.
type Suite []Capability

// Capability is one thing to be able to do, and the cases that show it.
type Capability struct {
	Name  string
	Cases []Case
}

// suffix is how the files of a suite end.
const suffix = ".tsv"

// header is the first line of each, but for comments.
var header = []string{"kind", "expect", "text", "variant"}

// ReadSuite reads the behaviours of a directory, a capability from each file
// that ends in .tsv, in the order of their names. The error joins a *LineError
// for every line that is not a case.
func ReadSuite(dir string) (Suite, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var suite Suite
	var errs []error
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), suffix)
		if !ok || entry.IsDir() {
			continue
		}
		cases, err := readCasesOf(filepath.Join(dir, entry.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		suite = append(suite, Capability{Name: name, Cases: cases})
	}
	if len(suite) == 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s: no file in it ends in %s", dir, suffix))
	}
	return suite, errors.Join(errs...)
}

func readCasesOf(path string) ([]Case, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readCases(f, path)
}

// readCases reads the cases of one file, named file in errors.
func readCases(r io.Reader, file string) ([]Case, error) {
	in := tsv.NewLines(r, file)
	var cases []Case
	var errs []error
	seen := map[string]int{} // line of each row
	for headed := false; ; {
		line, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			if len(cases) == 0 && len(errs) == 0 {
				errs = append(errs, fmt.Errorf("%s: no case in it", file))
			}
			return cases, errors.Join(errs...)
		case errors.As(err, new(*LineError)):
			errs = append(errs, err)
			continue
		case err != nil:
			return nil, errors.Join(append(errs, err)...)
		case strings.HasPrefix(line, "#"), strings.TrimSpace(line) == "":
			continue
		}
		cells := strings.Split(line, "\t")
		if !headed {
			if headed = slices.Equal(cells, header); !headed {
				return nil, errors.Join(append(errs, in.Broken("want the header, with tabs between: %s", strings.Join(header, " ")))...)
			}
			continue
		}
		c, err := parseCase(cells)
		first, again := seen[line]
		switch {
		case !utf8.ValidString(line):
			errs = append(errs, in.Broken("not UTF-8"))
		case strings.Contains(line, "\r"):
			errs = append(errs, in.Broken("a carriage return in the line"))
		case err != nil:
			errs = append(errs, in.Broken("%v", err))
		case again:
			errs = append(errs, in.Broken("the same as line %d", first))
		default:
			seen[line] = in.Line()
			c.File, c.Line = file, in.Line()
			cases = append(cases, c)
		}
	}
}
