package painpoints

import (
	"cmp"
	"math"
	"slices"
)

// whole is what all topics together say.
type whole struct {
	items, net                float64
	negativeShare, churnShare float64 // of a voice; of a mention
	priorVoices               float64
}

func together(tallies []Tally) *whole {
	var w whole
	var balance, churns, voices, squares, shares, shareSquares float64
	for i := range tallies {
		t := &tallies[i]
		n, v := float64(t.Items), float64(t.Voices)
		share := float64(t.Negatives) / n
		w.items += n
		balance += float64(t.Positives - t.Negatives)
		churns += float64(t.Churns)
		voices += v
		squares += v * v
		shares += v * share
		shareSquares += v * share * share
	}
	w.net, w.churnShare = 100*balance/w.items, churns/w.items
	m := shares / voices
	w.negativeShare, w.priorVoices = m, maxPrior
	// How much the topics' shares vary by more than chance (DerSimonian and Laird 1986);
	// a beta prior of that variance is worth so many voices.
	k := float64(len(tallies))
	if between := (shareSquares - voices*m*m - (k-1)*m*(1-m)) / max(voices-squares/voices, 1e-9); between > 0 {
		w.priorVoices = min(maxPrior, max(1, m*(1-m)/between-1))
	}
	return &w
}

// maxPrior is how many voices the prior is worth at most.
const maxPrior = 1000

// heard is how much a topic counts for being spoken of: what hardly anybody mentions is
// not urgent, however bad it is. 0.63 at one in a hundred mentions.
func (w *whole) heard(t *Tally) float64 { return 1 - math.Exp(-100*float64(t.Items)/w.items) }

func net(positives, negatives int64, items uint64) float64 {
	return 100 * float64(positives-negatives) / float64(items)
}

// Wilson is the 95 % interval of the share that part is of n > 0 (Wilson 1927).
func Wilson(part, n float64) (low, high float64) {
	const z = 1.959963984540054
	share := part / n
	middle, half := share+z*z/2/n, z*math.Sqrt(share*(1-share)/n+z*z/4/n/n)
	return (middle - half) / (1 + z*z/n), (middle + half) / (1 + z*z/n)
}

// trendOf tests whether two shares differ: the labels are -1, 0 and +1, their variances
// are estimated with one more of each, and a period has as many independent voices as
// customers, the one before as many an item.
func trendOf(t *Tally, now float64) *Trend {
	items, before, voices := float64(t.Items), float64(t.ItemsBefore), float64(t.Voices)
	tr := &Trend{Before: net(t.PositivesBefore, t.NegativesBefore, t.ItemsBefore)}
	tr.Points = now - tr.Before
	variance := LabelVariance(t.Positives, t.Negatives, items)/voices +
		LabelVariance(t.PositivesBefore, t.NegativesBefore, before)/(before*voices/items)
	tr.P = math.Erfc(math.Abs(tr.Points) / 100 / math.Sqrt(2*variance))
	return tr
}

// LabelVariance is the variance of labels as -1, 0 and +1, with one more of each: three of
// three negative are no certainty.
func LabelVariance(positives, negatives int64, items float64) float64 {
	mean := float64(positives-negatives) / (items + 3)
	return float64(positives+negatives+2)/(items+3) - mean*mean
}

// correct sets Q of the trends: of the topics that are called worse or better, at most one
// in twenty is so by chance (Benjamini and Hochberg 1995).
func correct(points []Point) {
	var tested []*Trend
	for i := range points {
		if t := points[i].Trend; t != nil {
			tested = append(tested, t)
		}
	}
	slices.SortFunc(tested, func(a, b *Trend) int { return cmp.Compare(a.P, b.P) })
	least := 1.0
	for rank := len(tested); rank > 0; rank-- {
		t := tested[rank-1]
		least = min(least, t.P*float64(len(tested))/float64(rank))
		t.Q = least
	}
}
