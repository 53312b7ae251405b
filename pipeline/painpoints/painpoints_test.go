package painpoints

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The formulas as a whole are held equal to the view pain_points by a test of
// sinks/clickhouse; here is what they are for.

func TestWilsonIntervalAsPublished(t *testing.T) {
	for _, tt := range []struct{ part, n, low, high float64 }{
		{5, 10, 0.2366, 0.7634},
		{0, 10, 0, 0.2775},
		{1, 1, 0.2065, 1},
		{81, 263, 0.2553, 0.3662}, // Newcombe 1998, table I
		{15, 148, 0.0624, 0.1605},
	} {
		if low, high := Wilson(tt.part, tt.n); math.Abs(low-tt.low) > 5e-5 || math.Abs(high-tt.high) > 5e-5 {
			t.Errorf("%v of %v: %.4f to %.4f", tt.part, tt.n, low, high)
		}
	}
}

// topic makes a tally in which every item is another customer's.
func topic(name string, items, negatives, positives int) Tally {
	return Tally{Topic: name, Items: uint64(items), Negatives: int64(negatives), Positives: int64(positives), Customers: uint64(items), Voices: uint64(items), Stages: []string{"usage"}}
}

func (t Tally) before(items, negatives, positives int) Tally {
	t.ItemsBefore, t.NegativesBefore, t.PositivesBefore = uint64(items), int64(negatives), int64(positives)
	return t
}

func find(t *testing.T, r Ranking, name string) Point {
	t.Helper()
	for _, p := range r.Points {
		if p.Topic == name {
			return p
		}
	}
	t.Fatalf("no %s in %v", name, r.Points)
	return Point{}
}

func TestImpactIsWhatLeavingTheTopicOutChanges(t *testing.T) {
	r := Rank([]Tally{topic("bad", 100, 80, 10), topic("good", 300, 30, 240)})
	bad := find(t, r, "bad")
	// All: (250 - 110) / 400 = 35; without bad: 210 / 300 = 70.
	if r.NetSentiment != 35 || math.Abs(bad.Impact-(35-70)) > 1e-9 {
		t.Errorf("net sentiment %v, impact %v", r.NetSentiment, bad.Impact)
	}
}

func TestOneAngryCustomerIsNotTheTopOfTheList(t *testing.T) {
	tallies := []Tally{topic("one voice", 1, 1, 0), topic("many voices", 400, 280, 60)}
	for i := range 10 {
		tallies = append(tallies, topic(fmt.Sprint("usual ", i), 300, 90+i, 150))
	}
	r := Rank(tallies)
	if r.Points[0].Topic != "many voices" {
		t.Errorf("on top: %+v", r.Points[0])
	}
	one := find(t, r, "one voice")
	if one.NegativeShare != 1 || one.NegativeShareShrunk > 0.5 || one.Priority > 5 {
		t.Errorf("one voice: %v shrunk to %v, priority %v", one.NegativeShare, one.NegativeShareShrunk, one.Priority)
	}
}

func TestATrendThatMayBeChanceIsNone(t *testing.T) {
	angry := topic("one customer, a hundred times", 100, 100, 0).before(100, 50, 50)
	angry.Customers, angry.Voices = 1, 1
	for _, tt := range []struct {
		tally Tally
		want  Direction
	}{
		{topic("a", 1000, 600, 200).before(1000, 300, 500), Worse},
		{topic("b", 1000, 300, 500).before(1000, 600, 200), Better},
		{topic("c", 10, 6, 2).before(10, 4, 4), Steady},
		{topic("d", 1000, 500, 300), New},
		{angry, Steady},
	} {
		r := Rank([]Tally{tt.tally, topic("the rest", 5000, 1000, 2500).before(5000, 1000, 2500)})
		if p := find(t, r, tt.tally.Topic); p.Direction != tt.want || (p.Points.Trend > 0) != (tt.want == Worse) {
			t.Errorf("%s: %s, trend %+v", tt.tally.Topic, p.Direction, p.Trend)
		}
	}
}

func TestManyTopicsAreCorrectedFor(t *testing.T) {
	points := make([]Point, 4)
	for i, p := range []float64{0.04, 0.01, 0.03, 0.02} {
		points[i].Trend = &Trend{P: p}
	}
	correct(points)
	for i := range points { // 0.01 × 4/1 = 0.02 × 4/2 = … = 0.04
		if q := points[i].Trend.Q; math.Abs(q-0.04) > 1e-12 {
			t.Errorf("%d: q %v", i, q)
		}
	}
}

func TestPointsStayWithinTheirLimits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var tallies []Tally
		for i := range 1 + random.IntN(6) {
			n := 1 + random.IntN(1<<random.IntN(20))
			negatives := random.IntN(n + 1)
			tally := topic(fmt.Sprint(i), n, negatives, random.IntN(n-negatives+1))
			tally.Voices = uint64(1 + random.IntN(n))
			tally.EffortItems = uint64(random.IntN(n + 1))
			tally.EffortSum = (2*random.Float64() - 1) * float64(tally.EffortItems)
			tally.Churns = uint64(random.IntN(n + 1))
			if b := random.IntN(3) * random.IntN(1000); b > 0 {
				was := random.IntN(b + 1)
				tally = tally.before(b, was, b-was)
			}
			tallies = append(tallies, tally)
		}
		r := Rank(tallies)
		for _, p := range r.Points {
			for _, part := range []struct{ points, most float64 }{
				{p.Points.Impact, 40}, {p.Points.Negative, 20}, {p.Points.Churn, 15}, {p.Points.Effort, 10}, {p.Points.Trend, 10}, {p.Points.Reach, 5}, {p.Priority, 100},
				{p.NegativeLow, p.NegativeShare + 1e-9}, {p.NegativeShare, p.NegativeHigh + 1e-9}, {p.NegativeHigh, 1 + 1e-9},
			} {
				if !(part.points >= -1e-9 && part.points <= part.most) {
					t.Fatalf("%v of %v: %+v of %+v", part.points, part.most, p, tallies)
				}
			}
			if tr := p.Trend; tr != nil && !(tr.P >= 0 && tr.P <= tr.Q+1e-12 && tr.Q <= 1) {
				t.Fatalf("%+v", tr)
			}
			if math.IsNaN(p.Impact) || math.IsInf(p.Impact, 0) {
				t.Fatalf("impact %v", p.Impact)
			}
		}
	}
	if r := Rank(nil); len(r.Points) != 0 || r.Items != 0 {
		t.Errorf("of nothing: %+v", r)
	}
}

func TestQuotesSpeakForTheTopic(t *testing.T) {
	bill := topic("billing", 9, 9, 0)
	for i, q := range []struct{ customer, text string }{
		{"a", "the charge came twice and nobody refunded the charge"},
		{"a", "the charge came twice again"},                          // of the same customer
		{"b", "THE CHARGE CAME TWICE AND NOBODY REFUNDED THE CHARGE"}, // the same words
		{"", "charge came twice, still not refunded"},
		{"", "my charge was not refunded"},
		{"c", "AWFUL AWFUL ROTTEN THIEVES!!! I HATE THIS WITH ALL MY HEART"}, // loud
	} {
		bill.Sample = append(bill.Sample, Quote{Source: "s", ID: fmt.Sprint(i), Customer: q.customer, Text: q.text})
	}
	// Words that every topic has speak for none.
	rest := topic("rest", 60, 30, 10)
	words := "the and was not"
	for i := range commonWords {
		words += fmt.Sprintf(" common%c%c", 'a'+i%26, 'a'+i/26)
	}
	for i := range 60 {
		rest.Sample = append(rest.Sample, Quote{Source: "s", ID: fmt.Sprint("r", i), Text: words})
	}
	got := find(t, Rank([]Tally{bill, rest}), "billing").Quotes
	if len(got) != 3 {
		t.Fatalf("%d quotes", len(got))
	}
	people := map[string]bool{}
	for _, q := range got {
		if q.Customer == "c" || q.Customer != "" && people[q.Customer] {
			t.Errorf("chosen: %+v", got)
		}
		people[q.Customer] = true
	}
}
