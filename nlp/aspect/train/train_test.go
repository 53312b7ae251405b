package train_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp/aspect"
	"earshot/nlp/aspect/train"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	tagtrain "earshot/nlp/tag/train"
	"earshot/nlp/token"
)

// deaf are ears that hear the same in all texts.
func deaf(t *testing.T) *tagtrain.Ears {
	t.Helper()
	w, err := sentiment.Train(t.Context(), nil, sentiment.Options{Parameters: sentiment.Parameters{Bits: 22}})
	if err != nil {
		t.Fatal(err)
	}
	m := w.Quantise()
	return tagtrain.NewEars([tagtrain.Folds]*sentiment.Model{m, m, m, m})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func learned(t *testing.T, dir string) (*aspect.Model, []byte) {
	t.Helper()
	o := train.Defaults()
	o.Bits, o.Models = 12, 1
	m, err := train.Train(t.Context(), deaf(t), []string{dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return m, b.Bytes()
}

func TestPolarityOfSpansIsLearned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var corpus, spans strings.Builder
	corpus.WriteString("text\taspects\n")
	spans.WriteString("polarity\ttext\taspect\tfrom\tto\tkind\n")
	for i, thing := range strings.Fields("room bed view pool lift lobby bar desk bath door floor wall roof lamp sofa") {
		fmt.Fprintf(&corpus, "the %s was lovely but the porter number %d was rude\t%s=positive;porter=negative\n", thing, i, thing)
		fmt.Fprintf(&spans, "positive\tün %s %d was lovely\t%s\t3\t%d\tterm\n", thing, i, thing, 3+len(thing))
		fmt.Fprintf(&spans, "neutral\twhere is the %s %d\t%s\t\t\tcategory\n", thing, i, thing)
	}
	write(t, filepath.Join(dir, "a.train.tsv"), corpus.String())
	write(t, filepath.Join(dir, "b.train.tsv"), spans.String())
	m, once := learned(t, dir)
	if m.Sources["a"] != 30 || m.Sources["b"] != 15 {
		t.Errorf("spans learned: %v", m.Sources)
	}
	if _, again := learned(t, dir); !bytes.Equal(once, again) {
		t.Error("two trainings differ")
	}
	var read segment.Text
	var f aspect.Features
	read.Read("the garden was lovely but the cook was rude", nil, "en")
	f.Begin(&read)
	even := sentiment.Probabilities{1. / 3, 1. / 3, 1. / 3}
	clauses := make([]sentiment.Probabilities, len(read.Clauses))
	for i := range clauses {
		clauses[i] = even
	}
	at := func(term string) float64 {
		start := strings.Index(read.Text, term)
		for i, tok := range read.Tokens {
			if tok.Start == start {
				r := train.Tokens(&read, read.Span(token.Range{From: i, To: i + 1}))
				v := m.Judge(&f, r, clauses, even)
				return v.Probabilities[2] - v.Probabilities[0]
			}
		}
		t.Fatalf("no %s", term)
		return 0
	}
	if garden, cook := at("garden"), at("cook"); garden <= 0 || cook >= 0 {
		t.Errorf("garden %v, cook %v", garden, cook)
	}
}

func TestMistakesAreNamedByPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"term elsewhere": {"text\taspects\nlate\tcourier=negative\n", `x.train.tsv:2: column aspects: term "courier" does not stand in the text`},
		"no polarity":    {"text\taspects\nlate\tlate\n", `"late" is not term=polarity`},
		"unknown":        {"text\taspects\nlate\tlate=bad\n", `polarity "bad" is none of negative, neutral, positive`},
		"of a span":      {"polarity\ttext\tfrom\tto\nbad\tlate\t0\t4\n", `x.train.tsv:2: polarity "bad"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "x.train.tsv"), c.file)
			_, err := train.Train(t.Context(), deaf(t), []string{dir}, train.Defaults())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, wanted %s", err, c.want)
			}
		})
	}
}
