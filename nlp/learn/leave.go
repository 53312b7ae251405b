package learn

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"earshot/nlp/eval"
	"earshot/nlp/sentiment"
)

// Left is how a model judges a set of which it learned nothing.
type Left struct {
	Set         string
	Learned     int // texts learned, all of other sets
	N           int // texts judged
	Accuracy    float64
	MacroF1     float64
	MacroRecall float64
}

// most is how many texts of a set without a dev part are judged.
const most = 4000

// LeaveOneOut trains once for each domain, on all others, and judges what was left
// out: the set's dev part if its file lies beside, else its texts. Sets of one
// domain (sst2 and sst3) are left out together; earshot's own corpus and sets in
// several languages stay in. done is called after each.
func LeaveOneOut(ctx context.Context, paths []string, o sentiment.Options, done func(Left)) error {
	sets, err := ReadSets(paths)
	if err != nil {
		return err
	}
	left, err := leavable(sets)
	if err != nil {
		return err
	}
	for _, out := range left {
		judged, err := devOf(paths, out)
		if err != nil {
			return err
		}
		m, err := Train(ctx, others(sets, out), o)
		if err != nil {
			return err
		}
		left := judge(m, judged)
		left.Set = out.Name
		for _, n := range m.Sources {
			left.Learned += n
		}
		done(left)
	}
	return nil
}

// leavable are the sets that can be left out. None, or nothing else to learn from,
// is an error.
func leavable(sets []Set) ([]Set, error) {
	var left []Set
	for _, s := range sets {
		if !s.Corpus && !s.Dev && !strings.HasPrefix(s.Name, "xlmt_") {
			left = append(left, s)
		}
	}
	if len(left) == 0 {
		return nil, errors.New("no set to leave out: earshot's own corpus and sets in several languages stay in")
	}
	for _, out := range left {
		if !slices.ContainsFunc(others(sets, out), func(s Set) bool { return !s.Dev && len(s.Examples) > 0 }) {
			return nil, fmt.Errorf("leaving %s out leaves nothing to learn from: there must be sets of two domains, or the corpus beside one", out.Name)
		}
	}
	return left, nil
}

// others are the sets of other domains than out's.
func others(sets []Set, out Set) []Set {
	var rest []Set
	for _, s := range sets {
		if domain(s.Name) != domain(out.Name) {
			rest = append(rest, s)
		}
	}
	return rest
}

// domain is what sets of the same texts have in common: their name without the
// number of classes.
func domain(name string) string { return strings.TrimRight(name, "0123456789") }

// devOf reads the dev part of a set, or takes the beginning of the set itself.
func devOf(paths []string, set Set) (Set, error) {
	for _, path := range paths {
		for _, end := range []string{".dev.tsv", ".dev.tsv.gz"} {
			dev, err := readSet(filepath.Join(path, set.Name+end))
			if err == nil {
				dev.TwoClass = set.TwoClass
				return dev, nil
			}
			if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
				return set, err
			}
		}
	}
	step := max(1, len(set.Examples)/most)
	part := Set{Name: set.Name, TwoClass: set.TwoClass}
	for i := 0; i < len(set.Examples); i += step {
		part.Examples = append(part.Examples, set.Examples[i])
	}
	return part, nil
}

// judge measures a model on a set; of a set that knows no neutral the likelier of
// the two others counts.
func judge(m *sentiment.Model, set Set) Left {
	confusion := eval.NewMatrix(3)
	c := NewClassifier(m)
	for i := range set.Examples {
		e := &set.Examples[i]
		is := class(e)
		if is < 0 {
			continue
		}
		p := c.Logits(e.Text, e.Language).Softmax(1)
		if set.TwoClass {
			p[1] = 0
		}
		said := 0
		for k := range p {
			if p[k] > p[said] {
				said = k
			}
		}
		confusion.Add(is, said)
	}
	left := Left{Accuracy: confusion.Accuracy()}
	left.N, _ = confusion.N()
	left.MacroF1, left.MacroRecall = confusion.Macro()
	return left
}
