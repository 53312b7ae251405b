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

func TestAMismatchIsAClearContradictionOfScoreAndText(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	sure := func(label nlp.Label) nlp.Analysis {
		return nlp.Analysis{Sentiment: nlp.Sentiment{Label: label, Confidence: 0.7}}
	}
	unsure := nlp.Analysis{Sentiment: nlp.Sentiment{Label: nlp.Positive, Confidence: 0.69}}
	mixed := nlp.Analysis{Sentiment: nlp.Sentiment{Label: nlp.Positive, Confidence: 0.9, Mixed: true}}
	negative, neutral, positive := sure(nlp.Negative), sure(nlp.Neutral), sure(nlp.Positive)
	for _, tt := range []struct {
		name     string
		feedback Feedback
		heard    nlp.Analysis
		want     bool
	}{
		{"1 star and praise", Feedback{Text: "x", Rating: v(1), RatingMax: v(5)}, positive, true},
		{"5 stars and a complaint", Feedback{Text: "x", Rating: v(5), RatingMax: v(5)}, negative, true},
		{"1 star and praise in the title alone", Feedback{Title: "x", Rating: v(1), RatingMax: v(5)}, positive, true},
		{"thumbs down and praise", Feedback{Text: "x", Rating: v(0), RatingMax: v(1)}, positive, true},
		{"a detractor's praise", Feedback{Text: "x", NPS: v(6)}, positive, true},
		{"a promoter's complaint", Feedback{Text: "x", NPS: v(9)}, negative, true},
		{"CSAT 2 and praise", Feedback{Text: "x", CSAT: v(2)}, positive, true},
		{"CSAT 5 and a complaint", Feedback{Text: "x", CSAT: v(5)}, negative, true},
		{"1 star and a complaint", Feedback{Text: "x", Rating: v(1), RatingMax: v(5)}, negative, false},
		{"5 stars and praise", Feedback{Text: "x", Rating: v(5), RatingMax: v(5)}, positive, false},
		{"1 star and a neutral text", Feedback{Text: "x", Rating: v(1), RatingMax: v(5)}, neutral, false},
		{"3 stars and a complaint", Feedback{Text: "x", Rating: v(3), RatingMax: v(5)}, negative, false},
		{"a passive's complaint", Feedback{Text: "x", NPS: v(8)}, negative, false},
		{"1 star and a text that is hard to hear", Feedback{Text: "x", Rating: v(1), RatingMax: v(5)}, unsure, false},
		{"1 star and a mixed text", Feedback{Text: "x", Rating: v(1), RatingMax: v(5)}, mixed, false},
		{"no text", Feedback{Rating: v(1), RatingMax: v(5)}, positive, false},
		{"no score", Feedback{Text: "x"}, positive, false},
		{"a hard way and praise", Feedback{Text: "x", CES: v(1)}, positive, false},
		{"an easy way and a complaint", Feedback{Text: "x", CES: v(7)}, negative, false},
		{"the rating comes before NPS", Feedback{Text: "x", Rating: v(5), RatingMax: v(5), NPS: v(0)}, positive, false},
		{"NPS comes before CSAT", Feedback{Text: "x", NPS: v(0), CSAT: v(5)}, positive, true},
		{"a rating without its scale", Feedback{Text: "x", Rating: v(1)}, positive, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Mismatch(&tt.feedback, tt.heard); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
