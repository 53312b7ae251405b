package clickhouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/nlp"
)

// Unread is an item whose phrases were not looked at yet.
type Unread struct {
	Source, ID string
	Rank       Rank
	CreatedAt  time.Time
	IngestedAt time.Time
	Text       string
	// Covered are the spans of the text that mentions speak of.
	Covered []nlp.Span
}

// Phrase is a phrase of an item, and where it stands.
type Phrase struct {
	Text string
	nlp.Span
}

// Read is an item whose phrases were looked at.
type Read struct {
	*Unread
	Phrases []Phrase
}

// unread are the items that came in behind the last one that was read, and are
// negative or speak of no topic.
const unread = `is_deleted = 0 AND noise = '' AND text != '' AND language = 'en' AND (label = 'negative' OR empty(mentions))
	AND ingested_at <= fromUnixTimestamp64Milli(?, 'UTC')
	AND (ingested_at, toString(source), id) > (SELECT max((ingested_at, toString(source), id)) FROM phrase_store)`

// selectUnread takes one item of so many. Their hash decides and not their time, so
// that the sample is a fair one. The first thing to sort by is no plain column: for one,
// with a limit and others behind it, ClickHouse 26.5 now and then compares values of
// another column with it while parts are read side by side, and fails (code 53).
const selectUnread = `SELECT source, id, reinterpret(rank, 'FixedString(32)'), created_at, ingested_at, text,
	arrayMap(m -> m.span_start, mentions), arrayMap(m -> m.span_end, mentions)
FROM feedback_store
WHERE ` + unread + ` AND cityHash64(source, id) % ? = 0
ORDER BY toUnixTimestamp64Milli(ingested_at), toString(source), id
LIMIT ?`

const (
	// settled is how old a row must be before it is read: rows are written by several
	// workers, and one that is written later may say an earlier time.
	settled = 3 * time.Second
	// mostUnread is how many items may wait to be read before some are passed over.
	mostUnread = 20_000
)

// Unread are the next items to read, at most n, in the order in which they came in.
// Where very many wait, they are a sample of these.
func (s *Store) Unread(ctx context.Context, n int) (items []*Unread, err error) {
	until := s.options.Now().Add(-settled).UnixMilli()
	var waiting uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM feedback_store WHERE "+unread, until).Scan(&waiting); err != nil {
		return nil, s.classify(ctx, "sample", err)
	}
	if waiting == 0 {
		return nil, nil
	}
	err = s.each(ctx, "sample", selectUnread, []any{until, 1 + waiting/mostUnread, n}, func(rows driver.Rows) error {
		var u Unread
		var starts, ends []uint32
		if err := rows.Scan(&u.Source, &u.ID, &u.Rank, &u.CreatedAt, &u.IngestedAt, &u.Text, &starts, &ends); err != nil {
			return err
		}
		for i := range min(len(starts), len(ends)) {
			u.Covered = append(u.Covered, nlp.Span{Start: int(starts[i]), End: int(ends[i])})
		}
		items = append(items, &u)
		return nil
	})
	return items, err
}

// KeepPhrases keeps what was found in items. Keeping them again is harmless.
func (s *Store) KeepPhrases(ctx context.Context, items []*Read) error {
	return newPhraseInserter(s).write(ctx, items)
}

func newPhraseInserter(s *Store) *inserter[Read] {
	return newInserter(s, "phrase_store", []column[Read]{
		{"source", typeWord, lowCardinality(func(r *Read) string { return r.Source })},
		{"id", "String", text(func(r *Read) string { return r.ID })},
		{"rank", "UInt256", ranks(func(r *Read) Rank { return r.Rank })},
		{"created_at", typeTime, uint64s(func(r *Read) uint64 { return uint64(r.CreatedAt.UnixMilli()) })},
		{"ingested_at", typeTime, uint64s(func(r *Read) uint64 { return uint64(r.IngestedAt.UnixMilli()) })},
		{
			"phrases", "Array(Tuple(phrase String, span_start UInt32, span_end UInt32))",
			array(func(r *Read) []Phrase { return r.Phrases },
				text(func(p *Phrase) string { return p.Text }),
				uint32s(func(p *Phrase) int { return p.Start }),
				uint32s(func(p *Phrase) int { return p.End })),
		},
	})
}
