package watch

import (
	"testing"
	"time"

	"earshot/pipeline"
)

// learned is how many days companies live before they are watched.
const learned = 56

func TestMonthsWithoutAChangeKeepTheBudgetOfFalseAlarms(t *testing.T) {
	const months = 24 / slower
	o := DefaultOptions()
	alarms := 0
	for seed := range months {
		c := newCompany(uint64(seed), 12, 60)
		w := New(o)
		c.live(w, 0, learned+30)
		alarms += len(w.Judge(c.start.AddDate(0, 0, learned)))
	}
	t.Logf("%d alarms in %d months", alarms, months)
	if most := 1.3 * o.Budget * months; float64(alarms) > most {
		t.Errorf("%d false alarms in %d months, of which %.0f are allowed", alarms, months, most)
	}
}

func TestADropIsHeard(t *testing.T) {
	for _, c := range []struct {
		name         string
		daily, worse float64
		within       time.Duration
	}{
		{"of 40 points, with 40 items a day", 40, 0.4, 2 * 24 * time.Hour},
		{"of 20 points, with 200 items a day", 200, 0.2, 5 * 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			company := newCompany(1003, 12, 60)
			topic := company.topics[3]
			topic.daily = c.daily
			w := New(DefaultOptions())
			at := company.start.AddDate(0, 0, learned+1).Add(9 * time.Hour)
			company.live(w, 0, learned+10, change{topic.name, at, c.worse})
			for _, e := range w.Judge(at.AddDate(0, 0, -1)) {
				if e.Key.Topic != topic.name || !e.Raised.After(at) {
					continue
				}
				if after := e.Raised.Sub(at); after > c.within {
					t.Errorf("it was heard after %v", after)
				}
				if e.From.After(at) || e.To.Before(at.Add(-time.Hour)) {
					t.Errorf("it began at %v, and is said to have begun between %v and %v", at, e.From, e.To)
				}
				return
			}
			t.Error("it was not heard")
		})
	}
}

func TestTheOrderOfHoursAndLaterLooksChangeNothing(t *testing.T) {
	live := func() (*Watch, time.Time) {
		c := newCompany(5, 6, 60)
		w := New(DefaultOptions())
		at := c.start.AddDate(0, 0, 30)
		c.live(w, 0, 34, change{c.topics[0].name, at, 0.4})
		return w, at
	}
	whole, at := live()
	from := at.AddDate(0, 0, -2)
	want := whole.Judge(from)
	if len(want) == 0 {
		t.Fatal("nothing was heard")
	}
	source, _ := live()
	backwards := New(DefaultOptions())
	for k, h := range source.series {
		for i := len(h.hours) - 1; i >= 0; i-- {
			backwards.Set(k, timeOf(h.hours[i].at), h.hours[i].tally())
		}
	}
	for day := range 5 { // a look a day, then the same again
		backwards.Through(from.AddDate(0, 0, day+1))
		backwards.Judge(from)
	}
	backwards.Through(source.through)
	got := backwards.Judge(from)
	if len(got) != len(want) {
		t.Fatalf("%d episodes, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Key != want[i].Key || got[i].Measure != want[i].Measure || !got[i].Raised.Equal(want[i].Raised) || !got[i].Resolved.Equal(want[i].Resolved) {
			t.Errorf("episode %d is %v of %v from %v to %v, want %v of %v from %v to %v", i,
				got[i].Measure, got[i].Key, got[i].Raised, got[i].Resolved, want[i].Measure, want[i].Key, want[i].Raised, want[i].Resolved)
		}
	}
}

func TestThePartsOfADecompositionAddUp(t *testing.T) {
	groups := []Group{
		{"chat", pipeline.Tally{Items: 300, Positives: 150, Negatives: 60}, pipeline.Tally{Items: 40, Positives: 2, Negatives: 33}},
		{"review", pipeline.Tally{Items: 700, Positives: 500, Negatives: 100}, pipeline.Tally{Items: 20, Positives: 15, Negatives: 2}},
		{"call", pipeline.Tally{}, pipeline.Tally{Items: 5, Negatives: 5}},
		{"survey", pipeline.Tally{Items: 10, Positives: 9}, pipeline.Tally{}},
	}
	const expected = 48.
	for _, shown := range []int{1, 10} {
		sum := 0.
		for _, s := range Decompose(NetSentiment, groups, expected, shown) {
			sum += s.Mix + s.Within
		}
		if want := 100*(17.-40)/65 - expected; sum < want-1e-3 || sum > want+1e-3 {
			t.Errorf("with %d shown the parts add up to %v, observed minus expected is %v", shown, sum, want)
		}
	}
}
