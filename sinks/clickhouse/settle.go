package clickhouse

import (
	"context"
	"fmt"
	"hash/crc32"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

var _ pipeline.Settler = (*Writer)(nil)

// touched is what was written and not settled yet.
type touched struct {
	mu         sync.Mutex
	identities map[uint32]struct{} // as hourly_items.identity
	hours      map[int64]struct{}  // ms since 1970
}

func (t *touched) add(rows []*row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range rows {
		t.identities[crc32.ChecksumIEEE([]byte(r.f.ID))] = struct{}{}
		t.hours[hourOf(r.f.CreatedAt)] = struct{}{}
	}
}

// take hands over what has gathered.
func (t *touched) take() (identities map[uint32]struct{}, hours map[int64]struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	identities, hours = t.identities, t.hours
	t.identities, t.hours = map[uint32]struct{}{}, map[int64]struct{}{}
	return identities, hours
}

// putBack takes back what could not be settled.
func (t *touched) putBack(identities map[uint32]struct{}, hours map[int64]struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(t.identities, identities)
	maps.Copy(t.hours, hours)
}

const hourMilli = int64(time.Hour / time.Millisecond)

// hourOf returns the hour of a time as hourly_items has it.
func hourOf(t time.Time) int64 {
	ms := t.UnixMilli()
	return ms - ((ms%hourMilli)+hourMilli)%hourMilli
}

// Settle implements pipeline.Settler for the roll-ups. Of the items written since it
// was last called it finds those that have a version in another hour, lays tombstones
// over what was left behind there, and opens all hours that have changed. It looks at
// every stored version, whoever wrote it: of two writers that move the same item at
// once, the one that looks later sees both.
//
// After an error nothing is lost: what was to be settled is settled next time.
func (w *Writer) Settle(ctx context.Context) error {
	identities, hours := w.touched.take()
	if len(hours) == 0 {
		return nil
	}
	changed := maps.Clone(hours)
	err := w.leaveBehind(ctx, identities, changed)
	if err == nil {
		err = w.store.openHours(ctx, changed)
	}
	if err != nil {
		w.touched.putBack(identities, hours)
	}
	return err
}

// identitiesAtOnce bounds the statement that looks for items.
const identitiesAtOnce = 50_000

// leaveBehind lays tombstones over versions in hours that their items have left, and
// adds these hours to changed.
func (w *Writer) leaveBehind(ctx context.Context, identities map[uint32]struct{}, changed map[int64]struct{}) error {
	for list := range chunks(identities, identitiesAtOnce) {
		several, err := w.store.inSeveralHours(ctx, list)
		if err != nil {
			return err
		}
		if len(several) == 0 { // mostly: few items move
			continue
		}
		moved, err := w.store.leftBehind(ctx, "identity IN "+set(several))
		if err != nil {
			return err
		}
		if err := w.tombstones.write(ctx, moved); err != nil {
			return err
		}
		for _, m := range moved {
			changed[m.hour] = struct{}{}
		}
	}
	return nil
}

// inSeveralHours returns those of some identities that lie in more than one hour. It
// reads two short columns, however long the table is.
func (s *Store) inSeveralHours(ctx context.Context, identities []uint32) ([]uint32, error) {
	var several []uint32
	err := s.each(s.patient(ctx, nil), "settling",
		"SELECT identity FROM hourly_items WHERE identity IN "+set(identities)+" GROUP BY identity HAVING min(hour) != max(hour)", nil,
		func(rows driver.Rows) error {
			var identity uint32
			err := rows.Scan(&identity)
			several = append(several, identity)
			return err
		})
	return several, err
}

// tombstone says that an item no longer counts in an hour.
type tombstone struct {
	hour       int64 // ms since 1970
	source, id string
	rank       Rank // of the version that lies in another hour
}

func tombstoneColumns() []column[tombstone] {
	return []column[tombstone]{
		{"hour", typeTime, uint64s(func(t *tombstone) uint64 { return uint64(t.hour) })},
		{"source", typeWord, lowCardinality(func(t *tombstone) string { return t.source })},
		{"id", "String", text(func(t *tombstone) string { return t.id })},
		{"rank", "UInt256", ranks(func(t *tombstone) Rank { return t.rank })},
		{"is_deleted", "UInt8", bools(func(*tombstone) bool { return true })},
	}
}

// leftBehind returns the places of items in hours where they have a version, but not
// their newest one, and no tombstone yet. which selects rows of hourly_items; it must
// select all rows of an item or none.
func (s *Store) leftBehind(ctx context.Context, which string) ([]*tombstone, error) {
	var found []*tombstone
	err := s.each(s.patient(ctx, nil), "settling", `
		SELECT source, id, toUnixTimestamp64Milli(place.1), reinterpret(last, 'FixedString(32)')
		FROM
		(
			SELECT source, id, max(newest) AS last, arrayFilter(p -> p.2 < last, groupArray((hour, newest))) AS left_behind
			FROM (SELECT hour, source, id, max(rank) AS newest FROM hourly_items WHERE `+which+` GROUP BY hour, source, id)
			GROUP BY source, id
			HAVING count() > 1
		)
		ARRAY JOIN left_behind AS place`, nil, func(rows driver.Rows) error {
		var t tombstone
		err := rows.Scan(&t.source, &t.id, &t.hour, &t.rank)
		found = append(found, &t)
		return err
	})
	return found, err
}

// hoursAtOnce bounds the statement that opens hours or days.
const hoursAtOnce = 10_000

// openHours says that hours have changed, and with them their days: from now on they are
// read from hourly_items. It comes after what has changed them is visible.
func (s *Store) openHours(ctx context.Context, hours map[int64]struct{}) error {
	days := map[int64]struct{}{}
	for hour := range hours {
		days[hour-hour%dayMilli] = struct{}{}
	}
	if err := s.open(ctx, &hourly, hours); err != nil {
		return err
	}
	return s.open(ctx, &daily, days)
}

const dayMilli = int64(24 * time.Hour / time.Millisecond)

// open opens parts of a span by their first milliseconds.
func (s *Store) open(ctx context.Context, p *span, starts map[int64]struct{}) error {
	for list := range chunks(starts, hoursAtOnce) {
		all := "(SELECT fromUnixTimestamp64Milli(arrayJoin([" + join(list) + "]::Array(Int64)), 'UTC') AS " + p.column + ")"
		err := s.conn.Exec(s.patient(ctx, map[string]any{"async_insert": 0}), fmt.Sprintf(`
			INSERT INTO %[1]s (%[2]s, revision, roll, changed_at)
			SELECT changed.%[2]s, bitOr(ifNull(known.revision, 0), 1) + 2, 0, now64(3)
			FROM %[3]s AS changed
			LEFT JOIN (SELECT %[2]s, revision FROM %[1]s FINAL WHERE %[2]s IN %[3]s) AS known ON changed.%[2]s = known.%[2]s`, p.table, p.column, all))
		if err != nil {
			return s.classify(ctx, "opening "+p.name, err)
		}
	}
	return nil
}

// openHoursIn opens the hours of the rows that from, the rest of a query, selects.
func (s *Store) openHoursIn(ctx context.Context, from string, args ...any) error {
	hours := map[int64]struct{}{}
	err := s.each(ctx, "opening hours", "SELECT DISTINCT toUnixTimestamp64Milli(hour) FROM "+from, args, func(rows driver.Rows) error {
		var hour int64
		err := rows.Scan(&hour)
		hours[hour] = struct{}{}
		return err
	})
	if err != nil {
		return err
	}
	return s.openHours(ctx, hours)
}

// patient returns ctx with settings for a long statement of the store's own.
func (s *Store) patient(ctx context.Context, settings map[string]any) context.Context {
	all := map[string]any{"max_query_size": 16 << 20}
	for name, value := range settings {
		all[name] = value
	}
	return s.untilEnd(ctx, all)
}

// chunks yields the keys of a set in lists of at most n.
func chunks[K comparable](set map[K]struct{}, n int) func(yield func([]K) bool) {
	return func(yield func([]K) bool) {
		list := make([]K, 0, min(len(set), n))
		for key := range set {
			if list = append(list, key); len(list) == n {
				if !yield(list) {
					return
				}
				list = list[:0]
			}
		}
		if len(list) > 0 {
			yield(list)
		}
	}
}

// set writes numbers as a subquery. The engine reads them from one string in a third of
// the time that it takes over a list in the statement.
func set(numbers []uint32) string {
	return "(SELECT arrayJoin('[" + join(numbers) + "]'::Array(UInt32)))"
}

// join writes numbers as SQL lists them.
func join[N int64 | uint32](numbers []N) string {
	var b strings.Builder
	b.Grow(12 * len(numbers))
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(int64(n), 10))
	}
	return b.String()
}
