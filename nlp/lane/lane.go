// Package lane learns topics from a user's own labelled messages: one label a
// message, judged by multinomial logistic regression over hashed n-grams of words
// and characters and, where the deep tier can be had, over the encoder's features
// of the text.
//
// The steps of training, in order: items are checked and texts that occur twice
// with one label dropped (items.go), texts become rows of n-grams that occur in
// several of them (ngrams.go), folds are held out and judged by weights that never
// saw them (folds.go), temperature, mixture and threshold are fitted on these
// judgements (calibrate.go), and the weights are learned again from everything
// (regression.go for n-grams, dense.go for features).
//
// The n-grams judge on their own in the fast tier; in the deep tier their logits
// and those of the features are mixed. So one file serves both.
package lane

import (
	"math"

	"earshot/nlp/language"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
)

// Model is a trained lane. It is safe for concurrent use.
type Model struct {
	description
	places []uint32 // of the n-grams that have weights, ascending
	table  table    // finds their rows
	// weights are one a row and label, in units of description.Scale.
	weights []int8
	// dense are one a feature and label, by label; denseBias is one a label.
	dense, denseBias []float32
}

// description is what a model's file says of it before its weights.
type description struct {
	Name   string   `json:"name"`
	Labels []string `json:"labels"` // in the order of their names
	// Texts is how many texts it learned from.
	Texts int    `json:"texts"`
	Seed  uint64 `json:"seed"`
	// Precision is what the thresholds were fitted for.
	Precision float64 `json:"precision"`
	// Rows is how many n-grams have weights.
	Rows int `json:"rows"`
	// Features is how many the encoder gave; 0: it learned from n-grams alone.
	Features int `json:"features"`
	// Encoder names what gave them.
	Encoder string `json:"encoder,omitempty"`
	// Scale is the weight that 1 stands for.
	Scale float64   `json:"scale"`
	Bias  []float32 `json:"bias"`
	Fast  mixture   `json:"fast"`
	Deep  mixture   `json:"deep"`
}

// mixture is how logits become probabilities, and which of them are relied on.
type mixture struct {
	// NGrams and Features multiply the logits of each: temperature and mixture
	// in one.
	NGrams   float64 `json:"ngrams"`
	Features float64 `json:"features"`
	// Threshold is the least probability that is sure; above 1: none is.
	Threshold float64 `json:"threshold"`
}

// Name is the lane's name, under which its labels become topics.
func (m *Model) Name() string { return m.description.Name }

// Labels are the labels in the order of their numbers. The caller must not change
// them.
func (m *Model) Labels() []string { return m.description.Labels }

// WantsFeatures tells whether the lane was trained with the encoder's features.
// Without them it judges by n-grams alone.
func (m *Model) WantsFeatures() bool { return m.Features > 0 }

// Encoder names the encoder, with its version, whose features the lane was trained
// with; empty without. It must be given no others.
func (m *Model) Encoder() string { return m.description.Encoder }

// Topic is a label as a topic: the lane's name, a full stop, and the label in small
// letters, with _ for all but letters, digits, _ and -.
func (m *Model) Topic(label int) string {
	return m.description.Name + "." + topicOf(m.description.Labels[label])
}

// Precision is the share of right labels among the sure ones that the thresholds
// were fitted for, 0…1.
func (m *Model) Precision() float64 { return m.description.Precision }

// tier says what a text is judged by.
type tier bool

const (
	fast tier = false // n-grams alone
	deep tier = true  // the encoder's features, too
)

func (m *Model) mixture(by tier) *mixture {
	if by == deep {
		return &m.Deep
	}
	return &m.Fast
}

// Scratch is what one goroutine needs to judge texts, used again for the next. The
// zero value is ready, and good for any lane.
type Scratch struct {
	extractor, explaining *sentiment.Extractor
	features              sentiment.Features
	logits, dense         []float64
	text                  segment.Text
	sums                  []int32
}

// read makes the n-grams of a text with an extractor, which is made at first use.
func (h *Scratch) read(t *segment.Text, x **sentiment.Extractor, make func(bits int) *sentiment.Extractor) {
	if *x == nil {
		*x = make(bits)
	}
	h.features.Reset()
	for _, s := range t.Sentences {
		(*x).Sentence(&h.features, t, s)
	}
}

// Text reads a text as training does: its language told from its words. It belongs
// to h.
func (h *Scratch) Text(text string) *segment.Text {
	code, _ := language.Default().Identify(text)
	h.text.Read(text, nil, code)
	return &h.text
}

// Judge says which label a text has, by its number in Labels, how probable that is
// (0…1, calibrated), and whether it reaches the threshold. features are the
// encoder's, or nil: then, or if there are not as many as the lane was trained
// with, n-grams judge alone. A text in which there is nothing that the lane
// learned of is never sure.
func (m *Model) Judge(h *Scratch, t *segment.Text, features []float32) (label int, p float64, sure bool) {
	z, known := m.Logits(h, t, features)
	label, p = likeliest(z)
	by := m.tier(features)
	return label, p, (known > 0 || by == deep) && p >= m.mixture(by).Threshold
}

// tier is deep if features are as many as the lane was trained with.
func (m *Model) tier(features []float32) tier {
	return tier(m.Features > 0 && len(features) == m.Features)
}

// Logits are the calibrated logits of every label, and how many of the text's
// n-grams the lane knows. The slice belongs to h.
func (m *Model) Logits(h *Scratch, t *segment.Text, features []float32) (z []float64, known int) {
	h.read(t, &h.extractor, sentiment.NewExtractor)
	by := m.tier(features)
	mix := m.mixture(by)
	labels := len(m.description.Labels)
	h.logits = zeros(h.logits, labels)
	z = h.logits
	for c := range z {
		z[c] = mix.NGrams * float64(m.Bias[c])
	}
	for _, run := range runsOf(&h.features) {
		h.sums = zeros(h.sums, labels)
		for _, place := range run.places {
			row, ok := m.table.row(place)
			if !ok {
				continue
			}
			known++
			of := m.weights[row*labels : (row+1)*labels]
			for c := range h.sums {
				h.sums[c] += int32(of[c])
			}
		}
		for c := range z {
			z[c] += mix.NGrams * m.Scale * float64(run.value) * float64(h.sums[c])
		}
	}
	if by == deep {
		h.dense = zeros(h.dense, labels)
		denseLogits(h.dense, m.dense, m.denseBias, features)
		for c := range z {
			z[c] += mix.Features * h.dense[c]
		}
	}
	return z, known
}

func zeros[T float64 | int32](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// likeliest is the largest logit's place, the first of several, and its
// probability (softmax).
func likeliest(z []float64) (at int, p float64) {
	for c := range z {
		if z[c] > z[at] {
			at = c
		}
	}
	var sum float64
	for c := range z {
		sum += math.Exp(z[c] - z[at])
	}
	return at, 1 / sum
}
