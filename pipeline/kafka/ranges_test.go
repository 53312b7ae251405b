package kafka_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline/kafka"
)

func testRanges(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic := o.topic("", 2)
	o.fill(topic, "m", 2, 30)
	ranges, err := kafka.Ranges(within(t, patience), connect(t, c.Brokers()...), []string{topic, "no such topic"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]kafka.Range{{Topic: topic, Partition: 0, To: 30}, {Topic: topic, Partition: 1, To: 30}}, ranges); diff != "" {
		t.Errorf("ranges (-want +got):\n%s", diff)
	}
}
