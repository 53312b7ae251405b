// Package deadletter keeps the records that could not become rows in a Kafka
// topic: the original bytes as the value, the original key, and headers that say
// where the record came from and why it is here.
package deadletter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// Headers of a dead letter. Headers of the original record follow with the
// prefix "original.".
const (
	HeaderTopic     = "topic"     // the original's topic
	HeaderPartition = "partition" // decimal
	HeaderOffset    = "offset"    // decimal
	HeaderReason    = "reason"    // a pipeline.Reason
	HeaderError     = "error"     // what was wrong, for people
	HeaderTime      = "time"      // when it was rejected, RFC 3339
	HeaderSize      = "size"      // bytes of the original, where the value is only its beginning
)

// keptBytes is how much is kept of the value of a record that the dead-letter
// topic refuses whole, and as much of its key and of its headers, together less
// than a topic accepts by default.
const keptBytes = 256 << 10

// originalPrefix marks the headers that the record itself had.
const originalPrefix = "original."

// Publisher makes messages safe: when Publish returns nil, every message is on
// all in-sync replicas. Messages refused for their size are named by an error
// with a TooLarge method.
type Publisher interface {
	Publish(ctx context.Context, messages []kafkago.Message) error
}

// Sink publishes dead letters. It delivers at least once: a record that is
// rejected again has a second letter with the same topic, partition and offset.
type Sink struct {
	topic     string
	publisher Publisher
	log       *slog.Logger
	now       func() time.Time
}

var _ pipeline.Rejecter = (*Sink)(nil)

// New returns a sink into topic.
func New(topic string, publisher Publisher, log *slog.Logger) *Sink {
	return &Sink{topic: topic, publisher: publisher, log: log, now: time.Now}
}

// Reject implements pipeline.Rejecter.
func (s *Sink) Reject(ctx context.Context, items []*pipeline.Item) error {
	letters := make([]kafkago.Message, len(items))
	for i, item := range items {
		letters[i] = s.letter(item)
	}
	err := s.publisher.Publish(ctx, letters)
	var refused interface{ TooLarge() []int }
	if errors.As(err, &refused) {
		err = s.shorten(ctx, letters, refused.TooLarge())
	}
	if err != nil {
		return fmt.Errorf("dead letters to %s: %w", s.topic, err)
	}
	return nil
}

// shorten publishes the beginnings of the letters that are too large for the
// topic. A letter that blocks its partition for ever would cost more than its
// end, which the source topic still has.
func (s *Sink) shorten(ctx context.Context, letters []kafkago.Message, tooLarge []int) error {
	short := make([]kafkago.Message, len(tooLarge))
	for i, at := range tooLarge {
		letter := letters[at]
		s.log.Warn("dead letter is larger than its topic accepts, keeping its beginning", "topic", s.topic, "bytes", len(letter.Value), "kept", keptBytes)
		size := kafkago.Header{Key: HeaderSize, Value: strconv.AppendInt(nil, int64(len(letter.Value)), 10)}
		letter.Headers = append(beginning(letter.Headers), size)
		letter.Value = letter.Value[:min(len(letter.Value), keptBytes)]
		letter.Key = letter.Key[:min(len(letter.Key), keptBytes)]
		short[i] = letter
	}
	return s.publisher.Publish(ctx, short)
}

// beginning returns our own headers, and the original ones as far as they are
// kept.
func beginning(headers []kafkago.Header) []kafkago.Header {
	var kept []kafkago.Header
	size := 0
	for _, h := range headers {
		if strings.HasPrefix(h.Key, originalPrefix) {
			if size += len(h.Key) + len(h.Value); size > keptBytes {
				break
			}
		}
		kept = append(kept, h)
	}
	return kept
}

func (s *Sink) letter(item *pipeline.Item) kafkago.Message {
	r := &item.Record
	text := func(key, value string) kafkago.Header { return kafkago.Header{Key: key, Value: []byte(value)} }
	letter := kafkago.Message{
		Topic: s.topic,
		Key:   r.Key,
		Value: r.Value,
		Headers: []kafkago.Header{
			text(HeaderTopic, r.Topic),
			text(HeaderPartition, strconv.Itoa(r.Partition)),
			text(HeaderOffset, strconv.FormatInt(r.Offset, 10)),
			text(HeaderReason, string(item.Rejection.Reason)),
			text(HeaderError, item.Rejection.Detail),
			text(HeaderTime, s.now().UTC().Format(time.RFC3339Nano)),
		},
	}
	for _, h := range r.Headers {
		letter.Headers = append(letter.Headers, kafkago.Header{Key: originalPrefix + h.Key, Value: h.Value})
	}
	return letter
}
