package kafka

import (
	"log/slog"
	"testing"

	"earshot/pipeline/kafka/embedded"
)

func TestAMissingTopicIsNoChangeUntilItIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broker, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Addr: "127.0.0.1:0", Topics: []embedded.Topic{{Name: "there"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	conn, err := NewConnection(broker.Brokers(), TLS{}, SASL{})
	if err != nil {
		t.Fatal(err)
	}
	watch := newTopicWatch(conn, []string{"there", "missing"}, slog.New(slog.DiscardHandler))
	t.Cleanup(watch.close)
	watch.changed(t.Context())
	for look := range 5 {
		if watch.changed(t.Context()) {
			t.Fatalf("look %d sees a change, where a topic is still missing", look)
		}
	}
	watch.known["missing"] = 3 // as if it had been there before
	if !watch.changed(t.Context()) || watch.changed(t.Context()) {
		t.Error("a topic that is gone is one change")
	}
}
