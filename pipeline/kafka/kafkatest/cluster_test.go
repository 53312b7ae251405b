//go:build integration

package kafkatest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/scram"

	"earshot/pipeline/kafka/kafkatest"
)

// within bounds one step of a test.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// produce writes n messages round the partitions of topic.
func produce(t *testing.T, brokers []string, transport *kafka.Transport, topic string, n int) {
	t.Helper()
	w := &kafka.Writer{
		Addr: kafka.TCP(brokers...), Topic: topic, Transport: transport, Balancer: &kafka.RoundRobin{},
		RequiredAcks: kafka.RequireAll, BatchTimeout: 5 * time.Millisecond, MaxAttempts: 50,
		WriteBackoffMin: 50 * time.Millisecond, WriteBackoffMax: 500 * time.Millisecond,
	}
	var messages []kafka.Message
	for i := range n {
		messages = append(messages, kafka.Message{Value: fmt.Append(nil, i)})
	}
	if err := w.WriteMessages(within(t, time.Minute), messages...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	transport.CloseIdleConnections()
}

// consume reads n messages as a member of a group, and commits them.
func consume(t *testing.T, brokers []string, dialer *kafka.Dialer, topic, group string, n int) {
	t.Helper()
	r := kafka.NewReader(kafka.ReaderConfig{
		Brokers: brokers, GroupID: group, Topic: topic, Dialer: dialer, MaxBytes: 10 << 20,
		MaxWait: time.Second, SessionTimeout: 2 * time.Second, HeartbeatInterval: 400 * time.Millisecond,
		RebalanceTimeout: 5 * time.Second, JoinGroupBackoff: 200 * time.Millisecond,
	})
	ctx := within(t, time.Minute)
	var messages []kafka.Message
	for len(messages) < n {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, m)
	}
	if err := r.CommitMessages(ctx, messages...); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRealKafkaOneNode(t *testing.T) {
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{})
	c.CreateTopic("feedback.reviews", 3, map[string]string{"max.message.bytes": "16777216"})
	if got := c.CommittedOffsets("earshot", "feedback.reviews"); len(got) != 0 {
		t.Errorf("a group that never was has committed %v", got)
	}
	produce(t, c.Brokers(), &kafka.Transport{}, "feedback.reviews", 30)
	consume(t, c.Brokers(), &kafka.Dialer{}, "feedback.reviews", "earshot", 30)
	want := map[int]int64{0: 10, 1: 10, 2: 10}
	if diff := cmp.Diff(want, c.EndOffsets("feedback.reviews")); diff != "" {
		t.Errorf("end offsets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, c.CommittedOffsets("earshot", "feedback.reviews")); diff != "" {
		t.Errorf("committed offsets (-want +got):\n%s", diff)
	}
	c.Kill(1)
	c.Start(1)
	if diff := cmp.Diff(want, c.EndOffsets("feedback.reviews")); diff != "" {
		t.Errorf("end offsets after a kill (-want +got):\n%s", diff)
	}
	c.Stop(1)
	c.Start(1)
	if diff := cmp.Diff(want, c.CommittedOffsets("earshot", "feedback.reviews")); diff != "" {
		t.Errorf("committed offsets after a stop (-want +got):\n%s", diff)
	}
}

func TestRealKafkaThreeNodesSurviveTheLossOfALeader(t *testing.T) {
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{Nodes: 3})
	c.CreateTopic("t", 1, nil)
	produce(t, c.Brokers(), &kafka.Transport{}, "t", 10)
	leader := c.Leader("t", 0)
	c.Kill(leader)
	produce(t, c.Brokers(), &kafka.Transport{}, "t", 10)
	if got := c.EndOffsets("t")[0]; got < 20 {
		t.Errorf("the topic ends at %d, want at least 20", got)
	}
	c.Start(leader)
	next := leader%3 + 1
	c.MoveLeader("t", 0, next)
	if got := c.Leader("t", 0); got != next {
		t.Errorf("node %d leads after the move, want %d", got, next)
	}
	consume(t, c.Brokers(), &kafka.Dialer{}, "t", "g", 20)
	c.Pause(next)
	for deadline := time.Now().Add(time.Minute); c.Leader("t", 0) == next; {
		if time.Now().After(deadline) {
			t.Fatal("a paused node still leads")
		}
	}
	c.Continue(next)
}

func TestRealKafkaRetention(t *testing.T) {
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{Properties: map[string]string{
		"log.retention.check.interval.ms": "200", "log.initial.task.delay.ms": "200",
	}})
	c.CreateTopic("t", 1, map[string]string{"retention.ms": "1"})
	produce(t, c.Brokers(), &kafka.Transport{}, "t", 10)
	for deadline := time.Now().Add(time.Minute); c.StartOffsets("t")[0] < 10; {
		if time.Now().After(deadline) {
			t.Fatal("retention deletes nothing")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestRealKafkaUserAndPasswordOverTLS(t *testing.T) {
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{Security: kafkatest.SASLSSL, User: "earshot", Password: "secret"})
	c.CreateTopic("t", 1, nil)
	mechanism := func(password string) sasl.Mechanism {
		m, err := scram.Mechanism(scram.SHA512, "earshot", password)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	produce(t, c.Brokers(), &kafka.Transport{TLS: c.TLS(), SASL: mechanism("secret")}, "t", 10)
	consume(t, c.Brokers(), &kafka.Dialer{TLS: c.TLS(), SASLMechanism: mechanism("secret")}, "t", "g", 10)

	for name, dialer := range map[string]*kafka.Dialer{
		"wrong password":    {TLS: c.TLS(), SASLMechanism: mechanism("wrong")},
		"unknown authority": {TLS: nil, SASLMechanism: mechanism("secret")},
	} {
		if conn, err := dialer.DialContext(within(t, 10*time.Second), "tcp", c.Brokers()[0]); err == nil {
			t.Errorf("%s: it connected", name)
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
