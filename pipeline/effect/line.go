package effect

import (
	"fmt"
	"math"
)

// Series is what was said of a topic, by day.
type Series struct {
	Topic string
	Days  []Day
}

// Day counts the items of a day that mention a topic. Those that are neither positive nor
// negative are neutral or mixed.
type Day struct{ Items, Positives, Negatives float64 }

// mostItems is the most that a day can have: sums of more lose whole items.
const mostItems = 1e12

// check returns what is wrong with the counts.
func (s *Series) check() error {
	for i, d := range s.Days {
		// Negated, so that NaN is caught as well.
		if !(d.Positives >= 0 && d.Negatives >= 0 && d.Items <= mostItems && d.Positives+d.Negatives <= d.Items) {
			return fmt.Errorf("topic %q, day %d: of %v items %v are positive and %v negative; counts must be at least 0, at most %g, and add up to no more than the items",
				s.Topic, i, d.Items, d.Positives, d.Negatives, float64(mostItems))
		}
	}
	return nil
}

// line is the net sentiment of a topic by day, in points.
type line struct {
	topic string
	items []float64
	net   []float64 // 0 on days without items
	// variance is that of net from counting so few items, were all days of before (or
	// after) alike. It is taken from all of them: a day of three positive items says
	// nothing of how certain it is, and must not weigh more for being unanimous.
	variance []float64
}

func lineOf(s *Series, at int) *line {
	n := len(s.Days)
	all := make([]float64, 3*n)
	l := &line{topic: s.Topic, items: all[:n], net: all[n : 2*n], variance: all[2*n:]}
	for _, part := range [][2]int{{0, at}, {at, n}} {
		var sum Day
		for _, d := range s.Days[part[0]:part[1]] {
			sum.Items, sum.Positives, sum.Negatives = sum.Items+d.Items, sum.Positives+d.Positives, sum.Negatives+d.Negatives
		}
		// One more of each label, as in pipeline/painpoints: all positive is no certainty.
		mean := (sum.Positives - sum.Negatives) / (sum.Items + 3)
		each := 1e4 * ((sum.Positives+sum.Negatives+2)/(sum.Items+3) - mean*mean)
		for i := part[0]; i < part[1]; i++ {
			if d := s.Days[i]; d.Items > 0 {
				// A fraction of an item is as uncertain as one.
				l.items[i], l.net[i], l.variance[i] = d.Items, 100*((d.Positives-d.Negatives)/d.Items), each/max(1, d.Items)
			}
		}
	}
	return l
}

// count adds up the days of [from, to) that have items, and the items.
func (l *line) count(from, to int) (days int, items float64) {
	for _, n := range l.items[from:to] {
		if n > 0 {
			days, items = days+1, items+n
		}
	}
	return days, items
}

// mean is the weighted mean of the net sentiment in [from, to), each day by its precision
// if days vary by wander points² more than by counting.
func (l *line) mean(from, to int, wander float64) float64 {
	var sum, weight float64
	for i := from; i < to; i++ {
		if l.items[i] > 0 {
			p := 1 / (l.variance[i] + wander)
			sum, weight = sum+p*l.net[i], weight+p
		}
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// apart is how far off two topics are on a day before at, both less their means, and how
// far off they would be by counting alone.
func (l *line) apart(o *line, at int) (rmse, noise float64) {
	between := l.mean(0, at, wander) - o.mean(0, at, wander)
	var n float64
	for i := range at {
		if l.items[i] > 0 && o.items[i] > 0 {
			rmse, noise, n = rmse+square(l.net[i]-o.net[i]-between), noise+l.variance[i]+o.variance[i], n+1
		}
	}
	return math.Sqrt(rmse / max(1, n)), math.Sqrt(noise / max(1, n))
}

// spread is the weighted variance of values around their mean.
func spread(values, weights []float64) float64 {
	var sum, weight float64
	for i, v := range values {
		sum, weight = sum+weights[i]*v, weight+weights[i]
	}
	if weight == 0 {
		return 0
	}
	mean := sum / weight
	sum = 0
	for i, v := range values {
		sum += weights[i] * (v - mean) * (v - mean)
	}
	return max(0, sum/weight) // never below 0 nor NaN
}

// square keeps formulas short.
func square(x float64) float64 { return x * x }

// near0 is a variance in points² that no count can tell from none.
const near0 = 1e-9

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
