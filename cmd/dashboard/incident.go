package dashboard

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// incident are the alerts of one cause that last.
type incident struct {
	leader *pipeline.Alert
	others []*pipeline.Alert // the first raised in front
}

// openAlerts is far more than there are series to watch.
const openAlerts = 500

// incidents reads the alerts that last.
func (s *store) incidents(ctx context.Context) ([]incident, error) {
	var open []*pipeline.Alert
	err := s.rows(ctx, s.sql["open_alerts"], []any{clickhouse.Named("limit", openAlerts)}, func(rows driver.Rows) error {
		a, err := scanAlert(rows)
		open = append(open, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return incidentsOf(open), nil
}

func scanAlert(rows driver.Rows) (*pipeline.Alert, error) {
	var (
		a                              pipeline.Alert
		kind, severity                 string
		since, from, to, raised        int64
		items                          uint64
		dimensions, values             []string
		mixes, withins                 []float64
		kinds, texts                   []string
		shares, befores                []float64
		sources, identities, quotation []string
	)
	err := rows.Scan(&a.ID, &a.Incident, &kind, &a.Measure, &a.Series, &a.Channel, &a.Stage, &a.Topic, &severity, &since, &from, &to, &raised,
		&a.Expected.Value, &a.Expected.Low, &a.Expected.High, &a.Observed.Value, &a.Observed.Low, &a.Observed.High, &items, &a.Explanation,
		&dimensions, &values, &mixes, &withins, &kinds, &texts, &shares, &befores, &sources, &identities, &quotation)
	if err != nil {
		return nil, err
	}
	a.Kind, a.Severity, a.Items = pipeline.AlertKind(kind), pipeline.AlertSeverity(severity), int(items)
	a.Since, a.SinceFrom, a.SinceTo, a.RaisedAt = time.UnixMilli(since).UTC(), time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC(), time.UnixMilli(raised).UTC()
	for i := range min(len(dimensions), len(values), len(mixes), len(withins)) {
		a.Decomposition = append(a.Decomposition, pipeline.Contribution{Dimension: dimensions[i], Value: values[i], Mix: mixes[i], Within: withins[i]})
	}
	for i := range min(len(kinds), len(texts), len(shares), len(befores)) {
		a.Rising = append(a.Rising, pipeline.Rise{Kind: kinds[i], Text: texts[i], Share: shares[i], Before: befores[i]})
	}
	for i := range min(len(sources), len(identities), len(quotation)) {
		a.Quotes = append(a.Quotes, pipeline.Quote{Source: sources[i], ID: identities[i], Text: quotation[i]})
	}
	return &a, nil
}

// incidentsOf puts alerts together by their incident, the one whose leader was raised
// last in front. Where the alert that stands for an incident is not among them, because
// it is over or left out, the first raised of the others leads.
func incidentsOf(alerts []*pipeline.Alert) []incident {
	ordered := slices.SortedStableFunc(slices.Values(alerts), func(a, b *pipeline.Alert) int {
		leads := func(x *pipeline.Alert) int {
			if x.ID == x.Incident {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(leads(a), leads(b)), a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(a.ID, b.ID))
	})
	var all []incident
	at := map[string]int{}
	for _, a := range ordered {
		if i, known := at[a.Incident]; known {
			all[i].others = append(all[i].others, a)
			continue
		}
		at[a.Incident] = len(all)
		all = append(all, incident{leader: a})
	}
	slices.SortStableFunc(all, func(a, b incident) int { return b.leader.RaisedAt.Compare(a.leader.RaisedAt) })
	return all
}

// incidentsIn are those of a channel: of their alerts the ones of the channel, and of
// all channels together.
func incidentsIn(all []incident, channel pipeline.Channel) []incident {
	if channel == "" {
		return all
	}
	var of []*pipeline.Alert
	for _, i := range all {
		for _, a := range append([]*pipeline.Alert{i.leader}, i.others...) {
			if a.Channel == "" || a.Channel == string(channel) {
				of = append(of, a)
			}
		}
	}
	return incidentsOf(of)
}

// fetchIncidents asks for the incidents that last, in all channels.
func (v *visit) fetchIncidents() *reading[[]incident] {
	return fetch(v, "open alerts", v.dashboard.store.incidents)
}

// incidentsFigure counts the incidents that last.
func incidentsFigure(open *reading[[]incident], of view) figure {
	f := figure{Name: "Open incidents", Value: "–", Note: "not known yet", Href: of.on(alertsPath)}
	if open.at.IsZero() {
		return f
	}
	all, critical := incidentsIn(open.value, of.Channel), 0
	for _, i := range all {
		if i.leader.Severity == pipeline.AlertCritical {
			critical++
		}
	}
	f.Value, f.Note = count(len(all)), "nothing is raised"
	switch {
	case critical > 0:
		f.Note = count(critical) + " critical"
	case len(all) > 0:
		f.Note = "none critical"
	}
	return f
}
