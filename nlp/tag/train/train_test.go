package train_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
	"earshot/nlp/tag/train"
)

const header = "label\ttext\taspects\ttopics\tstage\tintents\teffort\temotion\tchannel\tindustry\n"

// said are texts of two kinds, with what they are labelled.
var said = [2]struct{ words, columns string }{
	{"late parcel courier depot rain lost", "negative\t%s\t\tdelivery\tfulfilment\tcomplaint\thard\tanger\treview\tx\n"},
	{"lovely soup waiter table wine thanks", "positive\t%s\t\tfood_drink,staff\tusage\tpraise,thanks\teasy\tjoy\treview\tx\n"},
}

// corpus writes n lines of each kind into a folder's part.
func corpus(t *testing.T, dir, part string, n int) {
	t.Helper()
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		for _, kind := range said {
			words := strings.Fields(kind.words)
			text := fmt.Sprintf("%s %s %s %d", words[i%6], words[i/6%6], words[i/36%6], i)
			fmt.Fprintf(&b, kind.columns, text)
		}
	}
	write(t, filepath.Join(dir, "made."+part+".tsv"), b.String())
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// deaf are ears that hear the same in all texts.
func deaf(t *testing.T) *train.Ears {
	t.Helper()
	w, err := sentiment.Train(t.Context(), nil, sentiment.Options{Parameters: sentiment.Parameters{Bits: 22}})
	if err != nil {
		t.Fatal(err)
	}
	m := w.Quantise()
	return train.NewEars([train.Folds]*sentiment.Model{m, m, m, m})
}

// quick are options for little data.
func quick() train.Options {
	o := train.Defaults()
	o.Bits, o.Inner, o.Epochs, o.Models, o.MinTexts = 14, 8, 6, 1, 2
	return o
}

func trained(t *testing.T, dir string) (*tag.Model, []byte) {
	t.Helper()
	m, err := train.Train(t.Context(), deaf(t), []string{dir}, quick())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return m, b.Bytes()
}

func TestTheSameDataGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	corpus(t, dir, "train", 60)
	m, once := trained(t, dir)
	if _, again := trained(t, dir); !bytes.Equal(once, again) {
		t.Error("two trainings differ")
	}
	if got := m.Sources["made"]; got != 120 {
		t.Errorf("%d texts learned of 120", got)
	}
}

func TestDevTextsAndCopiesAreNotLearned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	corpus(t, dir, "train", 60)
	corpus(t, dir, "dev", 20)
	m, _ := trained(t, dir)
	if got := m.Sources["made"]; got != 80 {
		t.Errorf("%d texts learned: the dev part has 40 of the 120", got)
	}
}

func TestMistakesAreNamedByPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ line, want string }{
		"unknown intent": {"negative\ta\t\t\t\tgrumble\t\tnone\treview\tx", `bad.train.tsv:2: column intents: no intent is called "grumble"`},
		"two stages":     {"negative\ta\t\t\tusage,exit\tcomplaint\t\tnone\treview\tx", `bad.train.tsv:2: column stage: "usage,exit": one label at most`},
		"no emotion":     {"negative\ta\t\t\t\tcomplaint\t\t\treview\tx", `bad.train.tsv:2: column emotion: no emotion is called ""`},
		"label":          {"sad\ta\t\t\t\tcomplaint\t\tnone\treview\tx", `bad.train.tsv:2: label "sad" is none of negative`},
		"few columns":    {"negative\ta", `bad.train.tsv:2: 2 columns instead of 10`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "bad.train.tsv"), header+c.line+"\n")
			_, err := train.Train(t.Context(), nil, []string{dir}, quick())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, wanted %s", err, c.want)
			}
		})
	}
}

func TestNothingToLearnIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "other.train.tsv"), "label\ttext\nnegative\tlate\n")
	for _, path := range []string{dir, filepath.Join(dir, "missing")} {
		if _, err := train.Train(t.Context(), nil, []string{path}, quick()); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

func TestCopiesOfATextShareAFold(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for i := range 200 {
		text := fmt.Sprintf("Text number %d!", i)
		f := train.Fold(text)
		if f < 0 || f >= train.Folds || f != train.Fold(strings.ToUpper(text)+"?") {
			t.Fatalf("%q is in fold %d, a copy in %d", text, f, train.Fold(strings.ToUpper(text)+"?"))
		}
		seen[f] = true
	}
	if len(seen) != train.Folds {
		t.Errorf("folds used: %v", seen)
	}
}
