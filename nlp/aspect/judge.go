package aspect

import (
	"math"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

// Verdict is the polarity of a span.
type Verdict struct {
	sentiment.Probabilities
	// Cue is the word that decided, as tokens; empty where no single word did.
	// It may be a word of the span itself: "delay".
	Cue token.Range
	// Negated says that a negation turns the cue.
	Negated bool
}

// Heard is how many numbers the sentiment tier gives: the probabilities of negative
// and of positive in the clause of the span, in those before and after it in the
// text, and in the whole.
const Heard = 8

// Numbers are what the sentiment tier heard around a span: clauses has the
// probabilities of each of the text's clauses, whole those of the text.
func (f *Features) Numbers(clauses []sentiment.Probabilities, whole sentiment.Probabilities) (n [Heard]float64) {
	own := int(f.words.all[f.words.from].clause)
	put := func(at int, p sentiment.Probabilities) { n[at], n[at+1] = p[0], p[2] }
	put(0, clauses[own])
	if own > 0 {
		put(2, clauses[own-1])
	}
	if own+1 < len(clauses) {
		put(4, clauses[own+1])
	}
	put(6, whole)
	return n
}

// Begin says of which text spans are asked for next. Its words are read once for all
// of them, when the first is asked for: t must stay as it is until the last.
func (f *Features) Begin(t *segment.Text) { f.text.begin(t) }

// Read makes the features of a span for tables of 1<<bits places. It reports false
// where the span holds no word.
func (f *Features) Read(target token.Range, bits int) bool {
	f.mask = 1<<bits - 1
	f.text.spell()
	if !f.words.take(&f.text, target) {
		return false
	}
	f.make()
	return true
}

// Value is what one feature counts.
func (f *Features) Value() float64 { return 1 / math.Sqrt(float64(max(1, len(f.Places)))) }

// Judge tells the polarity of a span of the text that f was told to begin. clauses
// has what the sentiment tier heard in each of the text's clauses, whole what it heard
// in the text. f is used again; with a used one nothing is allocated. A span without
// words is as the whole text is.
func (m *Model) Judge(f *Features, target token.Range, clauses []sentiment.Probabilities, whole sentiment.Probabilities) Verdict {
	if !f.Read(target, m.Bits) || len(clauses) != len(f.text.Clauses) {
		return Verdict{Probabilities: whole}
	}
	var parts [most][2]int32
	var all [2]int32
	for _, p := range f.Places {
		a, b := int32(int8(m.table[2*p.At])), int32(int8(m.table[2*p.At+1]))
		parts[p.Word][0] += a
		parts[p.Word][1] += b
		all[0] += a
		all[1] += b
	}
	value := f.Value()
	var z sentiment.Logits
	for c := range z {
		z[c] = m.Bias[c] + m.Lean[c] + value*m.Scale[c]*float64(all[c])
	}
	for i, x := range f.Numbers(clauses, whole) {
		for c := range z {
			z[c] += x * m.Heard[i][c]
		}
	}
	v := Verdict{Probabilities: z.Softmax(m.Temperature)}
	m.cue(&v, f, &parts)
	return v
}

// cue finds the word that speaks most for positive against negative, or the reverse:
// one of the span's own part of the sentence if any there does, since a kind word
// beyond the "but" speaks against the span and yet isn't said of it. A negator is not
// the cue but what turns it.
func (m *Model) cue(v *Verdict, f *Features, parts *[most][2]int32) {
	if v.Probabilities[1] >= v.Probabilities[0] && v.Probabilities[1] >= v.Probabilities[2] {
		return // nothing was said of it
	}
	sign := 1.0
	if v.Probabilities[0] > v.Probabilities[2] {
		sign = -1
	}
	best, own := 0.0, false
	for i := range f.words.all[:f.words.n] {
		x := &f.words.all[i]
		here := x.part == 0 && x.phrase == 0
		part := sign * (m.Scale[1]*float64(parts[i][1]) - m.Scale[0]*float64(parts[i][0]))
		if x.filler || x.negator || part <= 0 || own && !here || own == here && part <= best {
			continue
		}
		best, own = part, here
		v.Cue = token.Range{From: int(x.token), To: int(x.token) + 1}
		v.Negated = x.negated
	}
}
