package clickhouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Cell is a cell of sentiment_hourly: what its row counts, and of what.
type Cell struct {
	Hour                  time.Time
	Channel, Stage, Topic string
}

// CellCounts are the counts of a cell.
type CellCounts struct {
	Items, Negatives, Positives, Neutrals, Customers int64
}

// CellDifference is a cell whose counts, in sentiment_hourly or of a day that is rolled
// up, are not those that the rows of feedback_store give. A cell that is missing counts
// nothing.
type CellDifference struct {
	Cell
	Daily          bool // a day, which begins at Hour
	RolledUp, Rows CellCounts
}

// String names the cell and every count that differs.
func (d CellDifference) String() string {
	layout := "2006-01-02T15:04Z"
	if d.Daily {
		layout = time.DateOnly
	}
	s := fmt.Sprintf("%s channel=%s stage=%s topic=%s:", d.Hour.Format(layout), d.Channel, d.Stage, d.Topic)
	for _, c := range []struct {
		name           string
		rolledUp, rows int64
	}{
		{"items", d.RolledUp.Items, d.Rows.Items}, {"negatives", d.RolledUp.Negatives, d.Rows.Negatives}, {"positives", d.RolledUp.Positives, d.Rows.Positives},
		{"neutrals", d.RolledUp.Neutrals, d.Rows.Neutrals}, {"customers", d.RolledUp.Customers, d.Rows.Customers},
	} {
		if c.rolledUp != c.rows {
			s += fmt.Sprintf(" %s %d instead of %d", c.name, c.rolledUp, c.rows)
		}
	}
	return s
}

// Verification is what VerifyRollups found.
type Verification struct {
	Cells       int64 // compared
	Items       int64 // feedback items in the period, by their rows
	Differences []CellDifference
}

// verifySQL compares, of hours and of days that are closed, what is shown (side 1) with
// what the rows give (side 2).
const verifySQL = `
WITH
	fromUnixTimestamp64Milli(?, 'UTC') AS first, fromUnixTimestamp64Milli(?, 'UTC') AS last,
	closed AS (SELECT day, roll FROM days FINAL WHERE revision % 2 = 0 AND day >= first AND day <= last - toIntervalHour(24)),
	counts AS
	(
		SELECT 1 AS side, 0 AS daily, hour AS start, channel, stage, topic, items, negatives, positives, neutrals, customers
		FROM sentiment_hourly WHERE hour >= first AND hour < last
		UNION ALL
		SELECT 2 AS side, 0 AS daily, hour AS start, channel, c.stage AS stage, c.topic AS topic,` + cellCounts + `
		FROM (SELECT ` + hourlyItem + ` FROM feedback_store FINAL WHERE is_deleted = 0 AND hour >= first AND hour < last)
		ARRAY JOIN counted AS c
		GROUP BY start, channel, stage, topic
		UNION ALL
		SELECT 1 AS side, 1 AS daily, day AS start, channel, stage, topic, sum(d.items) AS items, sum(d.negatives) AS negatives, sum(d.positives) AS positives,
			toUInt64(items - negatives - positives) AS neutrals, uniqExactMerge(known) AS customers
		FROM daily_store AS d WHERE (day, roll) IN (SELECT day, roll FROM closed)
		GROUP BY start, channel, stage, topic
		UNION ALL
		SELECT 2 AS side, 1 AS daily, ` + dayOfHour + ` AS start, channel, c.stage AS stage, c.topic AS topic,` + cellCounts + `
		FROM (SELECT ` + hourlyItem + ` FROM feedback_store FINAL WHERE is_deleted = 0 AND hour >= first AND hour < last AND ` + dayOfHour + ` IN (SELECT day FROM closed))
		ARRAY JOIN counted AS c
		GROUP BY start, channel, stage, topic
	)
SELECT daily, start, channel, stage, topic,
	sumIf(toInt64(items), side = 1), sumIf(toInt64(negatives), side = 1), sumIf(toInt64(positives), side = 1), sumIf(toInt64(neutrals), side = 1), sumIf(toInt64(customers), side = 1),
	sumIf(toInt64(items), side = 2) AS rows, sumIf(toInt64(negatives), side = 2), sumIf(toInt64(positives), side = 2), sumIf(toInt64(neutrals), side = 2), sumIf(toInt64(customers), side = 2),
	countIf(side = 1) != 1 OR countIf(side = 2) != 1 OR uniqExact(items, negatives, positives, neutrals, customers) != 1 AS differs,
	count() OVER () AS cells, sumIf(rows, topic = '' AND daily = 0) OVER () AS all_items
FROM counts
GROUP BY daily, start, channel, stage, topic
ORDER BY differs DESC, daily, start, channel, stage, topic
LIMIT ?`

// differencesShown bounds how many cells a verification lists.
const differencesShown = 10_000

// VerifyRollups computes the cells of sentiment_hourly, and of the days that are rolled
// up, from the rows of feedback_store, for the hours that begin within the period and the
// days that lie in it, and compares them with what is shown. What is being written at this moment may show as a difference
// until it is settled: VerifyRollups looks again, and tells only the differences that
// stay as they are.
func (s *Store) VerifyRollups(ctx context.Context, p Period) (Verification, error) {
	const looks = 3
	const between = 5 * time.Second
	v, err := s.compareCells(ctx, p)
	for look := 1; err == nil && len(v.Differences) > 0 && look < looks; look++ {
		select {
		case <-ctx.Done():
			return v, context.Cause(ctx)
		case <-time.After(between):
		}
		before := map[CellDifference]bool{}
		for _, d := range v.Differences {
			before[d] = true
		}
		if v, err = s.compareCells(ctx, p); err != nil {
			break
		}
		var stay []CellDifference
		for _, d := range v.Differences {
			if before[d] {
				stay = append(stay, d)
			}
		}
		v.Differences = stay
	}
	return v, err
}

// compareCells compares all cells once.
func (s *Store) compareCells(ctx context.Context, p Period) (v Verification, err error) {
	settings := map[string]any{"max_bytes_before_external_group_by": 2 << 30}
	err = s.each(s.patient(ctx, settings), "verifying", verifySQL, append(p.args(), differencesShown), func(rows driver.Rows) error {
		var d CellDifference
		var differs uint8
		var cells uint64
		var daily uint8
		err := rows.Scan(&daily, &d.Hour, &d.Channel, &d.Stage, &d.Topic,
			&d.RolledUp.Items, &d.RolledUp.Negatives, &d.RolledUp.Positives, &d.RolledUp.Neutrals, &d.RolledUp.Customers,
			&d.Rows.Items, &d.Rows.Negatives, &d.Rows.Positives, &d.Rows.Neutrals, &d.Rows.Customers,
			&differs, &cells, &v.Items)
		d.Daily, v.Cells = daily != 0, int64(cells)
		if differs != 0 {
			v.Differences = append(v.Differences, d)
		}
		return err
	})
	return v, err
}

// RepairRollups makes the roll-ups of the hours that begin within the period anew from
// the rows. It may run while feedback is written, and be repeated.
func (s *Store) RepairRollups(ctx context.Context, p Period) error {
	settings := s.patient(ctx, map[string]any{"async_insert": 0})
	const begins = " hour >= fromUnixTimestamp64Milli(?, 'UTC') AND hour < fromUnixTimestamp64Milli(?, 'UTC')"
	// What counts there, and what is stored but does not show: it was withdrawn.
	for _, rows := range []string{"feedback_store FINAL WHERE", "feedback_store WHERE is_deleted = 1 AND"} {
		err := s.conn.Exec(settings, "INSERT INTO hourly_items ("+hourlyItemColumns+") SELECT "+hourlyItem+" FROM "+rows+begins, p.args()...)
		if err != nil {
			return s.classify(ctx, "repairing", err)
		}
	}
	// What counts there and should not.
	err := s.conn.Exec(settings, `
		INSERT INTO hourly_items (hour, source, id, rank, is_deleted)
		SELECT h.hour, h.source, h.id, greatest(h.rank, ifNull(f.rank, toUInt256(0))), 1
		FROM (SELECT source, id, rank, `+itemHour+` AS place FROM feedback_store FINAL) AS f
		RIGHT JOIN (SELECT hour, source, id, rank FROM hourly_items FINAL WHERE is_deleted = 0 AND`+begins+`) AS h
			ON h.source = f.source AND h.id = f.id
		WHERE ifNull(f.id, '') = '' OR f.place != h.hour`, p.args()...)
	if err != nil {
		return s.classify(ctx, "repairing", err)
	}
	return s.openHoursIn(ctx, "(SELECT hour FROM hourly_items UNION ALL SELECT hour FROM hours) WHERE"+begins, p.args()...)
}

// itemHour is the hour in which the feedback of a row of feedback_store was given.
const itemHour = "fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC')"

// hourlyItem selects, from rows of feedback_store, what hourly_items holds of them,
// as the view hourly_items_feed does.
const hourlyItem = itemHour + ` AS hour,
	source, id, rank, is_deleted, channel, customer,
	CAST(if(noise != '' OR is_deleted, [], arrayPushFront(arrayMap(m -> (m.topic, m.stage, toString(m.label)), mentions), ('', toString(stage), toString(label)))),
		'Array(Tuple(topic String, stage String, label String))') AS counted,
	created_at, segment, product, location, touchpoint, score, effort, nps, csat, ces, score_last, intents,
	if(empty(counted), [], arrayPushFront(arrayMap(m -> (m.quote_start, m.quote_end), mentions), (toUInt32(0), toUInt32(0)))) AS quotes,
	text`

// hourlyItemColumns are the columns that hourlyItem selects.
const hourlyItemColumns = "hour, source, id, rank, is_deleted, channel, customer, counted, " +
	"created_at, segment, product, location, touchpoint, score, effort, nps, csat, ces, score_last, intents, quotes, text"
