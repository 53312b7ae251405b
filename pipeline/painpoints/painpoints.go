// Package painpoints ranks topics by what hurts customers most. Its formulas are those of
// the view pain_points, and deploy/INSIGHT.md gives their reasons; a test holds the two
// equal. Here they are for whoever needs the ranking at once: ClickHouse takes seconds to
// understand the view, and milliseconds to count what it is made of.
package painpoints

import (
	"cmp"
	"math"
	"slices"
)

// Tally is what was said of a topic in a period, and in the period of the same length
// before it. Items are mentions.
type Tally struct {
	Topic                string
	Stage                string // journey stage that most of its mentions belong to
	Items                uint64 // > 0
	Negatives, Positives int64
	Customers            uint64 // different ones, where known
	// Voices are the independent ones: customers, and every item of an unknown one.
	Voices      uint64
	EffortSum   float64 // -1 (hard) to +1 (easy) each
	EffortItems uint64
	Churns      uint64   // items whose customer means to leave
	Stages      []string // in which customers mention it

	ItemsBefore                      uint64 // 0: nothing was said in the period before
	NegativesBefore, PositivesBefore int64

	Sample []Quote // of negative mentions, by chance
}

// Direction is where a topic goes.
type Direction string

const (
	New    Direction = "new"    // nothing was said in the period before
	Steady Direction = "steady" // what changed may be chance
	Worse  Direction = "worse"
	Better Direction = "better"
)

// Trend compares a topic with the period before.
type Trend struct {
	Points float64 // by which its net sentiment rose
	P      float64 // how probable a trend at least as large is by chance
	Q      float64 // P corrected for how many topics are looked at
	Before float64 // net sentiment of the period before
}

// Points are what the priority of a topic is made of.
type Points struct {
	Impact   float64 // 0 to 40: for how much it pulls the net sentiment down
	Negative float64 // 0 to 20: for being more negative than other topics
	Churn    float64 // 0 to 15: for customers who mean to leave
	Effort   float64 // 0 to 10: for effort
	Trend    float64 // 0 to 10: for getting worse
	Reach    float64 // 0 to 5: for hurting in many stages
}

// Sum is the priority, 0 to 100.
func (p Points) Sum() float64 {
	return p.Impact + p.Negative + p.Churn + p.Effort + p.Trend + p.Reach
}

// Point is a topic and how much it hurts.
type Point struct {
	Tally
	NegativeShare             float64 // 0 to 1
	NegativeLow, NegativeHigh float64 // its 95 % interval (Wilson)
	NetSentiment              float64 // -100 to +100
	// Impact is what the topic adds to the net sentiment of all mentions, in points: -2
	// means that without it this would be 2 points higher.
	Impact     float64
	Trend      *Trend // nil: nothing was said in the period before
	Direction  Direction
	Effort     *float64 // mean; nil: nobody says anything of it
	ChurnShare float64  // 0 to 1
	// The shrunk ones count PriorVoices more voices that speak as everybody does
	// (empirical Bayes).
	NegativeShareShrunk, NetSentimentShrunk, ChurnShareShrunk float64
	Points                                                    Points
	Priority                                                  float64 // 0 to 100
	Quotes                                                    []Quote // up to three that speak for what is said against it
}

// Ranking are the topics of a period by priority, and what all of them together say.
type Ranking struct {
	Points       []Point // highest priority first
	Items        uint64  // mentions of all topics
	NetSentiment float64 // of all mentions
	PriorVoices  float64 // 1 to 1000
}

// Rank ranks topics. Every one has items.
func Rank(tallies []Tally) Ranking {
	if len(tallies) == 0 {
		return Ranking{}
	}
	all := together(tallies)
	r := Ranking{Points: make([]Point, len(tallies)), Items: uint64(all.items), NetSentiment: all.net, PriorVoices: all.priorVoices}
	for i := range tallies {
		r.Points[i] = pointOf(&tallies[i], all)
	}
	correct(r.Points)
	choose := newChooser(tallies)
	for i := range r.Points {
		p := &r.Points[i]
		p.direct(all)
		p.Priority = p.Points.Sum()
		p.Quotes = choose.from(p.Sample)
	}
	slices.SortFunc(r.Points, func(a, b Point) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Topic, b.Topic))
	})
	return r
}

// pointOf computes all of a topic that does not depend on how others' trends turn out.
func pointOf(t *Tally, all *whole) Point {
	n := float64(t.Items)
	p := Point{
		Tally: *t, NegativeShare: float64(t.Negatives) / n, NetSentiment: net(t.Positives, t.Negatives, t.Items),
		ChurnShare: float64(t.Churns) / n, Direction: New,
	}
	p.NegativeLow, p.NegativeHigh = Wilson(float64(t.Negatives), n)
	others := max(1, all.items-n)
	p.Impact = n * (p.NetSentiment - all.net) / others
	if t.EffortItems > 0 {
		effort := t.EffortSum / float64(t.EffortItems)
		p.Effort = &effort
	}
	if t.ItemsBefore > 0 {
		p.Trend = trendOf(t, p.NetSentiment)
	}
	voices := float64(t.Voices)
	shrink := func(own, everybody float64) float64 {
		return (own*voices + everybody*all.priorVoices) / (voices + all.priorVoices)
	}
	p.NegativeShareShrunk = shrink(p.NegativeShare, all.negativeShare)
	p.NetSentimentShrunk = shrink(p.NetSentiment, all.net)
	p.ChurnShareShrunk = shrink(p.ChurnShare, all.churnShare)

	heard := all.heard(t)
	p.Points = Points{
		Impact:   40 * unit(1-math.Exp(min(0, n*(p.NetSentimentShrunk-all.net)/others)/2)),
		Negative: heard * 20 * unit((p.NegativeShareShrunk-all.negativeShare)/max(1-all.negativeShare, 1e-9)),
		Churn:    heard * 15 * unit(p.ChurnShareShrunk/0.2),
		Effort:   heard * 10 * unit(-t.EffortSum/(float64(t.EffortItems)+10)),
		Reach:    heard * 5 * unit(p.NegativeShareShrunk*(float64(len(t.Stages))-1)/8),
	}
	return p
}

// direct says where the topic goes, once its trend is corrected.
func (p *Point) direct(all *whole) {
	switch {
	case p.Trend == nil:
	case p.Trend.Q >= 0.05:
		p.Direction = Steady
	case p.Trend.Points < 0:
		p.Direction = Worse
		p.Points.Trend = all.heard(&p.Tally) * 10 * unit(-p.Trend.Points/20)
	default:
		p.Direction = Better
	}
}

func unit(x float64) float64 { return min(1, max(0, x)) }
