package watch

import "math"

// shifts are the changes that are looked for, in log odds of a quality: about 8, 16 and 30
// points of share from the middle. The statistic is the mean over them, so that nobody
// has to say beforehand how large a drop will be.
var shifts = [...]float64{-0.35, -0.7, -1.4}

// surges are the same for volume, as logarithms of so many times as much: 1.5, 2.5 and 5.
// fades are for silence: a tenth, a twentieth, a fiftieth.
var (
	surges = [...]float64{0.405, 0.916, 1.609}
	fades  = [...]float64{-2.303, -2.996, -3.912}
)

// statistic is the Shiryaev–Roberts statistic of each of the changes looked for, at the
// end of a day.
type statistic [3]float64

// weighed is an hour's counts as evidence.
type weighed struct {
	hour   int32
	starts float64    // how many hours a change may have begun in: it, and those before it in which nothing was said
	n, y   float64    // as in count
	ratio  [3]float64 // log likelihood ratios, each change against none, of so many yes or no or Poisson counts
}

// today are the hours of one day, of which the statistic is made.
type today struct {
	hours []weighed
	// dampen is what remains of the log likelihood ratio of one day's counts once it is
	// known that they have something in common.
	dampen func(shift int, n, y, ratio float64) float64
}

// at is the statistic after hour i of the day: changes that began before the day, and in
// each of its hours. The likelihood ratio of a change is the product over its days.
func (d *today) at(before *statistic, i int) (now statistic) {
	var n, y float64
	var ratio [3]float64
	add := func(weight *[3]float64) {
		for s := range now {
			now[s] += weight[s] * math.Exp(math.Min(d.dampen(s, n, y, ratio[s]), 600))
		}
	}
	for k := i; k >= 0; k-- {
		h := &d.hours[k]
		n, y = n+h.n, y+h.y
		for s := range ratio {
			ratio[s] += h.ratio[s]
		}
		add(&[3]float64{h.starts, h.starts, h.starts})
	}
	add((*[3]float64)(before))
	for s := range now {
		now[s] = math.Min(now[s], 1e290)
	}
	return now
}

// evidence is the mean over the changes looked for.
func (s *statistic) evidence() float64 { return (s[0] + s[1] + s[2]) / 3 }
