package effect

import "math"

// Placebo is how often something that had no effect looks like the improvement.
type Placebo struct {
	P    float64 // share of all, the improvement counted among them, that show at least as much; 1 without runs
	Runs int     // how many were tried; too few data leave none
	// As is how many of them show at least as much as the improvement, up or down.
	As int
}

// placeboOf ranks z among those of placebos: effects in standard deviations of their own.
func placeboOf(z float64, runs []float64) Placebo {
	p := Placebo{Runs: len(runs)}
	for _, r := range runs {
		if math.Abs(r) >= math.Abs(z) {
			p.As++
		}
	}
	p.P = float64(1+p.As) / float64(1+p.Runs)
	return p
}

// contradicts is whether placebos show as much too often. One of a handful may.
func (p *Placebo) contradicts() bool {
	return p.P > max(0.2, 1/float64(1+p.Runs)+1e-12)
}

// inSpace takes each control for the topic, the others for its controls.
func inSpace(controls []*line, at, to int) (z []float64) {
	if len(controls) < 2 {
		return nil
	}
	others := make([]*line, 0, len(controls))
	for i, c := range controls {
		others = append(append(others[:0], controls[:i]...), controls[i+1:]...)
		if e, ok := estimateOf(c, others, at, to); ok {
			z = append(z, e.z())
		}
	}
	return z
}

// mostDates is how many earlier dates are tried at most.
const mostDates = 10

// inTime takes earlier days for at, and the days from them for those after. apart is how
// many of them there would be if they did not overlap.
func inTime(y *line, controls []*line, at, to, leastBefore int) (z []float64, apart float64) {
	after := min(to-at, at/3)
	first := max(leastBefore, at/3)
	last := at - after
	if after < 3 || last < first {
		return nil, 0
	}
	dates := min(mostDates, last-first+1)
	for k := range dates {
		date := first
		if dates > 1 {
			date += k * (last - first) / (dates - 1)
		}
		if e, ok := estimateOf(y, controls, date, date+after); ok {
			z = append(z, e.z())
		}
	}
	return z, min(float64(len(z)), float64(at-first)/float64(after))
}

// trusted is how many placebos the estimate's own standard deviation is worth.
const trusted = 6

// widening is by how much intervals must be wider for placebos to be inside as often as
// they should be: 1 if they are. Few placebos hardly move it, and none counts for more than
// three standard deviations.
func widening(space, time []float64, apart float64) float64 {
	sum, n := float64(trusted), float64(trusted)
	for _, z := range space {
		sum, n = sum+min(z*z, 9), n+1
	}
	for _, z := range time {
		share := apart / float64(len(time))
		sum, n = sum+share*min(z*z, 9), n+share
	}
	return math.Sqrt(max(1, sum/n))
}
