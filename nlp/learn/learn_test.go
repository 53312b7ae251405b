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
	"earshot/nlp/tsv"
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
		"blank.tsv":     "\n",
		"text.tsv":      "text\nbad\n",
		"second.tsv":    "words\tlabel\nbad\tnegative\n",
		"long.tsv":      "label\ttext\nnegative\tbad\nnegative\t" + strings.Repeat("x", tsv.MaxLine) + "\n",
		"noheader.tsv":  "negative\tbad\nnegative\tbad\n",
		"label.tsv":     "label\ttext\nnegative\tbad\nangry\tbad\n",
		"onecolumn.tsv": "label\ttext\nnegative\n",
	})
	for file, says := range map[string]string{
		"empty.tsv":     "it is empty",
		"blank.tsv":     "its first line must name the columns",
		"text.tsv":      "its first line must name the columns",
		"second.tsv":    "its first line must name the columns",
		"long.tsv":      "line 3: longer than 16 MiB",
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

func TestBadFilesInFoldersAreNamed(t *testing.T) {
	t.Parallel()
	const good = "label\ttext\nnegative\tit is broken, all of it\n"
	for _, file := range []string{"a.train.tsv", "a.dev.tsv"} {
		for name, content := range map[string]string{"empty": "", "without a header": "negative\tit is broken\n"} {
			t.Run(file+" "+name, func(t *testing.T) {
				t.Parallel()
				dir := folder(t, map[string]string{file: content, "good.train.tsv": good})
				_, err := ReadSets([]string{dir})
				_, other := ReadUnlabelled([]string{dir}, nil)
				for _, err := range []error{err, other} {
					if err == nil || !strings.Contains(err.Error(), file) {
						t.Errorf("%v doesn't name %s", err, file)
					}
				}
			})
		}
	}
}

func TestTheTextColumnIsFoundByItsName(t *testing.T) {
	t.Parallel()
	const text, dev = "The parcel never came at all", "This one is for measuring alone"
	for name, c := range map[string]struct{ header, row string }{
		"label first":         {"label\ttext", "negative\t%s"},
		"text first":          {"text\tlabel", "%s\tnegative"},
		"polarity":            {"polarity\ttext\taspect", "negative\t%s\tparcel"},
		"text last":           {"label\tstars\ttext", "negative\t1\t%s"},
		"not named":           {"label\treview", "negative\t%s"},
		"behind a byte order": {"\uFEFFlabel\ttext", "negative\t%s"},
		"of Windows":          {"text\tlabel\r", "%s\tnegative\r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := func(texts ...string) string {
				b := c.header + "\n"
				for _, text := range texts {
					b += fmt.Sprintf(c.row, text) + "\n"
				}
				return b
			}
			dir := folder(t, map[string]string{"a.train.tsv": rows(text, dev), "a.dev.tsv": rows(dev)})
			sets, err := ReadSets([]string{dir})
			if err != nil {
				t.Fatal(err)
			}
			if e := sets[0].Examples; len(e) != 1 || e[0].Text != text || class(&e[0]) != 0 {
				t.Errorf("learned: %+v", e)
			}
			texts, err := ReadUnlabelled([]string{dir}, nil)
			if err != nil || len(texts) != 1 || texts[0] != text {
				t.Errorf("taught: %q, %v", texts, err)
			}
		})
	}
}

func TestFoldersMayHaveAnyName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), `[a-] *\x?`)
	if err := os.Rename(folder(t, map[string]string{"a.train.tsv": "label\ttext\nneutral\twhere\n", "a.dev.tsv": "label\ttext\nneutral\twhen\n"}), dir); err != nil {
		t.Fatal(err)
	}
	sets, err := ReadSets([]string{dir})
	if err != nil || len(sets) != 2 || !sets[1].Dev {
		t.Errorf("%+v, %v", sets, err)
	}
}

func TestTextsAreOneWhereTheirWordsAre(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b string
		same bool
	}{
		"other case and marks": {"It broke!", "it broke", true},
		"other words":          {"It broke", "It works", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := key(c.a) == key(c.b); got != c.same {
				t.Errorf("%q and %q are one: %v", c.a, c.b, got)
			}
		})
	}
}

func TestOnlyWhatATeacherLabelledKeepsItsWeight(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"taught.train.tsv": "label\ttext\nnegative\tit broke\nneutral\twhere\npositive\tit works\n"})
	sets, err := ReadSets([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	examples, _, _ := gather(sets)
	if len(examples) == 0 || examples[0].Weight == taughtWeight {
		t.Errorf("a user's own set named taught is not weighed: %+v", examples)
	}
	sets[0].Taught = true
	examples, held, _ := gather(sets)
	if len(examples) != 3 || len(held) != 0 || examples[0].Weight != taughtWeight {
		t.Errorf("what a teacher labelled is weighed or held out: %+v, %+v", examples, held)
	}
}

func TestLeavingOutNeedsSomethingElse(t *testing.T) {
	t.Parallel()
	const rows, corpus = "label\ttext\nnegative\tit broke\nneutral\twhere\n", "label\ttext\tindustry\nnegative\tit broke down\tretail\n"
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"corpora alone":       {map[string]string{"own.train.tsv": corpus}, "no set to leave out"},
		"several languages":   {map[string]string{"xlmt_german.train.tsv": rows}, "no set to leave out"},
		"one domain":          {map[string]string{"sst2.train.tsv": rows, "sst3.train.tsv": rows}, "leaving sst2 out leaves nothing to learn from"},
		"one domain, and dev": {map[string]string{"a.train.tsv": rows, "b.dev.tsv": "label\ttext\nneutral\twhen\n"}, "leaving a out leaves nothing to learn from"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := LeaveOneOut(t.Context(), []string{folder(t, c.files)}, Defaults(), func(Left) { t.Error("trained") })
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func TestFilesAreLeftOutTooAlthoughNoDevPartLiesInThem(t *testing.T) {
	t.Parallel()
	rows := func(kind string) string {
		return "label\ttext\nnegative\t" + kind + " broke\npositive\tlovely " + kind + "\nneutral\twhere is " + kind + "\n"
	}
	dir := folder(t, map[string]string{"shoes.tsv": rows("shoes"), "phones.tsv": rows("phones")})
	o := Defaults()
	o.Bits, o.MinTexts, o.Epochs = 14, 1, 1
	n := 0
	err := LeaveOneOut(t.Context(), []string{filepath.Join(dir, "shoes.tsv"), filepath.Join(dir, "phones.tsv")}, o, func(Left) { n++ })
	if err != nil || n != 2 {
		t.Errorf("%d left out, %v", n, err)
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
