package kafka

import (
	"context"
	"errors"
	"fmt"
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
)

// Producer publishes messages and knows when they are safe. It is safe for
// concurrent use.
type Producer struct {
	batched *kafkago.Writer
	alone   *kafkago.Writer
}

// NewProducer returns a producer for every topic of the cluster. Messages with
// the same key go to the same partition, the one that Kafka's own clients choose.
func NewProducer(conn *Connection) *Producer {
	writer := func(records int, bytes int64) *kafkago.Writer {
		return &kafkago.Writer{
			Addr:         kafkago.TCP(conn.Brokers()...),
			Transport:    conn.transport(),
			Balancer:     kafkago.Murmur2Balancer{},
			RequiredAcks: kafkago.RequireAll,
			BatchSize:    records,
			BatchBytes:   bytes,
			BatchTimeout: 5 * time.Millisecond, // by default a synchronous call waits a second for more
			WriteTimeout: 30 * time.Second,
		}
	}
	return &Producer{batched: writer(batchRecords, batchBytes), alone: writer(1, aloneBytes)}
}

// Close waits for what is being published.
func (p *Producer) Close() error { return errors.Join(p.batched.Close(), p.alone.Close()) }

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
	var small, large []kafkago.Message
	var smallAt, largeAt []int
	for i, m := range messages {
		if len(m.Value)+len(m.Key) >= aloneFrom {
			large, largeAt = append(large, m), append(largeAt, i)
		} else {
			small, smallAt = append(small, m), append(smallAt, i)
		}
	}
	var refused TooLargeError
	for _, part := range []struct {
		writer   *kafkago.Writer
		messages []kafkago.Message
		at       []int
	}{{p.batched, small, smallAt}, {p.alone, large, largeAt}} {
		if len(part.messages) == 0 {
			continue
		}
		err := part.writer.WriteMessages(ctx, part.messages...)
		if err == nil {
			continue
		}
		tooLarge, other := sortErrors(err, len(part.messages))
		if other != nil {
			return classify(other)
		}
		for _, i := range tooLarge {
			refused.Indexes = append(refused.Indexes, part.at[i])
		}
	}
	if len(refused.Indexes) > 0 {
		return &refused
	}
	return nil
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
// themselves; everything else is the network.
func classify(err error) error {
	var refused kafkago.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, kafkago.UnknownTopicOrPartition):
		return pipeline.Retriable(fmt.Errorf("%w: create the topic", err))
	case errors.As(err, &refused) && !refused.Temporary() && !refused.Timeout():
		return err
	}
	return pipeline.Retriable(err)
}
