package pipeline

import (
	"math"
	"testing"

	"earshot/nlp"
)

func TestScoresWithoutText(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	rating := func(r, best float64) Feedback { return Feedback{Rating: v(r), RatingMax: v(best)} }
	nps := func(n float64) Feedback { return Feedback{NPS: v(n)} }
	csat := func(n float64) Feedback { return Feedback{CSAT: v(n)} }
	ces := func(n float64) Feedback { return Feedback{CES: v(n)} }
	const negative, neutral, positive = nlp.Negative, nlp.Neutral, nlp.Positive
	for _, tt := range []struct {
		name     string
		feedback Feedback
		score    float64
		label    nlp.Label
	}{
		{"1 star of 5", rating(1, 5), -1, negative},
		{"2 stars of 5", rating(2, 5), -0.5, negative},
		{"2.5 stars of 5", rating(2.5, 5), -0.25, negative},
		{"3 stars of 5", rating(3, 5), 0, neutral},
		{"3.5 stars of 5", rating(3.5, 5), 0.25, positive},
		{"4 stars of 5", rating(4, 5), 0.5, positive},
		{"5 stars of 5", rating(5, 5), 1, positive},
		{"no star of 5", rating(0, 5), -1, negative},
		{"1 of 10", rating(1, 10), -1, negative},
		{"4 of 10", rating(4, 10), -1.0 / 3, negative},
		{"5 of 10", rating(5, 10), -1.0 / 9, neutral},
		{"6 of 10", rating(6, 10), 1.0 / 9, neutral},
		{"7 of 10", rating(7, 10), 1.0 / 3, positive},
		{"10 of 10", rating(10, 10), 1, positive},
		{"thumbs down", rating(0, 1), -1, negative},
		{"thumbs up", rating(1, 1), 1, positive},
		{"half a share", rating(0.5, 1), 0, neutral},
		{"a scale below one", rating(0.1, 0.5), -0.6, negative},
		{"the worse of two", rating(1, 2), -1, negative},
		{"the better of two", rating(2, 2), 1, positive},
		{"percent, middle", rating(50, 100), 2*49.0/99 - 1, neutral},
		{"NPS 0", nps(0), -1, negative},
		{"NPS 6, a detractor", nps(6), 0.2, negative},
		{"NPS 7, a passive", nps(7), 0.4, neutral},
		{"NPS 8, a passive", nps(8), 0.6, neutral},
		{"NPS 9, a promoter", nps(9), 0.8, positive},
		{"NPS 10", nps(10), 1, positive},
		{"CSAT 1", csat(1), -1, negative},
		{"CSAT 2", csat(2), -0.5, negative},
		{"CSAT 3", csat(3), 0, neutral},
		{"CSAT 4, the second box", csat(4), 0.5, positive},
		{"CSAT 5, the top box", csat(5), 1, positive},
		{"CES 1", ces(1), -1, negative},
		{"CES 3", ces(3), -1.0 / 3, negative},
		{"CES 4", ces(4), 0, neutral},
		{"CES 5", ces(5), 1.0 / 3, positive},
		{"CES 7", ces(7), 1, positive},
		{"the rating comes before NPS", Feedback{Rating: v(1), RatingMax: v(5), NPS: v(10)}, -1, negative},
		{"NPS comes before CSAT", Feedback{NPS: v(10), CSAT: v(1)}, 1, positive},
		{"CSAT comes before CES", Feedback{CSAT: v(1), CES: v(7)}, -1, negative},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := FromScore(&tt.feedback)
			if math.Abs(a.Sentiment.Score-tt.score) > 1e-9 || a.Sentiment.Label != tt.label {
				t.Errorf("got %.3f %s, want %.3f %s", a.Sentiment.Score, a.Sentiment.Label, tt.score, tt.label)
			}
			if a.Sentiment.Confidence != 1 || a.Tier != TierScore {
				t.Errorf("confidence %v and tier %q, want 1 and %q", a.Sentiment.Confidence, a.Tier, TierScore)
			}
			if (a.Effort != nil) != (tt.feedback.CES != nil) {
				t.Errorf("effort is known: %v, CES is given: %v", a.Effort != nil, tt.feedback.CES != nil)
			}
		})
	}
}

func TestEffortFollowsCES(t *testing.T) {
	for ces, want := range map[float64]float64{1: -1, 4: 0, 7: 1} {
		if a := FromScore(&Feedback{CES: &ces}); *a.Effort != want {
			t.Errorf("CES %v: effort %v, want %v", ces, *a.Effort, want)
		}
	}
}
