package learn

import (
	"maps"
	"math"
	"slices"

	"earshot/nlp/eval"
	"earshot/nlp/sentiment"
)

// heldText is a text that was not learned, with the set that it stands in.
type heldText struct {
	sentiment.Example
	set string
}

const (
	// fewestOfLanguage is how many held-out texts a language needs for a
	// temperature of its own, fewestOfSet how many a set needs to have a say.
	fewestOfLanguage, fewestOfSet = 60, 200
)

// judgedText is the logits of a held-out text and its class.
type judgedText struct {
	z     sentiment.Logits
	class int
}

// temperatures fits the temperature (Guo et al. 2017) of each language on held-out
// texts: that at which the worst calibrated set is calibrated best. A language
// whose sets are all small takes that at which its labels are likeliest.
func temperatures(m *sentiment.Model, held []heldText) map[string]float64 {
	c := NewClassifier(m)
	languages := map[string]map[string][]judgedText{}
	add := func(language, set string, j judgedText) {
		if languages[language] == nil {
			languages[language] = map[string][]judgedText{}
		}
		languages[language][set] = append(languages[language][set], j)
	}
	for i := range held {
		h := &held[i]
		j := judgedText{c.Logits(h.Text, h.Language), class(&h.Example)}
		add(h.Language, h.set, j)
		add("", h.set, j) // of languages without a temperature of their own
	}
	out := map[string]float64{}
	for language, sets := range languages {
		var all []judgedText
		var large [][]judgedText
		for _, set := range slices.Sorted(maps.Keys(sets)) { // sums depend on the order
			judged := sets[set]
			all = append(all, judged...)
			if len(judged) >= fewestOfSet {
				large = append(large, judged)
			}
		}
		switch {
		case len(all) < fewestOfLanguage:
		case len(large) > 0:
			out[language] = least(func(t float64) float64 {
				var worst float64
				for _, judged := range large {
					worst = max(worst, calibrationError(judged, t))
				}
				return worst
			})
		default:
			out[language] = least(func(t float64) float64 { return surprise(all, t) })
		}
	}
	return out
}

// least tries temperatures in steps of 0.02.
func least(f func(t float64) float64) float64 {
	best, at := math.Inf(1), 1.0
	for step := 25; step <= 250; step++ {
		t := float64(step) * 0.02
		if v := f(t); v < best {
			best, at = v, t
		}
	}
	return math.Round(at*100) / 100
}

// calibrationError is the expected calibration error at a temperature.
func calibrationError(judged []judgedText, t float64) float64 {
	var c eval.Calibration
	for _, j := range judged {
		p := j.z.Softmax(t)
		said := 0
		for c := range p {
			if p[c] > p[said] {
				said = c
			}
		}
		c.Add(p[said], said == j.class)
	}
	return c.Err()
}

// surprise is the negative log likelihood of the labels.
func surprise(judged []judgedText, t float64) float64 {
	var loss float64
	for _, j := range judged {
		loss -= math.Log(max(1e-9, j.z.Softmax(t)[j.class]))
	}
	return loss
}
