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
	said, ok := satisfaction(f)
	if !ok && f.CES != nil {
		said = judged(linear(*f.CES, 1, 7), linear(3, 1, 7), linear(5, 1, 7))
	}
	a := nlp.Analysis{Sentiment: said, Tier: TierScore}
	if f.CES != nil {
		ease := linear(*f.CES, 1, 7)
		a.Effort = &ease
	}
	return a
}

// confidentFrom is how likely the label of a text must be for the text to
// contradict a score.
const confidentFrom = 0.7

// Mismatch reports whether what a customer ticked clearly contradicts what they
// wrote: a negative rating, NPS or CSAT beside a positive text, or the reverse.
// The first of the three that the item has counts, as in FromScore. Neither side
// is corrected by the other, since either may be what was meant: some take 1 for
// the best mark, some rate the shop and write of the parcel, some are misheard.
//
// Only what is clear is flagged. What is neutral contradicts nothing; a mixed text
// has a part that agrees with the score; where the label is less likely than
// confidentFrom, the analysis is the first to be doubted. CES says how hard
// something was, not how the customer feels about it, and does not count. Without
// a text or without a score there is nothing to compare.
func Mismatch(f *Feedback, a nlp.Analysis) bool {
	text := a.Sentiment
	switch {
	case f.Text == "" && f.Title == "", text.Mixed, text.Confidence < confidentFrom:
		return false
	case f.Rating != nil && f.RatingMax == nil: // no decoder does this; a flag is no reason to fail
		return false
	}
	ticked, _ := satisfaction(f)
	return ticked.Label == nlp.Negative && text.Label == nlp.Positive ||
		ticked.Label == nlp.Positive && text.Label == nlp.Negative
}

// satisfaction reads the first of rating, NPS and CSAT that the item has; an item
// without any is neutral, and not ok.
func satisfaction(f *Feedback) (s nlp.Sentiment, ok bool) {
	switch {
	case f.Rating != nil:
		lowest, highest := 1.0, *f.RatingMax
		if highest <= 1 {
			lowest = 0 // a share, or thumbs down and up
		}
		return judged(linear(*f.Rating, lowest, highest), -0.25, 0.25), true
	case f.NPS != nil:
		return judged(linear(*f.NPS, 0, 10), linear(6, 0, 10), linear(9, 0, 10)), true
	case f.CSAT != nil:
		return judged(linear(*f.CSAT, 1, 5), linear(2, 1, 5), linear(4, 1, 5)), true
	}
	return nlp.Sentiment{Label: nlp.Neutral, Confidence: 1}, false
}

// judged labels a score, which may lie a little outside −1…+1.
func judged(score, negativeTo, positiveFrom float64) nlp.Sentiment {
	label := nlp.Neutral
	switch {
	case score <= negativeTo:
		label = nlp.Negative
	case score >= positiveFrom:
		label = nlp.Positive
	}
	return nlp.Sentiment{Score: max(-1, min(1, score)), Label: label, Confidence: 1}
}

// linear maps lowest…highest to −1…+1.
func linear(v, lowest, highest float64) float64 {
	return 2*(v-lowest)/(highest-lowest) - 1
}
