package nlp_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

func TestAnalyzeLabelsText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doc   nlp.Document
		label nlp.Label
		mixed bool
	}{
		"praise":        {nlp.Document{Text: "The technician was lovely."}, nlp.Positive, false},
		"complaint":     {nlp.Document{Text: "Terrible service, I hate it."}, nlp.Negative, false},
		"fact":          {nlp.Document{Text: "The parcel came on Tuesday."}, nlp.Neutral, false},
		"empty":         {nlp.Document{}, nlp.Neutral, false},
		"title only":    {nlp.Document{Title: "Awful!"}, nlp.Negative, false},
		"title counts":  {nlp.Document{Title: "Great", Text: "Came on Tuesday."}, nlp.Positive, false},
		"both":          {nlp.Document{Text: "I love the phone. The support is horrible and rude."}, nlp.Neutral, true},
		"bytes as text": {nlp.Document{Text: "\u0000\uFFFD\u200d"}, nlp.Neutral, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := analyze(t, c.doc)
			if got.Sentiment.Label != c.label || got.Sentiment.Mixed != c.mixed {
				t.Errorf("got %+v, want label %s, mixed %v", got.Sentiment, c.label, c.mixed)
			}
		})
	}
}

func TestOnlyTheCustomersVoiceIsHeard(t *testing.T) {
	t.Parallel()
	text := "agent: Wonderful, fantastic, great!\ncustomer: This is terrible."
	start := strings.Index(text, "This")
	got := analyze(t, nlp.Document{Text: text, Voice: []nlp.Span{{Start: start, End: len(text)}}})
	want := []nlp.Sentence{{Span: nlp.Span{Start: start, End: len(text)}, Score: got.Sentiment.Score, Label: nlp.Negative}}
	if diff := cmp.Diff(want, got.Sentences); diff != "" {
		t.Error(diff)
	}
	silent := analyze(t, nlp.Document{Text: text, Voice: []nlp.Span{}})
	if silent.Sentiment.Label != nlp.Neutral || len(silent.Sentences) != 0 {
		t.Errorf("a chat without the customer's words is heard as %+v", silent)
	}
}

func TestAnalyzeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newAnalyzer(t).Analyze(ctx, []nlp.Document{{Text: "Fine."}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestAnalyzeIsTheSameWhoeverElseAsks(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	doc := nlp.Document{Text: "Slow, rude and expensive. But the app is nice!"}
	want := analyze(t, doc)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			got, err := a.Analyze(t.Context(), []nlp.Document{{Text: "noise"}, doc})
			if err != nil {
				t.Error(err)
				return
			}
			if diff := cmp.Diff(want, got[1]); diff != "" {
				t.Error(diff)
			}
		})
	}
	wait.Wait()
}

func FuzzAnalyze(f *testing.F) {
	f.Add("", "I love it. But …")
	f.Add("Title :(", "agent: hi\ncustomer: NOT good!!! 😡\u0301")
	a := newAnalyzer(f)
	f.Fuzz(func(t *testing.T, title, text string) {
		if !utf8.ValidString(text) || !utf8.ValidString(title) {
			t.Skip()
		}
		analyses, err := a.Analyze(t.Context(), []nlp.Document{{Title: title, Text: text}})
		if err != nil {
			t.Fatal(err)
		}
		got := analyses[0]
		if s := got.Sentiment; !(s.Score >= -1 && s.Score <= 1 && s.Confidence >= 0 && s.Confidence <= 1) {
			t.Errorf("sentiment out of range: %+v", s)
		}
		for _, s := range got.Sentences {
			if s.Start < 0 || s.End > len(text) || s.Start >= s.End || !utf8.ValidString(text[s.Start:s.End]) {
				t.Errorf("sentence %+v in a text of %d bytes", s, len(text))
			}
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	a := newAnalyzer(b)
	doc := nlp.Document{Text: "They promised the technician between eight and twelve, I took the day off, and nobody came or even called. Second time now. The lady on the phone was really kind about it though, thank you."}
	for b.Loop() {
		if _, err := a.Analyze(b.Context(), []nlp.Document{doc}); err != nil {
			b.Fatal(err)
		}
	}
}

func analyze(t *testing.T, d nlp.Document) nlp.Analysis {
	t.Helper()
	analyses, err := newAnalyzer(t).Analyze(t.Context(), []nlp.Document{d})
	if err != nil {
		t.Fatal(err)
	}
	return analyses[0]
}

func newAnalyzer(tb testing.TB) *nlp.Analyzer {
	tb.Helper()
	a, err := nlp.New()
	if err != nil {
		tb.Fatal(err)
	}
	return a
}
