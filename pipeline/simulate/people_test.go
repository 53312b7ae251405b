package simulate

import (
	"testing"

	"earshot/pipeline"
)

// fourWeeks yields what customers write in the four weeks before start.
func fourWeeks(t *testing.T, o Options, yield func(Message, record)) {
	t.Helper()
	c := New(o)
	for m := range c.History(start.AddDate(0, 0, -28), start, 40_000) {
		if m.Meant.Kind != Broken {
			yield(m, read(t, m.Value))
		}
	}
}

func TestCustomersStayThemselvesAndWriteNothingAfterTheyLeft(t *testing.T) {
	type person struct {
		segment, product, location string
		left                       bool
		items                      int
	}
	people := map[string]*person{}
	left, several := 0, 0
	fourWeeks(t, Options{Seed: 10, Start: start}, func(m Message, r record) {
		if m.Meant.Kind != Original {
			return
		}
		p := people[r.Customer.ID]
		if p == nil {
			p = &person{segment: r.Customer.Segment, product: r.Product, location: r.Location}
			people[r.Customer.ID] = p
		}
		if p.segment != r.Customer.Segment || p.product != r.Product || p.location != r.Location {
			t.Fatalf("%s was %+v: %s", r.Customer.ID, *p, m.Value)
		}
		if p.left {
			t.Fatalf("%s had left: %s", r.Customer.ID, m.Value)
		}
		if m.Meant.Left {
			p.left = true
			left++
		}
		if p.items++; p.items == 2 {
			several++
		}
		if order := r.Attributes["order_id"]; (order == "") != (m.Meant.Channel == pipeline.Social) {
			t.Fatalf("order %q: %s", order, m.Value)
		}
	})
	t.Logf("%d customers, %d wrote more than once, %d left", len(people), several, left)
	if len(people) < 2000 || several < len(people)*9/10 || left < 200 {
		t.Errorf("%d customers, %d wrote more than once, %d left", len(people), several, left)
	}
}

func TestCustomersOfAnotherSeedAreOthers(t *testing.T) {
	a, b := New(Options{Seed: 1, Start: start}), New(Options{Seed: 2, Start: start})
	if string(a.Next().Key)[:8] == string(b.Next().Key)[:8] {
		t.Error("two companies have customers of the same numbers")
	}
}

func TestScoresAgreeWithWhatCustomersWentThrough(t *testing.T) {
	type share struct{ fits, of int }
	var angry, risk, keen share
	count := func(s *share, n *int, fits func(int) bool) {
		if n == nil {
			return
		}
		s.of++
		if fits(*n) {
			s.fits++
		}
	}
	upTo := func(most int) func(int) bool { return func(n int) bool { return n <= most } }
	fourWeeks(t, Options{Seed: 11, Start: start}, func(m Message, r record) {
		if m.Meant.Kind != Original {
			return
		}
		if m.Meant.Polarity == "negative" {
			count(&angry, r.NPS, upTo(6))
			count(&angry, r.CSAT, upTo(2))
			count(&angry, r.CES, upTo(3))
		}
		if m.Meant.Loyalty == "at risk" {
			count(&risk, r.NPS, upTo(6))
		}
		if m.Meant.Loyalty == "advocate" && m.Meant.Polarity == "positive" {
			count(&keen, r.NPS, func(n int) bool { return n >= 9 })
		}
	})
	for name, s := range map[string]share{"angry": angry, "at risk": risk, "advocate": keen} {
		t.Logf("%s: %d of %d", name, s.fits, s.of)
		if s.of < 300 || s.fits*10 < s.of*9 {
			t.Errorf("%s: %d of %d scores fit", name, s.fits, s.of)
		}
	}
}

func TestThereAreAdvocatesAndCustomersAtRisk(t *testing.T) {
	byLoyalty := map[string]int{}
	praise := map[string]int{}
	n := 0
	fourWeeks(t, Options{Seed: 12, Start: start}, func(m Message, r record) {
		if m.Meant.Kind != Original {
			return
		}
		n++
		byLoyalty[m.Meant.Loyalty]++
		if m.Meant.Loyalty == "advocate" && m.Meant.Polarity == "positive" && m.Meant.Contact == 1 {
			praise[r.Customer.ID]++
		}
	})
	repeated := 0
	for _, times := range praise {
		if times > 2 {
			repeated++
		}
	}
	t.Logf("%v of %d, %d customers praise time and again", byLoyalty, n, repeated)
	for _, name := range loyaltyNames {
		if byLoyalty[name]*12 < n {
			t.Errorf("%s: %d of %d items", name, byLoyalty[name], n)
		}
	}
	if repeated < 100 {
		t.Errorf("%d customers praise time and again", repeated)
	}
}
