package pipeline

import "earshot/nlp"

// TierScore is the tier of feedback without text: its sentiment is what its
// rating or survey score says.
const TierScore = "score"

// FromScore reads the sentiment off the first of rating, NPS, CSAT and CES that
// the item has. The scales are mapped linearly to −1…+1; the labels follow the
// readings in use: detractors, passives and promoters for NPS, the top two boxes
// for CSAT, and likewise for the others.
func FromScore(f *Feedback) nlp.Analysis {
	var score float64
	label := nlp.Neutral
	judge := func(s, negativeTo, positiveFrom float64) {
		score = max(-1, min(1, s))
		switch {
		case s <= negativeTo:
			label = nlp.Negative
		case s >= positiveFrom:
			label = nlp.Positive
		}
	}
	switch {
	case f.Rating != nil:
		lowest, highest := 1.0, *f.RatingMax
		if highest <= 1 {
			lowest = 0 // a share, or thumbs down and up
		}
		judge(linear(*f.Rating, lowest, highest), -0.25, 0.25)
	case f.NPS != nil:
		judge(linear(*f.NPS, 0, 10), linear(6, 0, 10), linear(9, 0, 10))
	case f.CSAT != nil:
		judge(linear(*f.CSAT, 1, 5), linear(2, 1, 5), linear(4, 1, 5))
	case f.CES != nil:
		judge(linear(*f.CES, 1, 7), linear(3, 1, 7), linear(5, 1, 7))
	}
	a := nlp.Analysis{
		Sentiment: nlp.Sentiment{Score: score, Label: label, Confidence: 1},
		Tier:      TierScore,
	}
	if f.CES != nil {
		ease := linear(*f.CES, 1, 7)
		a.Effort = &ease
	}
	return a
}

// linear maps lowest…highest to −1…+1.
func linear(v, lowest, highest float64) float64 {
	return 2*(v-lowest)/(highest-lowest) - 1
}
