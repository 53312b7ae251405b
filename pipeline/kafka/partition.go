package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// Fetching. What is on its way within the client is bounded by partitions ×
// (queuedRecords + 1) records, beside one response of a broker a partition that
// is read as a stream.
const (
	queuedRecords = 32
	maxFetchBytes = 16 << 20
	// maxFetchWait is how long an idle fetch waits for records, less a second,
	// and how long kafka-go waits for the first byte of an answer before it
	// thinks that the connection is broken: a broker may be slow.
	maxFetchWait = 5 * time.Second
)

// read hands out the records of one partition until the membership ends.
func (s *Source) read(ctx context.Context, m *membership, topic string, a kafkago.PartitionAssignment) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	log := s.log.With("topic", topic, "partition", a.ID)
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers:               s.conn.Brokers(),
		Dialer:                s.conn.dialerUntil(ctx),
		Topic:                 topic,
		Partition:             a.ID,
		QueueCapacity:         queuedRecords,
		MinBytes:              1,
		MaxBytes:              maxFetchBytes,
		MaxWait:               maxFetchWait,
		ReadBackoffMin:        20 * time.Millisecond,
		ReadBackoffMax:        time.Second,
		ReadLagInterval:       -1,
		OffsetOutOfRangeError: true,
		ErrorLogger:           kafkago.LoggerFunc(func(msg string, args ...any) { log.Debug("kafka: " + fmt.Sprintf(msg, args...)) }),
	})
	defer reader.Close() // it has no error to return
	defer cancel()       // ends its connections, for which Close would wait
	if err := reader.SetOffset(a.Offset); err != nil {
		log.Error("setting the offset to read from", "offset", a.Offset, "error", err)
		return
	}
	reading := trouble{log: log, what: "reading a partition"}
	next, gapless := a.Offset, true
	for {
		msg, err := reader.FetchMessage(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, kafkago.OffsetOutOfRange):
			log.Warn("the group's offset lies behind the end of the partition, which must have been made anew: reading it from its start", "offset", a.Offset)
			m.restart(topic, a.ID)
			next = kafkago.FirstOffset
			if err := reader.SetOffset(kafkago.FirstOffset); err != nil {
				reading.again(err)
			}
			continue
		case err != nil:
			// The reader goes on by itself after an error; its own backoff
			// paces this loop.
			reading.again(err)
			continue
		}
		reading.over()
		if gapless && next >= 0 && msg.Offset > next {
			gapless = s.reportDeleted(ctx, log, topic, a.ID, next)
		}
		next = msg.Offset + 1
		select {
		case s.records <- record(msg):
		case <-ctx.Done():
			return
		}
	}
}

// reportDeleted says so if the records from offset next on were deleted before
// they were read, as retention does to who stays away for long. Otherwise the
// partition has gaps by its nature, by compaction or transactions, and it returns
// false.
func (s *Source) reportDeleted(ctx context.Context, log *slog.Logger, topic string, partition int, next int64) bool {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	listed, err := s.topics.client.ListOffsets(ctx, &kafkago.ListOffsetsRequest{
		Topics: map[string][]kafkago.OffsetRequest{topic: {kafkago.FirstOffsetOf(partition)}},
	})
	if err != nil || len(listed.Topics[topic]) == 0 || listed.Topics[topic][0].Error != nil {
		return true
	}
	first := listed.Topics[topic][0].FirstOffset
	if first > next {
		log.Error("records were deleted from the topic before they were read: raise its retention", "from", next, "records", first-next)
	}
	return first > next
}

// record copies what kafka-go has read. An empty key, value or header's value has
// become nil there, so that an empty message is taken for a tombstone.
func record(m kafkago.Message) pipeline.Record {
	r := pipeline.Record{Topic: m.Topic, Partition: m.Partition, Offset: m.Offset, Key: m.Key, Value: m.Value, Time: m.Time}
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, pipeline.Header{Key: h.Key, Value: h.Value})
	}
	return r
}

// dialerUntil returns a dialer whose connections end with ctx. A reader that is
// closed waits for an answer that is on its way, which this cuts short.
func (c *Connection) dialerUntil(until context.Context) *kafkago.Dialer {
	d := c.dialer()
	d.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(until, func() { _ = conn.Close() })
		return &endingConn{Conn: conn, stop: stop}, nil
	}
	return d
}

// endingConn is a connection that something else may close as well.
type endingConn struct {
	net.Conn
	stop func() bool
}

func (c *endingConn) Close() error {
	c.stop()
	return c.Conn.Close()
}
