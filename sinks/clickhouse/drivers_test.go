package clickhouse

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

func TestAnswerMomentsAreSumsOverItemsThatSpeakOfTopics(t *testing.T) {
	s := newStore(t)
	answer := func(nps float64, label nlp.Label, topics string) contact {
		return contact{at: "2026-11-05", customer: "c", channel: "survey", label: label, nps: nps, topics: topics}
	}
	write(t, s, said(t,
		answer(9, nlp.Positive, "billing.invoice staff"),
		answer(2, nlp.Negative, "billing.invoice billing.double_charge"), // one topic of the first level
		answer(6, nlp.Neutral, "staff"),
		answer(10, nlp.Positive, ""),        // speaks of nothing
		answer(-1, nlp.Negative, "billing"), // no answer
	)...)
	november := Period{time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	got, err := s.AnswerMoments(t.Context(), "nps", november)
	if err != nil {
		t.Fatal(err)
	}
	want := &AnswerMoments{
		Topics: []string{"billing", "staff"}, N: 3, Y: 17, YY: 81 + 4 + 36,
		X: []float64{0, 1}, XY: []float64{9 - 2, 9}, XX: [][]float64{{2, 1}, {1, 1}}, Mentions: []float64{2, 2},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("moments differ (-want +got):\n%s", diff)
	}
	if none, err := s.AnswerMoments(t.Context(), "csat", november); err != nil || none.N != 0 || len(none.Topics) != 0 {
		t.Errorf("of no answers: %+v, %v", none, err)
	}
	if _, err := s.AnswerMoments(t.Context(), "rating", november); err == nil {
		t.Error("drivers of a rating")
	}
}

func TestDriversAreThoseComputedLast(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond) // they are kept for a week
	s := newStore(t, func(o *Options) { o.Now = func() time.Time { return now } })
	if at, err := s.DriversComputedAt(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("computed at %v, %v; want never", at, err)
	}
	save := func(rows ...DriverRow) {
		t.Helper()
		if err := s.SaveDrivers(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	}
	save(DriverRow{Measure: "nps", Days: 30, Items: 300, Needed: 240, R2: 0.4, Topic: "staff", Mentions: 40, Weight: 0.75, Correlation: 0.5, Effect: -2},
		DriverRow{Measure: "nps", Days: 30, Items: 300, Needed: 240, R2: 0.4, Topic: "billing", Mentions: 60, Weight: 0.25, Correlation: 0.3, Effect: 1})
	now = now.Add(10 * time.Minute)
	save(DriverRow{Measure: "nps", Days: 30, Items: 350, Needed: 240, R2: 0.3, Topic: "staff", Mentions: 44, Weight: 1, Correlation: 0.5, Effect: -1.5})
	compare(t, jsonRows(t, s, "SELECT * EXCEPT computed_at FROM drivers"),
		`{"measure":"nps","days":30,"items":350,"needed":240,"r2":0.3,"topic":"staff","mentions":44,"weight":1,"correlation":0.5,"effect":-1.5}`)
	if at, err := s.DriversComputedAt(t.Context()); err != nil || !at.Equal(now) {
		t.Errorf("computed at %v, %v; want %v", at, err, now)
	}
}
