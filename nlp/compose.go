package nlp

import "math"

const (
	// labelFrom is the score from which a text is positive, and below whose
	// negative it is negative: VADER's own thresholds.
	labelFrom = 0.05
	// clearFrom is the score from which a sentence is clearly of its polarity.
	clearFrom = 0.4
)

// label names a score.
func label(score float64) Label {
	switch {
	case score >= labelFrom:
		return Positive
	case score <= -labelFrom:
		return Negative
	}
	return Neutral
}

// compose makes the sentiment of a text from those of its title and sentences:
// the mean of those that feel anything, so that facts between feelings do not
// dilute them. Its confidence grows with the strength of the score; it is not
// calibrated.
func compose(title []float64, sentences []Sentence) Sentiment {
	var sum float64
	var felt int
	var clearlyPositive, clearlyNegative bool
	add := func(score float64) {
		if label(score) != Neutral {
			sum += score
			felt++
		}
		clearlyPositive = clearlyPositive || score >= clearFrom
		clearlyNegative = clearlyNegative || score <= -clearFrom
	}
	for _, score := range title {
		add(score)
	}
	for _, s := range sentences {
		add(s.Score)
	}
	if felt == 0 {
		return Sentiment{Label: Neutral, Confidence: 0.5}
	}
	score := round(sum / float64(felt))
	return Sentiment{
		Score:      score,
		Label:      label(score),
		Mixed:      clearlyPositive && clearlyNegative,
		Confidence: round(0.5 + math.Abs(score)/2),
	}
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }
