package eval

import (
	"context"
	"fmt"

	"earshot/nlp"
)

// Result is how well the labels of one Dataset are heard. All shares are 0…1.
type Result struct {
	File string `json:"file"`
	// Scale is how labels that are numbers were read.
	Scale string `json:"scale,omitempty"`
	// BadLines could not be read and count nowhere.
	BadLines int `json:"bad_lines"`
	// N is how many texts are labelled negative, neutral or positive; all
	// figures but Mixed are of these.
	N int `json:"n"`
	// Classes are those that could be answered: two if only negative and
	// positive texts are among the N. Neutral is masked then: of the other two
	// the likelier is the answer, or what the score's sign says if they tie
	// (positive, if that is 0).
	Classes      []nlp.Label `json:"classes"`
	Accuracy     float64     `json:"accuracy"`
	AccuracyLow  float64     `json:"accuracy_low"` // of the 95 % interval
	AccuracyHigh float64     `json:"accuracy_high"`
	MacroF1      float64     `json:"macro_f1"`     // mean over the classes that occur
	MacroRecall  float64     `json:"macro_recall"` // mean over the classes that occur
	// CalibrationError is the expected one, over 15 bins.
	CalibrationError float64                   `json:"calibration_error"`
	Labels           map[nlp.Label]ClassResult `json:"labels"`
	Confusion        Confusion                 `json:"confusion"`
	Mixed            MixedResult               `json:"mixed"`
}

// MixedResult is how well Sentiment.Mixed is heard.
type MixedResult struct {
	N              int      `json:"n"`                // texts labelled mixed
	Found          int      `json:"found"`            // of which Mixed is true
	Recall         *float64 `json:"recall"`           // Found / N; nil if N is 0
	Others         int      `json:"others"`           // texts with another label
	FalseAlarms    int      `json:"false_alarms"`     // of which Mixed is true
	FalseAlarmRate float64  `json:"false_alarm_rate"` // FalseAlarms / Others
}

// Score compares what c hears with the labels.
func (d *Dataset) Score(ctx context.Context, c Classifier) (*Result, error) {
	var occur [3]int
	texts := make([]Text, len(d.Items))
	for i, item := range d.Items {
		texts[i] = item.Text
		if gold := class(item.Gold); gold != unknown {
			occur[gold]++
		}
	}
	r := &Result{File: d.File, Scale: d.Scale, BadLines: len(d.Bad), Classes: classes[:]}
	r.N = occur[negative] + occur[neutral] + occur[positive]
	if r.N == 0 {
		return nil, fmt.Errorf("%s: no text in it is labelled negative, neutral or positive", d.File)
	}
	answer := answered
	if occur[neutral] == 0 && occur[negative] > 0 && occur[positive] > 0 {
		r.Classes = []nlp.Label{nlp.Negative, nlp.Positive}
		answer = masked
	}
	predictions, err := classify(ctx, c, texts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.File, err)
	}
	var calibration Calibration
	for i, item := range d.Items {
		if item.Gold == Mixed {
			r.Mixed.N++
			r.Mixed.Found += one(predictions[i].Mixed)
			continue
		}
		r.Mixed.FalseAlarms += one(predictions[i].Mixed)
		gold := class(item.Gold)
		heard, confidence := answer(predictions[i])
		r.Confusion[gold][heard]++
		calibration.Add(confidence, heard == gold)
	}
	r.Mixed.Others = r.N
	r.Mixed.FalseAlarmRate = ratio(r.Mixed.FalseAlarms, r.Mixed.Others)
	if r.Mixed.N > 0 {
		recall := ratio(r.Mixed.Found, r.Mixed.N)
		r.Mixed.Recall = &recall
	}
	r.CalibrationError = calibration.Err()
	r.sumUp()
	return r, nil
}

// sumUp works out what follows from the confusion matrix.
func (r *Result) sumUp() {
	m := r.Confusion.matrix()
	_, right := m.N()
	r.Accuracy = ratio(right, r.N)
	r.AccuracyLow, r.AccuracyHigh = wilson(right, r.N)
	r.MacroF1, r.MacroRecall = m.Macro()
	r.Labels = map[nlp.Label]ClassResult{}
	for i, label := range classes {
		if of := m.Class(i); of.N > 0 {
			r.Labels[label] = of
		}
	}
}

// answered is the answer of three classes: the class, and how sure it is.
func answered(p Prediction) (heard int, confidence float64) { return class(p.Label), p.Confidence }

// masked is the answer of two classes.
func masked(p Prediction) (heard int, confidence float64) {
	n, y := p.Probabilities[negative], p.Probabilities[positive]
	heard = positive
	if n > y || n == y && p.Score < 0 {
		heard = negative
	}
	if n+y <= 0 {
		return heard, 0.5
	}
	return heard, max(n, y) / (n + y)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
