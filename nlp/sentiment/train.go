package sentiment

import (
	"context"
	"math"
	"math/rand/v2"

	"earshot/nlp/segment"
)

// Example is a text with what people, or a teacher, heard in it.
type Example struct {
	Text     string
	Language string // ISO 639-1, or "und"
	// Target is the probability of negative, neutral and positive; a label is 1
	// at its place.
	Target [3]float32
	// TwoClass says that its source knows no neutral: nothing is learned about
	// neutral from it.
	TwoClass bool
	Weight   float32 // how much it counts
}

// Options of training.
type Options struct {
	Parameters         // Bits, Chars, Last, Title
	Epochs     int     // passes over the examples
	Rate       float64 // AdaGrad's learning rate at the start; it falls to 0
	L2         float64 // weight decay
	MinTexts   int     // a feature of fewer texts is not learned
	Seed       uint64  // of the order
}

// Weights is a model in training precision.
type Weights struct {
	Options
	table []weight
	bias  [2]weight1
	texts []uint8 // in how many texts a place occurs, 255 at most
}

type weight1 struct{ w, g float32 }

// weight is a place's weights of negative and positive with the sums of squared
// gradients: 16 bytes, so that a place is one cache line's quarter.
type weight [2]weight1

// reader reads examples into features.
type reader struct {
	o    *Options
	x    *Extractor
	text segment.Text
	f    Features
	last End // where the features of the last sentence begin
	n    [2][roles]int32
}

func newReader(o *Options) *reader { return &reader{o: o, x: NewExtractor(o.Bits)} }

func (r *reader) read(e *Example) {
	r.text.Read(e.Text, nil, e.Language)
	r.f.Reset()
	r.last = End{}
	for _, s := range r.text.Sentences {
		r.last = End{Words: len(r.f.Words), Chars: len(r.f.Chars)}
		r.x.Sentence(&r.f, &r.text, s)
	}
	if len(r.text.Sentences) < 2 {
		r.last = End{Words: len(r.f.Words), Chars: len(r.f.Chars)}
	}
	r.n[0] = [roles]int32{Body: int32(r.last.Words), Last: int32(len(r.f.Words) - r.last.Words)}
	r.n[1] = [roles]int32{Body: int32(r.last.Chars), Last: int32(len(r.f.Chars) - r.last.Chars)}
}

// run is places that count alike.
type run struct {
	places []uint32
	value  float32
}

func (r *reader) runs() [4]run {
	words, chars := r.o.values(&r.n[0], &r.n[1])
	return [4]run{
		{r.f.Words[:r.last.Words], float32(words[Body])},
		{r.f.Words[r.last.Words:], float32(words[Last])},
		{r.f.Chars[:r.last.Chars], float32(chars[Body])},
		{r.f.Chars[r.last.Chars:], float32(chars[Last])},
	}
}

func (m *Weights) logits(runs *[4]run) Logits {
	n, p := m.bias[0].w, m.bias[1].w
	for _, run := range runs {
		var a, b float32
		for _, place := range run.places {
			t := &m.table[place]
			a += t[0].w
			b += t[1].w
		}
		n += run.value * a
		p += run.value * b
	}
	return Logits{float64(n), float64(p)}
}

// Train learns weights by logistic regression with AdaGrad (Duchi et al. 2011).
// The same examples and options give the same weights to the bit. It returns
// ctx's error when ctx ends first.
func Train(ctx context.Context, examples []Example, o Options) (*Weights, error) {
	m := &Weights{Options: o, table: make([]weight, 1<<o.Bits)}
	m.count(examples)
	r := newReader(&m.Options)
	rng := rand.New(rand.NewPCG(o.Seed, 1))
	order := rng.Perm(len(examples))
	total := float64(o.Epochs * len(examples))
	step := 0
	for range o.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, k := range order {
			if step%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			e := &examples[k]
			r.read(e)
			m.learn(e, r.runs(), o.Rate*(1-float64(step)/total))
			step++
		}
	}
	return m, nil
}

// count finds in how many texts each place occurs.
func (m *Weights) count(examples []Example) {
	m.texts = make([]uint8, 1<<m.Bits)
	seen := make([]uint32, 1<<m.Bits)
	r := newReader(&m.Options)
	for i := range examples {
		r.read(&examples[i])
		for _, places := range [2][]uint32{r.f.Words, r.f.Chars} {
			for _, p := range places {
				if seen[p] != uint32(i+1) {
					seen[p] = uint32(i + 1)
					m.texts[p] += min(1, 255-m.texts[p])
				}
			}
		}
	}
}

// learn takes one step down the gradient of the cross-entropy of one example.
func (m *Weights) learn(e *Example, runs [4]run, rate float64) {
	z := m.logits(&runs)
	var g [2]float32
	if e.TwoClass {
		// Between the two alone: P(positive) = σ(z₊ − z₋).
		p := float32(1 / (1 + math.Exp(-z.Margin())))
		d := p - e.Target[2]/(e.Target[0]+e.Target[2])
		g = [2]float32{-d, d}
	} else {
		p := z.Softmax(1)
		g = [2]float32{float32(p[0]) - e.Target[0], float32(p[2]) - e.Target[2]}
	}
	lr, l2 := float32(rate), float32(m.L2)
	for c := range g {
		g[c] *= e.Weight
		m.bias[c].step(g[c], lr, 1)
	}
	for _, run := range runs {
		a, b := g[0]*run.value, g[1]*run.value
		for _, place := range run.places {
			if int(m.texts[place]) < m.MinTexts {
				continue
			}
			t := &m.table[place]
			t[0].step(a+l2*t[0].w, lr, 1e-4)
			t[1].step(b+l2*t[1].w, lr, 1e-4)
		}
	}
}

func (w *weight1) step(gradient, rate, floor float32) {
	w.g += gradient * gradient
	w.w -= rate * gradient / (float32(math.Sqrt(float64(w.g))) + floor)
}

// Mean averages models that were trained alike but for the seed.
func Mean(models []*Weights) *Weights {
	out := &Weights{Options: models[0].Options, table: make([]weight, len(models[0].table))}
	share := 1 / float32(len(models))
	for _, m := range models {
		for c := range 2 {
			out.bias[c].w += share * m.bias[c].w
		}
		for i := range m.table {
			out.table[i][0].w += share * m.table[i][0].w
			out.table[i][1].w += share * m.table[i][1].w
		}
	}
	return out
}
