package embedded_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"earshot/pipeline/kafka/embedded"
)

// start runs a broker on dir until the test ends.
func start(tb testing.TB, dir string, topics ...embedded.Topic) *embedded.Broker {
	tb.Helper()
	b, err := embedded.Start(tb.Context(), embedded.Options{Dir: dir, Addr: "127.0.0.1:0", Topics: topics})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}

// writer produces to topic with acks=all, at once and without retries, so that
// what a test sees is the broker's doing.
func writer(tb testing.TB, addr, topic string) *kafka.Writer {
	tb.Helper()
	transport := &kafka.Transport{}
	w := &kafka.Writer{
		Addr: kafka.TCP(addr), Topic: topic, Transport: transport,
		Balancer: &kafka.RoundRobin{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: time.Millisecond, BatchBytes: 1 << 30, MaxAttempts: 1,
	}
	tb.Cleanup(func() {
		if err := w.Close(); err != nil {
			tb.Error(err)
		}
		transport.CloseIdleConnections()
	})
	return w
}

// reader consumes topic as a member of group, from the beginning.
func reader(tb testing.TB, addr, topic, group string) *kafka.Reader {
	tb.Helper()
	r := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{addr}, GroupID: group, Topic: topic, StartOffset: kafka.FirstOffset,
		// MaxWait is also how long the reader waits for the first byte of an
		// answer, so it must not be short where messages are large.
		MinBytes: 1, MaxBytes: 64 << 20, MaxWait: time.Second,
		HeartbeatInterval: 200 * time.Millisecond, SessionTimeout: 2 * time.Second,
		RebalanceTimeout: 5 * time.Second, JoinGroupBackoff: 100 * time.Millisecond,
	})
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

// client makes admin calls.
func client(tb testing.TB, addr string) *kafka.Client {
	tb.Helper()
	transport := &kafka.Transport{}
	tb.Cleanup(transport.CloseIdleConnections)
	return &kafka.Client{Addr: kafka.TCP(addr), Timeout: 10 * time.Second, Transport: transport}
}

// within bounds one step of a test.
func within(tb testing.TB, d time.Duration) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), d)
	tb.Cleanup(cancel)
	return ctx
}

// numbered returns n messages "prefix-0", "prefix-1", ….
func numbered(prefix string, n int) []kafka.Message {
	messages := make([]kafka.Message, n)
	for i := range messages {
		messages[i].Value = fmt.Appendf(nil, "%s-%d", prefix, i)
	}
	return messages
}

// endOffsets returns the next offset of every partition of topic.
func endOffsets(tb testing.TB, addr, topic string, partitions int) map[int]int64 {
	tb.Helper()
	var requests []kafka.OffsetRequest
	for p := range partitions {
		requests = append(requests, kafka.LastOffsetOf(p))
	}
	resp, err := client(tb, addr).ListOffsets(within(tb, 10*time.Second), &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{topic: requests},
	})
	if err != nil {
		tb.Fatal(err)
	}
	ends := map[int]int64{}
	for _, p := range resp.Topics[topic] {
		if p.Error != nil {
			tb.Fatalf("partition %d: %v", p.Partition, p.Error)
		}
		ends[p.Partition] = p.LastOffset
	}
	return ends
}

// committed returns the offsets that group has committed for topic.
func committed(tb testing.TB, addr, group, topic string, partitions int) map[int]int64 {
	tb.Helper()
	var ids []int
	for p := range partitions {
		ids = append(ids, p)
	}
	resp, err := client(tb, addr).OffsetFetch(within(tb, 10*time.Second), &kafka.OffsetFetchRequest{
		GroupID: group, Topics: map[string][]int{topic: ids},
	})
	if err != nil {
		tb.Fatal(err)
	}
	if resp.Error != nil {
		tb.Fatal(resp.Error)
	}
	offsets := map[int]int64{}
	for _, p := range resp.Topics[topic] {
		if p.Error != nil {
			tb.Fatalf("partition %d: %v", p.Partition, p.Error)
		}
		offsets[p.Partition] = p.CommittedOffset
	}
	return offsets
}

// commit commits an offset from outside of any generation of the group.
func commit(tb testing.TB, addr, group, topic string, partition int, offset int64) {
	tb.Helper()
	resp, err := client(tb, addr).OffsetCommit(within(tb, 10*time.Second), &kafka.OffsetCommitRequest{
		GroupID: group, GenerationID: -1,
		Topics: map[string][]kafka.OffsetCommit{topic: {{Partition: partition, Offset: offset}}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range resp.Topics[topic] {
		if p.Error != nil {
			tb.Fatal(p.Error)
		}
	}
}
