package clickhouse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Rolling up.
const (
	// hoursARoll bounds the statement that computes cells.
	hoursARoll = 168
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

// RollUp computes the cells of hours that nobody has written to for as long as idle,
// so that they are read and not computed from then on. It returns how many hours it
// closed. Whatever is written meanwhile opens its hour again, so that several
// processes may roll up while others write, and any of them may die at any moment:
// cells count only once their hour names them, all at once.
func (s *Store) RollUp(ctx context.Context, idle time.Duration) (hours int, err error) {
	for {
		open, err := s.idleHours(ctx, idle)
		if err != nil || len(open) == 0 {
			return hours, err
		}
		if err := s.roll(ctx, open); err != nil {
			return hours, err
		}
		hours += len(open)
		if len(open) < hoursARoll {
			return hours, s.dropOldRolls(ctx)
		}
	}
}

// openHour is an hour that is open, as it was read.
type openHour struct {
	hour     int64 // ms since 1970
	revision uint64
}

// idleHours returns open hours that were left alone for a while. Where the server's
// clock has jumped back, hours seem to have changed in the future: these count too.
func (s *Store) idleHours(ctx context.Context, idle time.Duration) ([]openHour, error) {
	var found []openHour
	err := s.each(ctx, "rolling up", `
		SELECT toUnixTimestamp64Milli(hour), revision FROM hours FINAL
		WHERE revision % 2 = 1 AND (changed_at <= now64(3) - toIntervalMillisecond(?) OR changed_at > now64(3) + toIntervalMinute(1))
		ORDER BY hour LIMIT ?`, []any{idle.Milliseconds(), hoursARoll}, func(rows driver.Rows) error {
		var h openHour
		err := rows.Scan(&h.hour, &h.revision)
		found = append(found, h)
		return err
	})
	return found, err
}

// roll computes the cells of hours and closes these, unless they have changed.
func (s *Store) roll(ctx context.Context, open []openHour) error {
	roll := rollOf(s.options.Now()) | rand.Uint64N(1<<rollChance)
	hours := make([]int64, len(open))
	closed := make([]string, len(open))
	for i, h := range open {
		hours[i] = h.hour
		closed[i] = fmt.Sprintf("(%d,%d)", h.hour, h.revision+1)
	}
	settings := map[string]any{"async_insert": 0, "max_bytes_before_external_group_by": 1 << 30}
	err := s.conn.Exec(s.patient(ctx, settings), fmt.Sprintf(`
		INSERT INTO sentiment_hourly_store (hour, roll, channel, stage, topic, items, negatives, positives, neutrals, customers)
		SELECT hour, %d, channel, c.stage AS stage, c.topic AS topic, %s
		FROM hourly_items FINAL
		ARRAY JOIN counted AS c
		WHERE is_deleted = 0 AND hour IN (SELECT fromUnixTimestamp64Milli(arrayJoin([%s]::Array(Int64)), 'UTC'))
		GROUP BY hour, channel, stage, topic`, roll, cellCounts, join(hours)))
	if err != nil {
		return s.classify(ctx, "rolling up", err)
	}
	err = s.conn.Exec(s.patient(ctx, map[string]any{"async_insert": 0}), fmt.Sprintf(`
		INSERT INTO hours (hour, revision, roll, changed_at)
		SELECT fromUnixTimestamp64Milli(h.1, 'UTC'), h.2, %d, now64(3)
		FROM (SELECT arrayJoin([%s]::Array(Tuple(Int64, UInt64))) AS h)`, roll, strings.Join(closed, ",")))
	return s.classify(ctx, "closing hours", err)
}

// rollOf returns the least roll that begins at a time: milliseconds, then room for
// chance.
func rollOf(t time.Time) uint64 { return uint64(t.UnixMilli()) << rollChance }

// dropOldRolls deletes cells that no hour names any more, once they are many.
func (s *Store) dropOldRolls(ctx context.Context) error {
	const many = 1_000_000
	unnamed := fmt.Sprintf("roll < %d AND (hour, roll) NOT IN (SELECT hour, roll FROM hours FINAL WHERE revision %% 2 = 0)", rollOf(s.options.Now().Add(-keptRoll)))
	var cells uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM sentiment_hourly_store WHERE "+unnamed).Scan(&cells); err != nil {
		return s.classify(ctx, "counting old cells", err)
	}
	if cells < many {
		return nil
	}
	err := s.conn.Exec(s.patient(ctx, map[string]any{"allow_nondeterministic_mutations": 1}), "ALTER TABLE sentiment_hourly_store DELETE WHERE "+unnamed)
	return s.classify(ctx, "deleting old cells", err)
}
