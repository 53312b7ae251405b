package clickhouse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Rolling up.
const (
	// keptRoll is how long cells are kept that no hour names any more: longer than
	// any query that may be reading them.
	keptRoll = time.Hour
	// rollChance is how many low bits of a roll are chance, so that two processes
	// never share one.
	rollChance = 20
)

// cellCounts are the counts of a cell, from rows as hourlyItem selects them with their
// counted spread out as c.
const cellCounts = `
	count() AS items,
	countIf(c.label = 'negative') AS negatives,
	countIf(c.label = 'positive') AS positives,
	countIf(c.label = 'neutral') AS neutrals,
	uniqExactIf(customer, customer != '') AS customers`

// RollUp computes the cells of hours and days that nobody has written to for as long as
// idle, so that they are read and not computed from then on. It returns how many hours
// it closed. Whatever is written meanwhile opens its hour and day again, so that several
// processes may roll up while others write, and any of them may die at any moment:
// cells count only once their hour or day names them, all at once.
func (s *Store) RollUp(ctx context.Context, idle time.Duration) (hours int, err error) {
	if hours, err = s.rollUp(ctx, &hourly, idle); err != nil {
		return hours, err
	}
	_, err = s.rollUp(ctx, &daily, idle)
	return hours, err
}

// span is a length of time that is rolled up. A table says which of them are closed, and
// by which roll-up; another one holds their cells.
type span struct {
	name, table, column, cells string
	atOnce                     int // bounds the statement that computes cells
	// compute inserts the cells of a roll-up of what begins at these milliseconds.
	compute func(roll uint64, starts []int64) string
}

// rollUp closes what is open of a span and was left alone.
func (s *Store) rollUp(ctx context.Context, p *span, idle time.Duration) (closed int, err error) {
	for {
		open, err := s.idle(ctx, p, idle)
		if err != nil || len(open) == 0 {
			return closed, err
		}
		if err := s.roll(ctx, p, open); err != nil {
			return closed, err
		}
		closed += len(open)
		if len(open) < p.atOnce {
			return closed, s.dropOldRolls(ctx, p)
		}
	}
}

// openSpan is an hour or a day that is open, as it was read.
type openSpan struct {
	start    int64 // ms since 1970
	revision uint64
}

// idle returns what is open of a span and was left alone for a while. Where the server's
// clock has jumped back, it seems to have changed in the future: this counts too.
func (s *Store) idle(ctx context.Context, p *span, idle time.Duration) ([]openSpan, error) {
	var found []openSpan
	err := s.each(ctx, "rolling up "+p.name, fmt.Sprintf(`
		SELECT toUnixTimestamp64Milli(%[1]s), revision FROM %[2]s FINAL
		WHERE revision %% 2 = 1 AND (changed_at <= now64(3) - toIntervalMillisecond(?) OR changed_at > now64(3) + toIntervalMinute(1))
		ORDER BY %[1]s LIMIT ?`, p.column, p.table), []any{idle.Milliseconds(), p.atOnce}, func(rows driver.Rows) error {
		var o openSpan
		err := rows.Scan(&o.start, &o.revision)
		found = append(found, o)
		return err
	})
	return found, err
}

// roll computes cells and closes what they are of, unless it has changed.
func (s *Store) roll(ctx context.Context, p *span, open []openSpan) error {
	roll := rollOf(s.options.Now()) | rand.Uint64N(1<<rollChance)
	starts := make([]int64, len(open))
	closed := make([]string, len(open))
	for i, o := range open {
		starts[i] = o.start
		closed[i] = fmt.Sprintf("(%d,%d)", o.start, o.revision+1)
	}
	settings := map[string]any{"async_insert": 0, "max_bytes_before_external_group_by": 1 << 30}
	if err := s.conn.Exec(s.patient(ctx, settings), p.compute(roll, starts)); err != nil {
		return s.classify(ctx, "rolling up "+p.name, err)
	}
	err := s.conn.Exec(s.patient(ctx, map[string]any{"async_insert": 0}), fmt.Sprintf(`
		INSERT INTO %s (%s, revision, roll, changed_at)
		SELECT fromUnixTimestamp64Milli(h.1, 'UTC'), h.2, %d, now64(3)
		FROM (SELECT arrayJoin([%s]::Array(Tuple(Int64, UInt64))) AS h)`, p.table, p.column, roll, strings.Join(closed, ",")))
	return s.classify(ctx, "closing "+p.name, err)
}

// rollOf returns the least roll that begins at a time: milliseconds, then room for
// chance.
func rollOf(t time.Time) uint64 { return uint64(t.UnixMilli()) << rollChance }

// dropOldRolls deletes cells that no hour or day names any more, once they are many.
func (s *Store) dropOldRolls(ctx context.Context, p *span) error {
	const many = 1_000_000
	unnamed := fmt.Sprintf("roll < %d AND (%[2]s, roll) NOT IN (SELECT %[2]s, roll FROM %[3]s FINAL WHERE revision %% 2 = 0)",
		rollOf(s.options.Now().Add(-keptRoll)), p.column, p.table)
	var cells uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM "+p.cells+" WHERE "+unnamed).Scan(&cells); err != nil {
		return s.classify(ctx, "counting old cells", err)
	}
	if cells < many {
		return nil
	}
	err := s.conn.Exec(s.patient(ctx, map[string]any{"allow_nondeterministic_mutations": 1}), "ALTER TABLE "+p.cells+" DELETE WHERE "+unnamed)
	return s.classify(ctx, "deleting old cells", err)
}

// hourly is what sentiment_hourly reads.
var hourly = span{
	name: "hours", table: "hours", column: "hour", cells: "sentiment_hourly_store", atOnce: 168,
	compute: func(roll uint64, starts []int64) string {
		return fmt.Sprintf(`
			INSERT INTO sentiment_hourly_store (hour, roll, channel, stage, topic, items, negatives, positives, neutrals, customers)
			SELECT hour, %d, channel, c.stage AS stage, c.topic AS topic, %s
			FROM hourly_items FINAL
			ARRAY JOIN counted AS c
			WHERE is_deleted = 0 AND hour IN (SELECT fromUnixTimestamp64Milli(arrayJoin([%s]::Array(Int64)), 'UTC'))
			GROUP BY hour, channel, stage, topic`, roll, cellCounts, join(starts))
	},
}

// daily is what questions about a period read. Its cells are those that the view
// cells_between computes of days that are open.
var daily = span{
	name: "days", table: "days", column: "day", cells: "daily_store", atOnce: 28,
	compute: func(roll uint64, starts []int64) string {
		const counts = "topic, stage, touchpoint, channel, segment, product, items, negatives, positives, known, unknown, effort_sum, effort_items, churns, stages, " +
			"nps_items, promoters, detractors, csat_items, csat_top, ces_items, ces_sum, ces_squares, quotes"
		return fmt.Sprintf(`
			INSERT INTO daily_store (day, roll, %[1]s)
			SELECT day, %[2]d, %[1]s
			FROM cells_between(period_from = fromUnixTimestamp64Milli(%[3]d, 'UTC'), period_to = fromUnixTimestamp64Milli(%[4]d, 'UTC'), channel = '', segment = '', product = '')
			WHERE day IN (SELECT fromUnixTimestamp64Milli(arrayJoin([%[5]s]::Array(Int64)), 'UTC'))`,
			counts, roll, slices.Min(starts), slices.Max(starts)+dayMilli, join(starts))
	},
}

// dayOfHour is the start of the day in which an hour lies.
const dayOfHour = "fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(hour), 86400000) * 86400000, 'UTC')"
