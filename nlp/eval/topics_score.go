package eval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// TopicResult is how well a lane labels one file of Topics. All shares are 0…1.
type TopicResult struct {
	File     string `json:"file"`
	BadLines int    `json:"bad_lines"` // could not be read and count nowhere
	N        int    `json:"n"`
	// Foreign texts have a label that the lane doesn't know: they count as heard
	// wrongly.
	Foreign      int     `json:"foreign"`
	Accuracy     float64 `json:"accuracy"`
	AccuracyLow  float64 `json:"accuracy_low"` // of the 95 % interval
	AccuracyHigh float64 `json:"accuracy_high"`
	MacroF1      float64 `json:"macro_f1"`     // mean over the labels that occur
	MacroRecall  float64 `json:"macro_recall"` // mean over the labels that occur
	// CalibrationError is the expected one, over 15 bins.
	CalibrationError float64 `json:"calibration_error"`
	// Coverage is the share of texts of which the lane is sure, Precision the
	// share of right labels among them.
	Coverage  float64                `json:"coverage"`
	Precision float64                `json:"precision"`
	Labels    map[string]ClassResult `json:"labels"`
	// Confused are the pairs of labels that are mistaken most often.
	Confused []Confused `json:"confused"`
}

// Confused counts the texts of one label that are heard as another.
type Confused struct {
	Label string `json:"label"`
	Heard string `json:"heard"`
	N     int    `json:"n"`
	Of    int    `json:"of"` // texts of the label
}

// mostConfused is how many pairs are named.
const mostConfused = 10

// Score compares what a lane says with the labels.
func (t *Topics) Score(ctx context.Context, lane Lane) (*TopicResult, error) {
	texts := make([]string, len(t.Items))
	for i := range t.Items {
		texts[i] = t.Items[i].Text
	}
	predictions, err := inParts(ctx, texts, lane.Predict)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.File, err)
	}
	r := &TopicResult{File: t.File, BadLines: len(t.Bad), N: len(t.Items), Labels: map[string]ClassResult{}, Confused: []Confused{}}
	names := slices.Clone(lane.Labels())
	number := map[string]int{}
	for i, name := range names {
		number[name] = i
	}
	known := len(names)
	for i := range t.Items {
		label := t.Items[i].Label
		if _, ok := number[label]; !ok {
			number[label] = len(names)
			names = append(names, label)
		}
	}
	m := NewMatrix(len(names))
	var calibration Calibration
	sure, sureRight := 0, 0
	for i, p := range predictions {
		gold := number[t.Items[i].Label]
		r.Foreign += one(gold >= known)
		heard, ok := number[p.Label]
		if !ok {
			return nil, fmt.Errorf("%s: the lane answered with the label %q, which is none of its own", t.File, p.Label)
		}
		m.Add(gold, heard)
		calibration.Add(p.Probability, gold == heard)
		sure += one(p.Sure)
		sureRight += one(p.Sure && gold == heard)
	}
	r.CalibrationError = calibration.Err()
	r.Coverage, r.Precision = ratio(sure, r.N), ratio(sureRight, sure)
	_, right := m.N()
	r.Accuracy = ratio(right, r.N)
	r.AccuracyLow, r.AccuracyHigh = wilson(right, r.N)
	r.MacroF1, r.MacroRecall = m.Macro()
	for i, name := range names {
		of := m.Class(i)
		if of.N > 0 {
			r.Labels[name] = of
		}
		for k, n := range m[i][:len(names)] {
			if k != i && n > 0 {
				r.Confused = append(r.Confused, Confused{name, names[k], n, of.N})
			}
		}
	}
	slices.SortFunc(r.Confused, func(a, b Confused) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Heard, b.Heard))
	})
	r.Confused = r.Confused[:min(len(r.Confused), mostConfused)]
	return r, nil
}
