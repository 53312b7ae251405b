package watch

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"earshot/pipeline"
)

const (
	// causing is the part of a change that a topic must account for to be its cause.
	causing = 0.25
	// apart is how long after the end of one alert another one may begin and still be of
	// the same incident.
	apart = 24 * time.Hour
)

// Incidents sets which alerts are of one cause: a topic, its stage and its channel are told
// once. Alerts whose Incident is set keep it; others join an incident that one of its
// alerts is related to, or begin their own. Of those that are raised together the most
// particular one stands for the incident.
func Incidents(alerts []*pipeline.Alert) {
	ordered := slices.Clone(alerts)
	slices.SortStableFunc(ordered, func(a, b *pipeline.Alert) int {
		return cmp.Or(a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(particular(b), particular(a)), cmp.Compare(a.PValue, b.PValue), cmp.Compare(a.ID, b.ID))
	})
	for _, a := range ordered {
		if a.Incident != "" {
			continue
		}
		a.Incident = a.ID
		for _, o := range ordered {
			if o != a && o.Incident != "" && related(a, o) {
				a.Incident = o.Incident
				break
			}
		}
	}
}

// particular is how narrow a series is.
func particular(a *pipeline.Alert) int {
	n := 0
	if a.Topic != "" {
		n = 3 + strings.Count(a.Topic, ".")
	}
	if a.Channel != "" {
		n++
	}
	if a.Stage != "" {
		n++
	}
	return n
}

// related tells whether two alerts have one cause.
func related(a, b *pipeline.Alert) bool {
	if a.Kind == pipeline.AlertEmergence || b.Kind == pipeline.AlertEmergence || !together(a, b) || !together(b, a) {
		return false
	}
	rule := func(x *pipeline.Alert) bool {
		return x.Topic == "" && x.Channel == "" && x.Stage == "" && x.Series != Key{}.String()
	}
	everything := func(x *pipeline.Alert) bool { return x.Kind == pipeline.AlertVolume && x.Series == Key{}.String() }
	switch {
	case a.Kind == pipeline.AlertVolume && b.Kind == pipeline.AlertVolume && (everything(a) || everything(b)):
		return true // all of it rises, or a part of it alone
	case rule(a) || rule(b):
		return a.Series == b.Series
	case a.Topic != "" && b.Topic != "":
		return a.Topic == b.Topic || strings.HasPrefix(a.Topic, b.Topic+".") || strings.HasPrefix(b.Topic, a.Topic+".")
	case a.Topic != "":
		return causes(a.Topic, b)
	case b.Topic != "":
		return causes(b.Topic, a)
	}
	return contains(a, b) || contains(b, a)
}

// together tells whether a began before b was long over.
func together(a, b *pipeline.Alert) bool {
	return !b.Resolved() || a.SinceFrom.Before(b.ResolvedAt.Add(apart))
}

// contains tells whether the items of b are among those of a.
func contains(a, b *pipeline.Alert) bool {
	return (a.Channel == "" || a.Channel == b.Channel) && (a.Stage == "" || a.Stage == b.Stage)
}

// causes tells whether a topic accounts for much of an alert about items.
func causes(topic string, a *pipeline.Alert) bool {
	first, _, _ := strings.Cut(topic, ".")
	change := a.Observed.Value - a.Expected.Value
	for _, c := range a.Decomposition {
		if c.Dimension == "topic" && c.Value == first {
			return (c.Mix+c.Within)*math.Copysign(1, change) >= causing*math.Abs(change)
		}
	}
	return false
}
