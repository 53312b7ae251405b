package watch

import (
	"cmp"
	"math"
	"slices"

	"earshot/pipeline"
)

// Group is what the items with one value of a dimension come to, before a change and since.
type Group struct {
	Value         string
	Before, Since pipeline.Tally
}

// Season and Rest stand for values of a dimension in Decompose's result: what time of day
// and weekdays do, and small values together.
const (
	Season = "(time of day and week)"
	Rest   = "(others)"
)

// Decompose takes the change of a mean from before to since apart by a dimension, whose name
// the caller adds. With w and v the shares of the items since and before, a and b the means,
// and B the mean of all before,
//
//	mix = (w − v)(b − B)    within = w(a − b)
//
// which add up to the change over all values (Kitagawa, Components of a difference between
// two rates, 1955, with the weights of Oaxaca and Blinder). usually is what was expected
// since, in the measure's unit; what time of day and week account for is a part of its own,
// so that all parts add up to what was observed minus what was expected. Values with the
// smallest parts are put together, so that at most shown are named. Measures that are no
// means have no parts: nil.
func Decompose(m Measure, groups []Group, usually float64, shown int) []pipeline.Contribution {
	q := qualityOf(m)
	if q == nil {
		return nil
	}
	var all Group
	for i := range groups {
		all.Before, all.Since = all.Before.Plus(groups[i].Before), all.Since.Plus(groups[i].Since)
	}
	before, n := q.mean(all.Before)
	_, since := q.mean(all.Since)
	if n == 0 || since == 0 {
		return nil
	}
	var shares []pipeline.Contribution
	for i := range groups {
		g := &groups[i]
		b, v := q.mean(g.Before)
		a, w := q.mean(g.Since)
		if v == 0 {
			b = before // new: it has always been like all
		}
		v, w = v/n, w/since
		s := pipeline.Contribution{
			Value: g.Value, Mix: (w - v) * (b - before) * q.span,
			Before: int(math.Round(g.Before.Items)), After: int(math.Round(g.Since.Items)),
		}
		if w > 0 {
			s.Within = w * (a - b) * q.span
		}
		shares = append(shares, s)
	}
	slices.SortFunc(shares, func(a, b pipeline.Contribution) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Mix+b.Within), math.Abs(a.Mix+a.Within)), cmp.Compare(a.Value, b.Value))
	})
	if len(shares) > shown {
		rest := pipeline.Contribution{Value: Rest}
		for _, s := range shares[shown:] {
			rest.Mix, rest.Within, rest.Before, rest.After = rest.Mix+s.Mix, rest.Within+s.Within, rest.Before+s.Before, rest.After+s.After
		}
		shares = append(shares[:shown], rest)
	}
	return append(shares, pipeline.Contribution{Value: Season, Mix: q.unit(before) - usually})
}

func qualityOf(m Measure) *quality {
	for i := range qualities {
		if qualities[i].measure == m {
			return &qualities[i]
		}
	}
	return nil
}

// mean is the mean quality of a tally, and of how many items.
func (q *quality) mean(t pipeline.Tally) (mean, items float64) {
	h := narrow(0, t)
	n, y, _ := q.sum(&h)
	if n == 0 {
		return 0, 0
	}
	return y / n, n
}
