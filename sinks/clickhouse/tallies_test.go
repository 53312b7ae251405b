package clickhouse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/nlp"
	"earshot/pipeline"
)

func TestTalliesAreWhatSentimentHourlyShows(t *testing.T) {
	s := newStore(t)
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	write(t, s, heard(rand.New(rand.NewPCG(1, 2)), start, 800)...)
	revisions, err := s.HourRevisions(t.Context(), start.AddDate(0, 0, -60))
	if err != nil || len(revisions) == 0 {
		t.Fatalf("%d hours, %v", len(revisions), err)
	}
	var hours []time.Time
	for hour := range revisions {
		hours = append(hours, hour)
	}
	slices.SortFunc(hours, time.Time.Compare)
	tallies, err := s.Tallies(t.Context(), hours, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	for _, c := range tallies {
		got = append(got, map[string]any{
			"hour": c.Hour.Format("2006-01-02 15:04:05.000"), "channel": c.Channel, "stage": c.Stage, "topic": c.Topic,
			"items": c.Items, "negatives": c.Negatives, "positives": c.Positives,
		})
	}
	want := jsonRows(t, s, "SELECT hour, channel, stage, topic, toFloat64(items) AS items, toFloat64(negatives) AS negatives, toFloat64(positives) AS positives FROM sentiment_hourly ORDER BY hour, channel, stage, topic")
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("tallies differ (-view +got):\n%s", diff)
	}
}

func TestOfACustomerWhoWritesVeryOftenEachItemCountsLess(t *testing.T) {
	s := newStore(t)
	var contacts []contact
	for range 50 {
		contacts = append(contacts, contact{at: "2026-11-05", customer: "angry", channel: "social", label: nlp.Negative, topics: "billing"})
	}
	contacts = append(contacts,
		contact{at: "2026-11-05", customer: "calm", channel: "social", label: nlp.Positive, topics: "billing"},
		contact{at: "2026-11-05", customer: "", channel: "social", label: nlp.Positive, topics: "billing"},
		contact{at: "2026-11-05", customer: "", channel: "social", label: nlp.Neutral, topics: "billing"})
	write(t, s, said(t, contacts...)...)
	hour := time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
	tallies, err := s.Tallies(t.Context(), []time.Time{hour}, 3)
	if err != nil || len(tallies) != 2 {
		t.Fatalf("%+v, %v", tallies, err)
	}
	for _, c := range tallies {
		if c.Items != 6 || c.Negatives != 3 || c.Positives != 2 {
			t.Errorf("of topic %q %v items, %v negative, %v positive; want 6, 3, 2", c.Topic, c.Items, c.Negatives, c.Positives)
		}
	}
	for on, want := range map[string]float64{"feedback": 6, "mentions": 6} {
		own, err := s.WatchedTallies(t.Context(), Watched{On: on, Where: "channel = 'social' -- the loudest"}, []time.Time{hour}, 3)
		if err != nil || len(own) != 1 || own[0].Items != want || own[0].Negatives != 3 {
			t.Errorf("on %s: %+v, %v", on, own, err)
		}
	}
	if none, err := s.WatchedTallies(t.Context(), Watched{On: "feedback", Where: "product = 'nothing'"}, []time.Time{hour}, 3); err != nil || len(none) != 0 {
		t.Errorf("a series that matches nothing: %+v, %v", none, err)
	}
	if _, err := s.WatchedTallies(t.Context(), Watched{On: "feedback", Where: "prodct = 'fibre'"}, []time.Time{hour}, 3); err == nil || pipeline.IsRetriable(err) {
		t.Errorf("a column that isn't there: %v; want an error that doesn't pass", err)
	}
}

func TestAnAlertIsReadAsItWasSavedLast(t *testing.T) {
	s := newStore(t)
	at := time.Date(2026, 11, 5, 10, 0, 0, 0, time.UTC)
	a := &pipeline.Alert{
		ID: "a1", Incident: "a1", Kind: pipeline.AlertDrop, Measure: "net_sentiment", Series: "topic billing", Topic: "billing", Severity: pipeline.AlertCritical,
		Since: at.Add(-3 * time.Hour), SinceFrom: at.Add(-5 * time.Hour), SinceTo: at.Add(-2 * time.Hour), RaisedAt: at, UpdatedAt: at.Add(time.Minute),
		Expected: pipeline.Estimate{Value: 10, Low: 5, High: 15}, Observed: pipeline.Estimate{Value: -40, Low: -60, High: -20}, Items: 31, PValue: 0.01,
		Explanation:   "Net sentiment has fallen.",
		Decomposition: []pipeline.Contribution{{Dimension: "channel", Value: "chat", Mix: -1.5, Within: -48.5, Before: 300, After: 20}},
		Rising:        []pipeline.Rise{{Kind: "phrase", Text: "double charge", Share: 40, Before: 2}},
		Quotes:        []pipeline.Quote{{Source: "feedback.chats", ID: "c'1", Text: "They charged me twice"}},
		URL:           "http://127.0.0.1:8080/feed", Owners: []string{"billing"},
	}
	over := *a
	over.ResolvedAt, over.UpdatedAt, over.Quotes = at.Add(30*time.Hour), at.Add(30*time.Hour), nil
	for _, now := range []*pipeline.Alert{a, &over, a} { // what comes late changes nothing
		if err := s.SaveAlerts(t.Context(), []*pipeline.Alert{now}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Alerts(t.Context(), at)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d alerts, %v", len(got), err)
	}
	if diff := gocmp.Diff(&over, got[0]); diff != "" {
		t.Errorf("alert differs (-want +got):\n%s", diff)
	}
	if old, err := s.Alerts(t.Context(), at.AddDate(0, 0, 3)); err != nil || len(old) != 0 {
		t.Errorf("long after it was over: %v, %v", old, err)
	}
}

func TestDeliveriesAreRemembered(t *testing.T) {
	s := newStore(t)
	for range 2 {
		if err := s.Delivered(t.Context(), "ops", "a1:raised"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Deliveries(t.Context(), time.Now().Add(-time.Hour))
	if err != nil || len(got) != 1 || !got[[2]string{"ops", "a1:raised"}] {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAChangeIsTakenApartByEveryDimension(t *testing.T) {
	s := newStore(t)
	var contacts []contact
	for i := range 20 {
		before := contact{at: fmt.Sprintf("2026-11-0%d", 1+i%4), customer: fmt.Sprint("b", i), channel: "review", label: nlp.Positive, topics: "billing.invoice"}
		since := contact{at: "2026-11-08", customer: fmt.Sprint("s", i), channel: "chat", label: nlp.Negative, topics: "billing.double_charge staff"}
		contacts = append(contacts, before, since)
	}
	write(t, s, said(t, contacts...)...)
	p := Period{time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)}
	change := time.Date(2026, 11, 7, 0, 0, 0, 0, time.UTC)
	count := func(parts []Part, dimension, value string, since bool) (items, negatives float64) {
		for _, p := range parts {
			if p.Dimension == dimension && p.Value == value && p.Since == since {
				return p.Items, p.Negatives
			}
		}
		return 0, 0
	}
	all, err := s.Parts(t.Context(), Scope{}, p, change)
	if err != nil {
		t.Fatal(err)
	}
	if items, negatives := count(all, "topic", "billing", true); items != 20 || negatives != 20 {
		t.Errorf("of billing since %v items, %v negative; every item has one topic", items, negatives)
	}
	if items, negatives := count(all, "channel", "review", false); items != 20 || negatives != 0 {
		t.Errorf("of reviews before %v items, %v negative", items, negatives)
	}
	topic, err := s.Parts(t.Context(), Scope{Topic: "billing"}, p, change)
	if err != nil {
		t.Fatal(err)
	}
	if items, _ := count(topic, "topic", "billing.double_charge", true); items != 20 {
		t.Errorf("of billing.double_charge since %v mentions", items)
	}
	if items, _ := count(topic, "topic", "staff", true); items != 0 {
		t.Errorf("staff is among billing: %v mentions", items)
	}
	spoken, err := s.SpokenOf(t.Context(), Scope{Topic: "billing"}, p, change)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(spoken, func(o Spoken) bool { return o.Text == "staff" })
	if i < 0 || spoken[i].Since != 20 || spoken[i].Before != 0 || spoken[i].ItemsBefore != 20 || spoken[i].ItemsSince != 20 {
		t.Errorf("staff is spoken of as %+v", spoken)
	}
}
