package nlp

import (
	"os"
	"slices"
	"strings"
	"testing"

	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
)

// texts are those of a labelled file of the corpus.
func texts(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if _, rest, ok := strings.Cut(line, "\t"); ok {
			text, _, _ := strings.Cut(rest, "\t")
			all = append(all, text)
		}
	}
	return all
}

// Whether the words of a text were met before changes nothing of what is heard in it.
func TestARememberedWordIsHeardAsANewOne(t *testing.T) {
	t.Parallel()
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := append(texts(t, "corpus/voice.dev.tsv"),
		"", "Donaudampfschifffahrtsgesellschaftskapitänsmütze", strings.Repeat("nosignal", 500), "बहुत अच्छा 😡 #NoSignalAgain NOT")
	x, h := sentiment.NewExtractor(a.fast.Bits), a.newHearing()
	var f sentiment.Features
	for range 2 {
		for _, text := range all {
			h.body.Read(text, nil, "en")
			h.tagSum.Reset()
			got := a.sums(h, nil, &h.body)
			want := a.fast.Sums(nil, x, &f, &h.body)
			if !slices.Equal(got, want) {
				t.Fatalf("%.60q: %v, of places one by one %v", text, got, want)
			}
			var sum tag.Sum
			a.tags.Add(&sum, &f)
			var tags, wanted [tag.Labels]float32
			a.tags.Logits(&tags, &h.tagSum, silent)
			a.tags.Logits(&wanted, &sum, silent)
			if tags != wanted {
				t.Fatalf("%.60q: other logits of tags than of places one by one", text)
			}
		}
	}
}
