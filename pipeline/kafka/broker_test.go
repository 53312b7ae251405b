package kafka_test

import (
	"log/slog"
	"testing"

	"earshot/pipeline/kafka/embedded"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// embeddedKafka runs a broker until the test ends.
func embeddedKafka(t *testing.T) *embedded.Broker {
	t.Helper()
	b, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestOnEmbeddedKafka(t *testing.T) { suite(t, embeddedKafka(t)) }
