package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// steady is a topic with the same counts every day.
func steady(topic string, days int, d Day) Series {
	s := Series{Topic: topic, Days: make([]Day, days)}
	for i := range s.Days {
		s.Days[i] = d
	}
	return s
}

// sound fails the test if an effect isn't a possible one.
func sound(t *testing.T, e *Effect, days int) {
	t.Helper()
	numbers := []float64{e.Points, e.Low, e.High, e.PValue, e.PlaceboSpace.P, e.PlaceboTime.P, e.Basis.RMSE, e.Basis.Noise, e.Basis.Widened}
	for _, w := range e.Weights {
		numbers = append(numbers, w.Weight, w.RMSE, w.Noise)
	}
	for _, l := range [][]float64{e.Observed, e.Items, e.Counterfactual, e.BandLow, e.BandHigh} {
		if l != nil && len(l) != days {
			t.Errorf("a line of %d days, want %d", len(l), days)
		}
		numbers = append(numbers, l...)
	}
	for _, x := range numbers {
		if !finite(x) {
			t.Fatalf("%v in %+v", x, e)
		}
	}
	if !(e.Low <= e.Points && e.Points <= e.High) || e.Low < -200 || e.High > 200 {
		t.Errorf("%v is not within %v to %v", e.Points, e.Low, e.High)
	}
	for _, p := range []float64{e.PValue, e.PlaceboSpace.P, e.PlaceboTime.P} {
		if p < 0 || p > 1 {
			t.Errorf("a probability of %v", p)
		}
	}
	for i := range e.Counterfactual {
		if e.BandLow[i] > e.Counterfactual[i] || e.Counterfactual[i] > e.BandHigh[i] {
			t.Errorf("day %d: %v is outside its band %v to %v", i, e.Counterfactual[i], e.BandLow[i], e.BandHigh[i])
		}
	}
	var sum float64
	for _, w := range e.Weights {
		if sum += w.Weight; w.Weight < 0 {
			t.Errorf("control %s weighs %v", w.Topic, w.Weight)
		}
	}
	if len(e.Weights) > 0 && math.Abs(sum-1) > 1e-6 {
		t.Errorf("weights add up to %v", sum)
	}
	switch e.Verdict {
	case Worked, NoEvidence, Worse, TooEarly:
	default:
		t.Errorf("verdict %q", e.Verdict)
	}
	if s := e.Sentence(); strings.Contains(s, "NaN") || !strings.HasSuffix(s, ".") {
		t.Error(s)
	}
}

// drawn is a run of the usual scenario.
func drawn(seed uint64, points float64, change func(*scenario)) (Series, []Series, int) {
	s := usually.with("", change)
	treated, controls, at, _ := s.draw(rand.New(rand.NewPCG(seed, 1)), points)
	return treated, controls, at
}

func TestDegenerateInputIsNoReasonToPanic(t *testing.T) {
	usual, controls, at := drawn(1, 30, func(*scenario) {})
	many := func(net float64) Day { return Day{1e6, 5e5 + 5e3*net, 5e5 - 5e3*net} }
	works := steady("treated", 70, many(-20))
	for i := 56; i < 70; i++ {
		works.Days[i] = many(5)
	}
	holes := steady("treated", 70, Day{})
	for i := range holes.Days {
		if i%3 == 0 {
			holes.Days[i] = Day{40, 10 + float64(i%5), 20}
		}
	}
	var crowd []Series
	for k := range 60 {
		_, more, _ := drawn(uint64(k), 0, func(s *scenario) { s.controls = 1 })
		more[0].Topic = fmt.Sprint(k)
		crowd = append(crowd, more[0])
	}
	for _, tt := range []struct {
		name     string
		treated  Series
		controls []Series
		at       int
		verdict  Verdict
		sentence string
	}{
		{"nothing at all", Series{Topic: "t"}, nil, 0, TooEarly, "0 of 7 days after"},
		{"one day before", steady("t", 1, Day{9, 3, 3}), nil, 1, TooEarly, "0 of 7 days after"},
		{"one day after", steady("t", 1, Day{9, 3, 3}), nil, 0, TooEarly, "0 days with items before"},
		{"no items ever", steady("t", 70, Day{}), []Series{steady("c", 70, Day{})}, 56, TooEarly, "0 items after"},
		{"items, but none with a sentiment", steady("t", 70, Day{Items: 20}), []Series{steady("c", 70, Day{Items: 20})}, 56, NoEvidence, "1 topic"},
		{"all negative", steady("t", 70, Day{20, 0, 20}), []Series{steady("c", 70, Day{20, 0, 20})}, 56, NoEvidence, "1 topic"},
		{"controls without items", usual, []Series{steady("c", 70, Day{})}, at, Worked, "its own past alone"},
		{"no controls", usual, nil, at, Worked, "its own past alone"},
		{"twins as controls", usual, []Series{controls[0], {"twin", controls[0].Days}}, at, Worked, "2 topics"},
		{"a million items a day", works, []Series{steady("a", 70, many(0)), steady("b", 70, many(10)), steady("c", 70, many(20))}, 56, Worked, "3 topics"},
		{"most items that there can be", steady("t", 70, Day{mostItems, mostItems, 0}), []Series{steady("c", 70, Day{mostItems, 0, mostItems})}, 56, NoEvidence, "1 topic"},
		{"items on every third day", holes, []Series{controls[0], controls[1], controls[2]}, 56, NoEvidence, "3 topics"},
		{"six days after", Series{"t", usual.Days[:at+6]}, nil, at, TooEarly, "only 6 of 7 days after have passed"},
		{"ten days before", Series{"t", usual.Days[at-10:]}, nil, 10, TooEarly, "10 days with items before are fewer than 14"},
		{"one item a day", steady("t", 70, Day{1, 0.5, 0.25}), nil, 56, TooEarly, "14 items after are fewer than 30"},
		{"sixty controls", usual, crowd, at, Worked, "24 topics"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := Of(tt.treated, tt.controls, tt.at, Options{})
			if err != nil {
				t.Fatal(err)
			}
			sound(t, e, len(tt.treated.Days))
			if s := e.Sentence(); e.Verdict != tt.verdict || !strings.Contains(s, tt.sentence) {
				t.Errorf("%s (%+.1f, %+.1f to %+.1f): %s\nwant %s, %q", e.Verdict, e.Points, e.Low, e.High, s, tt.verdict, tt.sentence)
			}
		})
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	fine := steady("installation", 20, Day{10, 3, 4})
	broken := func(d Day) Series {
		s := steady("billing", 20, Day{10, 3, 4})
		s.Days[7] = d
		return s
	}
	for _, tt := range []struct {
		treated  Series
		controls []Series
		at       int
		o        Options
		want     string
	}{
		{fine, nil, -1, Options{}, `day -1 of the improvement is out of range: topic "installation" has 20 days`},
		{fine, nil, 21, Options{}, `day 21 of the improvement is out of range: topic "installation" has 20 days`},
		{fine, []Series{steady("billing", 19, Day{})}, 10, Options{}, `control "billing" has 19 days where topic "installation" has 20`},
		{fine, []Series{fine}, 10, Options{}, `topic "installation" is among its own controls`},
		{broken(Day{10, 6, 5}), nil, 10, Options{}, `topic "billing", day 7: of 10 items 6 are positive and 5 negative`},
		{fine, []Series{broken(Day{10, -1, 5})}, 10, Options{}, `topic "billing", day 7`},
		{fine, []Series{broken(Day{math.NaN(), 1, 5})}, 10, Options{}, `topic "billing", day 7`},
		{fine, []Series{broken(Day{math.Inf(1), 1, 5})}, 10, Options{}, `topic "billing", day 7`},
		{fine, nil, 10, Options{DaysBefore: -1}, "DaysBefore is -1"},
		{fine, nil, 10, Options{DaysAfter: -1}, "DaysAfter is -1"},
		{fine, nil, 10, Options{Items: math.NaN()}, "Items is NaN"},
		{fine, nil, 10, Options{Confidence: 90}, "Confidence is 90"},
	} {
		if _, err := Of(tt.treated, tt.controls, tt.at, tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}

func TestAWiderConfidenceIsAWiderInterval(t *testing.T) {
	treated, controls, at := drawn(3, 20, func(*scenario) {})
	var last float64
	for _, c := range []float64{0.5, 0.8, 0.9, 0.99} {
		e, err := Of(treated, controls, at, Options{Confidence: c})
		if err != nil {
			t.Fatal(err)
		}
		if width := e.High - e.Low; width <= last {
			t.Errorf("confidence %v: width %v, not more than %v", c, width, last)
		} else {
			last = width
		}
	}
}

func TestControlsTakeASharedShockAway(t *testing.T) {
	// From the improvement on everything is 30 points better, for a reason of its own.
	treated, controls, at := drawn(5, 30, func(s *scenario) { s.items, s.itemsOf = 100, [2]float64{100, 100} })
	better := make([]Series, len(controls))
	for i, c := range controls {
		better[i] = Series{c.Topic, append([]Day(nil), c.Days...)}
		for d := at; d < len(c.Days); d++ {
			moved := min(0.15*c.Days[d].Items, c.Days[d].Negatives)
			better[i].Days[d].Positives += moved
			better[i].Days[d].Negatives -= moved
		}
	}
	without, _ := Of(treated, nil, at, Options{})
	with, err := Of(treated, better, at, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if without.Verdict != Worked || with.Verdict != NoEvidence || math.Abs(with.Points) > 8 {
		t.Errorf("alone: %s, with controls: %s %+.1f", without.Verdict, with.Verdict, with.Points)
	}
}

func TestTheControlThatMovesAlikeWeighsMost(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	lines := make([]Series, 5)
	var shared float64
	for range 70 {
		shared = 0.7*shared + 10*r.NormFloat64()
		for k := range lines {
			net := 8 * r.NormFloat64()
			if k < 2 { // the topic and its like
				net = shared
			}
			lines[k].Topic = fmt.Sprint(k)
			lines[k].Days = append(lines[k].Days, count(r, 500, clamp(net)))
		}
	}
	e, err := Of(lines[0], lines[1:], 56, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, e, 70)
	if w := e.Weights[0]; w.Topic != "1" || w.Weight < 0.8 || w.RMSE > 2*w.Noise {
		t.Errorf("%+v", e.Weights)
	}
	if w := e.Weights[1]; w.RMSE < 2*w.Noise {
		t.Errorf("a control that moves otherwise fits: %+v", w)
	}
}

func TestAnIncidentThatEndsByItselfIsNoEffect(t *testing.T) {
	many := func(s *scenario) { s.items, s.incident, s.depth = 60, [2]int{9, 0}, 35 }
	treated, controls, at := drawn(2, 0, many)
	e, err := Of(treated, controls, at, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Verdict != NoEvidence || e.Low > 0 || !strings.Contains(e.Sentence(), "it can't be told whether") {
		t.Errorf("%s, %+.1f to %+.1f: %s", e.Verdict, e.Low, e.High, e.Sentence())
	}
	// One that makes it better than it was before the incident did something.
	treated, controls, at = drawn(2, 40, many)
	if e, _ = Of(treated, controls, at, Options{}); e.Verdict != Worked || e.Points > 60 {
		t.Errorf("+40 points after an incident: %s %+.1f: %s", e.Verdict, e.Points, e.Sentence())
	}
}

func TestTheLinesMeetWhereTheyShould(t *testing.T) {
	treated, controls, at := drawn(4, 30, func(s *scenario) { s.items = 200 })
	e, err := Of(treated, controls, at, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, e, len(treated.Days))
	var inside, off float64
	for i := range e.Observed {
		switch d := e.Observed[i] - e.Counterfactual[i]; {
		case i >= at:
			off += d / float64(len(e.Observed)-at)
		case e.BandLow[i] <= e.Observed[i] && e.Observed[i] <= e.BandHigh[i]:
			inside++
		}
	}
	if share := inside / float64(at); share < 0.75 {
		t.Errorf("%.0f %% of days before are in the band", 100*share)
	}
	if math.Abs(off-e.Points) > 3 {
		t.Errorf("lines are %+.1f points apart after, the effect is %+.1f", off, e.Points)
	}
}

func BenchmarkEffect(b *testing.B) {
	for _, controls := range []int{8, 24} {
		treated, series, at := drawn(1, 10, func(s *scenario) { s.controls = controls })
		b.Run(fmt.Sprint(controls, " controls"), func(b *testing.B) {
			for b.Loop() {
				if _, err := Of(treated, series, at, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
