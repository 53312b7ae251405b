//go:build integration

package kafka_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
	"earshot/pipeline/kafka/kafkatest"
)

func TestRealKafka(t *testing.T) {
	suite(t, kafkatest.StartCluster(t, kafkatest.ClusterOptions{}))
}

// TestRealKafkaHugeMessage reads past a message that no earshot would take: the
// broker was told to, and the pipeline must get to reject it.
func TestRealKafkaHugeMessage(t *testing.T) {
	const huge = 50 << 20
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{})
	topic := name(t, "")
	c.CreateTopic(topic, 1, map[string]string{"max.message.bytes": "104857600"})
	producer := kafka.NewProducer(connect(t, c.Brokers()...))
	t.Cleanup(func() { _ = producer.Close() })
	for _, value := range [][]byte{[]byte("before"), bytes.Repeat([]byte("x"), huge), []byte("after")} {
		if err := producer.Publish(t.Context(), []kafkago.Message{{Topic: topic, Value: value}}); err != nil {
			t.Fatal(err)
		}
	}
	records := fetch(t, join(t, c, name(t, ""), topic), 3)
	for i, want := range []int{len("before"), huge, len("after")} {
		if got := len(records[i].Value); got != want {
			t.Errorf("record %d has %d bytes, want %d", i, got, want)
		}
	}
}

// TestRealKafkaBrokerThatDiesInTheMiddle kills the only broker while a member consumes.
func TestRealKafkaBrokerThatDiesInTheMiddle(t *testing.T) {
	const partitions = 4
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{})
	topic, group := name(t, ""), name(t, "")
	c.CreateTopic(topic, partitions, nil)
	sent := newOracle(t, c).fill(topic, "before", partitions, 100)
	source, log := joinLogging(t, c, group, topic)
	consumer := consume(t, source)
	eventually(t, "the member to be in the middle", func() bool { return consumer.has(sent...) > 10 })
	c.Kill(1)
	eventually(t, "the log to tell of the stall", func() bool { return log.has("level=WARN", "trying again", "since=") > 0 })
	c.Start(1)
	sent = append(sent, newOracle(t, c).fill(topic, "after", partitions, 25)...)
	eventually(t, "everything to be fetched", func() bool { return consumer.has(sent...) == len(sent) })
	eventually(t, "everything to be committed", func() bool {
		committed := c.CommittedOffsets(group, topic)
		for partition, end := range c.EndOffsets(topic) {
			if committed[partition] != end {
				return false
			}
		}
		return true
	})
	if log.has("level=INFO", "works again") == 0 {
		t.Error("the log does not tell that it works again")
	}
	if len(consumer.bad) > 0 {
		t.Errorf("commits failed for good: %v", consumer.bad)
	}
}

func TestRealKafkaUserAndPasswordOverTLS(t *testing.T) {
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{Security: kafkatest.SASLSSL, User: "earshot", Password: "secret"})
	c.CreateTopic("t", 1, nil)
	c.CreateTopic("dl", 1, nil)
	connection := func(caFile, password string) *kafka.Connection {
		conn, err := kafka.NewConnection(c.Brokers(), kafka.TLS{Enabled: true, CAFile: caFile},
			kafka.SASL{Mechanism: "scram-sha-512", Username: "earshot", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	plan := kafka.Plan{Group: "g", Topics: []string{"t"}, DeadLetters: "dl"}
	for _, f := range kafka.Check(within(t, patience), connection(c.CAFile(), "secret"), plan) {
		if f.Severity != pipeline.OK {
			t.Errorf("found %+v", f)
		}
	}
	for name, tt := range map[string]struct {
		conn *kafka.Connection
		fix  string
	}{
		"wrong password":    {connection(c.CAFile(), "wrong"), "correct kafka.sasl"},
		"unknown authority": {connection("", "secret"), "correct kafka.tls"},
		"without TLS":       {connect(t, c.Brokers()...), "set kafka.tls"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			found := kafka.Check(within(t, patience), tt.conn, plan)
			if len(found) != 1 || found[0].Severity != pipeline.Unsafe || !strings.Contains(found[0].Fix, tt.fix) {
				t.Errorf("found %+v, want one fix that says %q", found, tt.fix)
			}
			if err := kafka.AwaitTopic(within(t, patience), tt.conn, "t"); !strings.Contains(fmt.Sprint(err), "does not answer") {
				t.Errorf("awaiting a topic: %v", err)
			}
		})
	}
	conn := connection(c.CAFile(), "secret")
	if err := kafka.AwaitTopic(within(t, patience), conn, "t"); err != nil {
		t.Error(err)
	}
	source, err := kafka.NewSource(conn, kafka.SourceOptions{Group: "g", Topics: []string{"t"}, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSource(t, source) })
	eventually(t, "the member to be assigned", source.Assigned)
}
