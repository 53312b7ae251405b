package main

import (
	"bufio"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/cmd/highlight"
	"earshot/nlp"
)

// appAndStaff is an exact explanation of two sentences.
func appAndStaff() *nlp.Explanation {
	return &nlp.Explanation{
		Analysis: nlp.Analysis{
			Text:      "The staff is lovely. But the app does not load.",
			Sentiment: nlp.Sentiment{Score: -0.25, Label: nlp.Negative, Confidence: 0.6, Mixed: true},
			Sentences: []nlp.Sentence{
				{Span: nlp.Span{Start: 0, End: 20}, Score: 0.75, Label: nlp.Positive},
				{Span: nlp.Span{Start: 21, End: 47}, Score: -0.8, Label: nlp.Negative},
			},
			Tier: "fast", Model: "test@1",
		},
		Margin: -0.499, Base: 0.1, Title: 0.2, Exact: true,
		Cues: []nlp.Cue{
			{Cue: "lovely", Span: nlp.Span{Start: 13, End: 19}, Kind: nlp.CueWord, Contribution: 1},
			{Cue: "But", Span: nlp.Span{Start: 21, End: 24}, Kind: nlp.CueContrast, Turns: &nlp.Span{Start: 21, End: 47}},
			{Cue: "app", Span: nlp.Span{Start: 29, End: 32}, Kind: nlp.CueWord, Contribution: -0.4},
			{Cue: "not", Span: nlp.Span{Start: 38, End: 41}, Kind: nlp.CueNegation, Turns: &nlp.Span{Start: 42, End: 46}},
			{Cue: "not", Span: nlp.Span{Start: 38, End: 41}, Kind: nlp.CueWord, Contribution: -1.4},
		},
	}
}

// explained is what the printer says for people.
func explained(t *testing.T, p *explainPrinter, id string, all ...*nlp.Explanation) string {
	t.Helper()
	var out strings.Builder
	p.out = bufio.NewWriter(&out)
	for _, e := range all {
		if err := p.print(id, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestExplanationsWithoutColoursUseMarks(t *testing.T) {
	const want = `negative -0.25, confidence 0.60, mixed (fast tier, test@1) id 7
  +0.75  The staff is [+++lovely].
  -0.80  _But_ the [-app] does [---_not_] load.
  strongest cues
     -1.400  not
     +1.000  lovely
     -0.400  app
  “But” sets “the app does not load.” against the rest
  “not” turns “load”
  base +0.100 + title +0.200 + cues -0.800 + rounding +0.001 = margin -0.499
`
	if diff := cmp.Diff(want, explained(t, &explainPrinter{}, "7", appAndStaff())); diff != "" {
		t.Errorf("explanation (-want +got):\n%s", diff)
	}
}

func TestExplanationsInColoursSayTheSame(t *testing.T) {
	got := explained(t, &explainPrinter{colour: true}, "", appAndStaff())
	for _, want := range []string{
		"is \x1b[1;92mlovely\x1b[0m.", "\x1b[4mBut\x1b[0m the \x1b[2;31mapp\x1b[0m", "does \x1b[1;91;4mnot\x1b[0m load.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%q", want, got)
		}
	}
	if strings.Contains(got, "[+") {
		t.Errorf("marks beside the colours:\n%s", got)
	}
}

func TestDeepExplanationsSayThatNothingAddsUp(t *testing.T) {
	e := appAndStaff()
	e.Exact, e.Passes = false, 7
	got := explained(t, &explainPrinter{}, "", e)
	if !strings.Contains(got, "margin -0.499; a contribution is what a text, or a clause, loses without the words: they do not add up; 7 passes") || strings.Contains(got, "base") {
		t.Errorf("explanation:\n%s", got)
	}
}

func TestWhatIsOnlyAScoreIsNotExplained(t *testing.T) {
	e := &nlp.Explanation{Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Score: 1, Label: nlp.Positive, Confidence: 1}}}
	const want = "positive +1.00, confidence 1.00\n\npositive +1.00, confidence 1.00\n"
	if diff := cmp.Diff(want, explained(t, &explainPrinter{}, "", e, e)); diff != "" {
		t.Errorf("explanation (-want +got):\n%s", diff)
	}
}

func TestExplanationsWrapAtTheTerminalsWidth(t *testing.T) {
	for name, tt := range map[string]struct {
		text  string
		width int
		want  string
	}{
		"not asked for":           {"one two three four", 0, "one two three four"},
		"between words":           {"one two three four", 20, "one two\n         three four"},
		"marks stay at words":     {"aaaa not, bbbb", 20, "aaaa\n         [-_not_],\n         bbbb"},
		"a word that is too long": {"one twothreefourfive six", 16, "one\n         twothreefourfive\n         six"},
		"wide letters":            {"配送 遅い 対応", 16, "配送\n         遅い\n         対応"},
		"line breaks stay":        {"one \n\n two", 80, "one\n         two"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			w := wrapping{out: &out, width: tt.width, column: 9, indent: 9}
			before, after, found := strings.Cut(tt.text, "not")
			w.write(before, style{})
			if found {
				w.write("not", style{piece: [2]string{"[-_", "_]"}})
			}
			w.write(after, style{})
			w.end()
			if diff := cmp.Diff(tt.want+"\n", out.String()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplanationsDoNotSteerTheTerminal(t *testing.T) {
	const text = "Great \x1b]0;owned\a\x1b[2J service \u202e\u009b31m"
	got := earshot(t, text+"\n", "analyze", "--tier", "fast", "--explain").succeeds(t).out
	if strings.ContainsAny(got, "\x1b\a\u202e\u009b") {
		t.Errorf("controls came through: %q", got)
	}
}

func TestExplainedJSONAddsUp(t *testing.T) {
	const text = "The staff is great, but the app doesn't load."
	got := earshot(t, text+"\n\n", "analyze", "--tier", "fast", "--explain", "--output", "json").succeeds(t).out
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		for _, field := range []string{`{"id":"","text":`, `"taxonomy":"`, `,"margin":`, `"base":`, `"title":`, `"exact":true`, `"cues":[`} {
			if !strings.Contains(line, field) {
				t.Errorf("%s is missing in %s", field, line)
			}
		}
	}
	var e nlp.Explanation
	if err := json.Unmarshal([]byte(lines[0]), &e); err != nil {
		t.Fatal(err)
	}
	if _, rounding := highlight.Sum(&e); math.Abs(rounding) > 0.01 || len(e.Cues) == 0 {
		t.Errorf("%d cues, and %v is left to the margin", len(e.Cues), rounding)
	}
	for _, c := range e.Cues {
		if text[c.Start:c.End] != c.Cue {
			t.Errorf("the cue %q stands at %q", c.Cue, text[c.Start:c.End])
		}
	}
}

func TestExplainRefusesTables(t *testing.T) {
	for _, format := range []string{"csv", "table"} {
		earshot(t, "", "analyze", "--explain", "--output", format).fails(t, 2, "--explain", "--output "+format)
	}
}

func TestRecordsCannotForgeLines(t *testing.T) {
	for name, tt := range map[string]struct{ id, model, want string }{
		"plain":             {"7", "test@1", "(fast tier, test@1) id 7\n"},
		"an id of lines":    {"7\n\npositive +1.00, confidence 1.00", "test@1", "(fast tier, test@1) id 7 positive +1.00, confidence 1.00\n"},
		"a returning id":    {"7\r8\u2028\u20299\v\f\u0085x", "test@1", "(fast tier, test@1) id 7 8 9\ufffd\ufffd\ufffdx\n"},
		"a model of lines":  {"7", "m\nnegative -1.00", "(fast tier, m negative -1.00) id 7\n"},
		"a steering model":  {"", "m\x1b[2J", "(fast tier, m\ufffd[2J)\n"},
		"only a line break": {"\n", "test@1", "(fast tier, test@1) id \n"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &nlp.Explanation{Analysis: nlp.Analysis{Tier: "fast", Model: tt.model}}
			got := explained(t, &explainPrinter{}, tt.id, e)
			if !strings.HasSuffix(got, tt.want) || strings.Count(got, "\n") != 1 {
				t.Errorf("got %q, want it to end in %q", got, tt.want)
			}
		})
	}
}

func TestMarksEncloseWordsAlone(t *testing.T) {
	for name, tt := range map[string]struct{ text, clause, want string }{
		"a negation inside":        {"it is not good today", "it is not good today", "[---it is] [---_not_] [---good today]"},
		"a negation at the end":    {"good it is not", "good it is not", "[---good it is] [---_not_]"},
		"a blank behind":           {"bad not so", "bad ", "[---bad] _not_ so"},
		"a blank between brackets": {"bad  not", "bad  not", "[---bad] [---_not_]"},
		"marks at words":           {"(not) bad", "(not) bad", "[---(][---_not_][---) bad]"},
	} {
		t.Run(name, func(t *testing.T) {
			span := func(part string) nlp.Span {
				at := strings.Index(tt.text, part)
				return nlp.Span{Start: at, End: at + len(part)}
			}
			e := &nlp.Explanation{
				Analysis: nlp.Analysis{Text: tt.text, Sentences: []nlp.Sentence{{Span: nlp.Span{End: len(tt.text)}}}},
				Cues: []nlp.Cue{
					{Cue: tt.clause, Span: span(tt.clause), Kind: nlp.CueClause, Contribution: -1},
					{Cue: "not", Span: span("not"), Kind: nlp.CueNegation, Turns: &nlp.Span{}},
				},
			}
			lines := strings.Split(explained(t, &explainPrinter{}, "", e), "\n")
			if got := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[1]), "0.00")); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
