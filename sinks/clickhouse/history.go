package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/nlp"
	"earshot/pipeline"
)

// Stored is an item as it is stored: what the analysis starts from, without what
// it came to. Its text is redacted, and stays so.
type Stored struct {
	pipeline.Item
	Rank Rank
	// Reread says that the item was not read from the store but made of its record,
	// read again: all that the record says comes with it.
	Reread bool
}

// Key is the identity of an item.
type Key struct{ Source, ID string }

// Key returns the identity of the item.
func (s *Stored) Key() Key { return Key{s.Feedback.Source, s.Feedback.ID} }

// A comparison of tuples, (source, id) > (?, ?), would read whole tables: the engine
// finds no place by it in their order.
const (
	behind = "source >= ? AND (source > ? OR id > ?)"
	upTo   = "source <= ? AND (source < ? OR id <= ?)"
)

// args are those of behind and of upTo.
func (k Key) args() []any { return []any{k.Source, k.Source, k.ID} }

// Period is when customers gave feedback: from From up to, not including, To.
type Period struct{ From, To time.Time }

// Holds reports whether a moment lies within the period.
func (p Period) Holds(t time.Time) bool {
	return t.UnixMilli() >= p.From.UnixMilli() && t.UnixMilli() < p.To.UnixMilli()
}

// historyBatch is how many items History hands over at a time.
const historyBatch = 512

// inPeriod are the items that customers gave within a period.
const inPeriod = "is_deleted = 0 AND created_at >= fromUnixTimestamp64Milli(?, 'UTC') AND created_at < fromUnixTimestamp64Milli(?, 'UTC')"

func (p Period) args() []any { return []any{p.From.UnixMilli(), p.To.UnixMilli()} }

const selectHistory = `SELECT source, id, reinterpret(rank, 'FixedString(32)'), channel, created_at, title, text,
	turns.role, turns.span_start, turns.span_end, rating, rating_max, nps, csat, ces,
	stated_language, stated_stage, stated_touchpoint, arrayDistinct(targets.term)
FROM feedback_store FINAL
WHERE ` + inPeriod + ` AND ` + behind + ` AND ` + upTo + `
ORDER BY source, id
LIMIT ?`

// HistorySize counts the items of a period.
func (s *Store) HistorySize(ctx context.Context, p Period) (int64, error) {
	var n uint64
	err := s.conn.QueryRow(ctx, "SELECT count() FROM feedback_store FINAL WHERE "+inPeriod, p.args()...).Scan(&n)
	if err != nil {
		return 0, s.classify(ctx, "history", err)
	}
	return int64(n), nil
}

// History hands the items of a period over in batches, in the order of source and id
// from the one behind after on, each batch as it is when it is read. Between batches
// no query is open, however long do takes. It ends with the first error of do.
func (s *Store) History(ctx context.Context, p Period, after Key, do func([]*Stored) error) error {
	return s.stretches(ctx, "feedback_store", "1", nil, after, historyStretch, func(after, until Key) error {
		for {
			batch, err := s.historyBetween(ctx, p, after, until)
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				return nil
			}
			after = batch[len(batch)-1].Key()
			if err := do(batch); err != nil {
				return err
			}
		}
	})
}

// historyStretch is how many rows the batches of a stretch are looked for among.
const historyStretch = 50_000

// stretches goes through the rows of a table that is ordered by source and id, in which
// where, with its arguments, selects them. It calls do for n rows after the other, those
// behind one item up to another.
func (s *Store) stretches(ctx context.Context, table, where string, args []any, after Key, n int, do func(after, until Key) error) error {
	for {
		var rows uint64
		var until Key
		if err := s.conn.QueryRow(ctx, "SELECT count(), max((toString(source), id)).1, max((toString(source), id)).2 FROM (SELECT source, id FROM "+table+
			" WHERE "+where+" AND "+behind+" ORDER BY source, id LIMIT ?)", slices.Concat(args, after.args(), []any{n})...).Scan(&rows, &until.Source, &until.ID); err != nil {
			return s.classify(ctx, "reading "+table, err)
		}
		if rows == 0 {
			return nil
		}
		if err := do(after, until); err != nil {
			return err
		}
		after = until
	}
}

// historyBetween reads the next batch behind an item, up to another.
func (s *Store) historyBetween(ctx context.Context, p Period, after, until Key) (batch []*Stored, err error) {
	args := slices.Concat(p.args(), after.args(), until.args(), []any{historyBatch})
	err = s.each(ctx, "history", selectHistory, args, func(rows driver.Rows) error {
		item, err := stored(rows)
		batch = append(batch, item)
		return err
	})
	return batch, err
}

// stored reads one row of selectHistory.
func stored(rows driver.Rows) (*Stored, error) {
	var (
		item                    Stored
		f                       = &item.Feedback
		channel                 string
		roles                   []string
		starts, ends            []uint32
		rating, most, csat, ces *float32
		nps                     *uint8
	)
	err := rows.Scan(&f.Source, &f.ID, &item.Rank, &channel, &f.CreatedAt, &f.Title, &f.Text,
		&roles, &starts, &ends, &rating, &most, &nps, &csat, &ces,
		&f.Language, &f.Stage, &f.Touchpoint, &f.Targets)
	if err != nil {
		return nil, err
	}
	if len(starts) != len(roles) || len(ends) != len(roles) {
		return nil, fmt.Errorf("the stored item %s of %s is not as earshot writes items", f.ID, f.Source)
	}
	f.Channel = pipeline.Channel(channel)
	f.Rating, f.RatingMax, f.CSAT, f.CES, f.NPS = float(rating), float(most), float(csat), float(ces), float(nps)
	for i, role := range roles {
		span := nlp.Span{Start: int(starts[i]), End: int(ends[i])}
		if span.End > len(f.Text) || span.Start > span.End {
			return nil, fmt.Errorf("turn %d of the stored item %s of %s ends at %d of %d bytes", i, f.ID, f.Source, span.End, len(f.Text))
		}
		f.Turns = append(f.Turns, pipeline.Turn{Role: pipeline.Role(role), Span: span})
	}
	return &item, nil
}

func float[N float32 | uint8](n *N) *float64 {
	if n == nil {
		return nil
	}
	v := float64(*n)
	return &v
}
