package learn

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp"
	"earshot/nlp/sentiment"
)

// folder writes files and returns where they lie.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		data := []byte(content)
		if strings.HasSuffix(name, ".gz") {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			data = b.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSetsAreReadAndDevTextsLeftOut(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"shop.train.tsv.gz": "label\ttext\nnegative\tit broke\npositive\tit works\npositive\tIt is held.\n",
		"shop.dev.tsv":      "label\ttext\npositive\tit is held\n",
		"ours.train.tsv":    "label\ttext\tindustry\nneutral\twhere is it\tretail\nmixed\tnice but dear\tretail\n",
		"topics.train.tsv":  "label\ttext\nbilling\tthey charged me twice\n",
		"notes.txt":         "nothing",
	})
	sets, err := ReadSets([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sets {
		got = append(got, fmt.Sprintf("%s %d corpus=%v two=%v dev=%v", s.Name, len(s.Examples), s.Corpus, s.TwoClass, s.Dev))
	}
	want := "ours 2 corpus=true two=false dev=false, shop 2 corpus=false two=true dev=false, shop 1 corpus=false two=true dev=true"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestBadSetsNameFileAndLine(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"empty.tsv":     "",
		"noheader.tsv":  "negative\tbad\nnegative\tbad\n",
		"label.tsv":     "label\ttext\nnegative\tbad\nangry\tbad\n",
		"onecolumn.tsv": "label\ttext\nnegative\n",
	})
	for file, says := range map[string]string{
		"noheader.tsv":  "its first line must name the columns",
		"label.tsv":     `line 3: label "angry"`,
		"onecolumn.tsv": "line 2: 1 columns",
		"missing.tsv":   "no such file",
	} {
		_, err := ReadSets([]string{filepath.Join(dir, file)})
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v, want %q", file, err, says)
		}
	}
	if _, err := ReadSets([]string{folder(t, nil)}); err == nil {
		t.Error("a folder without sets is no error")
	}
}

func TestClassesAreEvenedOutAndTheCorpusCountsMore(t *testing.T) {
	t.Parallel()
	set := Set{Examples: make([]sentiment.Example, 50000)}
	for i := range set.Examples {
		set.Examples[i].Target[2] = 1
		if i%100 == 0 {
			set.Examples[i].Target = [3]float32{1, 0, 0}
		}
	}
	weigh(&set)
	negative, positive := set.Examples[0].Weight, set.Examples[1].Weight
	if ratio := negative / positive; ratio < 9 || ratio > 11 { // √99
		t.Errorf("a rare negative counts %.1f times a positive", ratio)
	}
	set.Corpus = true
	weigh(&set)
	if got := set.Examples[1].Weight / positive; got < 3 {
		t.Errorf("the corpus counts %.1f times another set of its size", got)
	}
}

func TestUnlabelledTextsComeOnceAndLongOnesBySentence(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("This sentence is one of very many here. ", 20)
	dir := folder(t, map[string]string{
		"a.train.tsv": "label\ttext\nx\tMy card has not come yet\nx\tmy card has not come yet!\nx\tshort\nx\t" + long + "And the last one is another.\n",
		"b.train.tsv": "label\ttext\nx\tThis one is labelled elsewhere\nx\tThis one is for measuring\n",
		"b.dev.tsv":   "label\ttext\nx\tThis one is for measuring\n",
	})
	known := []Set{{Examples: []sentiment.Example{{Text: "this one is labelled elsewhere"}}}}
	texts, err := ReadUnlabelled([]string{dir}, known)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"My card has not come yet", "This sentence is one of very many here.", "And the last one is another."}
	if strings.Join(texts, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", texts, want)
	}
}

// echo is a teacher that hears the deep tier's kind of answer.
type echo struct{ tier string }

func (e echo) Analyze(_ context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
	out := make([]nlp.Analysis, len(docs))
	for i := range docs {
		out[i].Tier = e.tier
		out[i].Sentiment.Probabilities = [3]float64{0.7, 0.2, 0.1}
	}
	return out, nil
}

func TestATeacherTeachesItsDoubtToo(t *testing.T) {
	t.Parallel()
	set, err := Teach(t.Context(), echo{nlp.TierDeep}, []string{"one two three", "four"}, func(int) {})
	if err != nil || len(set.Examples) != 2 || set.Examples[1].Target != [3]float32{0.7, 0.2, 0.1} {
		t.Errorf("%+v, %v", set, err)
	}
	set, err = Teach(t.Context(), echo{nlp.TierFast}, []string{"ein deutscher Satz"}, func(int) {})
	if err != nil || len(set.Examples) != 0 {
		t.Errorf("what the teacher can't hear is taught: %+v, %v", set, err)
	}
}

func TestOneSetIsLeftOutAtATime(t *testing.T) {
	t.Parallel()
	rows := func(kind string) string {
		b := strings.Builder{}
		b.WriteString("label\ttext\n")
		for i := range 60 {
			fmt.Fprintf(&b, "negative\t%s number %d is broken\npositive\t%s number %d is lovely\nneutral\twhere is %s number %d\n", kind, i, kind, i, kind, i)
		}
		return b.String()
	}
	dir := folder(t, map[string]string{"phones.train.tsv": rows("phone"), "shoes.train.tsv": rows("shoe")})
	o := Defaults()
	o.Bits = 14
	var left []Left
	if err := LeaveOneOut(t.Context(), []string{dir}, o, func(l Left) { left = append(left, l) }); err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 {
		t.Fatalf("%+v", left)
	}
	for _, l := range left {
		// Held-out texts fit the temperature, so a little less than all is learned.
		if l.N != 180 || l.Learned > 180 || l.Learned < 150 || l.Accuracy < 0.9 {
			t.Errorf("%+v", l)
		}
	}
}

func TestTrainingTwiceGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.train.tsv": "label\ttext\nnegative\tit is broken\npositive\tit is lovely\nneutral\twhere is it\n"})
	file := func() string {
		sets, err := ReadSets([]string{dir})
		if err != nil {
			t.Fatal(err)
		}
		o := Defaults()
		o.Bits, o.MinTexts, o.Name = 14, 1, "test@1"
		m, err := Train(t.Context(), sets, o)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if first, second := file(), file(); first != second {
		t.Error("the files differ")
	}
}
