package clickhouse

import (
	"testing"
	"time"
)

func TestAnImprovementIsRegisteredOnceUntilItIsRemoved(t *testing.T) {
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	s := newStore(t, func(o *Options) { o.Now = func() time.Time { now = now.Add(time.Second); return now } })
	at := time.Date(2026, 10, 30, 5, 0, 0, 0, time.UTC)
	first := Improvement{Topic: "installation", At: at, Note: "new scheduling"}
	other := Improvement{Topic: "installation", Channel: "chat", At: at, Note: "a bot that knows the dates"}
	for _, i := range []*Improvement{&first, &other, {Topic: "installation", At: at, Note: "New scheduling of appointments"}} {
		if err := s.RegisterImprovement(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Improvements(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d improvements, %v; want 2", len(all), err)
	}
	notes := map[string]string{}
	for _, i := range all {
		notes[i.ID] = i.Note
		if !i.At.Equal(at) {
			t.Errorf("%s at %v, want %v", i.ID, i.At, at)
		}
	}
	if notes[first.ID] != "New scheduling of appointments" || notes[other.ID] != other.Note {
		t.Errorf("notes are %q", notes)
	}
	for id, want := range map[string]bool{first.ID: true, "nobody": false} {
		if found, err := s.RemoveImprovement(t.Context(), id); found != want || err != nil {
			t.Errorf("removing %s: %v, %v; want %v", id, found, err, want)
		}
	}
	if all, err := s.Improvements(t.Context()); err != nil || len(all) != 1 || all[0].ID != other.ID {
		t.Errorf("after removing one: %v, %v", all, err)
	}
	if err := s.RegisterImprovement(t.Context(), &first); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count() FROM improvements"); n != 2 {
		t.Errorf("registered again after it was removed: %d, want 2", n)
	}
}
