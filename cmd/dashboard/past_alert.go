package dashboard

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// pastRow is an alert that is over.
type pastRow struct {
	alertLine
	Since, Over moment
	Explanation string
}

const shownPast = 50

// pastAlerts reads the alerts that are over and lasted at some time of a view's period:
// one more than are shown, where there are more. Segment and product of the view don't
// narrow them, since alerts have none.
func (s *store) pastAlerts(ctx context.Context, v view, now time.Time) (past []*pipeline.Alert, err error) {
	args := append(during(v.period(now)), clickhouse.Named("channel", string(v.Channel)), clickhouse.Named("limit", shownPast+1))
	err = s.rows(ctx, s.sql["past_alerts"], args, func(rows driver.Rows) error {
		var (
			a           pipeline.Alert
			severity    string
			since, over int64
		)
		if err := rows.Scan(&a.ID, &a.Measure, &a.Series, &severity, &since, &over, &a.Expected.Value, &a.Observed.Value, &a.Explanation); err != nil {
			return err
		}
		a.Severity, a.Since, a.ResolvedAt = pipeline.AlertSeverity(severity), time.UnixMilli(since).UTC(), time.UnixMilli(over).UTC()
		past = append(past, &a)
		return nil
	})
	return past, err
}

// fetchPastAlerts asks for the alerts that are over.
func (v *visit) fetchPastAlerts() *reading[[]*pipeline.Alert] {
	of := view{Window: v.view.Window, From: v.view.From, To: v.view.To, Channel: v.view.Channel}
	return fetch(v, "past alerts "+of.key(), func(ctx context.Context) ([]*pipeline.Alert, error) {
		return v.dashboard.store.pastAlerts(ctx, of, time.Now())
	})
}

func newPastRow(a *pipeline.Alert, now time.Time) pastRow {
	row := pastRow{newAlertLine(a), newMoment(a.Since, now), newMoment(a.ResolvedAt, now), excerpt(a.Explanation, paragraphRunes)}
	row.Key = elementID("past", a.ID) // what was just open may still be shown as that, too
	return row
}
