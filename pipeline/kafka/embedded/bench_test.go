package embedded_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/segmentio/kafka-go"

	"earshot/pipeline/kafka/embedded"
)

const messageBytes = 300

// feedback returns n messages of 300 bytes that do not compress to nothing.
func feedback(n int) []kafka.Message {
	random := rand.New(rand.NewPCG(1, 2))
	messages := make([]kafka.Message, n)
	for i := range messages {
		value := make([]byte, messageBytes)
		for j := range value {
			value[j] = byte('a' + random.IntN(26))
		}
		messages[i].Value = value
	}
	return messages
}

// BenchmarkProduce writes messages of 300 bytes, synced, at several sizes of
// batch: the cost of a batch is mostly its sync.
func BenchmarkProduce(b *testing.B) {
	for _, batch := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			broker := start(b, b.TempDir(), embedded.Topic{Name: "t", Partitions: 1})
			w := writer(b, broker.Addr(), "t")
			w.BatchSize = batch
			messages := feedback(batch)
			b.SetBytes(messageBytes)
			b.ResetTimer()
			for done := 0; done < b.N; done += batch {
				if err := w.WriteMessages(b.Context(), messages[:min(batch, b.N-done)]...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkConsume reads messages of 300 bytes as the one member of a group.
func BenchmarkConsume(b *testing.B) {
	broker := start(b, b.TempDir(), embedded.Topic{Name: "t", Partitions: 4})
	fill(b, broker.Addr(), "t", b.N+1, 1000)
	r := reader(b, broker.Addr(), "t", "g")
	if _, err := r.FetchMessage(b.Context()); err != nil { // joining is not what is measured
		b.Fatal(err)
	}
	b.SetBytes(messageBytes)
	b.ResetTimer()
	for range b.N {
		if _, err := r.FetchMessage(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
}

// fill writes n messages of 300 bytes in batches of a size.
func fill(tb testing.TB, addr, topic string, n, batch int) {
	tb.Helper()
	w := writer(tb, addr, topic)
	w.BatchSize = batch
	messages := feedback(max(batch, min(n, 1000)))
	for done := 0; done < n; done += len(messages) {
		if err := w.WriteMessages(tb.Context(), messages[:min(len(messages), n-done)]...); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkStart opens a directory with a million messages of 300 bytes, after
// an orderly stop and after a crash.
func BenchmarkStart(b *testing.B) {
	const messages = 1_000_000
	for _, batch := range []int{1000, 100} {
		stopped := b.TempDir()
		broker, err := embedded.Start(b.Context(), embedded.Options{
			Dir: stopped, Addr: "127.0.0.1:0", Topics: []embedded.Topic{{Name: "t", Partitions: 4}},
		})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, broker.Addr(), "t", messages, batch)
		// What lies there while the broker runs is what a crash leaves.
		crashed := b.TempDir()
		copyTree(b, crashed, stopped)
		if err := broker.Close(); err != nil {
			b.Fatal(err)
		}
		for name, dir := range map[string]string{"stopped": stopped, "crashed": crashed} {
			b.Run(fmt.Sprintf("%s/batch=%d", name, batch), func(b *testing.B) {
				pristine := dir
				for range b.N {
					b.StopTimer()
					dir := b.TempDir()
					copyTree(b, dir, pristine)
					b.StartTimer()
					broker, err := embedded.Start(b.Context(), embedded.Options{Dir: dir, Addr: "127.0.0.1:0"})
					b.StopTimer()
					if err != nil {
						b.Fatal(err)
					}
					if err := broker.Close(); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			})
		}
	}
}

// copyTree copies the files under from to a directory.
func copyTree(tb testing.TB, to, from string) {
	tb.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), raw, 0o644)
	})
	if err != nil {
		tb.Fatal(err)
	}
}
