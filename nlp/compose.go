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

const (
	// slips is the share of labels on which careful readers differ or slip:
	// nothing is surer than that, however often a text says it.
	slips = 0.01
	// foreignDoubt is how much of what is heard in a language that nobody taught
	// the tiers is taken for chance.
	foreignDoubt = 0.5
)

// blur takes a share of probabilities for chance. The likeliest stays the
// likeliest.
func blur(p *sentiment.Probabilities, share float64) {
	for c := range p {
		p[c] += share * (silent[c] - p[c])
	}
}

// labels are in the order of sentiment.Probabilities.
var labels = [3]Label{Negative, Neutral, Positive}

// silent is what is heard in a text that says nothing.
var silent = sentiment.Probabilities{1. / 3, 1. / 3, 1. / 3}

// compose makes the analysis of what was heard.
func compose(d *Document, h *hearing, out *Analysis) {
	said := h.heard.text
	if !says(h) {
		said = silent
	}
	blur(&said, slips)
	if h.foreign {
		blur(&said, foreignDoubt)
	}
	s := &out.Sentiment
	s.Probabilities = said
	s.Score, s.Label, s.Confidence = judged(said)
	s.Mixed = mixed(h)
	if n := len(h.body.Sentences); n > 0 {
		out.Sentences = make([]Sentence, n)
	}
	for i, sentence := range h.body.Sentences {
		score, label, _ := judged(h.heard.sentences[i])
		if len(out.Sentences) == 1 && len(h.title.Sentences) == 0 {
			score, label = s.Score, s.Label // it is the text
		}
		out.Sentences[i] = Sentence{Span: h.body.Span(sentence.Range), Score: score, Label: label}
	}
	out.Trajectory = trajectory(d, h.heard.turns)
}

// judged reads probabilities: the score is P(positive) − P(negative), the label
// the likeliest, the confidence its probability. They are rounded to three
// decimals: beyond them figures mean nothing and only make rows differ.
func judged(p sentiment.Probabilities) (score float64, label Label, confidence float64) {
	best := likeliest(p)
	return round(p[2] - p[0]), labels[best], round(p[best])
}

// likeliest is the place of the largest probability, neutral's if it is one of
// several.
func likeliest(p sentiment.Probabilities) int {
	best := 1
	for c := range p {
		if p[c] > p[best] {
			best = c
		}
	}
	return best
}

// mixed tells whether one clause is clearly positive and another clearly
// negative.
func mixed(h *hearing) bool {
	if h.heard.oneSided {
		return false
	}
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

// round to thousandths; −0 becomes 0.
func round(x float64) float64 { return math.Round(x*1000)/1000 + 0 }
