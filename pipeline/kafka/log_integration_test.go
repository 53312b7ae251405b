//go:build integration

package kafka_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline/kafka/kafkatest"
)

func TestRealKafkaLog(t *testing.T) {
	c := kafkatest.StartCluster(t, kafkatest.ClusterOptions{})
	logSuite(t, c)
	t.Run("marks-of-transactions-are-passed-over", func(t *testing.T) { testLogTransactions(t, c) })
}

func testLogTransactions(t *testing.T, c cluster) {
	o, log := newOracle(t, c), openLog(t, c)
	topic := o.topic("", 1)
	producer, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers()...), kgo.TransactionalID(name(t, "-id")))
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	var sent []string
	for i := range 3 {
		if err := producer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		value := fmt.Sprint("v", i)
		sent = append(sent, value)
		if err := producer.ProduceSync(within(t, patience), &kgo.Record{Topic: topic, Value: []byte(value)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := producer.EndTransaction(within(t, patience), kgo.TryCommit); err != nil {
			t.Fatal(err)
		}
	}
	held := whole(t, c, topic)[0]
	if held.To <= 3 {
		t.Fatalf("it holds %+v, without marks", held)
	}
	if got := values(readLog(t, log, held)); !slices.Equal(got, sent) {
		t.Errorf("%q", got)
	}
	if record, found, err := log.At(within(t, patience), topic, 0, held.To-1); err != nil || found {
		t.Errorf("a mark: %+v, %v, %v", record, found, err)
	}
}
