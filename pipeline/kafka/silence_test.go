package kafka_test

import (
	"log/slog"
	"net"
	"testing"

	"earshot/pipeline/kafka"
)

// TestABrokerThatHangsIsPassedOver names a broker first that accepts connections and
// never answers, as one does whose process or machine stands still.
func TestABrokerThatHangsIsPassedOver(t *testing.T) {
	b := embeddedKafka(t)
	o := newOracle(t, b)
	topic := o.topic("", 1)
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hung.Close() })
	log := &buffer{}
	source, err := kafka.NewSource(connect(t, append([]string{hung.Addr().String()}, b.Brokers()...)...), kafka.SourceOptions{
		Group: name(t, ""), Topics: []string{topic}, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeSource(t, source)
		if t.Failed() {
			t.Logf("it logged:\n%s", log)
		}
	})
	want := o.fill(topic, "m", 1, 3)
	if got := values(fetch(t, source, 3)); len(got) != len(want) {
		t.Errorf("fetched %v, want %v", got, want)
	}
}
