package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/cmd/config"
	"earshot/cmd/earshottest"
)

// otherClient is a Kafka client of another library than the product uses.
func otherClient(t *testing.T, brokers string, more ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(strings.Split(brokers, ",")...)}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// produceRaw publishes values as they are, each after the other.
func produceRaw(t *testing.T, brokers, topic string, values ...string) {
	t.Helper()
	client := otherClient(t, brokers)
	for _, value := range values {
		record := &kgo.Record{Topic: topic, Key: []byte("k"), Value: []byte(value)}
		if err := client.ProduceSync(t.Context(), record).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// awaitCommitted waits until a group has committed all that its topics hold: by
// then it is in the store, or a dead letter.
func awaitCommitted(t *testing.T, p *process, brokers, group string) {
	t.Helper()
	admin := kadm.NewClient(otherClient(t, brokers))
	defaults := config.Default()
	p.Await(t, "all of it is committed", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		ends, err := admin.ListEndOffsets(ctx, defaults.Topics()...)
		if err != nil {
			return false
		}
		committed, err := admin.FetchOffsets(ctx, group)
		if err != nil {
			return false
		}
		done := true
		ends.Each(func(end kadm.ListedOffset) {
			at, ok := committed.Lookup(end.Topic, end.Partition)
			done = done && (end.Offset == 0 || ok && at.At == end.Offset)
		})
		return done
	})
}

// deadLetters counts the dead letters by the reason in their headers, and fails
// the test where one lacks a header.
func deadLetters(t *testing.T, brokers string) map[string]int {
	t.Helper()
	const topic = "feedback.deadletters"
	ends, err := kadm.NewClient(otherClient(t, brokers)).ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	var left int64
	ends.Each(func(o kadm.ListedOffset) { left += o.Offset })
	client := otherClient(t, brokers, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	ctx, cancel := context.WithTimeout(t.Context(), earshottest.Patience)
	defer cancel()
	reasons := map[string]int{}
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			left--
			headers := map[string]string{}
			for _, h := range r.Headers {
				headers[h.Key] = string(h.Value)
			}
			reasons[headers["reason"]]++
			for _, name := range []string{"topic", "partition", "offset", "reason", "error", "time"} {
				if headers[name] == "" {
					t.Errorf("a dead letter has no header %s: %v", name, headers)
				}
			}
		})
	}
	return reasons
}
