package highlight

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

// explained makes an explanation of a text with a sentence for each of its
// parts; cues are found by their words.
func explained(text string, sentences []string, cues ...nlp.Cue) *nlp.Explanation {
	e := &nlp.Explanation{Analysis: nlp.Analysis{Text: text}, Cues: cues}
	for _, s := range sentences {
		e.Analysis.Sentences = append(e.Analysis.Sentences, nlp.Sentence{Span: spanOf(text, s)})
	}
	for i := range cues {
		cues[i].Span = spanOf(text, cues[i].Cue)
	}
	return e
}

func spanOf(text, part string) nlp.Span {
	start := strings.Index(text, part)
	return nlp.Span{Start: start, End: start + len(part)}
}

func word(w string, contribution float64) nlp.Cue {
	return nlp.Cue{Cue: w, Kind: nlp.CueWord, Contribution: contribution}
}

func clause(w string, contribution float64) nlp.Cue {
	return nlp.Cue{Cue: w, Kind: nlp.CueClause, Contribution: contribution}
}

func negation(w string) nlp.Cue { return nlp.Cue{Cue: w, Kind: nlp.CueNegation, Turns: &nlp.Span{}} }

// drawn writes lines with the strength of their pieces; turns in braces.
func drawn(lines []Line) []string {
	var out []string
	for _, l := range lines {
		var b strings.Builder
		if l.Sentence == nil {
			b.WriteString("- ")
		}
		for _, p := range l.Pieces {
			s := p.Text
			if p.Turn != nil {
				s = "{" + s + "}"
			}
			if p.Strength != 0 {
				s = fmt.Sprintf("[%+d %s]", p.Strength, s)
			}
			b.WriteString(s)
		}
		out = append(out, b.String())
	}
	return out
}

func TestTextsAreCutByTheirCues(t *testing.T) {
	for name, tt := range map[string]struct {
		e    *nlp.Explanation
		want []string
	}{
		"no text":  {explained("", nil), nil},
		"no cues":  {explained("Ten past two", []string{"Ten past two"}), []string{"Ten past two"}},
		"strength": {explained("a b c d e", []string{"a b c d e"}, word("a", 2), word("b", -1), word("c", 0.3), word("d", -0.1), word("e", -2)), []string{"[+3 a] [-2 b] [+1 c] d [-3 e]"}},
		"nothing strong in a text that hardly moves": {explained("so so", []string{"so so"}, word("so", 0.1)), []string{"[+1 so] so"}},
		"a negation that moves is both":              {explained("not bad", []string{"not bad"}, word("not", -1), negation("not"), word("bad", 1)), []string{"[-3 {not}] [+3 bad]"}},
		"a negation of two words, one of which moves": {
			explained("no longer works", []string{"no longer works"}, negation("no longer"), word("longer", -1)),
			[]string{"{no }[-3 {longer}] works"},
		},
		"words rather than clauses": {explained("good day", []string{"good day"}, clause("good day", 5), word("good", 1)), []string{"[+3 good] day"}},
		"clauses where there are no words": {
			explained("good day, bad night", []string{"good day, bad night"}, clause("good day,", 1), clause("bad night", -0.5)),
			[]string{"[+3 good day,] [-2 bad night]"},
		},
		"what overlaps is shown once": {explained("abc", []string{"abc"}, word("ab", 1), word("bc", -1)), []string{"[+3 ab]c"}},
		"sentences, and what stands between them": {
			explained("customer: Good day.  Bad night. \nagent: Fine", []string{"Good day.", "Bad night."}, word("Good", 1), word("Bad", -1)),
			[]string{"- customer: ", "[+3 Good] day.", "[-3 Bad] night.", "-  \nagent: Fine"},
		},
		"several bytes a letter": {explained("é 🙂 ü", []string{"é 🙂 ü"}, word("🙂", 1)), []string{"é [+3 🙂] ü"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, drawn(Lines(tt.e))); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheStrongestComeFirst(t *testing.T) {
	e := explained("a b c d", []string{"a b c d"}, word("a", 0.5), clause("a b", -0.7), negation("b"), word("c", 0), word("d", -0.5))
	var got []string
	for _, c := range Strongest(e, 2) {
		got = append(got, c.Cue)
	}
	if diff := cmp.Diff([]string{"a b", "a"}, got); diff != "" {
		t.Errorf("strongest (-want +got):\n%s", diff)
	}
	if n := len(Strongest(e, 10)); n != 3 {
		t.Errorf("%d cues move the text, want 3", n)
	}
	if turns := Turns(e); len(turns) != 1 || turns[0].Cue != "b" {
		t.Errorf("turns %v", turns)
	}
}

func TestTheSumSaysWhatRoundingLeaves(t *testing.T) {
	e := explained("a b", []string{"a b"}, word("a", 0.3), word("b", -1.1))
	e.Base, e.Title, e.Margin = 0.1, -0.2, -0.899
	if words, rounding := Sum(e); words != -0.8 || rounding != 0.001 {
		t.Errorf("words %v and rounding %v, want -0.8 and 0.001", words, rounding)
	}
}

// TestRealExplanationsLoseNothing joins the pieces of what the analyzer says.
func TestRealExplanationsLoseNothing(t *testing.T) {
	analyzer, err := nlp.New(nlp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"The technician was lovely, but the app keeps crashing. I do not like it!!! 🙁 :-( #worst",
		"", " \n ", "😀", "...", "Ça n'est pas bon; mais le prix…", strings.Repeat("not good but bad; ", 300),
	} {
		e, err := analyzer.Explain(t.Context(), nlp.Document{Text: text, Title: "Never again"})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		at := 0
		for _, l := range Lines(&e) {
			b.WriteString(text[at:l.Start])
			for _, p := range l.Pieces {
				b.WriteString(p.Text)
			}
			at = l.End
		}
		b.WriteString(text[at:])
		if b.String() != text {
			t.Errorf("%q came out as %q", text, b.String())
		}
		if _, rounding := Sum(&e); math.Abs(rounding) > 0.0006*float64(len(e.Cues)+3) {
			t.Errorf("%q: rounding leaves %v of %d cues", text, rounding, len(e.Cues))
		}
	}
}
