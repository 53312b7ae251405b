package alerting

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

// berlin is where clocks change.
func berlin(t *testing.T) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// day is a digest with something of everything.
func day(t *testing.T) *Digest {
	lead := drop()
	lead.ID = lead.Incident
	lead.Severity = pipeline.AlertWarning
	over := resolved(drop())
	over.ID, over.Incident, over.Series = "over", "", "chat"
	long := resolved(drop())
	long.ID, long.Incident, long.ResolvedAt = "long ago", "", noon.Add(-30*time.Hour)
	future := drop()
	future.ID, future.RaisedAt = "tomorrow", noon.Add(time.Hour)
	return NewDigest([]*pipeline.Alert{over, emergence(), drop(), lead, long, future}, noon.In(berlin(t)))
}

func TestADigestGroupsAlertsByIncident(t *testing.T) {
	d := day(t)
	ids := func(incidents []Incident) (all [][]string) {
		for _, i := range incidents {
			list := []string{i.Alert.ID}
			for _, a := range i.Also {
				list = append(list, a.ID)
			}
			all = append(all, list)
		}
		return all
	}
	if diff := cmp.Diff([][]string{{drop().Incident, drop().ID}, {emergence().ID}}, ids(d.Open)); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"over"}}, ids(d.Resolved)); diff != "" {
		t.Errorf("resolved (-want +got):\n%s", diff)
	}
	if d.Raised != 5 || d.Critical != 1 || d.Warning != 2 {
		t.Errorf("%d raised, %d critical, %d warning", d.Raised, d.Critical, d.Warning)
	}
	if want := "digest:2026-03-04T12:00:00.000Z"; d.ID() != want {
		t.Errorf("id %q, want %q", d.ID(), want)
	}
}

func TestADigestIsDueOnceADayByTheLocalClock(t *testing.T) {
	in := berlin(t)
	for _, tt := range []struct{ now, want string }{
		{"2026-03-04T06:59:59+01:00", "2026-03-04T07:00:00+01:00"},
		{"2026-03-04T07:00:00+01:00", "2026-03-05T07:00:00+01:00"},
		{"2026-03-28T12:00:00+01:00", "2026-03-29T07:00:00+02:00"},
		{"2026-10-24T12:00:00+02:00", "2026-10-25T07:00:00+01:00"},
		{"2026-12-31T23:30:00+00:00", "2027-01-01T07:00:00+01:00"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := NextDigest(now, 7, in).Format(time.RFC3339); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.now, got, tt.want)
		}
	}
	twice, err := time.Parse(time.RFC3339, "2026-10-24T12:00:00+02:00")
	if err != nil {
		t.Fatal(err)
	}
	first := NextDigest(twice, 2, in) // there are two of that hour
	if second := NextDigest(first, 2, in); second.Day() != 26 {
		t.Errorf("digests at %v and %v", first, second)
	}
}
