package aspect_test

import (
	"math"
	"strings"
	"testing"

	"earshot/nlp/aspect"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

var even = sentiment.Probabilities{1. / 3, 1. / 3, 1. / 3}

func builtIn(t testing.TB) *aspect.Model {
	t.Helper()
	m, err := aspect.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// find is the tokens of a term.
func find(t *segment.Text, term string) token.Range {
	at := strings.Index(t.Text, term)
	r := token.Range{From: -1}
	for i, tok := range t.Tokens {
		if tok.Start < at+len(term) && tok.End > at {
			if r.From < 0 {
				r.From = i
			}
			r.To = i + 1
		}
	}
	return r
}

// unheard is what a sentiment tier says that hears nothing.
func unheard(t *segment.Text) []sentiment.Probabilities {
	out := make([]sentiment.Probabilities, len(t.Clauses))
	for i := range out {
		out[i] = even
	}
	return out
}

func TestSidesOfASentenceAreToldApart(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	for _, c := range []struct {
		text, term string
		want       int // −1 negative, +1 positive
		cue        string
		negated    bool
	}{
		{"The technician was lovely but the app keeps crashing.", "technician", 1, "lovely", false},
		{"The technician was lovely but the app keeps crashing.", "app", -1, "crashing", false},
		{"Delicious food, terrible service.", "food", 1, "Delicious", false},
		{"Delicious food, terrible service.", "service", -1, "terrible", false},
		{"The soup was awful but the waiter was friendly.", "soup", -1, "awful", false},
		{"The room was not clean but the view was amazing.", "view", 1, "amazing", false},
	} {
		t.Run(c.term, func(t *testing.T) {
			t.Parallel()
			var read segment.Text
			var f aspect.Features
			read.Read(c.text, nil, "en")
			f.Begin(&read)
			v := m.Judge(&f, find(&read, c.term), unheard(&read), even)
			if score := v.Probabilities[2] - v.Probabilities[0]; score*float64(c.want) <= 0 {
				t.Fatalf("%q: %v", c.text, v.Probabilities)
			}
			if v.Cue.To == 0 {
				t.Fatalf("%q: no cue for %v", c.text, v.Probabilities)
			}
			if got := read.Tokens[v.Cue.From].Of(c.text); got != c.cue || v.Negated != c.negated {
				t.Errorf("%q: cue %q, negated %v", c.text, got, v.Negated)
			}
		})
	}
}

func TestWhatIsHeardAroundCounts(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	var read segment.Text
	var f aspect.Features
	read.Read("The parcel came on Monday.", nil, "en")
	f.Begin(&read)
	target := find(&read, "parcel")
	bad, good := sentiment.Probabilities{0.9, 0.05, 0.05}, sentiment.Probabilities{0.05, 0.05, 0.9}
	a := m.Judge(&f, target, []sentiment.Probabilities{bad}, bad)
	b := m.Judge(&f, target, []sentiment.Probabilities{good}, good)
	if a.Margin() >= b.Margin() {
		t.Errorf("margin %v in a bad clause, %v in a good one", a.Margin(), b.Margin())
	}
}

func TestASpanWithoutWordsIsAsTheText(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	whole := sentiment.Probabilities{0.7, 0.2, 0.1}
	var read segment.Text
	var f aspect.Features
	read.Read("Late, again!", nil, "en")
	f.Begin(&read)
	for _, r := range []token.Range{{}, {From: -1, To: 1}, {From: 3, To: 2}, {From: 0, To: 99}, {From: 1, To: 2}} {
		if v := m.Judge(&f, r, unheard(&read), whole); v.Probabilities != whole || v.Cue.To != 0 {
			t.Errorf("%v: %v", r, v)
		}
	}
}

// The work on a span does not grow with its text.
func TestFeaturesOfASpanAreBounded(t *testing.T) {
	t.Parallel()
	var read segment.Text
	var f aspect.Features
	read.Read(strings.Repeat("good food, bad wine. ", 3000), nil, "en")
	f.Begin(&read)
	if !f.Read(token.Range{From: 9000, To: 9001}, 16) {
		t.Fatal("no word there")
	}
	if n := len(f.Places); n > 500 {
		t.Errorf("%d features", n)
	}
}

func FuzzJudge(f *testing.F) {
	m := builtIn(f)
	f.Add("The soup was cold; the waiter, though, was a gem. #NeverAgain 😡", 1, 2)
	f.Add("لا الخدمة جيدة", 0, 1)
	f.Add("\xff\xfe é…—", 0, 4)
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		var read segment.Text
		var features aspect.Features
		read.Read(text, nil, "en")
		features.Begin(&read)
		v := m.Judge(&features, token.Range{From: from, To: to}, unheard(&read), even)
		sum := v.Probabilities[0] + v.Probabilities[1] + v.Probabilities[2]
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("probabilities add up to %v", sum)
		}
		if v.Cue.From < 0 || v.Cue.To > len(read.Tokens) {
			t.Errorf("cue %v of %d tokens", v.Cue, len(read.Tokens))
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	m := builtIn(b)
	var read segment.Text
	var f aspect.Features
	read.Read("They promised the technician between eight and twelve, I took the day off, and nobody came or even called. Second time now. The lady on the phone was really kind about it though.", nil, "en")
	f.Begin(&read)
	target, clauses := find(&read, "technician"), unheard(&read)
	b.ReportAllocs()
	for b.Loop() {
		m.Judge(&f, target, clauses, even)
	}
}
