// Package effect says whether an improvement worked: by how much the net sentiment of its
// topic, 100·(positives-negatives)/items, is above what it would have been without it.
//
//  1. Controls: other topics, weighted so that together they moved like the topic in the
//     days before. The weights minimise Σ π(y-Σwx)² + λ·Σ(w-w⁰)²/(J·w⁰), are at least 0 and
//     add up to 1; all lines are taken less their mean before, π is the precision of a day,
//     w⁰ weighs by volume, λ is what predicts left-out weeks best. This is the synthetic
//     control with an intercept and a ridge of Arkhangelsky, Athey, Hirshberg, Imbens and
//     Wager (Synthetic difference-in-differences, American Economic Review 111, 2021).
//  2. The gap between topic and controls, less its weekdays where they differ, is
//     level + slope + drift + the day's own noise + counting. Drift is a first-order
//     autoregression, as good as a random walk at most; counting has the variance of the
//     labels -1, 0 and +1 by the items of the day, known and not estimated. The slope is
//     shrunk to 0. How much of the noise is which is unknown: 68 guesses are weighed by the
//     restricted likelihood of days before, each day by weights chosen without its week
//     (cross-fitting, as Chernozhukov, Wüthrich and Zhu, A t-test for synthetic controls,
//     2021). A Kalman filter whitens the gap and its regressors (de Jong, The diffuse
//     Kalman filter, Annals of Statistics 19, 1991).
//  3. The effect is the mean of the gap after, less what each guess expected of it; the
//     interval is that of the mixture, which has the heavy tails of an unknown variance. It
//     assumes no course of the effect: one that comes slowly is averaged. What the weights'
//     uncertainty adds is a jackknife over weeks.
//  4. Placebos: every control is taken for the topic, and earlier days for the day of the
//     improvement (Abadie, Diamond and Hainmueller, Synthetic control methods for
//     comparative case studies, JASA 105, 2010). They must not show as much as often, and
//     where they vary by more than their intervals say, the interval is widened by that.
//  5. Regression to the mean: people mend what hurts, and what hurts most is often over
//     soon, mended or not. Stretches before that noise doesn't explain are no part of the
//     level. If one reaches to the improvement, or the last one or two weeks before are
//     unlike the others, the effect must hold against them and against the days before
//     them, and the interval covers both.
//
// What it cannot tell: whether an improvement ended an incident that was on when it came.
// Only what is better than before the incident counts as its effect. Nor can it tell the
// improvement from what else happened to this topic alone on that day, and a topic that is
// itself an effect of the improvement must not be among the controls.
package effect

import "fmt"

// Verdict is what an effect comes to.
type Verdict string

const (
	Worked     Verdict = "worked"
	NoEvidence Verdict = "no evidence" // neither for it nor for there being no effect
	Worse      Verdict = "worse"
	TooEarly   Verdict = "too early" // too little is known yet, of after or of before
)

// Options are what a verdict asks for. Zero values are the defaults.
type Options struct {
	DaysBefore int     // with items, at least; 14
	DaysAfter  int     // at least; 7
	Items      float64 // before and after, at least, each; 30
	Confidence float64 // of intervals, 0.5 to 0.999; 0.9
}

// hopeless is half the width in points of an interval that nothing is to be read from.
const hopeless = 40

// Effect is what became of a topic after an improvement. Numbers are finite, whatever was
// counted. Slices have an element a day.
type Effect struct {
	Verdict Verdict
	// Points is by how much the net sentiment is higher than without the improvement, in
	// the mean of the days after, each by its precision; Low and High are its interval.
	// Without anything to estimate from they are 0, -200 and 200: all that is possible.
	Points, Low, High float64
	// PValue is how probable an effect of at least that size is without one.
	PValue float64
	// Weights are the controls that were used, in the order in which they were given.
	Weights      []ControlWeight
	PlaceboSpace Placebo // other topics
	PlaceboTime  Placebo // earlier dates
	Basis        Basis

	Observed []float64 // net sentiment; 0 on a day without items
	Items    []float64
	// Counterfactual is the net sentiment that was to be expected of each day without the
	// improvement, in the band that a day is in at the interval's confidence. Before the
	// improvement it is what controls and level make of the day; after, it goes on from
	// where the topic stood. Nil where nothing could be estimated.
	Counterfactual, BandLow, BandHigh []float64
}

// ControlWeight is how a topic took part in the comparison.
type ControlWeight struct {
	Topic  string
	Weight float64 // 0 to 1; all add up to 1
	// RMSE is how far off in points this control alone is on a day before, both less their
	// means. Noise is how far off it would be by counting alone, were it a perfect one.
	RMSE, Noise float64
}

// Of estimates the effect of an improvement on the topic treated. Series are of the same
// days; at is the index of the first day after the improvement, which counts as after: for
// one that came in the middle of a day, that is the next day. Of controls that have items
// on fewer than half of the days before or after it makes no use.
//
// Of the others it takes those that moved most like the topic before, at most 24.
//
// Errors say which argument is out of range, or which day of which topic has impossible
// counts. at may be the number of days, which is too early.
func Of(treated Series, controls []Series, at int, o Options) (*Effect, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	n := len(treated.Days)
	if at < 0 || at > n {
		return nil, fmt.Errorf("day %d of the improvement is out of range: topic %q has %d days", at, treated.Topic, n)
	}
	if err := treated.check(); err != nil {
		return nil, err
	}
	y := lineOf(&treated, at)
	given := make([]*line, len(controls))
	for i := range controls {
		c := &controls[i]
		if len(c.Days) != n {
			return nil, fmt.Errorf("control %q has %d days where topic %q has %d: series must be of the same days", c.Topic, len(c.Days), treated.Topic, n)
		}
		if c.Topic == treated.Topic {
			return nil, fmt.Errorf("topic %q is among its own controls", c.Topic)
		}
		if err := c.check(); err != nil {
			return nil, err
		}
		given[i] = lineOf(c, at)
	}

	used := nearest(y, usable(given, at, n), at)
	f := &Effect{Verdict: TooEarly, Low: -mostPoints, High: mostPoints, PValue: 1, Observed: y.net, Items: y.items}
	f.PlaceboSpace.P, f.PlaceboTime.P = 1, 1
	f.Basis = Basis{DaysAfter: n - at, LeftOut: len(given) - len(used)}
	f.Basis.DaysBefore, f.Basis.ItemsBefore = y.count(0, at)
	_, f.Basis.ItemsAfter = y.count(at, n)
	e, ok := estimateOf(y, used, at, n)
	if ok {
		f.report(e, y, used, o)
	}
	f.judge(ok, o)
	return f, nil
}

func (o *Options) complete() error {
	if o.DaysBefore == 0 {
		o.DaysBefore = 14
	}
	if o.DaysAfter == 0 {
		o.DaysAfter = 7
	}
	if o.Items == 0 {
		o.Items = 30
	}
	if o.Confidence == 0 {
		o.Confidence = 0.9
	}
	switch {
	case o.DaysBefore < 0:
		return fmt.Errorf("option DaysBefore is %d; it must be positive, or 0 for 14", o.DaysBefore)
	case o.DaysAfter < 0:
		return fmt.Errorf("option DaysAfter is %d; it must be positive, or 0 for 7", o.DaysAfter)
	case !(o.Items > 0) || !finite(o.Items):
		return fmt.Errorf("option Items is %v; it must be positive, or 0 for 30", o.Items)
	case !(o.Confidence >= 0.5 && o.Confidence <= 0.999):
		return fmt.Errorf("option Confidence is %v; it must be 0.5 to 0.999, or 0 for 0.9", o.Confidence)
	}
	return nil
}

// mostPoints is the largest change that net sentiment can make.
const mostPoints = 200

// report fills in what was estimated.
func (f *Effect) report(e *estimate, y *line, controls []*line, o Options) {
	space := inSpace(controls, e.at, e.to)
	time, apart := inTime(y, controls, e.at, e.to, o.DaysBefore)
	wide := widening(space, time, apart)
	if len(controls) == 0 {
		wide *= alone
	}
	e.lookCloser()
	i := e.interval(wide, o.Confidence)
	f.Points, f.Low, f.High, f.PValue = clampTo(mostPoints, i.points), clampTo(mostPoints, i.low), clampTo(mostPoints, i.high), i.p
	f.PlaceboSpace, f.PlaceboTime = placeboOf(i.z, space), placeboOf(i.z, time)
	f.Weights = e.controlWeights(y, controls)
	f.Counterfactual, f.BandLow, f.BandHigh = e.lines(wide, o.Confidence)
	f.Basis.Controls, f.Basis.Spells, f.Basis.Recent = len(controls), e.spells, i.recent
	f.Basis.RMSE, f.Basis.Noise = e.fit()
	f.Basis.Widened = wide
}

// alone is by how much the interval of a topic without controls is wider, as nothing tells
// what happened to all topics on that day.
const alone = 1.1

// clampTo keeps x within ±limit.
func clampTo(limit, x float64) float64 { return max(-limit, min(limit, x)) }
