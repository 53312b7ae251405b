// Package watch hears when something gets worse: it compares what customers say, hour by
// hour and series by series, with what they usually say, and is wrong no more often than
// its user allows. It knows counts alone; where they come from and where alerts go is
// others' business.
//
// Its steps, in this order:
//
//  1. Counts of hours (pipeline.Tally) are added up to series: everything, channels, stages,
//     channels × stages, topics, rules of the user.
//  2. For every day a baseline is learned from the weeks before it, and from nothing
//     after: level, hours and weekdays, over-dispersion; of a small series mostly its
//     parent's (learn).
//  3. Each hour's counts are weighed: how much likelier are they if the series is worse
//     than if it is as usual (evidence)?
//  4. The weights add up to a Shiryaev–Roberts statistic, which knows no beginning: a
//     change may have begun in any hour (Roberts, A comparison of some control chart
//     procedures, 1966).
//  5. An alert is raised when it passes a threshold that follows from the budget of false
//     alarms and the number of series (Budget), and is over when the evidence for the
//     usual level has come back (episodes).
//
// # Why the budget holds
//
// While nothing has changed, the statistic R grows by one an hour on average, R(t) − t is
// a martingale, so that a threshold A is passed once in A hours at most (Pollak, Average
// run lengths of an optimal method of detecting a change in distribution, 1987; it holds
// however often one looks, within the hour as well). S series that are watched for H hours
// raise S·H/A false alarms at most, whether they are related or not: A = S·H/budget. It
// rests on the baseline: what the baseline doesn't know yet is therefore part of the
// over-dispersion.
package watch

import (
	"cmp"
	"slices"
	"time"

	"earshot/pipeline"
)

// Watch holds the counts of all series and finds what got worse in them. It is not safe
// for concurrent use.
type Watch struct {
	options Options
	series  map[Key]*history
	order   []*history // parents before their children
	// through is the event time up to which counts are known.
	through time.Time
	stale   bool // order has to be made anew

	from       time.Time         // of the last Judge
	judged     int32             // day up to which everything was judged
	thresholds map[int32]float64 // by day
}

// Options of a Watch.
type Options struct {
	// Budget is how many false alerts a month (30 days) all series together may raise, > 0.
	Budget float64
	// Measures are those that are watched; nil: all. The fewer, the sooner each is heard.
	Measures []Measure
	// MinItems is how many items a week a series must have to be watched, and how many
	// must lie behind an alert.
	MinItems int
	// MinEffect is by how many points a series must have got worse to be worth an alert:
	// net sentiment in points, shares in percent; effort by a fiftieth of it.
	MinEffect float64
	// Learn is how many days of the past a baseline is learned from.
	Learn int
}

// DefaultOptions are for an installation that has somebody on call.
func DefaultOptions() Options {
	return Options{Budget: 2, MinItems: 20, MinEffect: 8, Learn: 56}
}

// New returns a Watch that knows nothing yet.
func New(o Options) *Watch {
	return &Watch{options: o, series: map[Key]*history{}, thresholds: map[int32]float64{}}
}

// Set replaces the counts of one hour of a series. Hours may come in any order.
func (w *Watch) Set(k Key, hour time.Time, t pipeline.Tally) {
	h := w.series[k]
	if h == nil {
		if t == (pipeline.Tally{}) {
			return
		}
		h = &history{key: k}
		w.series[k] = h
		w.stale = true
	}
	h.set(hourOf(hour), t)
}

// Through says up to which event time counts are complete, as far as is known.
func (w *Watch) Through(t time.Time) { w.through = t }

// Forget drops hours before t, so that memory stays bounded.
func (w *Watch) Forget(t time.Time) {
	for k, h := range w.series {
		if h.forget(hourOf(t)); len(h.hours) == 0 {
			delete(w.series, k)
			w.stale = true
		}
	}
}

// Series is how many series there are.
func (w *Watch) Series() int { return len(w.series) }

// inOrder returns the histories, parents before their children.
func (w *Watch) inOrder() []*history {
	if !w.stale {
		return w.order
	}
	w.order = w.order[:0]
	for _, h := range w.series {
		w.order = append(w.order, h)
	}
	slices.SortFunc(w.order, func(a, b *history) int {
		return cmp.Or(cmp.Compare(a.key.depth(), b.key.depth()), a.key.compare(b.key))
	})
	for _, h := range w.order {
		h.parent = w.parentOf(h)
	}
	w.stale = false
	return w.order
}

// parentOf finds what a small series is likely to be like: the nearest of its parents that
// there is. nil: it is the root.
func (w *Watch) parentOf(h *history) *history {
	for k, ok := h.key.parent(); ok; k, ok = k.parent() {
		if p := w.series[k]; p != nil {
			return p
		}
	}
	return nil
}
