package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// Tally is what the items of one hour come to, of one channel, stage and topic. Topic empty:
// items as a whole. Of a customer with more than so many items in a cell, each counts less.
type Tally struct {
	Hour                  time.Time
	Channel, Stage, Topic string
	pipeline.Tally
}

// HourRevisions says, of the hours from a time on, when they were last written to: a number
// that rises with every write. Hours without feedback are left out.
func (s *Store) HourRevisions(ctx context.Context, from time.Time) (map[time.Time]uint64, error) {
	revisions := map[time.Time]uint64{}
	err := s.each(ctx, "hours", `
		SELECT hour, intDiv(revision + 1, 2) FROM hours FINAL -- closing an hour changes nothing in it
		WHERE hour >= fromUnixTimestamp64Milli(?, 'UTC')`, []any{from.UnixMilli()}, func(rows driver.Rows) error {
		var hour time.Time
		var revision uint64
		err := rows.Scan(&hour, &revision)
		revisions[hour.UTC()] = revision
		return err
	})
	return revisions, err
}

// tallySums add up what one customer said in a cell, and tallyWeighed what all did.
const (
	tallySums = `count() AS n, countIf(label = 'negative') AS negative, countIf(label = 'positive') AS positive,
		countIf(hasAny(intents, ['churn', 'cancel'])) AS leaving, count(effort) AS effort_n,
		ifNull(sum(toFloat64(effort)), 0) AS effort_s, ifNull(sum(pow(toFloat64(effort), 2)), 0) AS effort_ss,
		if(customer = '', 1, least(1, %d / n)) AS weight`
	tallyWeighed = `sum(weight * n), sum(weight * negative), sum(weight * positive), sum(weight * leaving),
		sum(weight * effort_n), sum(weight * effort_s), sum(weight * effort_ss)`
)

// Tallies returns the tallies of hours, as sentiment_hourly counts them but for customers
// with more than most items in a cell.
func (s *Store) Tallies(ctx context.Context, hours []time.Time, most int) ([]Tally, error) {
	var tallies []Tally
	err := s.each(ctx, "counting hours", fmt.Sprintf(`
		SELECT hour, channel, stage, topic, `+tallyWeighed+`
		FROM
		(
			SELECT hour, channel, stage, topic, customer, `+tallySums+`
			FROM
			(
				SELECT hour, channel, customer, intents, effort, c.stage AS stage, c.topic AS topic, c.label AS label
				FROM (SELECT hour, channel, counted, customer, intents, effort FROM hourly_items FINAL WHERE is_deleted = 0 AND hour IN (%s))
				ARRAY JOIN counted AS c
			)
			GROUP BY hour, channel, stage, topic, customer
		)
		GROUP BY hour, channel, stage, topic
		ORDER BY hour, channel, stage, topic`, most, moments(hours)), nil, func(rows driver.Rows) error {
		var t Tally
		err := rows.Scan(&t.Hour, &t.Channel, &t.Stage, &t.Topic, &t.Items, &t.Negatives, &t.Positives, &t.Churns, &t.EffortItems, &t.EffortSum, &t.EffortSquares)
		t.Hour = t.Hour.UTC()
		tallies = append(tallies, t)
		return err
	})
	return tallies, err
}

// moments writes times as a list of constants.
func moments(times []time.Time) string {
	list := make([]string, len(times))
	for i, t := range times {
		list[i] = fmt.Sprintf("fromUnixTimestamp64Milli(%d, 'UTC')", t.UnixMilli())
	}
	return strings.Join(list, ", ")
}

// Watched is a series that a user defines: the rows of a view that a condition holds for.
type Watched struct {
	On    string // feedback or mentions
	Where string // a condition on the columns of the view
}

// WatchedTallies returns the tallies of hours in a series of the user: one an hour, if it
// has any rows. A condition that ClickHouse doesn't understand is an error that says why.
func (s *Store) WatchedTallies(ctx context.Context, w Watched, hours []time.Time, most int) ([]Tally, error) {
	if w.On != "feedback" && w.On != "mentions" {
		return nil, fmt.Errorf("a series on %q: write feedback or mentions", w.On)
	}
	// Noise is in feedback, but not in sentiment; mentions have none, and speak neither of
	// effort nor of intents.
	own, counts := "effort, intents", "noise = ''"
	if w.On == "mentions" {
		own, counts = "CAST(NULL, 'Nullable(Float32)') AS effort, []::Array(String) AS intents", "1"
	}
	const hourOf = "fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC')"
	var tallies []Tally
	err := s.each(ctx, "counting a series of the configuration", fmt.Sprintf(`
		SELECT hour, `+tallyWeighed+`
		FROM
		(
			SELECT hour, customer, `+tallySums+`
			FROM
			(
				SELECT %[2]s AS hour, customer, toString(label) AS label, %[3]s
				FROM (SELECT * FROM %[4]s WHERE (source, id) IN (SELECT source, id FROM hourly_items WHERE hour IN (%[5]s)))
				WHERE hour IN (%[5]s) AND %[6]s AND (%[7]s
				)
			)
			GROUP BY hour, customer
		)
		GROUP BY hour
		ORDER BY hour`, most, hourOf, own, w.On, moments(hours), counts, w.Where), nil, func(rows driver.Rows) error {
		var t Tally
		err := rows.Scan(&t.Hour, &t.Items, &t.Negatives, &t.Positives, &t.Churns, &t.EffortItems, &t.EffortSum, &t.EffortSquares)
		t.Hour = t.Hour.UTC()
		tallies = append(tallies, t)
		return err
	})
	return tallies, err
}
