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
	HeaderTimestamp = "timestamp" // the original's, as Kafka has it, RFC 3339; letters of older versions lack it
	HeaderSize      = "size"      // bytes of the original, where the value is only its beginning
)

// keptBytes is how much is kept at first of the value of a record that the
// dead-letter topic refuses whole, and as much of its key and of its headers,
// together less than a topic accepts by default. Half as much is kept after each
// further refusal.
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
	return &Sink{topic: topic, publisher: publisher, log: log, now: pipeline.Now}
}

// Reject implements pipeline.Rejecter.
func (s *Sink) Reject(ctx context.Context, items []*pipeline.Item) error {
	letters := make([]kafkago.Message, len(items))
	for i, item := range items {
		letters[i] = s.letter(item)
	}
	err := s.publisher.Publish(ctx, letters)
	if tooLarge, ok := refused(err); ok {
		err = s.shorten(ctx, letters, tooLarge)
	}
	if err != nil {
		return fmt.Errorf("dead letters to %s: %w", s.topic, err)
	}
	return nil
}

// refused returns which messages were too large, if that is what err says.
func refused(err error) (tooLarge []int, ok bool) {
	var e interface{ TooLarge() []int }
	if !errors.As(err, &e) {
		return nil, false
	}
	return e.TooLarge(), true
}

// shorten publishes the beginnings of the letters that are too large for the
// topic, ever less of them until it accepts them; in the end our own headers
// alone. A letter that blocks its partition for ever would cost more than its
// end, which the source topic still has.
func (s *Sink) shorten(ctx context.Context, letters []kafkago.Message, tooLarge []int) error {
	for kept := keptBytes; ; kept /= 2 {
		whole := make([]kafkago.Message, len(tooLarge))
		short := make([]kafkago.Message, len(tooLarge))
		for i, at := range tooLarge {
			whole[i], short[i] = letters[at], beginning(letters[at], kept)
			s.log.Warn("dead letter is larger than its topic accepts, keeping its beginning", "topic", s.topic, "bytes", len(whole[i].Value), "kept", len(short[i].Value))
		}
		err := s.publisher.Publish(ctx, short)
		again, ok := refused(err)
		if !ok || kept == 0 {
			return err
		}
		letters, tooLarge = whole, again
	}
}

// beginning returns the letter with our own headers, and at most kept bytes of
// the value, of the key and of the original's headers.
func beginning(letter kafkago.Message, kept int) kafkago.Message {
	var headers []kafkago.Header
	size := 0
	for _, h := range letter.Headers {
		if strings.HasPrefix(h.Key, originalPrefix) {
			if size += len(h.Key) + len(h.Value); size > kept {
				break
			}
		}
		headers = append(headers, h)
	}
	letter.Headers = append(headers, kafkago.Header{Key: HeaderSize, Value: strconv.AppendInt(nil, int64(len(letter.Value)), 10)})
	letter.Value = letter.Value[:min(len(letter.Value), kept)]
	letter.Key = letter.Key[:min(len(letter.Key), kept)]
	return letter
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
			text(HeaderTimestamp, r.Time.UTC().Format(time.RFC3339Nano)),
		},
	}
	for _, h := range r.Headers {
		letter.Headers = append(letter.Headers, kafkago.Header{Key: originalPrefix + h.Key, Value: h.Value})
	}
	return letter
}
