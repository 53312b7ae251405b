package eval

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

// toldByText hears in a text what the text says of itself: label, probabilities of
// negative, neutral and positive, score, and "mixed", as in "positive .1 .2 .7
// +0.6". What is left out is made up.
type toldByText struct{}

func (toldByText) Classify(ctx context.Context, texts []Text) ([]Prediction, error) {
	predictions := make([]Prediction, len(texts))
	for i, text := range texts {
		p := &predictions[i]
		var shares []float64
		for _, word := range strings.Fields(text.Text) {
			x, err := strconv.ParseFloat(word, 64)
			switch {
			case word == "mixed":
				p.Mixed = true
			case err != nil:
				p.Label = nlp.Label(word)
			case word[0] == '+' || word[0] == '-':
				p.Score = x
			default:
				shares = append(shares, x)
			}
		}
		copy(p.Probabilities[:], shares)
		if c := class(p.Label); c != unknown {
			p.Confidence = p.Probabilities[c]
		}
	}
	return predictions, ctx.Err()
}

// classifierFunc is a function as a classifier.
type classifierFunc func(texts []Text) ([]Prediction, error)

func (f classifierFunc) Classify(_ context.Context, texts []Text) ([]Prediction, error) {
	return f(texts)
}

func TestPredictionsKeepTheOrderOfTheTexts(t *testing.T) {
	t.Parallel()
	texts := make([]Text, 10*atOnce+1)
	want := make([]Prediction, len(texts))
	for i := range texts {
		score := float64(i%1000) / 1000
		texts[i].Text = "neutral +" + strconv.FormatFloat(score, 'f', 3, 64)
		want[i] = Prediction{Label: nlp.Neutral, Score: score}
	}
	got, err := classify(t.Context(), toldByText{}, texts)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestWrongClassifiersAreFoundOut(t *testing.T) {
	t.Parallel()
	failure := errors.New("the model is gone")
	for name, test := range map[string]struct {
		classifier classifierFunc
		says       string
	}{
		"fails":         {func([]Text) ([]Prediction, error) { return nil, failure }, "the model is gone"},
		"answers less":  {func([]Text) ([]Prediction, error) { return []Prediction{}, nil }, "1 texts with 0 predictions"},
		"unknown label": {func([]Text) ([]Prediction, error) { return []Prediction{{Label: Mixed}}, nil }, `the label "mixed"`},
	} {
		d := Dataset{File: "f.tsv", Items: []Item{{Line: 1, Gold: nlp.Positive}}}
		if _, err := d.Score(t.Context(), test.classifier); err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "f.tsv") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestScoringEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := Dataset{Items: []Item{{Gold: nlp.Positive, Text: Text{Text: "positive"}}}}
	if _, err := d.Score(ctx, toldByText{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// fixed is an analyzer that finds the same in every document.
type fixed nlp.Sentiment

func (f fixed) Analyze(_ context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
	analyses := make([]nlp.Analysis, len(docs))
	for i, d := range docs {
		analyses[i] = nlp.Analysis{Text: d.Title + "|" + d.Text, Sentiment: nlp.Sentiment(f)}
	}
	return analyses, nil
}

func TestAnAnalyzersSentimentIsThePrediction(t *testing.T) {
	t.Parallel()
	said := nlp.Sentiment{Score: -0.2, Label: nlp.Negative, Mixed: true, Confidence: 0.5, Probabilities: [3]float64{0.5, 0.2, 0.3}}
	got, err := ByAnalyzer(fixed(said)).Classify(t.Context(), []Text{{Text: "x"}})
	want := []Prediction{{Label: said.Label, Probabilities: said.Probabilities, Score: said.Score, Mixed: true, Confidence: said.Confidence}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

var approximately = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })
