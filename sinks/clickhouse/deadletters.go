package clickhouse

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// DeadLetter is what is known of a record that could not become a row. The topic of
// dead letters has its bytes.
type DeadLetter struct {
	Topic      string
	Partition  int
	Offset     int64
	RecordedAt time.Time // Kafka timestamp of the record, to the millisecond
	Bytes      int       // of the record's value
	Attempts   int       // how often it was tried, ≥ 1
	// ClosedBy is the version under which it became a row, or Discarded; empty while
	// it is open.
	ClosedBy string
	History  []Attempt          // oldest first, the first one failed
	Letter   *pipeline.Position // where its bytes are; nil: not known yet
}

// Discarded closes dead letters that were given up.
const Discarded = "discarded"

// Attempt is one try to make a row of a record, or that it was given up.
type Attempt struct {
	At     time.Time
	Reason pipeline.Reason // empty: it passed
	Error  string          // what was wrong, for people, without personal data
	By     string          // version of earshot
}

// RecordID tells a record from every other one, also from that at the same place of a
// topic that was made anew.
type RecordID struct {
	Topic     string
	Partition int
	Offset    int64
	Milli     int64 // Kafka timestamp, ms since 1970
}

// IDOf returns the identity of a record.
func IDOf(r *pipeline.Record) RecordID {
	return RecordID{r.Topic, r.Partition, r.Offset, storable(r.Time).UnixMilli()}
}

// ID returns the identity of the record.
func (d *DeadLetter) ID() RecordID {
	return RecordID{d.Topic, d.Partition, d.Offset, storable(d.RecordedAt).UnixMilli()}
}

// Open reports whether the record is neither a row nor given up.
func (d *DeadLetter) Open() bool { return d.ClosedBy == "" }

// Last is the last attempt that failed.
func (d *DeadLetter) Last() Attempt {
	for _, a := range slices.Backward(d.History) {
		if a.Reason != "" {
			return a
		}
	}
	return Attempt{}
}

// Tried returns d after another attempt, which closes it if it passed.
func (d *DeadLetter) Tried(a Attempt) *DeadLetter {
	next := *d
	next.Attempts++
	next.History = append(slices.Clip(d.History), a)
	if a.Reason == "" {
		next.ClosedBy = cmp.Or(a.By, "unknown")
	}
	return &next
}

// RejectedRecord is the state of a record after its first attempt, which failed.
func RejectedRecord(r *pipeline.Record, a Attempt) *DeadLetter {
	return &DeadLetter{
		Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, RecordedAt: storable(r.Time), Bytes: len(r.Value),
		Attempts: 1, History: []Attempt{a},
	}
}

// storable is t as a column keeps it.
func storable(t time.Time) time.Time {
	return time.UnixMilli(min(max(t.UnixMilli(), earliestMilli), latestMilli)).UTC()
}

func storedMilli(t time.Time) uint64 { return uint64(storable(t).UnixMilli()) }

// DeadLetterWriter keeps the state of records that are rejected. A record that is
// delivered and rejected again has the state that it had: the row of its first
// rejection stays, and so does what replays have made of it since.
type DeadLetterWriter struct {
	store *Store
	table *inserter[DeadLetter]
	by    string
}

var _ pipeline.Rejecter = (*DeadLetterWriter)(nil)

// DeadLetterWriter returns a writer into dead_letter_store that signs with by, a
// version of earshot.
func (s *Store) DeadLetterWriter(by string) *DeadLetterWriter {
	return &DeadLetterWriter{store: s, table: newInserter(s, "dead_letter_store", deadLetterColumns()), by: by}
}

// Reject implements pipeline.Rejecter.
func (w *DeadLetterWriter) Reject(ctx context.Context, items []*pipeline.Item) error {
	now := w.store.options.Now()
	letters := make([]*DeadLetter, len(items))
	for i, item := range items {
		letters[i] = RejectedRecord(&item.Record, Attempt{At: now, Reason: item.Rejection.Reason, Error: item.Rejection.Detail, By: w.by})
	}
	return w.Keep(ctx, letters)
}

// Keep stores states and returns nil once they are acknowledged. Storing them again
// is harmless, and of two states of a record the one that is further stays. Errors
// that may pass are Retriable.
func (w *DeadLetterWriter) Keep(ctx context.Context, letters []*DeadLetter) error {
	return w.table.write(ctx, letters)
}

func deadLetterColumns() []column[DeadLetter] {
	return []column[DeadLetter]{
		{"kafka_topic", typeWord, lowCardinality(func(d *DeadLetter) string { return d.Topic })},
		{"kafka_partition", "UInt32", uint32s(func(d *DeadLetter) int { return d.Partition })},
		{"kafka_offset", "UInt64", uint64s(func(d *DeadLetter) uint64 { return uint64(d.Offset) })},
		{"recorded_at", typeTime, uint64s(func(d *DeadLetter) uint64 { return storedMilli(d.RecordedAt) })},
		{"state", typeWord, lowCardinality(func(d *DeadLetter) string {
			if d.Open() {
				return "open"
			}
			return "closed"
		})},
		{"reason", typeWord, lowCardinality(func(d *DeadLetter) string { return string(d.Last().Reason) })},
		{"error", "String", text(func(d *DeadLetter) string { return d.Last().Error })},
		{"first_rejected_at", typeTime, uint64s(func(d *DeadLetter) uint64 { return storedMilli(d.History[0].At) })},
		{"last_tried_at", typeTime, uint64s(func(d *DeadLetter) uint64 { return storedMilli(d.History[len(d.History)-1].At) })},
		{"attempts", "UInt32", uint32s(func(d *DeadLetter) int { return d.Attempts })},
		{"closed_by", "String", text(func(d *DeadLetter) string { return d.ClosedBy })},
		{
			"history", "Array(Tuple(at DateTime64(3, 'UTC'), reason String, error String, by String))",
			array(func(d *DeadLetter) []Attempt { return d.History },
				uint64s(func(a *Attempt) uint64 { return storedMilli(a.At) }),
				text(func(a *Attempt) string { return string(a.Reason) }),
				text(func(a *Attempt) string { return a.Error }),
				text(func(a *Attempt) string { return a.By })),
		},
		{"bytes", "UInt64", uint64s(func(d *DeadLetter) uint64 { return uint64(d.Bytes) })},
		{"letter_topic", typeWord, lowCardinality(func(d *DeadLetter) string {
			if d.Letter == nil {
				return ""
			}
			return d.Letter.Topic
		})},
		{"letter_partition", "Nullable(UInt32)", nullable(letterPartition, func(e *encoder, v int) { e.u32(uint32(v)) })},
		{"letter_offset", "Nullable(UInt64)", nullable(letterOffset, putInt64)},
	}
}

func letterPartition(d *DeadLetter) *int {
	if d.Letter == nil {
		return nil
	}
	return &d.Letter.Partition
}

func letterOffset(d *DeadLetter) *int64 {
	if d.Letter == nil {
		return nil
	}
	return &d.Letter.Offset
}

const selectDeadLetters = `SELECT kafka_topic, kafka_partition, kafka_offset, recorded_at, bytes, attempts, closed_by,
	history.at, history.reason, history.error, history.by, letter_topic, letter_partition, letter_offset
FROM dead_letter_store FINAL
WHERE (kafka_topic, kafka_partition, kafka_offset) IN
	(SELECT arrayJoin(arrayMap((t, p, o) -> (CAST(?, 'Array(String)')[t], p, o),
		CAST(?, 'Array(UInt32)'), CAST(?, 'Array(UInt32)'), CAST(?, 'Array(UInt64)'))))`

// DeadLetters returns the states of the records at these places, some thousand at
// most, in any order: none of a record that was never rejected, several where a topic
// was made anew.
func (s *Store) DeadLetters(ctx context.Context, at []pipeline.Position) (letters []*DeadLetter, err error) {
	if len(at) == 0 {
		return nil, nil
	}
	// Topics are sent once each: the statement must not grow too long for the server.
	var topics []string
	number := map[string]uint32{} // from 1, as ClickHouse counts
	of, partitions, offsets := make([]uint32, len(at)), make([]uint32, len(at)), make([]uint64, len(at))
	for i, p := range at {
		if number[p.Topic] == 0 {
			topics = append(topics, p.Topic)
			number[p.Topic] = uint32(len(topics))
		}
		of[i], partitions[i], offsets[i] = number[p.Topic], uint32(p.Partition), uint64(p.Offset)
	}
	err = s.each(ctx, "dead letters", selectDeadLetters, []any{topics, of, partitions, offsets}, func(rows driver.Rows) error {
		var (
			d                    DeadLetter
			partition, tries     uint32
			offset, bytes        uint64
			times                []time.Time
			reasons, errors, bys []string
			letterTopic          string
			letterIn             *uint32
			letterAt             *uint64
		)
		if err := rows.Scan(&d.Topic, &partition, &offset, &d.RecordedAt, &bytes, &tries, &d.ClosedBy,
			&times, &reasons, &errors, &bys, &letterTopic, &letterIn, &letterAt); err != nil {
			return err
		}
		d.Partition, d.Offset, d.Bytes, d.Attempts = int(partition), int64(offset), int(bytes), int(tries)
		for i, at := range times {
			d.History = append(d.History, Attempt{At: at, Reason: pipeline.Reason(reasons[i]), Error: errors[i], By: bys[i]})
		}
		if letterIn != nil && letterAt != nil {
			d.Letter = &pipeline.Position{Topic: letterTopic, Partition: int(*letterIn), Offset: int64(*letterAt)}
		}
		letters = append(letters, &d)
		return nil
	})
	return letters, err
}

const discardDeadLetters = `INSERT INTO dead_letter_store
	(kafka_topic, kafka_partition, kafka_offset, recorded_at, state, reason, error, first_rejected_at, last_tried_at, attempts,
	closed_by, history, bytes, letter_topic, letter_partition, letter_offset)
WITH fromUnixTimestamp64Milli(?, 'UTC') AS now
SELECT kafka_topic, kafka_partition, kafka_offset, recorded_at, 'closed', reason, error, first_rejected_at, now, attempts,
	'` + Discarded + `', arrayPushBack(history, CAST((now, reason, '` + Discarded + `', ?), 'Tuple(at DateTime64(3, \'UTC\'), reason String, error String, by String)')),
	bytes, letter_topic, letter_partition, letter_offset
FROM dead_letter_store FINAL
WHERE state = 'open' AND reason = ?`

// DiscardDeadLetters gives up the open dead letters of a reason, signed by a version
// of earshot, and returns how many there were. Their bytes stay in their topic.
func (s *Store) DiscardDeadLetters(ctx context.Context, reason pipeline.Reason, by string) (letters int64, err error) {
	var n uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM dead_letters WHERE state = 'open' AND reason = ?", string(reason)).Scan(&n); err != nil {
		return 0, s.classify(ctx, "discarding dead letters", err)
	}
	if n == 0 {
		return 0, nil
	}
	err = s.conn.Exec(s.untilEnd(ctx, insertSettings()), discardDeadLetters, s.options.Now().UnixMilli(), by, string(reason))
	if err != nil {
		return 0, s.classify(ctx, "discarding dead letters", err)
	}
	return int64(n), nil
}
