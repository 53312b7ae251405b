package nlp_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

func TestContributionsOfTheFastTierAddUp(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]nlp.Document{
		"one sentence":  {Text: "The technician was lovely but the app keeps crashing."},
		"sentences":     {Text: "I waited two hours. Nobody came. Never again!"},
		"with a title":  {Title: "Disappointed", Text: "It broke after a week, and the shop does not answer."},
		"emoji, german": {Text: "Nie wieder!!! 😡 Aber der Fahrer war nett."},
		"chat":          {Text: "agent: hello\ncustomer: it is broken", Voice: []nlp.Span{{Start: 23, End: 35}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := explain(t, nlp.TierFast, d)
			checkExplanation(t, d.Text, e)
			if !e.Exact {
				t.Error("the fast tier's contributions are exact")
			}
		})
	}
}

func TestTheWordsThatMovedTheScoreAreTold(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			e := explain(t, tier, nlp.Document{Text: "The staff were wonderful, but the room was filthy."})
			part := map[string]float64{}
			for _, c := range e.Cues {
				if c.Kind == nlp.CueWord {
					part[c.Cue] = c.Contribution
				}
			}
			if part["wonderful"] <= 0 || part["filthy"] >= 0 {
				t.Errorf("wonderful %+.2f, filthy %+.2f", part["wonderful"], part["filthy"])
			}
		})
	}
}

func TestNegationAndContrastAreTold(t *testing.T) {
	t.Parallel()
	text := "The app is pretty, but it does not work at all."
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			turned := map[string]string{}
			for _, c := range explain(t, tier, nlp.Document{Text: text}).Cues {
				if c.Turns != nil {
					turned[c.Kind+" "+c.Cue] = text[c.Turns.Start:c.Turns.End]
				}
			}
			if got := turned[nlp.CueNegation+" not"]; got != "work at all" {
				t.Errorf("not turns %q: %v", got, turned)
			}
			if got := turned[nlp.CueContrast+" but"]; !strings.HasPrefix(got, "but it does") {
				t.Errorf("but turns %q: %v", got, turned)
			}
		})
	}
}

func TestNothingToSayNeedsNoExplanation(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		if e := explain(t, tier, nlp.Document{Text: "12 34"}); len(e.Cues) != 0 || e.Margin != 0 {
			t.Errorf("%s: %+v", tier, e)
		}
	}
}

func TestALongSentenceIsExplainedByItsStrongestWords(t *testing.T) {
	t.Parallel()
	text := "the delivery that I had ordered for the ninth of the month " + strings.Repeat("and then the one after that on the day that they told me about ", 6) + "was broken and filthy and nobody would refund me"
	e := explain(t, nlp.TierDeep, nlp.Document{Text: text})
	words := 0
	for _, c := range e.Cues {
		if c.Kind == nlp.CueWord {
			words++
		}
	}
	if words == 0 || words > 60 || e.Passes < words {
		t.Errorf("%d words of %d cues in %d passes", words, len(e.Cues), e.Passes)
	}
}

func TestExplainSaysWhatAnalyzeSays(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		for _, text := range []string{"", "It is late, but I like it.", "Never again!!! Lovely staff though."} {
			d := nlp.Document{Title: "Hm", Text: text}
			if diff := cmp.Diff(analyze(t, tier, d), explain(t, tier, d).Analysis); diff != "" {
				t.Errorf("%s, %q: %s", tier, text, diff)
			}
		}
	}
}

func TestExplainEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := newAnalyzer(t, tier).Explain(ctx, nlp.Document{Text: "Fine."}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", tier, err)
		}
	}
}

// checkExplanation checks what holds for every text.
func checkExplanation(t *testing.T, text string, e nlp.Explanation) {
	t.Helper()
	sum := e.Base + e.Title
	for _, c := range e.Cues {
		if c.Start < 0 || c.End > len(text) || c.Start >= c.End || text[c.Start:c.End] != c.Cue {
			t.Fatalf("cue %+v in a text of %d bytes", c, len(text))
		}
		if c.Kind == nlp.CueWord {
			sum += c.Contribution
		}
	}
	if e.Exact && e.Margin != 0 && math.Abs(sum-e.Margin) > 1e-6 {
		t.Errorf("the contributions add up to %v, the margin is %v", sum, e.Margin)
	}
}

func explain(t *testing.T, tier string, d nlp.Document) nlp.Explanation {
	t.Helper()
	e, err := newAnalyzer(t, tier).Explain(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
