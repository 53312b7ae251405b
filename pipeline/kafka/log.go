package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"

	"earshot/pipeline"
)

// Reading a log. One answer of a broker is held at a time.
const (
	logFetchBytes = 4 << 20
	logFetchWait  = time.Second
	logTimeout    = time.Minute // of one request: a record of 50 MB takes its time
	// emptyFetches is how often in a row a broker may have nothing to say of records
	// that it said it has.
	emptyFetches = 10
)

// Log reads what partitions hold, apart from any group: nothing is committed, and
// nobody's place moves. It is safe for concurrent use.
type Log struct {
	client    *kafkago.Client
	transport *kafkago.Transport
}

// NewLog returns a reader of the cluster's partitions; it connects on first use.
func NewLog(conn *Connection) *Log {
	transport := conn.transport()
	client := conn.clientOn(transport)
	client.Timeout = logTimeout
	return &Log{client: client, transport: transport}
}

// Close ends the connections.
func (l *Log) Close() error {
	l.transport.CloseIdleConnections()
	return nil
}

// Next returns the next records of a range that is not empty, and what is left of
// it. There may be none where what the log held was deleted, or is no record, such
// as the mark that ends a transaction. An error that may pass is Retriable; the same
// range can be asked for again.
func (l *Log) Next(ctx context.Context, r Range) (records []pipeline.Record, rest Range, err error) {
	for range emptyFetches {
		records, next, err := l.fetch(ctx, r)
		if errors.Is(err, kafkago.OffsetOutOfRange) {
			next, err = l.behindDeleted(ctx, r)
		}
		if err != nil {
			return nil, r, err
		}
		if next > r.From {
			r.From = min(next, r.To)
			return records, r, nil
		}
	}
	return nil, r, pipeline.Retriable(fmt.Errorf("reading %s, partition %d: the brokers have no record at offset %d, and said that the log ends at %d", r.Topic, r.Partition, r.From, r.To))
}

// At returns the record at an offset that the log has, by what Ranges says; false:
// it has it no more, or no record stands there.
func (l *Log) At(ctx context.Context, topic string, partition int, offset int64) (pipeline.Record, bool, error) {
	records, _, err := l.Next(ctx, Range{Topic: topic, Partition: partition, From: offset, To: offset + 1})
	if err != nil || len(records) == 0 {
		return pipeline.Record{}, false, err
	}
	return records[0], true, nil
}

// fetch asks the brokers once. It returns the records of the range in the answer,
// and the offset to go on from: that of the range where the answer was empty.
func (l *Log) fetch(ctx context.Context, r Range) (records []pipeline.Record, next int64, err error) {
	failed := func(err error) error {
		return classify(ctx, fmt.Errorf("reading %s, partition %d, from offset %d: %w", r.Topic, r.Partition, r.From, err))
	}
	size := int64(logFetchBytes)
	if r.To-r.From == 1 {
		size = 1 // the batch around it comes all the same
	}
	answer, err := l.client.Fetch(ctx, &kafkago.FetchRequest{
		Topic: r.Topic, Partition: r.Partition, Offset: r.From,
		MinBytes: 1, MaxBytes: size, MaxWait: logFetchWait,
	})
	if err == nil {
		err = answer.Error
	}
	if err != nil {
		return nil, r.From, failed(err)
	}
	next = r.From
	for {
		read, err := answer.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.From, failed(err)
		}
		record, err := copied(r, read)
		if err != nil {
			return nil, r.From, failed(err)
		}
		if record.Offset < r.From { // a batch comes whole
			continue
		}
		next = record.Offset + 1
		if record.Offset < r.To {
			records = append(records, record)
		}
	}
	if stream, ok := answer.Records.(*protocol.RecordStream); ok && next == r.From && len(stream.Records) > 0 {
		next++ // a mark, or a batch that compaction has emptied
	}
	return records, next, nil
}

// behindDeleted returns the offset from which on there are records, where the one
// that a range begins with was deleted.
func (l *Log) behindDeleted(ctx context.Context, r Range) (next int64, err error) {
	listed, err := l.client.ListOffsets(ctx, &kafkago.ListOffsetsRequest{
		Topics: map[string][]kafkago.OffsetRequest{r.Topic: {kafkago.FirstOffsetOf(r.Partition)}},
	})
	if err != nil {
		return 0, classify(ctx, fmt.Errorf("listing offsets of %s, partition %d: %w", r.Topic, r.Partition, err))
	}
	for _, p := range listed.Topics[r.Topic] {
		if p.Partition == r.Partition && p.Error == nil && p.FirstOffset > r.From {
			return p.FirstOffset, nil
		}
	}
	return 0, fmt.Errorf("%s, partition %d has no offset %d any more: the topic was made anew; begin again", r.Topic, r.Partition, r.From)
}

// copied copies a record out of an answer and gives the answer's memory back. An
// empty key, value or header's value becomes nil, as it does where a group reads.
func copied(r Range, read *protocol.Record) (pipeline.Record, error) {
	record := pipeline.Record{Topic: r.Topic, Partition: r.Partition, Offset: read.Offset, Time: read.Time}
	for _, part := range []struct {
		from protocol.Bytes
		into *[]byte
	}{{read.Key, &record.Key}, {read.Value, &record.Value}} {
		if part.from == nil {
			continue
		}
		content, err := protocol.ReadAll(part.from)
		_ = part.from.Close() // of memory
		if err != nil {
			return record, err
		}
		if len(content) > 0 {
			*part.into = content
		}
	}
	for _, h := range read.Headers {
		header := pipeline.Header{Key: h.Key}
		if len(h.Value) > 0 {
			header.Value = slices.Clone(h.Value)
		}
		record.Headers = append(record.Headers, header)
	}
	return record, nil
}
