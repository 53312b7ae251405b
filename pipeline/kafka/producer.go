package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// A broker's limit holds for a whole batch (1 MiB by default), so messages that
// come near it travel alone.
const (
	batchBytes   = 900 << 10
	batchRecords = 5000
	aloneFrom    = batchBytes / 2
	aloneBytes   = 1 << 30
	headerBytes  = 16 // that a header takes beside its name and value, at most
)

// Producer publishes messages and knows when they are safe. It is safe for
// concurrent use.
type Producer struct {
	batched   *kafkago.Writer
	alone     *kafkago.Writer
	transport *kafkago.Transport
}

// NewProducer returns a producer for every topic of the cluster. Messages with
// the same key go to the same partition, the one that Kafka's own clients choose.
func NewProducer(conn *Connection) *Producer {
	transport := conn.transport()
	writer := func(records int, bytes int64) *kafkago.Writer {
		return &kafkago.Writer{
			Addr:         kafkago.TCP(conn.Brokers()...),
			Transport:    transport,
			Balancer:     kafkago.Murmur2Balancer{},
			RequiredAcks: kafkago.RequireAll,
			BatchSize:    records,
			BatchBytes:   bytes,
			BatchTimeout: 5 * time.Millisecond, // by default a synchronous call waits a second for more
			WriteTimeout: 30 * time.Second,
		}
	}
	return &Producer{batched: writer(batchRecords, batchBytes), alone: writer(1, aloneBytes), transport: transport}
}

// Close waits for what is being published.
func (p *Producer) Close() error {
	err := errors.Join(p.batched.Close(), p.alone.Close())
	p.transport.CloseIdleConnections()
	return err
}

// TooLargeError lists the messages that the broker refuses for their size. All
// others of the same call are safe.
type TooLargeError struct {
	Indexes []int // into the messages of the call
}

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%d messages are larger than the broker accepts: raise max.message.bytes of the topic", len(e.Indexes))
}

// TooLarge returns the indexes of the messages that were refused.
func (e *TooLargeError) TooLarge() []int { return e.Indexes }

// Publish returns nil once all in-sync replicas have every message. After a
// Retriable error some may have them: publish all of them again.
func (p *Producer) Publish(ctx context.Context, messages []kafkago.Message) error {
	var small, large []int
	for i := range messages {
		if size(&messages[i]) < aloneFrom {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	// A batch may be too large for a topic that takes each of its messages.
	refused, err := write(ctx, p.batched, messages, small)
	if err != nil {
		return err
	}
	refused, err = write(ctx, p.alone, messages, append(large, refused...))
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		slices.Sort(refused)
		return &TooLargeError{Indexes: refused}
	}
	return nil
}

// size is what a message takes in a batch, roughly and rather too much.
func size(m *kafkago.Message) int {
	n := len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		n += len(h.Key) + len(h.Value) + headerBytes
	}
	return n
}

// write publishes the messages at these indexes and returns the indexes of those
// that are too large.
func write(ctx context.Context, w *kafkago.Writer, messages []kafkago.Message, at []int) ([]int, error) {
	if len(at) == 0 {
		return nil, nil
	}
	part := make([]kafkago.Message, len(at))
	for i, index := range at {
		part[i] = messages[index]
	}
	err := w.WriteMessages(ctx, part...)
	if err == nil {
		return nil, nil
	}
	tooLarge, other := sortErrors(err, len(part))
	if other != nil {
		return nil, classify(ctx, other)
	}
	refused := make([]int, len(tooLarge))
	for i, index := range tooLarge {
		refused[i] = at[index]
	}
	return refused, nil
}

// sortErrors tells the messages that were too large from the first error of
// another kind.
func sortErrors(err error, messages int) (tooLarge []int, other error) {
	var each kafkago.WriteErrors
	if !errors.As(err, &each) {
		if messages == 1 && isTooLarge(err) {
			return []int{0}, nil
		}
		return nil, err
	}
	for i, e := range each {
		switch {
		case e == nil:
		case isTooLarge(e):
			tooLarge = append(tooLarge, i)
		case other == nil:
			other = e
		}
	}
	return tooLarge, other
}

func isTooLarge(err error) bool {
	var own kafkago.MessageTooLargeError
	return errors.Is(err, kafkago.MessageSizeTooLarge) || errors.Is(err, kafkago.InvalidMessageSize) || errors.As(err, &own)
}

// classify marks what may pass when tried again. Brokers' errors say it of
// themselves; everything else is the network, unless ctx has ended. Only ctx
// itself can say that: a dial that times out is a DeadlineExceeded as well. What the
// broker said before the writer noticed its end is no reason of its own.
func classify(ctx context.Context, err error) error {
	var refused kafkago.Error
	switch {
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case ctx.Err() != nil:
		return err
	case errors.Is(err, kafkago.UnknownTopicOrPartition):
		return pipeline.Retriable(fmt.Errorf("%w: create the topic", err))
	case errors.As(err, &refused) && !refused.Temporary() && !refused.Timeout():
		return err
	}
	return pipeline.Retriable(err)
}
