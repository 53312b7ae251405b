//go:build faults

package faults

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Stream publishes feedback to a rig's topics and knows what it has published.
type Stream struct {
	client *kgo.Client

	mu   sync.Mutex
	gen  *generator
	sent []*sent
}

// sent is a message that was handed to Kafka.
type sent struct {
	*message
	acked     bool
	partition int32
	offset    int64
	published *kgo.Record // as Kafka acknowledged it
}

func newStream(t *testing.T, r *Rig) *Stream {
	t.Helper()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(r.Kafka.Brokers()...),
		kgo.MetadataMinAge(100*time.Millisecond), kgo.MetadataMaxAge(5*time.Second),
		kgo.ProducerLinger(0), kgo.ProducerBatchMaxBytes(20<<20), kgo.ProducerBatchCompression(kgo.ZstdCompression()),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &Stream{client: client, gen: &generator{random: rand.New(rand.NewPCG(r.Rand.Uint64(), r.Rand.Uint64())), topics: r.Topics(), now: time.Now().UTC().Add(-90 * time.Minute), poison: poisons(t)}}
}

// Produce publishes the next n messages and waits until the brokers have them.
func (s *Stream) Produce(t *testing.T, n int) {
	t.Helper()
	messages := make([]*message, n)
	s.mu.Lock()
	for i := range messages {
		messages[i] = s.gen.message()
	}
	s.mu.Unlock()
	s.publish(t.Context(), messages...)
	s.flush(t)
}

// ProducePoison publishes each bad input once, or the ones given, and waits until
// the brokers have them.
func (s *Stream) ProducePoison(t *testing.T, which ...poison) {
	t.Helper()
	if len(which) == 0 {
		which = s.gen.poison
	}
	var messages []*message
	s.mu.Lock()
	for _, p := range which {
		messages = append(messages, s.gen.poisoned(p))
	}
	s.mu.Unlock()
	s.publish(t.Context(), messages...)
	s.flush(t)
}

// Flow publishes messages at a rate, a second, until stop is called. stop waits
// until the brokers have them.
func (s *Stream) Flow(t *testing.T, rate float64) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			s.mu.Lock()
			m := s.gen.message()
			s.mu.Unlock()
			s.publish(context.WithoutCancel(ctx), m)
		}
	})
	return func() {
		t.Helper()
		cancel()
		done.Wait()
		s.flush(t)
	}
}

// flush waits until all that was published is acknowledged.
func (s *Stream) flush(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.client.Flush(ctx); err != nil {
		t.Fatalf("publishing: %v", err)
	}
}

// publish hands messages to Kafka.
func (s *Stream) publish(ctx context.Context, messages ...*message) {
	for _, m := range messages {
		record := &kgo.Record{Topic: m.topic, Key: m.key, Value: m.value, Timestamp: m.at}
		for _, h := range m.headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: h.key, Value: h.value})
		}
		made := &sent{message: m}
		s.mu.Lock()
		s.sent = append(s.sent, made)
		s.mu.Unlock()
		s.client.Produce(ctx, record, func(got *kgo.Record, err error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if err == nil { // else it may be in the log, or not
				made.acked, made.partition, made.offset, made.published = true, got.Partition, got.Offset, got
			}
		})
	}
}

// Sent is how many messages were handed to Kafka so far.
func (s *Stream) Sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}
