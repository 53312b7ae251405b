package simulate

import (
	"testing"
	"time"
)

// tally counts what was meant by n messages.
type tally struct {
	n, incident, repeats                     int
	channel, language, polarity, topic, sour map[string]int
}

func count(n int, next func() Message) tally {
	c := tally{n: n, channel: map[string]int{}, language: map[string]int{}, polarity: map[string]int{}, topic: map[string]int{}, sour: map[string]int{}}
	for range n {
		m := next().Meant
		c.channel[string(m.Channel)]++
		c.language[m.Language]++
		c.polarity[m.Polarity]++
		c.topic[m.Topic]++
		if m.Polarity == "negative" {
			c.sour[m.Topic]++
		}
		if m.Incident {
			c.incident++
		}
		if m.Contact > 1 {
			c.repeats++
		}
	}
	return c
}

func (c tally) share(t *testing.T, what string, n int, low, high float64) {
	t.Helper()
	if got := float64(n) / float64(c.n); got < low || got > high {
		t.Errorf("%s: share %.3f, want %.2f…%.2f", what, got, low, high)
	}
}

func TestOrdinaryDaysAreMixed(t *testing.T) {
	c := New(Options{Seed: 5, Start: start, Incidents: []Incident{}})
	got := count(50_000, c.Next)
	for _, ch := range channelNames {
		got.share(t, string(ch), got.channel[string(ch)], 0.08, 0.30)
	}
	got.share(t, "en", got.language["en"], 0.75, 0.90)
	got.share(t, "de", got.language["de"], 0.06, 0.15)
	got.share(t, "es", got.language["es"], 0.03, 0.12)
	got.share(t, "negative", got.polarity["negative"], 0.30, 0.48)
	got.share(t, "neutral", got.polarity["neutral"], 0.12, 0.30)
	got.share(t, "positive", got.polarity["positive"], 0.30, 0.50)
	got.share(t, "incident", got.incident, 0, 0)
	for _, f := range facts {
		got.share(t, f.topic, got.topic[f.topic], 0.01, 0.20)
	}
	if sour := float64(got.sour["installation"]) / float64(got.topic["installation"]); sour > 0.45 {
		t.Errorf("%.2f of installation is negative on an ordinary day", sour)
	}
}

func TestIncidentSoursInstallationAndBringsRepeatContacts(t *testing.T) {
	const rate = 200
	c := New(Options{Seed: 6, Start: start, Rate: rate, Incidents: []Incident{{After: 60 * time.Second, For: 10 * time.Minute}}})
	before := count(60*rate, c.Next)
	during := count(60*rate, c.Next) // the first minute of it
	if before.incident > rate {      // the clock is random: a second too many
		t.Errorf("%d messages of the incident before it", before.incident)
	}
	b, d := float64(before.topic["installation"]), float64(during.topic["installation"])
	if d < 1.5*b {
		t.Errorf("installation: %v messages a minute before, %v in the first minute", b, d)
	}
	if sour := float64(during.sour["installation"]) / d; sour < 0.75 {
		t.Errorf("%.2f of installation is negative in the incident", sour)
	}
	if during.repeats < before.repeats*12/10 {
		t.Errorf("%d repeat contacts before, %d in the incident", before.repeats, during.repeats)
	}
	if other := during.sour["billing"] * before.topic["billing"]; other > 2*before.sour["billing"]*during.topic["billing"] {
		t.Error("billing suffers from it")
	}
	for c.incidentAt(c.clock) {
		c.Next()
	}
	count(120*rate, c.Next) // the last of the waiting
	after := count(60*rate, c.Next)
	if sour := float64(after.sour["installation"]) / float64(after.topic["installation"]); sour > 0.45 {
		t.Errorf("%.2f of installation is negative two minutes after the fix", sour)
	}
}

func TestHistoryFollowsHoursAndWeekdays(t *testing.T) {
	from, to := start.AddDate(0, 0, -28), start
	c := New(Options{Seed: 7, Start: start, Incidents: []Incident{{After: -7 * 24 * time.Hour}}})
	var byHour [24]int
	var byDay [7]int
	last, n := from, 0
	var early, late tally
	early = count(0, nil)
	late = count(0, nil)
	for m := range c.History(from, to, 50_000) {
		if m.At.Before(last) || m.At.After(to) {
			t.Fatalf("message %d at %v, after %v", n, m.At, last)
		}
		last = m.At
		n++
		byHour[m.At.Hour()]++
		byDay[m.At.Weekday()]++
		part := &early
		if m.At.After(to.AddDate(0, 0, -7)) {
			part = &late
		}
		part.topic[m.Meant.Topic]++
		if m.Meant.Polarity == "negative" {
			part.sour[m.Meant.Topic]++
		}
	}
	if n != 50_000 {
		t.Fatalf("%d messages", n)
	}
	if byHour[18] < 5*byHour[3] {
		t.Errorf("at 18 h %d messages, at 3 h %d", byHour[18], byHour[3])
	}
	if byDay[time.Monday] < byDay[time.Sunday]*13/10 {
		t.Errorf("on Mondays %d messages, on Sundays %d", byDay[time.Monday], byDay[time.Sunday])
	}
	if e, l := float64(early.sour["installation"])/float64(early.topic["installation"]), float64(late.sour["installation"])/float64(late.topic["installation"]); e > 0.45 || l < 0.75 {
		t.Errorf("installation negative %.2f, in the last week %.2f", e, l)
	}
	if m := c.Next(); !m.At.Equal(start) {
		t.Errorf("the present begins at %v", m.At)
	}
}

func TestHistoryOfNothing(t *testing.T) {
	for name, h := range map[string]struct {
		from, to time.Time
		n        int
	}{
		"no messages": {start.Add(-time.Hour), start, 0},
		"no time":     {start, start, 10},
		"backwards":   {start, start.Add(-time.Hour), 10},
	} {
		for m := range New(Options{Start: start}).History(h.from, h.to, h.n) {
			t.Errorf("%s: %s", name, m.Value)
		}
	}
}

func TestHistoryCanBeLeftHalfway(t *testing.T) {
	c := New(Options{Start: start})
	for range c.History(start.Add(-time.Hour), start, 100) {
		break
	}
	if m := c.Next(); !m.At.Equal(start) {
		t.Errorf("the present begins at %v", m.At)
	}
}
