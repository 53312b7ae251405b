package simulate

import (
	"bytes"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestSameSeedSameBytes(t *testing.T) {
	run := func(seed uint64) []byte {
		c := New(Options{Seed: seed, Start: start})
		var all bytes.Buffer
		for m := range c.History(start.AddDate(0, 0, -7), start, 3000) {
			all.Write(m.Value)
		}
		for range 5000 {
			m := c.Next()
			all.WriteString(m.Topic)
			all.Write(m.Key)
			all.Write(m.Value)
		}
		return all.Bytes()
	}
	if !bytes.Equal(run(7), run(7)) {
		t.Error("two companies of one seed write different messages")
	}
	if bytes.Equal(run(7), run(8)) {
		t.Error("companies of two seeds write the same messages")
	}
}

// BenchmarkNext measures the load generator: one core, all of a message.
func BenchmarkNext(b *testing.B) {
	c := New(Options{Start: start, Rate: 100_000})
	var n int64
	b.ReportAllocs()
	for b.Loop() {
		n += int64(len(c.Next().Value))
	}
	b.SetBytes(n / int64(b.N))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
