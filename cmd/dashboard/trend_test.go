package dashboard

import (
	"math"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) // a Wednesday

func TestAxisHasFewRoundSteps(t *testing.T) {
	for _, tt := range []struct {
		name  string
		p     period
		step  time.Duration
		first time.Time
	}{
		{"nothing but an instant", period{noon, noon}, 2 * time.Second, noon.Add(-64 * time.Second)},
		{"an hour", period{noon.Add(-time.Hour), noon}, 2 * time.Minute, noon.Add(-64 * time.Minute)},
		{"a day", period{noon.Add(-day), noon}, 30 * time.Minute, noon.Add(-day)},
		{"a day, not quite aligned", period{noon.Add(time.Minute - day), noon.Add(time.Minute)}, time.Hour, noon.Add(-27 * time.Hour)},
		{"weeks begin on Mondays", period{noon.Add(-300 * day), noon}, 7 * day, time.Date(2025, 5, 5, 0, 0, 0, 0, time.UTC)},
		{"before 1970", period{time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC), time.Date(1970, 1, 1, 1, 0, 0, 0, time.UTC)}, 5 * time.Minute, time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC)},
	} {
		a := newAxis(tt.p)
		if a.step != tt.step || !a.from.Equal(tt.first) {
			t.Errorf("%s: steps of %v from %v", tt.name, a.step, a.from)
		}
	}
	for length := time.Second; length < 230*365*day; length += length/3 + 1234*time.Millisecond {
		p := period{noon.Add(-length), noon}
		a := newAxis(p)
		if a.steps > maxSteps || a.steps%4 != 0 || a.steps < 4 || a.from.After(p.from) || a.to.Before(p.to) || !a.start(a.steps).Equal(a.to) {
			t.Errorf("%v: %d steps of %v from %v to %v", length, a.steps, a.step, a.from, a.to)
		}
	}
}

func TestAxisForAWindow(t *testing.T) {
	first := noon.Add(-10 * time.Minute)
	year := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		w        window
		e        extent
		from, to time.Time // that the axis must hold, with at most a third more
	}{
		{"no feedback: the window", lastHour, extent{}, noon.Add(-time.Hour), noon},
		{"no feedback ever: a day", allTime, extent{}, noon.Add(-day), noon},
		{"from the first item to now", lastDay, extent{9, first, first, period{first, first}}, first, noon},
		{"all of time ends with the last item", allTime, extent{9, noon.Add(-90 * day), noon.Add(-60 * day), period{noon.Add(-89 * day), noon.Add(-61 * day)}}, noon.Add(-90 * day), noon.Add(-60 * day)},
		{"a clock in 1970 is left out", allTime, extent{999, year, noon, period{noon.Add(-30 * day), noon}}, noon.Add(-30 * day), noon},
		{"a typing error in 2199 is left out", allTime, extent{999, noon.Add(-30 * day), noon.AddDate(170, 0, 0), period{noon.Add(-30 * day), noon}}, noon.Add(-30 * day), noon},
	} {
		a := axisFor(tt.w, tt.w.at(noon), tt.e, noon)
		if a.from.After(tt.from) || a.to.Before(tt.to) || a.length() > tt.to.Sub(tt.from)*4/3+5*a.step {
			t.Errorf("%s: %v to %v", tt.name, a.from, a.to)
		}
	}
}

func TestPathsBreakWhereNobodySpoke(t *testing.T) {
	one := func(net int) tally {
		if net > 0 {
			return tally{Items: 100, Positives: uint64(net)}
		}
		return tally{Items: 100, Negatives: uint64(-net)}
	}
	for _, tt := range []struct {
		name  string
		steps []tally
		line  string
	}{
		{"nothing", make([]tally, 4), ""},
		{"no steps", nil, ""},
		{"a dot", []tally{{}, one(50), {}, {}}, "M37.5 5.0h0"},
		{"a line and a dot", []tally{one(0), one(-100), {}, one(100)}, "M12.5 10.0L37.5 20.0M87.5 0.0h0"},
	} {
		line, area := paths(tt.steps, 100, 100, 20)
		if line != tt.line {
			t.Errorf("%s: %q", tt.name, line)
		}
		if strings.Count(area, "Z") != strings.Count(line, "M") {
			t.Errorf("%s: area %q", tt.name, area)
		}
	}
}

func TestChartOfNothingHasNoNumbersThatAreNone(t *testing.T) {
	c := newChart(newAxis(period{noon.Add(-time.Hour), noon}), make([]tally, 32))
	if c.Drawn || c.Summary != "No feedback in this period." || c.Line != "" {
		t.Errorf("%+v", c)
	}
	if m := newMix(tally{}); m != (mix{}) {
		t.Errorf("mix %+v", m)
	}
	if n := (tally{}).net(); n != 0 {
		t.Errorf("net %v", n)
	}
}

func TestMixFillsItsBar(t *testing.T) {
	for _, n := range []tally{{3, 1, 1}, {7, 7, 0}, {1e9, 1, 1}, {9, 0, 9}} {
		m := newMix(n)
		if m.Negative != m.NeutralX || math.Abs(m.NeutralX+m.Neutral-m.PositiveX) > 0.02 || math.Abs(m.PositiveX+m.Positive-100) > 0.02 {
			t.Errorf("%v: %+v", n, m)
		}
	}
}
