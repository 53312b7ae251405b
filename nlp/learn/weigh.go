package learn

import (
	"math"

	"earshot/nlp/sentiment"
)

const (
	// corpusWeight is how much an item of earshot's own corpus counts against
	// one of the public sets, which are of other domains.
	corpusWeight = 4
	// mixedWeight is how much an item labelled mixed counts: it says only that
	// neither side wins.
	mixedWeight = 0.3
	// balance is the exponent that evens out the classes of a set: 0 keeps its
	// own shares, 1 makes the classes equal. Priors that follow no single
	// domain travel best.
	balance = 0.5
	// The texts of a set of evenSize count 1; what the whole set counts grows
	// with the square root of its size, so that no set drowns the others, within
	// these bounds. Texts of sets that know no neutral count 1.
	evenSize                = 30000
	leastWeight, mostWeight = 0.75, 4
	// mostTwoClass is how many texts are taken of a set that knows no neutral.
	mostTwoClass = 8000
)

// weigh sets the weights of a set's examples.
func weigh(set *Set) {
	var count [3]float64
	for i := range set.Examples {
		if c := class(&set.Examples[i]); c >= 0 {
			count[c]++
		}
	}
	total, present := 0.0, 0.0
	for _, n := range count {
		if total += n; n > 0 {
			present++
		}
	}
	base := min(mostWeight, max(leastWeight, math.Sqrt(evenSize/max(1, total))))
	switch {
	case set.Corpus:
		base = corpusWeight
	case set.TwoClass:
		base = 1
	}
	for i := range set.Examples {
		e := &set.Examples[i]
		if c := class(e); c >= 0 {
			e.Weight = float32(base * math.Pow(total/present/count[c], balance))
		} else {
			e.Weight = float32(base * mixedWeight)
		}
	}
}

// class is the label of an example, −1 of one that is mixed or taught.
func class(e *sentiment.Example) int {
	for c, p := range e.Target {
		if p == 1 {
			return c
		}
	}
	return -1
}
