package segment_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

func TestTextIsReadIntoSentencesAndClauses(t *testing.T) {
	t.Parallel()
	var text segment.Text
	text.Read("The staff were kind, but the app crashes. Never again!", nil, "en")
	if len(text.Sentences) != 2 || len(text.Clauses) != 3 {
		t.Fatalf("%d sentences and %d clauses", len(text.Sentences), len(text.Clauses))
	}
	for i, want := range []string{"The staff were kind, but the app crashes.", "Never again!"} {
		span := text.Span(text.Sentences[i].Range)
		if got := text.Text[span.Start:span.End]; got != want {
			t.Errorf("sentence %d is %q", i, got)
		}
	}
	if s := text.Sentences[0]; s.Clauses != (token.Range{From: 0, To: 2}) || text.Sentences[1].Clauses != (token.Range{From: 2, To: 3}) {
		t.Errorf("the sentences %v", text.Sentences)
	}
}

func TestPartsAreReadByThemselves(t *testing.T) {
	t.Parallel()
	chat := "my line is\ndown\nhow can I help\nsince Monday"
	var text segment.Text
	text.Read(chat, []token.Span{{Start: 0, End: 15}, {Start: 31, End: len(chat)}}, "en")
	var parts []int
	for _, s := range text.Sentences {
		parts = append(parts, s.Part)
	}
	if want := []int{0, 0, 1}; !slices.Equal(parts, want) {
		t.Errorf("the parts %v, want %v", parts, want)
	}
	if last := text.Span(text.Sentences[2].Range); chat[last.Start:last.End] != "since Monday" {
		t.Errorf("the last sentence is %q", chat[last.Start:last.End])
	}
}

func TestTextIsReadAgainWithoutAllocating(t *testing.T) {
	var text segment.Text
	text.Read(message, nil, "en")
	if n := testing.AllocsPerRun(20, func() { text.Read(message, nil, "en") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNothingIsLeftOfTheTextBefore(t *testing.T) {
	t.Parallel()
	var text segment.Text
	text.Read(message, nil, "en")
	text.Read("", nil, "en")
	if len(text.Tokens) != 0 || len(text.Sentences) != 0 || len(text.Clauses) != 0 {
		t.Errorf("%+v", text)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", message, "a\x00b\xff. c", "It works. But no!\n\nAlthough #tag, f***ing 😡", strings.Repeat("!", 100), "很差。不！"} {
		f.Add(s, "en", uint(len(s)/2))
	}
	f.Fuzz(func(t *testing.T, text, language string, cut uint) {
		boundaries := []int{len(text)}
		for i := range text {
			boundaries = append(boundaries, i)
		}
		at := boundaries[cut%uint(len(boundaries))]
		for _, parts := range [][]token.Span{nil, {{Start: 0, End: at}, {Start: at, End: len(text)}}, {}} {
			var first, second segment.Text
			first.Read(text, parts, language)
			second.Read(message, nil, "de")
			second.Read(text, parts, language)
			if len(first.Tokens) != len(second.Tokens) || len(first.Tokens) > 0 && !reflect.DeepEqual(first.Tokens, second.Tokens) ||
				!slices.Equal(first.Sentences, second.Sentences) || !slices.Equal(first.Clauses, second.Clauses) {
				t.Fatalf("%q is read differently the second time", text)
			}
			atToken, atClause := 0, 0
			for _, s := range first.Sentences {
				if s.From != atToken || s.Clauses.From != atClause || s.Clauses.To <= s.Clauses.From {
					t.Fatalf("the sentences %v of %q", first.Sentences, text)
				}
				if c := first.Clauses; c[s.Clauses.From].From != s.From || c[s.Clauses.To-1].To != s.To {
					t.Fatalf("the clauses %v of the sentence %v of %q", c, s, text)
				}
				if span := first.Span(s.Range); span.Start >= span.End || span.End > len(text) {
					t.Fatalf("the span %v in %q", span, text)
				}
				atToken, atClause = s.To, s.Clauses.To
			}
			if atToken != len(first.Tokens) || atClause != len(first.Clauses) {
				t.Fatalf("tokens or clauses of %q are in no sentence", text)
			}
		}
	})
}
