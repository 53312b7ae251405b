package clickhouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// SaveAlerts keeps alerts as they are now, each under its ID: written again, the one with
// the latest UpdatedAt counts.
func (s *Store) SaveAlerts(ctx context.Context, alerts []*pipeline.Alert) error {
	return newInserter(s, "alert_store", alertColumns()).write(ctx, alerts)
}

func alertColumns() []column[pipeline.Alert] {
	word := func(get func(a *pipeline.Alert) string) fill[pipeline.Alert] { return lowCardinality(get) }
	at := func(get func(a *pipeline.Alert) time.Time) fill[pipeline.Alert] {
		return uint64s(func(a *pipeline.Alert) uint64 { return uint64(get(a).UnixMilli()) })
	}
	return []column[pipeline.Alert]{
		{"id", "String", text(func(a *pipeline.Alert) string { return a.ID })},
		{"incident", "String", text(func(a *pipeline.Alert) string { return a.Incident })},
		{"kind", typeWord, word(func(a *pipeline.Alert) string { return string(a.Kind) })},
		{"measure", typeWord, word(func(a *pipeline.Alert) string { return a.Measure })},
		{"series", "String", text(func(a *pipeline.Alert) string { return a.Series })},
		{"channel", typeWord, word(func(a *pipeline.Alert) string { return a.Channel })},
		{"stage", typeWord, word(func(a *pipeline.Alert) string { return a.Stage })},
		{"topic", typeWord, word(func(a *pipeline.Alert) string { return a.Topic })},
		{"severity", typeWord, word(func(a *pipeline.Alert) string { return string(a.Severity) })},
		{"since", typeTime, at(func(a *pipeline.Alert) time.Time { return a.Since })},
		{"since_from", typeTime, at(func(a *pipeline.Alert) time.Time { return a.SinceFrom })},
		{"since_to", typeTime, at(func(a *pipeline.Alert) time.Time { return a.SinceTo })},
		{"raised_at", typeTime, at(func(a *pipeline.Alert) time.Time { return a.RaisedAt })},
		{"updated_at", typeTime, at(func(a *pipeline.Alert) time.Time { return a.UpdatedAt })},
		{"resolved_at", "Nullable(" + typeTime + ")", nullable(func(a *pipeline.Alert) *int64 {
			if !a.Resolved() {
				return nil
			}
			ms := a.ResolvedAt.UnixMilli()
			return &ms
		}, putInt64)},
		{"expected", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.Expected.Value })},
		{"expected_low", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.Expected.Low })},
		{"expected_high", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.Expected.High })},
		{"observed", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.Observed.Value })},
		{"observed_low", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.Observed.Low })},
		{"observed_high", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.Observed.High })},
		{"items", "UInt64", uint64s(func(a *pipeline.Alert) uint64 { return uint64(a.Items) })},
		{"p_value", "Float64", float64s(func(a *pipeline.Alert) float64 { return a.PValue })},
		{"explanation", "String", text(func(a *pipeline.Alert) string { return a.Explanation })},
		{
			"decomposition", "Array(Tuple(dimension String, value String, mix Float64, within Float64, before UInt64, after UInt64))",
			array(func(a *pipeline.Alert) []pipeline.Contribution { return a.Decomposition },
				text(func(c *pipeline.Contribution) string { return c.Dimension }),
				text(func(c *pipeline.Contribution) string { return c.Value }),
				float64s(func(c *pipeline.Contribution) float64 { return c.Mix }),
				float64s(func(c *pipeline.Contribution) float64 { return c.Within }),
				uint64s(func(c *pipeline.Contribution) uint64 { return uint64(c.Before) }),
				uint64s(func(c *pipeline.Contribution) uint64 { return uint64(c.After) })),
		},
		{
			"rising", "Array(Tuple(kind String, text String, share Float64, before Float64))",
			array(func(a *pipeline.Alert) []pipeline.Rise { return a.Rising },
				text(func(r *pipeline.Rise) string { return r.Kind }),
				text(func(r *pipeline.Rise) string { return r.Text }),
				float64s(func(r *pipeline.Rise) float64 { return r.Share }),
				float64s(func(r *pipeline.Rise) float64 { return r.Before })),
		},
		{
			"quotes", "Array(Tuple(source String, id String, quote String))",
			array(func(a *pipeline.Alert) []pipeline.Quote { return a.Quotes },
				text(func(q *pipeline.Quote) string { return q.Source }),
				text(func(q *pipeline.Quote) string { return q.ID }),
				text(func(q *pipeline.Quote) string { return q.Text })),
		},
		{"url", "String", text(func(a *pipeline.Alert) string { return a.URL })},
		{"owners", "Array(String)", array(func(a *pipeline.Alert) []string { return a.Owners }, text(func(o *string) string { return *o }))},
	}
}

// Alerts returns the alerts that lasted at a time or were raised after it, the oldest
// first.
func (s *Store) Alerts(ctx context.Context, from time.Time) ([]*pipeline.Alert, error) {
	var all []*pipeline.Alert
	err := s.each(ctx, "alerts", `
		SELECT id, incident, kind, measure, series, channel, stage, topic, severity, since, since_from, since_to, raised_at, updated_at, resolved_at,
			expected, expected_low, expected_high, observed, observed_low, observed_high, items, p_value, explanation,
			decomposition.dimension, decomposition.value, decomposition.mix, decomposition.within, decomposition.before, decomposition.after,
			rising.kind, rising.text, rising.share, rising.before, quotes.source, quotes.id, quotes.quote, url, owners
		FROM alerts
		WHERE resolved_at IS NULL OR resolved_at >= fromUnixTimestamp64Milli(?, 'UTC')
		ORDER BY raised_at, id`, []any{from.UnixMilli()}, func(rows driver.Rows) error {
		a, err := scanAlert(rows)
		all = append(all, a)
		return err
	})
	return all, err
}

func scanAlert(rows driver.Rows) (*pipeline.Alert, error) {
	var a pipeline.Alert
	var kind, severity string
	var resolved *time.Time
	var items uint64
	var parts struct {
		dimensions, values []string
		mix, within        []float64
		before, after      []uint64
	}
	var rising struct {
		kinds, texts  []string
		share, before []float64
	}
	var quotes struct{ sources, ids, texts []string }
	err := rows.Scan(&a.ID, &a.Incident, &kind, &a.Measure, &a.Series, &a.Channel, &a.Stage, &a.Topic, &severity,
		&a.Since, &a.SinceFrom, &a.SinceTo, &a.RaisedAt, &a.UpdatedAt, &resolved,
		&a.Expected.Value, &a.Expected.Low, &a.Expected.High, &a.Observed.Value, &a.Observed.Low, &a.Observed.High,
		&items, &a.PValue, &a.Explanation,
		&parts.dimensions, &parts.values, &parts.mix, &parts.within, &parts.before, &parts.after,
		&rising.kinds, &rising.texts, &rising.share, &rising.before, &quotes.sources, &quotes.ids, &quotes.texts, &a.URL, &a.Owners)
	if err != nil {
		return nil, err
	}
	a.Kind, a.Severity, a.Items = pipeline.AlertKind(kind), pipeline.AlertSeverity(severity), int(items)
	if resolved != nil {
		a.ResolvedAt = resolved.UTC()
	}
	for _, t := range []*time.Time{&a.Since, &a.SinceFrom, &a.SinceTo, &a.RaisedAt, &a.UpdatedAt} {
		*t = t.UTC()
	}
	for i := range parts.values {
		a.Decomposition = append(a.Decomposition, pipeline.Contribution{
			Dimension: parts.dimensions[i], Value: parts.values[i], Mix: parts.mix[i], Within: parts.within[i],
			Before: int(parts.before[i]), After: int(parts.after[i]),
		})
	}
	for i := range rising.texts {
		a.Rising = append(a.Rising, pipeline.Rise{Kind: rising.kinds[i], Text: rising.texts[i], Share: rising.share[i], Before: rising.before[i]})
	}
	for i := range quotes.texts {
		a.Quotes = append(a.Quotes, pipeline.Quote{Source: quotes.sources[i], ID: quotes.ids[i], Text: quotes.texts[i]})
	}
	return &a, nil
}

// delivery is a row of alert_delivery_store.
type delivery struct {
	receiver, notice string
	at               time.Time
}

// Delivered notes that a receiver has taken a notice. Noting it again is harmless.
func (s *Store) Delivered(ctx context.Context, receiver, notice string) error {
	return newInserter(s, "alert_delivery_store", []column[delivery]{
		{"receiver", "String", text(func(d *delivery) string { return d.receiver })},
		{"notice", "String", text(func(d *delivery) string { return d.notice })},
		{"delivered_at", typeTime, uint64s(func(d *delivery) uint64 { return uint64(d.at.UnixMilli()) })},
	}).write(ctx, []*delivery{{receiver, notice, s.options.Now()}})
}

// Deliveries returns what receivers have taken since a time, as receiver and notice.
func (s *Store) Deliveries(ctx context.Context, from time.Time) (map[[2]string]bool, error) {
	taken := map[[2]string]bool{}
	err := s.each(ctx, "deliveries of alerts", `
		SELECT receiver, notice FROM alert_delivery_store
		WHERE delivered_at >= fromUnixTimestamp64Milli(?, 'UTC')`, []any{from.UnixMilli()}, func(rows driver.Rows) error {
		var d [2]string
		err := rows.Scan(&d[0], &d[1])
		taken[d] = true
		return err
	})
	return taken, err
}
