package clickhouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/nlp"
	"earshot/pipeline"
)

// Rank is the order of an item's versions as the store keeps it: a UInt256 in
// little-endian bytes.
type Rank [32]byte

// Stored is an item as it is stored: what the analysis starts from, without what
// it came to. Its text is redacted, and stays so.
type Stored struct {
	pipeline.Item
	Rank Rank
}

// historyBatch is how many items History hands over at a time.
const historyBatch = 512

// inHistory are the items with a text that customers gave within a period.
const inHistory = "is_deleted = 0 AND text != '' AND created_at >= fromUnixTimestamp64Milli(?, 'UTC') AND created_at < fromUnixTimestamp64Milli(?, 'UTC')"

const selectHistory = `SELECT source, id, reinterpret(rank, 'FixedString(32)'), channel, created_at, title, text,
	turns.role, turns.span_start, turns.span_end, rating, rating_max, nps, csat,
	stated_language, stated_stage, stated_touchpoint, arrayDistinct(targets.term)
FROM feedback_store FINAL
WHERE ` + inHistory + ` AND (source, id) > (?, ?)
ORDER BY source, id
LIMIT ?`

// HistorySize counts the items with a text that customers gave from from up to, not
// including, to.
func (s *Store) HistorySize(ctx context.Context, from, to time.Time) (int64, error) {
	var n uint64
	err := s.conn.QueryRow(ctx, "SELECT count() FROM feedback_store FINAL WHERE "+inHistory, from.UnixMilli(), to.UnixMilli()).Scan(&n)
	if err != nil {
		return 0, s.classify(ctx, "history", err)
	}
	return int64(n), nil
}

// History hands these items over in batches, in the order of source and id, each
// batch as it is when it is read. Between batches no query is open, however long do
// takes. It ends with the first error of do.
func (s *Store) History(ctx context.Context, from, to time.Time, do func([]*Stored) error) error {
	var source, id string
	for {
		batch, err := s.historyAfter(ctx, from, to, source, id)
		if err != nil {
			return s.classify(ctx, "history", err)
		}
		if len(batch) == 0 {
			return nil
		}
		last := &batch[len(batch)-1].Feedback
		source, id = last.Source, last.ID
		if err := do(batch); err != nil {
			return err
		}
	}
}

// historyAfter reads the batch behind an item.
func (s *Store) historyAfter(ctx context.Context, from, to time.Time, source, id string) (batch []*Stored, err error) {
	rows, err := s.conn.Query(ctx, selectHistory, from.UnixMilli(), to.UnixMilli(), source, id, historyBatch)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		item, err := stored(rows)
		if err != nil {
			return nil, err
		}
		batch = append(batch, item)
	}
	return batch, rows.Err()
}

// stored reads one row of selectHistory.
func stored(rows driver.Rows) (*Stored, error) {
	var (
		item               Stored
		f                  = &item.Feedback
		rank, channel      string
		roles              []string
		starts, ends       []uint32
		rating, most, csat *float32
		nps                *uint8
	)
	err := rows.Scan(&f.Source, &f.ID, &rank, &channel, &f.CreatedAt, &f.Title, &f.Text,
		&roles, &starts, &ends, &rating, &most, &nps, &csat,
		&f.Language, &f.Stage, &f.Touchpoint, &f.Targets)
	if err != nil {
		return nil, err
	}
	if len(rank) != len(item.Rank) || len(starts) != len(roles) || len(ends) != len(roles) {
		return nil, fmt.Errorf("the stored item %s of %s is not as earshot writes items", f.ID, f.Source)
	}
	copy(item.Rank[:], rank)
	f.Channel = pipeline.Channel(channel)
	f.Rating, f.RatingMax, f.CSAT, f.NPS = float(rating), float(most), float(csat), float(nps)
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
