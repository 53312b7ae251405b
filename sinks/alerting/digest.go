package alerting

import (
	"cmp"
	"slices"
	"time"

	"earshot/pipeline"
)

// digestReason stands where a notice has its Reason.
const digestReason Reason = "digest"

// Digest tells of a day: what is open, what was resolved, how much was raised.
type Digest struct {
	From, To time.Time // in the location whose day it is
	// Open holds the incidents of which an alert lasts, the worst and then the oldest first.
	Open []Incident
	// Resolved holds the incidents whose last alert was resolved after From, in the order
	// in which they were.
	Resolved []Incident
	Raised   int // alerts, after From
	Critical int // alerts that are open
	Warning  int // alerts that are open
}

// Incident is what has one cause: the alert that stands for it, and the others.
type Incident struct {
	ID    string
	Alert *pipeline.Alert
	Also  []*pipeline.Alert
}

// NewDigest makes the digest of the day that ends at to, in to's location: from the same
// hour of the day before. The alerts are all that were open then.
func NewDigest(alerts []*pipeline.Alert, to time.Time) *Digest {
	d := &Digest{From: to.AddDate(0, 0, -1), To: to}
	within := func(t time.Time) bool { return t.After(d.From) && !t.After(to) }
	incidents := map[string][]*pipeline.Alert{}
	for _, a := range alerts {
		if a.RaisedAt.After(to) {
			continue
		}
		id := cmp.Or(a.Incident, a.ID)
		incidents[id] = append(incidents[id], a)
		if within(a.RaisedAt) {
			d.Raised++
		}
		if !overBy(a, to) {
			switch a.Severity {
			case pipeline.AlertCritical:
				d.Critical++
			default:
				d.Warning++
			}
		}
	}
	for id, members := range incidents {
		i := newIncident(id, members, to)
		switch {
		case !overBy(i.Alert, to):
			d.Open = append(d.Open, i)
		case within(i.resolvedAt()):
			d.Resolved = append(d.Resolved, i)
		}
	}
	slices.SortFunc(d.Open, func(a, b Incident) int {
		return cmp.Or(
			falseFirst(a.Severity() != pipeline.AlertCritical, b.Severity() != pipeline.AlertCritical),
			worse(a.Alert, b.Alert),
		)
	})
	slices.SortFunc(d.Resolved, func(a, b Incident) int {
		return cmp.Or(a.resolvedAt().Compare(b.resolvedAt()), cmp.Compare(a.ID, b.ID))
	})
	return d
}

// newIncident puts first the alert that stands for the incident, unless that is over and
// another lasts.
func newIncident(id string, members []*pipeline.Alert, at time.Time) Incident {
	slices.SortFunc(members, func(a, b *pipeline.Alert) int {
		return cmp.Or(
			falseFirst(overBy(a, at), overBy(b, at)),
			falseFirst(a.ID != id, b.ID != id),
			worse(a, b),
		)
	})
	return Incident{ID: id, Alert: members[0], Also: members[1:]}
}

// Severity is that of its worst alert that lasts, or that of Alert where none does.
func (i Incident) Severity() pipeline.AlertSeverity {
	for _, a := range i.Also {
		if a.Severity == pipeline.AlertCritical && !a.Resolved() {
			return a.Severity
		}
	}
	return i.Alert.Severity
}

// resolvedAt is when the last alert of an incident that is over was.
func (i Incident) resolvedAt() time.Time {
	last := i.Alert.ResolvedAt
	for _, a := range i.Also {
		if a.ResolvedAt.After(last) {
			last = a.ResolvedAt
		}
	}
	return last
}

func overBy(a *pipeline.Alert, t time.Time) bool { return a.Resolved() && !a.ResolvedAt.After(t) }

// worse orders alerts: critical ones, then old ones first.
func worse(a, b *pipeline.Alert) int {
	return cmp.Or(
		falseFirst(a.Severity != pipeline.AlertCritical, b.Severity != pipeline.AlertCritical),
		a.Since.Compare(b.Since),
		cmp.Compare(a.ID, b.ID),
	)
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ID is the same for the digest of the same day.
func (d *Digest) ID() string { return string(digestReason) + ":" + stamp(d.To) }

// NextDigest is the next time after now at which it is that hour, 0 to 23, in a
// location. On the day on which clocks pass over the hour it is the hour after.
func NextDigest(now time.Time, hour int, in *time.Location) time.Time {
	now = now.In(in)
	for day := 0; ; day++ {
		if at := time.Date(now.Year(), now.Month(), now.Day()+day, hour, 0, 0, 0, in); at.After(now) {
			return at
		}
	}
}

// headline says in one line how the day was.
func (d *Digest) headline() string {
	if len(d.Open) == 0 && len(d.Resolved) == 0 {
		return "nothing is open, nothing was"
	}
	return plural(len(d.Open), "open incident", "open incidents") + ", " + plural(len(d.Resolved), "resolved", "resolved") + " since yesterday"
}

// digestJSON is a digest as webhooks get it. Its names are part of the contract.
type digestJSON struct {
	From     instant        `json:"from"`
	To       instant        `json:"to"`
	Raised   int            `json:"raised"`
	Critical int            `json:"open_critical"`
	Warning  int            `json:"open_warning"`
	Open     []incidentJSON `json:"open"`
	Resolved []incidentJSON `json:"resolved"`
}

type incidentJSON struct {
	Incident string       `json:"incident"`
	Alert    *alertJSON   `json:"alert"`
	Also     []*alertJSON `json:"also"`
}

func newDigestJSON(d *Digest) *digestJSON {
	return &digestJSON{
		From: instant(d.From), To: instant(d.To), Raised: d.Raised, Critical: d.Critical, Warning: d.Warning,
		Open: newIncidentsJSON(d.Open), Resolved: newIncidentsJSON(d.Resolved),
	}
}

func newIncidentsJSON(incidents []Incident) []incidentJSON {
	all := make([]incidentJSON, len(incidents))
	for i, incident := range incidents {
		all[i] = incidentJSON{Incident: incident.ID, Alert: newAlertJSON(incident.Alert), Also: []*alertJSON{}}
		for _, a := range incident.Also {
			all[i].Also = append(all[i].Also, newAlertJSON(a))
		}
	}
	return all
}
