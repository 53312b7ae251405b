package clickhouse

import (
	"context"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// Extent are the offsets of a partition from From up to, not including, To.
type Extent struct {
	Place
	From, To int64
}

// Extents tell where the records behind the items of a period lie: of each
// partition the offsets of the first and the last, as the items are now.
func (s *Store) Extents(ctx context.Context, p Period) (extents []Extent, err error) {
	err = s.each(ctx, "history", `SELECT kafka_topic, kafka_partition, min(kafka_offset), max(kafka_offset) + 1
FROM feedback_store FINAL
WHERE `+inPeriod+`
GROUP BY kafka_topic, kafka_partition
ORDER BY kafka_topic, kafka_partition`, p.args(), func(rows driver.Rows) error {
		var topic string
		var partition uint32
		var from, to uint64
		if err := rows.Scan(&topic, &partition, &from, &to); err != nil {
			return err
		}
		extents = append(extents, Extent{Place{topic, int(partition)}, int64(from), int64(to)})
		return nil
	})
	return extents, err
}

// keysInQuery is the longest statement that names items, in bytes: a thousand of the
// longest keys, escaped.
const keysInQuery = 8 << 20

// Current returns those of the items, decoded from records of period p, whose record
// is the one behind the item as it is stored now, ready to be heard again. An item
// that is stored under another key, time or version than its record says now is not
// among them.
func (s *Store) Current(ctx context.Context, p Period, items []*pipeline.Item) (current []*Stored, err error) {
	type version struct {
		Key
		topic string
		rank  Rank
	}
	keys := make([]ch.GroupSet, 0, len(items))
	wanted := make(map[version]*pipeline.Item, len(items))
	for _, item := range items {
		f := &item.Feedback
		if item.Rejection != nil || f.Deleted || !p.Holds(f.CreatedAt) || unwritable(item) != nil {
			continue
		}
		wanted[version{Key{f.Source, f.ID}, item.Record.Topic, rankOf(item)}] = item
		keys = append(keys, ch.GroupSet{Value: []any{f.Source, f.ID}})
	}
	if len(keys) == 0 {
		return nil, nil
	}
	ctx = ch.Context(ctx, ch.WithSettings(ch.Settings{"max_query_size": keysInQuery}))
	err = s.each(ctx, "history", `SELECT source, id, kafka_topic, reinterpret(rank, 'FixedString(32)')
FROM feedback_store FINAL
WHERE is_deleted = 0 AND (source, id) IN (?)`, []any{keys}, func(rows driver.Rows) error {
		var v version
		var stored Rank
		if err := rows.Scan(&v.Source, &v.ID, &v.topic, &stored); err != nil {
			return err
		}
		v.rank = stored.first()
		if item := wanted[v]; item != nil {
			current = append(current, &Stored{Item: *item, Rank: stored, Reread: true})
		}
		return nil
	})
	return current, err
}
