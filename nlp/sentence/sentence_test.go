package sentence_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/sentence"
)

func TestSplitFindsSentences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":           {"", nil},
		"white space only":  {" \n\t ", nil},
		"one":               {"It works.", []string{"It works."}},
		"two":               {"It works. I like it!", []string{"It works.", "I like it!"}},
		"no full stop":      {"it works", []string{"it works"}},
		"abbreviation":      {"Dr. Smith came at 9 a.m. and left.", []string{"Dr. Smith came at 9 a.m. and left."}},
		"price":             {"It cost $4.99 in total. Too much.", []string{"It cost $4.99 in total.", "Too much."}},
		"line breaks":       {"late again\nno call\n\nnothing", []string{"late again", "no call", "nothing"}},
		"surrounding space": {"  Late.   Again.  ", []string{"Late.", "Again."}},
		"the same twice":    {"Late. Late.", []string{"Late.", "Late."}},
		"other script":      {"बहुत खराब सेवा", []string{"बहुत खराब सेवा"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, split(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSplitCutsEndlessLinesOnRuneBoundaries(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one word":        strings.Repeat("a", 100_000),
		"one wide word":   strings.Repeat("é", 50_000),
		"many words":      strings.Repeat("slow ", 20_000),
		"marks only":      strings.Repeat("!", 100_000),
		"combining marks": strings.Repeat("e\u0301", 30_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(split(t, text), "")
			if want := strings.ReplaceAll(text, " ", ""); strings.ReplaceAll(got, " ", "") != want {
				t.Errorf("%d bytes of %d are in sentences", len(got), len(want))
			}
		})
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("It works. I like it!\nNo?! Dr. Who …")
	s := newSplitter(f)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		last := 0
		s.Split(text, func(start, end int) {
			if start < last || end <= start || end > len(text) {
				t.Fatalf("sentence %d…%d after %d in a text of %d bytes", start, end, last, len(text))
			}
			if !utf8.ValidString(text[start:end]) {
				t.Fatalf("sentence %d…%d splits a rune", start, end)
			}
			last = end
		})
	})
}

func split(t *testing.T, text string) []string {
	t.Helper()
	var got []string
	newSplitter(t).Split(text, func(start, end int) { got = append(got, text[start:end]) })
	return got
}

func newSplitter(tb testing.TB) *sentence.Splitter {
	tb.Helper()
	s, err := sentence.NewSplitter()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
