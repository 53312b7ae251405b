package lane

import (
	"math"
	"math/rand/v2"
	"testing"
)

// judgements are n answers among three labels, right as often as their
// probabilities say, with the logits of both kinds too large by a factor.
func judgements(n int, factor float64) []judgement {
	rng := rand.New(rand.NewPCG(3, 3))
	judged := make([]judgement, n)
	for i := range judged {
		j := judgement{ngrams: make([]float64, 3), dense: make([]float64, 3)}
		for c := range 3 {
			j.ngrams[c], j.dense[c] = 2*rng.NormFloat64(), 2*rng.NormFloat64()
		}
		p := make([]float64, 3)
		for c := range p {
			p[c] = j.ngrams[c] + j.dense[c]
			j.ngrams[c] *= factor
			j.dense[c] *= factor
		}
		softmax(p)
		for u := rng.Float64(); j.label < 2 && u >= p[j.label]; j.label++ {
			u -= p[j.label]
		}
		judged[i] = j
	}
	return judged
}

func TestCalibrationFindsTheFactors(t *testing.T) {
	t.Parallel()
	for _, factor := range []float64{0.5, 1, 4} {
		m, held := fit(judgements(4000, factor), deep, 0.9)
		for _, f := range []float64{m.NGrams, m.Features} {
			if math.Abs(f*factor-1) > 0.1 {
				t.Errorf("logits times %g: factors %g and %g", factor, m.NGrams, m.Features)
			}
		}
		if held.Precision < 0.9 || held.Precision > 0.94 || held.Coverage < 0.3 || m.Threshold != held.Threshold {
			t.Errorf("logits times %g: %+v", factor, held)
		}
	}
}

func TestTheThresholdGivesAtLeastTheStatedPrecision(t *testing.T) {
	t.Parallel()
	judged := judgements(4000, 1)
	coverage := 1.0
	for _, precision := range []float64{0.85, 0.9, 0.95, 0.98} {
		_, held := fit(judged, deep, precision)
		if held.Precision < precision || held.Coverage >= coverage {
			t.Errorf("for %g: %+v", precision, held)
		}
		coverage = held.Coverage
	}
}

func TestFewTextsPromiseNothing(t *testing.T) {
	t.Parallel()
	certain := judgement{label: 1, ngrams: []float64{0, 9, 0}}
	for n, sure := range map[int]bool{0: false, 5: false, 200: true} {
		var judged []judgement
		for range n {
			judged = append(judged, certain)
		}
		m, held := fit(judged, fast, 0.9)
		if (m.Threshold <= 1) != sure || held.N != n || math.IsNaN(m.NGrams) || m.NGrams <= 0 {
			t.Errorf("%d texts, all right: %+v, %+v", n, m, held)
		}
	}
}

func TestFoldsShareOutLabelsAndKeepCopiesTogether(t *testing.T) {
	t.Parallel()
	var items []item
	for label := range 4 {
		for i := range 10 {
			items = append(items, item{label: label, key: uint64(i / 2)})
		}
	}
	fold := foldsOf(items)
	count := map[[2]int]int{}
	for i := range items {
		if i%2 == 1 && fold[i] != fold[i-1] {
			t.Errorf("items %d and %d have one text and lie in two folds", i-1, i)
		}
		count[[2]int{items[i].label, fold[i]}]++
	}
	for label := range 4 {
		for f := range folds {
			if count[[2]int{label, f}] != 2 {
				t.Errorf("label %d is %d times in fold %d", label, count[[2]int{label, f}], f)
			}
		}
	}
}
