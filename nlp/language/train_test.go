package language

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func small() Options { return Options{Bits: 12, Steps: 300} }

func phraseExamples(t *testing.T) []Example {
	t.Helper()
	examples, err := shortPhrases()
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

func written(t *testing.T, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if n, err := m.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo = %d, %v", n, err)
	}
	return b.Bytes()
}

func TestTrainMakesTheSameModelOfTheSameExamples(t *testing.T) {
	examples := phraseExamples(t)
	var made [][]byte
	for _, seed := range []uint64{1, 1, 2} {
		o := small()
		o.Seed = seed
		m, err := Train(examples, o)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, written(t, m))
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Error("two models of the same examples and seed differ")
	}
	if bytes.Equal(made[0], made[2]) {
		t.Error("models of two seeds are the same")
	}
}

func TestTrainLearnsItsExamples(t *testing.T) {
	examples := phraseExamples(t)
	o := small()
	o.Bits, o.Steps = 14, 3000
	m, err := Train(examples, o)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, e := range examples {
		if code, _ := m.Identify(e.Text); code == e.Language {
			right++
		}
	}
	if right < len(examples)*9/10 {
		t.Errorf("%d of %d examples are right", right, len(examples))
	}
}

func TestTrainRefuses(t *testing.T) {
	good := phraseExamples(t)
	for _, c := range []struct {
		name     string
		examples []Example
		o        Options
		want     string
	}{
		{"no examples", nil, small(), "no example of en"},
		{"a language without examples", good[:50], small(), "no example of"},
		{"an unknown language", []Example{{"goedemorgen", "nl"}}, small(), `"nl"`},
		{"too many places", good, Options{Bits: 30}, "30 bits"},
		{"negative steps", good, Options{Bits: 12, Steps: -1}, "below zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Train(c.examples, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestTrainFilesReadsFilesByName(t *testing.T) {
	folder := t.TempDir()
	put := func(name, content string) {
		t.Helper()
		b := []byte(content)
		if strings.HasSuffix(name, ".gz") {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			w.Write(b)
			w.Close()
			b = packed.Bytes()
		}
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("xlmt_german.train.tsv.gz", "label\ttext\r\nneutral\tWo ist mein \\u00dcberweisungsbeleg\r\n")
	put("xlmt_hindi.train.tsv.gz", "label\ttext\nneutral\tyeh kya baat hai yaar\nneutral\tthis is what we want\nneutral\tHmm\n")
	put("reviews.train.tsv.gz", "label\ttext\tstars\npositive\tLovely\t5\n")
	put("reviews.dev.tsv.gz", "not read")
	put("voice.train.tsv", "label\ttext\tindustry\nneutral\tSono contento\titalian\nneutral\tI am glad\tfinance\n")
	put("french.tsv", strings.Repeat("x\t", corpusColumns-1)+"Je suis content\n")
	put("notes.tsv", "not read")

	examples, err := gatherFiles(t.Context(), []string{folder})
	if err != nil {
		t.Fatal(err)
	}
	got := examples[len(phraseExamples(t)):]
	want := []Example{
		{"Je suis content", French},
		{"Lovely", English},
		{"Sono contento", Italian},
		{"I am glad", English},
		{"Wo ist mein Überweisungsbeleg", German},
		{"yeh kya baat hai yaar", Hindi},
		{"this is what we want", English},
	}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("example %d is %q, want %q", i, got[i], want[i])
		}
	}

	m, err := TrainFiles(t.Context(), small(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(bytes.NewReader(written(t, m))); err != nil {
		t.Error(err)
	}
}

func TestTrainFilesEndsWithItsContext(t *testing.T) {
	folder := t.TempDir()
	row := strings.Repeat("x\t", corpusColumns-1) + "Je suis content\n"
	if err := os.WriteFile(filepath.Join(folder, "french.tsv"), []byte(row), 0o644); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		want error
	}{
		"before reading": {ended, context.Canceled},
		"while training": {soon, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Bits: 12, Steps: 30000} // takes seconds
			if m, err := TrainFiles(c.ctx, o, folder); m != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, %v; want %v", m, err, c.want)
			}
		})
	}
}

func TestTrainFilesRefuses(t *testing.T) {
	for _, c := range []struct{ name, file, content, want string }{
		{"nothing to read", "notes.txt", "", "no file to train on"},
		{"an unknown language", "xlmt_dutch.train.tsv.gz", "", "dutch"},
		{"what is no gzip", "sst.train.tsv.gz", "label\ttext\n", "gzip"},
		{"a corpus without header", "voice.train.tsv", "neutral\tGuten Tag\n", "header"},
		{"a corpus with a short line", "german.tsv", "neutral\tGuten Tag\n", "line 1 has 2 columns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, c.file), []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := TrainFiles(t.Context(), small(), folder); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			file := filepath.Join(folder, c.file)
			if _, err := TrainFiles(t.Context(), small(), file); err == nil || !strings.Contains(err.Error(), file+" is a file: it takes folders") {
				t.Errorf("of a file: %v", err)
			}
		})
	}
}
