package sentiment

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"earshot/nlp/segment"
)

// lessons are a tiny set from which a model learns a few words.
func lessons() []Example {
	var all []Example
	add := func(label int, texts ...string) {
		for _, text := range texts {
			e := Example{Text: text, Language: "en", Weight: 1}
			e.Target[label] = 1
			all = append(all, e)
		}
	}
	add(0, "the parcel is broken", "broken again", "it was late and broken", "late late late", "they were late", "not good", "not good at all", "not happy with it")
	add(1, "when is it open", "where is the shop", "what is the price", "is it open on Monday", "my order is number five")
	add(2, "it is good", "good and quick", "so happy", "happy with the shop", "quick and happy", "a good shop")
	return all
}

func options() Options {
	return Options{Parameters: Parameters{Bits: 12, Chars: 0.7, Last: 1.3, Title: 1.3}, Epochs: 20, Rate: 0.3, MinTexts: 1, Seed: 1}
}

func trained(t testing.TB) *Model {
	t.Helper()
	w, err := Train(t.Context(), lessons(), options())
	if err != nil {
		t.Fatal(err)
	}
	return w.Quantise()
}

func judge(m *Model, text string) Probabilities {
	var read segment.Text
	read.Read(text, nil, "en")
	var e Evidence
	Gather(&e, &read, m.Sums(nil, NewExtractor(m.Bits), &Features{}, &read))
	return m.Judge(&e).Softmax(1)
}

func TestAModelHearsWhatItLearned(t *testing.T) {
	t.Parallel()
	m := trained(t)
	for text, class := range map[string]int{
		"broken":               0,
		"late again":           0,
		"where is my order":    1,
		"good":                 2,
		"not good":             0, // the negation turns it
		"happy with the price": 2,
	} {
		p := judge(m, text)
		for c := range p {
			if p[c] > p[class] {
				t.Errorf("%q: %.2f, want class %d", text, p, class)
			}
		}
	}
}

func TestTheSameExamplesAndSeedGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	file := func(seed uint64) string {
		o := options()
		o.Seed = seed
		w, err := Train(t.Context(), lessons(), o)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := Mean([]*Weights{w, w}).Quantise().WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := file(1)
	if second := file(1); second != first {
		t.Error("two trainings differ")
	}
	if first == file(2) {
		t.Error("the seed changes nothing")
	}
}

func TestTrainingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Train(ctx, lessons(), options()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTwoClassSetsTeachNothingOfNeutral(t *testing.T) {
	t.Parallel()
	examples := lessons()
	for i := range examples {
		examples[i].TwoClass = examples[i].Target[1] == 0
	}
	o := options()
	w, err := Train(t.Context(), examples, o)
	if err != nil {
		t.Fatal(err)
	}
	m := w.Quantise()
	// The two move apart by the same amount, so that against neutral a text is
	// no likelier to be either.
	p, q := judge(m, "quick quick"), judge(m, "broken broken")
	if p[2] <= p[0] || q[0] <= q[2] {
		t.Errorf("quick %.2f, broken %.2f", p, q)
	}
}

func TestAModelIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	m := trained(t)
	m.Name, m.Temperature, m.Sources = "test@1", map[string]float64{"": 1.5, "de": 2}, map[string]int{"lessons": 19}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	got, err := Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "test@1" || got.TemperatureOf("de") != 2 || got.TemperatureOf("fr") != 1.5 {
		t.Errorf("%+v", got.Parameters)
	}
	for _, text := range []string{"good", "it is broken, and late", ""} {
		if judge(got, text) != judge(m, text) {
			t.Errorf("%q is judged otherwise", text)
		}
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if _, err := trained(t).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if _, err := Read([]byte("something else")); !errors.Is(err, ErrForeign) {
		t.Errorf("a foreign file: %v", err)
	}
	for n := 0; n < len(whole); n += 97 {
		if _, err := Read(whole[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are read", n, len(whole))
		}
		changed := bytes.Clone(whole)
		changed[n] ^= 0x40
		if _, err := Read(changed); err == nil {
			t.Fatalf("a file with byte %d changed is read", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if _, err := trained(f).WriteTo(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes()[:200])
	f.Add([]byte(format().Magic + "\xff\xff\xff\xff{}"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if m, err := Read(data); err == nil {
			judge(m, "good but late")
		}
	})
}

// The features of a sentence are told apart by role: the same word counts
// otherwise under a negation, in a question, after "but".
func TestFeaturesFollowTheRoleOfAWord(t *testing.T) {
	t.Parallel()
	places := func(text string) map[uint32]bool {
		var read segment.Text
		var f Features
		read.Read(text, nil, "en")
		x := NewExtractor(30)
		for _, s := range read.Sentences {
			x.Sentence(&f, &read, s)
		}
		set := map[uint32]bool{}
		for _, p := range f.Words {
			set[p] = true
		}
		return set
	}
	x := NewExtractor(30)
	for name, c := range map[string]struct {
		text, word string
		family     uint64
		want       bool
	}{
		"plain":            {"it works well", "works", fUnigram, true},
		"negated":          {"it never works", "works", fNegated, true},
		"not negated":      {"it works, never mind", "works", fNegated, false},
		"negation ends":    {"not cheap, but it works well", "works", fNegated, false},
		"question":         {"does it work at all?", "work", fQuestion, true},
		"no question":      {"it does work", "work", fQuestion, false},
		"after but":        {"cheap to buy but it broke soon", "broke", fContrast, true},
		"before but":       {"cheap to buy but it broke soon", "cheap", fContrast, false},
		"conceded":         {"although it was cheap, I like it a lot", "cheap", fConcession, true},
		"capitals":         {"it is BROKEN now", "broken", fUpper, true},
		"elongated":        {"it is soooooo late", "soo", fUnigram, true},
		"hashtag's words":  {"thanks #WorstServiceEver", "worst", fUnigram, true},
		"hashtag as whole": {"thanks #WorstServiceEver", "#worstserviceever", fUnigram, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := places(c.text)[x.place(hashString(c.word)+c.family)]; got != c.want {
				t.Errorf("%q in %q: %v", c.word, c.text, got)
			}
		})
	}
}

func TestContributionsAddUpToTheMargin(t *testing.T) {
	t.Parallel()
	m := trained(t)
	for _, text := range []string{"good", "not good, late", "It is good. It is late. Where is the shop?", strings.Repeat("good ", 300)} {
		var title, body segment.Text
		title.Read("happy", nil, "en")
		body.Read(text, nil, "en")
		x := NewExtractor(m.Bits)
		x.Explain()
		margin, base, byTitle, parts := m.Contributions(x, &title, &body)
		sum := base + byTitle
		for _, p := range parts {
			sum += p
		}
		if diff := sum - margin; diff > 1e-9 || diff < -1e-9 {
			t.Errorf("%.40q: parts add up to %v, the margin is %v", text, sum, margin)
		}
	}
}
