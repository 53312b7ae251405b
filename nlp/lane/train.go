package lane

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Options of training.
type Options struct {
	// Name is the lane's: small letters, digits, _ and -. A label becomes the
	// topic name.label.
	Name string
	// Precision is the share of right labels among the sure ones that the
	// thresholds are fitted for, above 0 and below 1; 0 means 0.9.
	Precision float64
	// Seed decides the order in which texts are learned.
	Seed uint64
	// Encoder names what made the items' features, with its version; empty if
	// they have none. Features of another encoder mean nothing to the lane.
	Encoder string
}

const defaultPrecision = 0.9

// Report says what a lane was learned from and how well it judges texts that it
// didn't learn from.
type Report struct {
	Texts      int `json:"texts"`      // learned from
	Duplicates int `json:"duplicates"` // items left out since they occur before
	Labels     int `json:"labels"`
	// Fast is by n-grams alone, Deep with the encoder's features; nil without.
	Fast Held  `json:"fast"`
	Deep *Held `json:"deep,omitempty"`
}

// Held is how texts that were held out are judged. All but N are 0…1.
type Held struct {
	N        int     `json:"n"`
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"` // mean over the labels
	// Threshold is the least probability that is sure. Above 1, no threshold
	// reaches the stated precision, and the lane says nothing.
	Threshold float64 `json:"threshold"`
	Coverage  float64 `json:"coverage"`  // share of texts that are sure
	Precision float64 `json:"precision"` // share of right labels among these
}

// Train learns a lane. The same items, in whatever order, and options give the
// same model to the bit. It takes one core and returns ctx's error when ctx ends
// first; other errors say what in the items or options makes no sense.
func Train(ctx context.Context, o Options, all []Item) (*Model, Report, error) {
	var report Report
	if o.Precision == 0 {
		o.Precision = defaultPrecision
	}
	if !(o.Precision > 0 && o.Precision < 1) {
		return nil, report, fmt.Errorf("precision %v is not between 0 and 1", o.Precision)
	}
	if err := checkName(o.Name); err != nil {
		return nil, report, err
	}
	items, labels, err := checked(all)
	if err != nil {
		return nil, report, err
	}
	slices.SortFunc(items, byKey)
	examples, err := examplesOf(items)
	if err != nil {
		return nil, report, err
	}
	places := placesOf(examples, len(labels))
	t := newTable(places)
	toRows(examples, &t)

	l := &learner{labels: len(labels), rows: len(places), seed: o.Seed}
	judged, err := l.heldOut(ctx, items, examples)
	if err != nil {
		return nil, report, err
	}
	m := &Model{description: description{
		Name: o.Name, Labels: labels, Texts: len(items), Seed: o.Seed, Precision: o.Precision,
		Rows: len(places),
	}, table: t, places: places}
	report = Report{Texts: len(items), Duplicates: len(all) - len(items), Labels: len(labels)}
	m.Fast, report.Fast = fit(judged, fast, o.Precision)
	words, dense, err := l.learn(ctx, pointers(examples))
	if err != nil {
		return nil, report, err
	}
	m.quantise(words)
	if dense != nil {
		m.Features, m.dense, m.denseBias = dense.features, dense.weights, dense.bias
		m.description.Encoder = o.Encoder
		var held Held
		m.Deep, held = fit(withFeatures(judged), deep, o.Precision)
		report.Deep = &held
	}
	return m, report, nil
}

// learner learns weights of examples.
type learner struct {
	labels, rows int
	seed         uint64
}

// learn learns the weights of n-grams and, where examples have them, of features.
func (l *learner) learn(ctx context.Context, examples []*example) (*linear, *dense, error) {
	words, err := learnNGrams(ctx, examples, l.rows, l.labels, l.seed)
	if err != nil {
		return nil, nil, err
	}
	var having []*example
	for _, e := range examples {
		if len(e.features) > 0 {
			having = append(having, e)
		}
	}
	if len(having) == 0 {
		return words, nil, nil
	}
	dense, err := learnDense(ctx, having, l.labels, l.seed)
	return words, dense, err
}

func pointers(examples []example) []*example {
	all := make([]*example, len(examples))
	for i := range examples {
		all[i] = &examples[i]
	}
	return all
}

// clipped is the share of weights that are cut to the largest value that 8 bits
// hold, so that a few extreme ones don't cost all others their precision.
const clipped = 1e-4

// quantise rounds the weights of n-grams to 8 bits.
func (m *Model) quantise(l *linear) {
	sizes := make([]float32, 0, len(l.weights))
	for _, w := range l.weights {
		if w != 0 {
			sizes = append(sizes, max(w, -w))
		}
	}
	m.Bias, m.Scale = l.bias, 1
	m.weights = make([]int8, len(l.weights))
	if len(sizes) == 0 {
		return
	}
	slices.Sort(sizes)
	m.Scale = float64(sizes[int(float64(len(sizes)-1)*(1-clipped))]) / 127
	for i, w := range l.weights {
		m.weights[i] = int8(max(-127, min(127, math.RoundToEven(float64(w)/m.Scale))))
	}
}
