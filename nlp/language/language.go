// Package language tells which language a short text is written in: English,
// German, Spanish, French, Italian, Portuguese, Arabic or Hindi, or [Und] where
// it is another one, or nothing to say it by.
//
// A text goes through these steps:
//
//  1. Addresses, handles, hashtags, markup, digits and emojis are taken out, and
//     letters are folded to 64 symbols; [longest] of them are read, not more.
//  2. Letters are counted by script. Arabic, Devanagari and scripts we don't know
//     decide by themselves; the rest is Latin.
//  3. Runs of two, three and four symbols and whole words each cast a vote for
//     seven languages (Hindi in Latin letters is one) and for "another one". Votes
//     were learned by [Train].
//  4. The winner is named if its probability is high enough.
package language

import (
	"math"
	"sync"

	_ "embed"
)

// The languages that are told apart, as ISO 639-1 codes, and Und for what is
// none of them or can't be told.
const (
	English    = "en"
	German     = "de"
	Spanish    = "es"
	French     = "fr"
	Italian    = "it"
	Portuguese = "pt"
	Arabic     = "ar"
	Hindi      = "hi"
	Und        = "und"
)

// lanes are what the votes of a text in Latin letters are for, in the order of
// the bytes of a place. A model file holds this order: append nothing, change
// formatVersion.
var lanes = [8]string{English, German, Spanish, French, Italian, Portuguese, Hindi, Und}

// certain is the probability under which a language isn't named.
const certain = 0.45

// Model tells languages apart. It is never changed after it was made, and safe
// for concurrent use.
type Model struct {
	// places holds eight votes each, one a byte, as lanes says; a vote v stands
	// as 128+v.
	places []uint64
	// shift takes a hash to a place.
	shift uint
	// scale is what a vote of 1 is worth, bias what each lane starts with.
	scale float32
	bias  [8]float32
	known memory
}

//go:embed model.bin
var embedded string

// Default returns the model that comes with the package.
var Default = sync.OnceValue(func() *Model {
	m, err := parse(embedded)
	if err != nil {
		panic("language: embedded model: " + err.Error())
	}
	return m
})

// Identify returns the code of the language that text is written in, and how
// likely it is, of 1. Und comes with the likelihood of the best guess withheld,
// or with 0 where there was nothing to guess by. It allocates nothing, and its
// cost is bounded but for what it skips, which is linear.
func (m *Model) Identify(text string) (code string, confidence float64) {
	var r reading
	r.read(text)
	if r.letters() == 0 {
		r.hashtags = true
		r.read(text)
	}
	if code, share := r.byScript(); code != "" {
		return code, share
	}
	return m.latin(r.symbols[:r.n])
}

// latin decides by votes.
func (m *Model) latin(symbols []byte) (string, float64) {
	votes, n := m.votes(symbols)
	if n == 0 {
		return Und, 0
	}
	p := m.probabilities(votes, n)
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	if lanes[best] == Und || p[best] < certain {
		named := 0
		for i := range p[:len(p)-1] {
			if p[i] > p[named] {
				named = i
			}
		}
		return Und, p[named]
	}
	return lanes[best], p[best]
}

// probabilities makes a distribution of votes.
func (m *Model) probabilities(votes [8]int32, n int) (p [8]float64) {
	value := float64(m.scale) / math.Sqrt(float64(n))
	top := math.Inf(-1)
	for i, v := range votes {
		p[i] = float64(m.bias[i]) + value*float64(v)
		top = max(top, p[i])
	}
	sum := 0.0
	for i := range p {
		p[i] = math.Exp(p[i] - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
