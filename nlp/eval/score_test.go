package eval

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

func scored(t *testing.T, file string) *Result {
	t.Helper()
	d, err := Read(strings.NewReader(file), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Score(t.Context(), toldByText{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestScoresThreeClasses(t *testing.T) {
	t.Parallel()
	got := scored(t, strings.Join([]string{
		"neg\tnegative 1 0 0", "neg\tnegative .9 .1 0", "neg\tneutral .4 .6 0", "neg\tpositive .3 0 .7 mixed",
		"neu\tneutral 0 1 0", "neu\tpositive 0 0 1",
		"pos\tpositive 0 .3 .7", "pos\tpositive 0 0 1", "pos\tpositive 0 0 1", "pos\tnegative .8 0 .2",
		"mixed\tneutral 0 1 0 mixed", "mixed\tpositive 0 0 1", "nonsense\tpositive",
	}, "\n"))
	half := 0.5
	want := &Result{
		File: "f", BadLines: 1, N: 10, Classes: []nlp.Label{nlp.Negative, nlp.Neutral, nlp.Positive},
		Accuracy: 0.6, AccuracyLow: 0.312674, AccuracyHigh: 0.831820,
		MacroF1: (4.0/7 + 2.0/4 + 6.0/9) / 3, MacroRecall: (0.5 + 0.5 + 0.75) / 3,
		// Wrong with .6 and .8, one right of two with .7, right with .9, and
		// five with 1 of which four are right.
		CalibrationError: (0.6 + 0.8 + 0.4 + 0.1 + 1) / 10,
		Labels: map[nlp.Label]ClassResult{
			nlp.Negative: {N: 4, Precision: 2.0 / 3, Recall: 0.5, F1: 4.0 / 7},
			nlp.Neutral:  {N: 2, Precision: 0.5, Recall: 0.5, F1: 0.5},
			nlp.Positive: {N: 4, Precision: 0.6, Recall: 0.75, F1: 6.0 / 9},
		},
		Confusion: Confusion{{2, 1, 1}, {0, 1, 1}, {1, 0, 3}},
		Mixed:     MixedResult{N: 2, Found: 1, Recall: &half, Others: 10, FalseAlarms: 1, FalseAlarmRate: 0.1},
	}
	if diff := cmp.Diff(want, got, approximately); diff != "" {
		t.Error(diff)
	}
}

func TestNeutralIsMaskedWhereItDoesNotOccur(t *testing.T) {
	t.Parallel()
	got := scored(t, strings.Join([]string{
		"pos\tneutral .1 .6 .3",     // the likelier of the two, sure by .75
		"neg\tneutral .3 .4 .3 -.1", // ties: the score's sign
		"pos\tneutral .3 .4 .3 +.1",
		"neg\tneutral 0 1 0", // and positive, of a score of 0
		"neg\tnegative .9 0 .1 -.8",
		"mixed\tneutral 0 1 0",
	}, "\n"))
	if diff := cmp.Diff([]nlp.Label{nlp.Negative, nlp.Positive}, got.Classes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Confusion{{2, 0, 1}, {}, {0, 0, 2}}, got.Confusion); diff != "" {
		t.Error(diff)
	}
	// .75 and .9 were right; of three times .5, two were.
	if want := (0.25 + 0.1 + 0.5) / 5; !cmp.Equal(want, got.CalibrationError, approximately) {
		t.Errorf("calibration error %g, want %g", got.CalibrationError, want)
	}
	if want := (4.0/5 + 4.0/5) / 2; !cmp.Equal(want, got.MacroF1, approximately) {
		t.Errorf("macro F1 %g, want %g", got.MacroF1, want)
	}
}

func TestOnlyClassesThatOccurAreAveraged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file    string
		classes int
		recall  float64
	}{
		"no positive":   {"neg\tnegative\nneu\tneutral\nneu\tpositive\n", 3, 0.75},
		"negative only": {"neg\tneutral\nneg\tnegative\n", 3, 0.5},
	} {
		got := scored(t, test.file)
		if len(got.Classes) != test.classes || got.MacroRecall != test.recall {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNothingToScoreIsAnError(t *testing.T) {
	t.Parallel()
	d, err := Read(strings.NewReader("mixed\ta\nwhat\tb\n"), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := d.Score(t.Context(), toldByText{}); err == nil || !strings.HasPrefix(err.Error(), "f: no text") {
		t.Errorf("%v %v", r, err)
	}
}

func TestWilsonInterval(t *testing.T) {
	t.Parallel()
	// The ends are the x at which (p−x)² = z²·x(1−x)/n, solved apart from this code.
	for _, test := range []struct {
		right, n  int
		low, high float64
	}{
		{0, 0, 0, 1},
		{0, 10, 0, 0.277533},
		{8, 10, 0.490162, 0.943318},
		{10, 10, 0.722467, 1},
		{500, 1000, 0.469070, 0.530930},
	} {
		low, high := wilson(test.right, test.n)
		if !cmp.Equal([]float64{test.low, test.high}, []float64{low, high}, approximately) {
			t.Errorf("%d of %d: %f to %f, want %f to %f", test.right, test.n, low, high, test.low, test.high)
		}
	}
}

func TestCalibrationBinsTakeTheirUpperEdge(t *testing.T) {
	t.Parallel()
	for confidence, bin := range map[float64]int{-1: 0, 0: 0, 0.01: 0, 1.0 / 15: 0, 0.07: 1, 0.5: 7, 0.999: 14, 1: 14, 2: 14} {
		var c Calibration
		c.Add(confidence, false)
		if c.n[bin] != 1 {
			t.Errorf("%g is counted in %v, want bin %d", confidence, c.n, bin)
		}
	}
	var none Calibration
	if none.Err() != 0 {
		t.Errorf("no text has an error of %g", none.Err())
	}
}

func TestConfusionIsNamedInJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Confusion{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}})
	const want = `{"negative":{"negative":1,"neutral":2,"positive":3},"neutral":{"negative":4,"neutral":5,"positive":6},"positive":{"negative":7,"neutral":8,"positive":9}}`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
