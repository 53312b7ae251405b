package nlp

import (
	"math"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

const (
	// clearFrom is the probability from which a clause is clearly negative or
	// positive. Both in one text make it mixed.
	clearFrom = 0.7
	// clearWords is how many words a clause must have to be one of the two
	// sides of a mixed text: fewer are a greeting or an exclamation.
	clearWords = 2
)

// labels are in the order of sentiment.Probabilities.
var labels = [3]Label{Negative, Neutral, Positive}

// silent is what is heard in a text that says nothing.
var silent = sentiment.Probabilities{1. / 3, 1. / 3, 1. / 3}

// compose makes the analysis of what was heard.
func compose(d *Document, h *hearing, out *Analysis) {
	if n := len(h.body.Sentences); n > 0 {
		out.Sentences = make([]Sentence, n)
	}
	for i, s := range h.body.Sentences {
		score, label, _ := judged(h.heard.sentences[i])
		out.Sentences[i] = Sentence{Span: h.body.Span(s.Range), Score: score, Label: label}
	}
	if !says(h) {
		h.heard.text = silent
	}
	s := &out.Sentiment
	s.Probabilities = h.heard.text
	s.Score, s.Label, s.Confidence = judged(h.heard.text)
	if !says(h) {
		s.Label = Neutral
	}
	s.Mixed = mixed(h)
	out.Trajectory = trajectory(d, h.heard.turns)
}

// judged reads probabilities: the score is P(positive) − P(negative), the label
// the likeliest, the confidence its probability. They are rounded to three
// decimals: beyond them figures mean nothing and only make rows differ.
func judged(p sentiment.Probabilities) (score float64, label Label, confidence float64) {
	best := 1
	for c := range p {
		if p[c] > p[best] {
			best = c
		}
	}
	return round(p[2] - p[0]), labels[best], round(p[best])
}

// mixed tells whether one clause is clearly positive and another clearly
// negative.
func mixed(h *hearing) bool {
	var positive, negative bool
	for i, p := range h.heard.clauses {
		if words(&h.body, h.body.Clauses[i].Range) < clearWords {
			continue
		}
		positive = positive || p[2] >= clearFrom
		negative = negative || p[0] >= clearFrom
	}
	return positive && negative
}

func words(t *segment.Text, r token.Range) int {
	n := 0
	for i := r.From; i < r.To; i++ {
		if t.Tokens[i].Kind == token.Word {
			n++
		}
	}
	return n
}

// trajectory is how the customer's turns moved, nil where there are fewer than
// two.
func trajectory(d *Document, turns []sentiment.Probabilities) *Trajectory {
	if d.Voice == nil || len(turns) < 2 {
		return nil
	}
	t := &Trajectory{Worst: 1}
	for i, p := range turns {
		score, _, _ := judged(p)
		if i == 0 {
			t.First = score
		}
		t.Last = score
		t.Worst = min(t.Worst, score)
	}
	return t
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }
