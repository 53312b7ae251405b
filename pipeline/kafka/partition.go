package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// Fetching. What is on its way within the client is bounded by partitions ×
// (queuedRecords + 2) records, beside one response of a broker a partition that
// is read as a stream. Records may be huge, and more of them would save little:
// what they cost is handed over to the next goroutine one by one in any case.
const (
	queuedRecords = 4
	maxFetchBytes = 16 << 20
	// maxFetchWait is how long an idle fetch waits for records, less a second,
	// and how long kafka-go waits for the first byte of an answer before it
	// thinks that the connection is broken: a broker may be slow.
	maxFetchWait = 5 * time.Second
)

// read hands out the records of one partition until the membership ends.
func (s *Source) read(ctx context.Context, m *membership, topic string, a kafkago.PartitionAssignment) {
	log := s.log.With("topic", topic, "partition", a.ID)
	next := a.Offset
	for {
		var err error
		if next, err = s.begin(ctx, log, m, topic, a.ID, next); err != nil {
			return
		}
		if next = s.readFrom(ctx, log, topic, a.ID, next); ctx.Err() != nil {
			return
		}
	}
}

// readFrom hands out the records of one partition from offset next on, until the
// membership ends or the partition no longer has the offset that is due, which
// it returns.
func (s *Source) readFrom(ctx context.Context, log *slog.Logger, topic string, partition int, next int64) int64 {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers:               s.conn.Brokers(),
		Dialer:                s.conn.dialerUntil(ctx),
		Topic:                 topic,
		Partition:             partition,
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
	if err := reader.SetOffset(next); err != nil {
		log.Error("setting the offset to read from", "offset", next, "error", err)
		return next
	}
	at := s.progress(topic, partition)
	reading := trouble{log: log, what: "reading a partition"}
	gaps := false // whether the partition has some by its nature, by compaction or transactions
	for {
		msg, err := reader.FetchMessage(ctx)
		switch {
		case ctx.Err() != nil, errors.Is(err, kafkago.OffsetOutOfRange):
			return next
		case err != nil:
			// The reader goes on by itself after an error; its own backoff
			// paces this loop.
			reading.again(err)
			continue
		}
		reading.over()
		// A transaction leaves a gap of one record, which isn't worth a question
		// each time.
		if gap := msg.Offset - next; gap > 1 || gap == 1 && !gaps {
			first, _, err := s.edges(ctx, log, topic, partition)
			if err != nil {
				return next
			}
			gaps = gaps || first < msg.Offset
			s.countLost(log, topic, at, next, min(first, msg.Offset))
		}
		at.handedOut.Store(msg.Offset + 1)
		select {
		case s.records <- record(msg):
		case <-ctx.Done():
			return next
		}
		next = msg.Offset + 1
	}
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
// closed waits for an answer that is on its way, which this cuts short. And a
// reader that asks for a partition's leader waits without limit, for ever where the
// broker hangs: these connections give up after dialTimeout.
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

// endingConn is a connection that something else may close as well, and that no
// read waits on for ever.
type endingConn struct {
	net.Conn
	stop    func() bool
	bounded atomic.Bool // by a deadline of the user's
}

func (c *endingConn) SetDeadline(t time.Time) error {
	c.bounded.Store(!t.IsZero())
	return c.Conn.SetDeadline(t)
}

func (c *endingConn) SetReadDeadline(t time.Time) error {
	c.bounded.Store(!t.IsZero())
	return c.Conn.SetReadDeadline(t)
}

func (c *endingConn) Read(b []byte) (int, error) {
	if c.bounded.Load() {
		return c.Conn.Read(b)
	}
	if err := c.Conn.SetReadDeadline(time.Now().Add(dialTimeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		// No timeout to kafka-go, which would ask the same broker again.
		err = fmt.Errorf("no answer from %s within %s", c.RemoteAddr(), dialTimeout)
	}
	return n, err
}

func (c *endingConn) Close() error {
	c.stop()
	return c.Conn.Close()
}
