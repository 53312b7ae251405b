package language

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// Example is a text in a language: a code of this package, Und for any other.
type Example struct {
	Text     string
	Language string
}

// Options of training. The zero value of a field means its default.
type Options struct {
	// Bits is the logarithm of how many places votes are kept in: 8 bytes each.
	Bits int
	// Steps is how many texts, or parts of texts, each language shows.
	Steps int
	// Rate is the learning rate of AdaGrad.
	Rate float64
	Seed uint64
}

func (o Options) withDefaults() Options {
	o.Bits = cmp.Or(o.Bits, 16)
	o.Steps = cmp.Or(o.Steps, 60000)
	o.Rate = cmp.Or(o.Rate, 0.5)
	o.Seed = cmp.Or(o.Seed, 1)
	return o
}

// shown is how often a lane's texts are shown, of the others' times 1: English
// is what customers write most, and half its words stand in texts of others.
var shown = map[string]float64{English: 2, Und: 0.8}

// Train learns a model from examples. The same examples, in the same order, and
// options make the same model. Examples whose script alone tells the language
// are passed over.
func Train(examples []Example, o Options) (*Model, error) {
	o = o.withDefaults()
	if o.Bits < bits.TrailingZeros(minPlaces) || o.Bits > bits.TrailingZeros(maxPlaces) {
		return nil, fmt.Errorf("language: %d bits, want %d to %d", o.Bits, bits.TrailingZeros(minPlaces), bits.TrailingZeros(maxPlaces))
	}
	if o.Steps < 0 || o.Rate < 0 {
		return nil, errors.New("language: options below zero")
	}
	t := trainer{Options: o, weights: make([]learned, 1<<o.Bits)}
	if err := t.gather(examples); err != nil {
		return nil, err
	}
	t.learn()
	return t.model(), nil
}

// learned is what is known of a place while training.
type learned struct{ vote, sum [len(lanes)]float32 }

type trainer struct {
	Options
	byLane  [len(lanes)][][]byte // texts as symbols
	weights []learned
	bias    learned
	hashes  []uint32 // of the text at hand, as places
}

// gather sorts examples by lane.
func (t *trainer) gather(examples []Example) error {
	for i, e := range examples {
		lane := slices.Index(lanes[:], e.Language)
		var r reading
		r.read(e.Text)
		code, _ := r.byScript()
		switch {
		case code != "":
			continue
		case lane < 0:
			if e.Language == Arabic {
				continue
			}
			return fmt.Errorf("language: example %d: language %q, want a code of this package", i+1, e.Language)
		}
		t.byLane[lane] = append(t.byLane[lane], slices.Clone(r.symbols[:r.n]))
	}
	for lane, texts := range t.byLane {
		if len(texts) == 0 {
			return fmt.Errorf("language: no example of %s in Latin letters", lanes[lane])
		}
	}
	return nil
}

// place makes the features of symbols the trainer's hashes.
func (t *trainer) place(symbols []byte) {
	var f features
	t.hashes = t.hashes[:0]
	for len(symbols) > 0 {
		symbols = f.fill(symbols)
		for _, h := range f.hashes[:f.n] {
			t.hashes = append(t.hashes, h>>(32-t.Bits))
		}
	}
}

// learn shows the lanes' texts in turn, whole or in part, so that short texts are
// as well known as long ones.
func (t *trainer) learn() {
	rng := rand.New(rand.NewPCG(t.Seed, 1))
	var schedule []int
	for lane, texts := range t.byLane {
		for range int(float64(t.Steps) * cmp.Or(shown[lanes[lane]], 1)) {
			schedule = append(schedule, lane)
		}
		rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	}
	rng.Shuffle(len(schedule), func(i, j int) { schedule[i], schedule[j] = schedule[j], schedule[i] })
	var next [len(lanes)]int
	for step, lane := range schedule {
		texts := t.byLane[lane]
		if next[lane] == len(texts) {
			next[lane] = 0
			rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		}
		t.place(part(texts[next[lane]], rng))
		next[lane]++
		t.step(lane, float32(t.Rate*(1-float64(step)/float64(len(schedule)))))
	}
}

// part returns a run of a text's words: all, in one case of three, else two to any
// number of them, rather few.
func part(symbols []byte, rng *rand.Rand) []byte {
	const fewest = 2
	words := 0
	for _, s := range symbols[1:] {
		if s == space {
			words++
		}
	}
	if words <= fewest || rng.IntN(3) == 0 {
		return symbols
	}
	take := fewest + int(float64(words-fewest)*math.Pow(rng.Float64(), 2))
	skip := rng.IntN(words - take + 1)
	from, to, at := 0, len(symbols), 0
	for i, s := range symbols[1:] {
		if s != space {
			continue
		}
		at++
		if at == skip {
			from = i + 1
		}
		if at == skip+take {
			to = i + 2
			break
		}
	}
	return symbols[from:to]
}

// step learns from the hashes, which are of lane.
func (t *trainer) step(lane int, rate float32) {
	n := len(t.hashes)
	if n == 0 {
		return
	}
	value := float32(1 / math.Sqrt(float64(n)))
	z := t.bias.vote
	for _, h := range t.hashes {
		w := &t.weights[h].vote
		for i := range z {
			z[i] += float32(value * w[i])
		}
	}
	top := slices.Max(z[:])
	sum := float32(0)
	for i := range z {
		z[i] = float32(math.Exp(float64(z[i] - top)))
		sum += z[i]
	}
	// A little less than certainty is asked for: labels are not certain either.
	const doubt = 0.03
	var g [len(lanes)]float32
	for i := range g {
		g[i] = z[i]/sum - doubt/float32(len(lanes))
	}
	g[lane] -= 1 - doubt
	adapt(&t.bias, &g, 1, rate)
	for _, h := range t.hashes {
		adapt(&t.weights[h], &g, value, rate)
	}
}

// adapt moves votes against a gradient, the slower the more they were moved.
func adapt(p *learned, gradient *[len(lanes)]float32, value, rate float32) {
	for i := range p.vote {
		g := float32(value * gradient[i])
		p.sum[i] += float32(g * g)
		p.vote[i] -= rate * g / float32(math.Sqrt(float64(p.sum[i])+1e-2))
	}
}

// model rounds votes to bytes.
func (t *trainer) model() *Model {
	var sizes []float32
	for i := range t.weights {
		for _, v := range t.weights[i].vote {
			if v != 0 {
				sizes = append(sizes, max(v, -v))
			}
		}
	}
	slices.Sort(sizes)
	// The few votes that are larger than nearly all are cut.
	top := float32(1)
	if len(sizes) > 0 {
		top = sizes[int(float64(len(sizes)-1)*0.9995)]
	}
	m := &Model{places: make([]uint64, len(t.weights)), shift: uint(32 - t.Bits), scale: top / 127, bias: t.bias.vote}
	for i := range t.weights {
		var packed uint64
		for lane, v := range t.weights[i].vote {
			q := min(max(math.Round(float64(v/m.scale)), -127), 127)
			packed |= uint64(128+int(q)) << (8 * lane)
		}
		m.places[i] = packed
	}
	return m
}

// unescape replaces escapes such as \u2019 that some data sets hold, and what
// they put in the place of names and addresses.
func unescape(text string) string {
	text = placeholders.Replace(text)
	if !strings.Contains(text, `\u`) {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, `\u`)
		if i < 0 || i+6 > len(text) {
			return b.String() + text
		}
		b.WriteString(text[:i])
		var r rune
		if _, err := fmt.Sscanf(text[i+2:i+6], "%04x", &r); err != nil {
			r = ' '
		}
		b.WriteRune(r)
		text = text[i+6:]
	}
}

var placeholders = strings.NewReplacer(`\n`, " ", `\"`, `"`, "http/URL", " ", "someUSER", " ", "[NAME]", " ", "[RELIGION]", " ")
