package service

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"earshot/pipeline/drivers"
	"earshot/sinks/clickhouse"
)

// The drivers of NPS and CSAT are computed every so often, over the days up to then.
const (
	driversInterval = 10 * time.Minute
	driversLook     = time.Minute // how often it is looked whether somebody has computed them
)

var driverDays = []int{30, 90}

// computeDrivers computes the drivers until ctx ends, unless another process has done so
// meanwhile. A failure is said once until it is over.
func computeDrivers(ctx context.Context, store *clickhouse.Store, log *slog.Logger) error {
	turns := func() time.Duration { return driversLook/2 + rand.N(driversLook) } // replicas take turns
	return repeat(ctx, log, turns, "computing drivers, trying again", func(ctx context.Context) error { return driversOnce(ctx, store) })
}

// driversOnce computes the drivers if they were not computed lately.
func driversOnce(ctx context.Context, store *clickhouse.Store) error {
	last, err := store.DriversComputedAt(ctx)
	if err != nil || time.Since(last) < driversInterval {
		return err
	}
	var rows []clickhouse.DriverRow
	for _, measure := range clickhouse.DriverMeasures() {
		for _, days := range driverDays {
			now := time.Now()
			m, err := store.AnswerMoments(ctx, measure, clickhouse.Period{From: now.AddDate(0, 0, -days), To: now})
			if err != nil {
				return err
			}
			of, err := driverRows(measure, days, m)
			if err != nil {
				return err
			}
			rows = append(rows, of...)
		}
	}
	return store.SaveDrivers(ctx, rows)
}

// driverRows computes the drivers of one measure and length of period.
func driverRows(measure string, days int, m *clickhouse.AnswerMoments) ([]clickhouse.DriverRow, error) {
	whole := clickhouse.DriverRow{Measure: measure, Days: days, Items: int64(m.N)}
	moments := drivers.Moments{Topics: m.Topics, N: m.N, Y: m.Y, YY: m.YY, X: m.X, XY: m.XY, XX: m.XX, Mentions: m.Mentions}
	whole.Needed = drivers.Needed(&moments)
	d, err := drivers.Of(&moments)
	var few *drivers.TooFewError
	switch {
	case errors.As(err, &few):
		return []clickhouse.DriverRow{whole}, nil
	case err != nil:
		return nil, err
	case len(d.Topics) == 0:
		return []clickhouse.DriverRow{whole}, nil
	}
	whole.R2 = d.R2
	var rows []clickhouse.DriverRow
	for _, t := range d.Topics {
		row := whole
		row.Topic, row.Mentions, row.Weight, row.Correlation, row.Effect = t.Topic, t.Mentions, t.Weight, t.Correlation, t.Effect
		rows = append(rows, row)
	}
	return rows, nil
}
