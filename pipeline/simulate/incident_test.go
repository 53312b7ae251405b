package simulate

import (
	"slices"
	"testing"
	"time"
)

// net is a net sentiment in points: positive less negative, of a hundred.
type net struct{ positive, negative, all int }

func (n *net) add(polarity string) {
	n.all++
	switch polarity {
	case "positive":
		n.positive++
	case "negative":
		n.negative++
	}
}

func (n net) points() float64 { return 100 * float64(n.positive-n.negative) / float64(n.all) }

func TestTheStorysPastIncidentSoursInstallationAndItRecovers(t *testing.T) {
	// Three companies together: two days of one topic are few items.
	var before, during, after, later, others, othersDuring net
	for seed := range uint64(3) {
		c := New(Options{Seed: seed, Start: start})
		fixed := c.Improvements(start)[0].At
		began := fixed.AddDate(0, 0, storyUntilDays-storyFromDays)
		for m := range c.History(start.AddDate(0, 0, -28), start, 90_000) {
			in, other := &later, &others
			switch {
			case m.At.Before(began):
				in = &before
			case m.At.Before(fixed):
				in, other = &during, &othersDuring
			case m.At.Before(fixed.Add(24 * time.Hour)):
				continue
			case m.At.Before(fixed.Add(72 * time.Hour)):
				in = &after
			}
			if m.Meant.Topic != "installation" {
				in = other
			}
			in.add(m.Meant.Polarity)
		}
	}
	t.Logf("installation %+.0f before, %+.0f in the incident, %+.0f on the 2nd and 3rd day after, %+.0f then; others %+.0f, %+.0f in the incident",
		before.points(), during.points(), after.points(), later.points(), others.points(), othersDuring.points())
	if during.points() > before.points()-50 {
		t.Error("the incident doesn't show")
	}
	for _, n := range []net{after, later} {
		if d := n.points() - before.points(); d < -10 || d > 10 {
			t.Errorf("installation %+.0f after the incident, %+.0f before", n.points(), before.points())
		}
	}
	if d := othersDuring.points() - others.points(); d < -8 || d > 8 {
		t.Errorf("other topics %+.0f in the incident, %+.0f else", othersDuring.points(), others.points())
	}
}

func TestTheStorysLiveIncidentIsRolledBackAndInstallationRecovers(t *testing.T) {
	c := New(Options{Seed: 13, Start: start})
	for range c.History(start.AddDate(0, 0, -7), start, 20_000) {
	}
	phases := [4]net{}
	for {
		m := c.Next()
		since := m.At.Sub(start)
		var phase int
		switch {
		case since < storyLiveAfter:
		case since < storyLiveAfter+30*time.Second, since >= storyLiveAfter+storyLiveFor && since < storyLiveAfter+storyLiveFor+time.Minute:
			continue
		case since < storyLiveAfter+storyLiveFor:
			phase = 1
		case since < storyLiveAfter+storyLiveFor+3*time.Minute:
			phase = 2
		default:
			t.Logf("installation %+.0f before, %+.0f in the incident, %+.0f after", phases[0].points(), phases[1].points(), phases[2].points())
			if phases[1].points() > phases[0].points()-50 || phases[2].points() < phases[0].points()-20 {
				t.Error("the incident or the recovery doesn't show")
			}
			return
		}
		if m.Meant.Topic == "installation" {
			phases[phase].add(m.Meant.Polarity)
		}
	}
}

func TestStoryBreaksWholeDaysInThePastAndFourMinutesLive(t *testing.T) {
	for _, at := range []time.Time{start, start.Truncate(24 * time.Hour), start.Add(14*time.Hour + 59*time.Minute)} {
		c := New(Options{Start: at})
		var got []time.Time
		for _, s := range c.incidents {
			got = append(got, s.from, s.until)
		}
		day := at.Truncate(24 * time.Hour)
		want := []time.Time{
			day.AddDate(0, 0, -17).Add(5 * time.Hour), day.AddDate(0, 0, -6).Add(5 * time.Hour),
			at.Add(20 * time.Second), at.Add(4*time.Minute + 20*time.Second),
		}
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("a demo at %v has incidents at %v, want %v", at, got, want)
		}
	}
}

func TestImprovementsAreTheIncidentsThatAreOver(t *testing.T) {
	c := New(Options{Start: start, Incidents: []Incident{
		{After: -48 * time.Hour, For: 24 * time.Hour, Fix: "mended"},
		{After: -time.Hour},
		{After: time.Minute, For: time.Minute, Fix: "rolled back"},
	}})
	for _, w := range []struct {
		now   time.Time
		notes []string
	}{
		{start.Add(-25 * time.Hour), nil},
		{start.Add(-24 * time.Hour), []string{"mended"}},
		{start.Add(119 * time.Second), []string{"mended"}},
		{start.Add(2 * time.Minute), []string{"mended", "rolled back"}},
	} {
		var notes []string
		for _, i := range c.Improvements(w.now) {
			notes = append(notes, i.Note)
			if i.Topic != "installation" || i.At.After(w.now) {
				t.Errorf("at %v: %+v", w.now, i)
			}
		}
		if !slices.Equal(notes, w.notes) {
			t.Errorf("at %v: %v, want %v", w.now, notes, w.notes)
		}
	}
}
