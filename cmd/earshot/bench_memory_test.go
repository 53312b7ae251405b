//go:build bench

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/cmd/config"
)

// What `earshot run` with default limits and the fast tier stays under, in bytes:
// with messages of usual size, whatever waits and however slow the store is, and
// with texts of a megabyte in all of 18 partitions. A text of that size is held
// several times over while its row is made, with all that is said about it.
const (
	usualBound = 512 << 20
	hugeBound  = 1 << 30
)

// BenchmarkMemory measures the peak of resident memory of `earshot run`, which
// reads from one process and writes to another: while a million records wait (or
// as many as EARSHOT_BENCH_WAITING says), while the store takes a second longer for
// each insert, and with texts of a megabyte in all partitions.
func BenchmarkMemory(b *testing.B) {
	b.Run("waiting", func(b *testing.B) {
		n := fromEnvironment(b, "EARSHOT_BENCH_WAITING", 1_000_000)
		for b.Loop() {
			brokers, engine := startKafka(b), startEngine(b)
			publishSimulated(b, newProducer(b, brokers), n)
			reportPeak(b, startRun(b, brokers, engine.url, "bench"), n, usualBound)
		}
	})
	b.Run("slow store", func(b *testing.B) {
		const n = 100_000
		for b.Loop() {
			brokers, engine := startKafka(b), startEngine(b)
			publishSimulated(b, newProducer(b, brokers), n)
			reportPeak(b, startRun(b, brokers, slowed(b, engine.url, time.Second), "bench"), n, usualBound)
		}
	})
	b.Run("huge messages", func(b *testing.B) {
		const n = 216
		for b.Loop() {
			brokers, engine := startKafka(b), startEngine(b)
			publishHuge(b, brokers, n)
			reportPeak(b, startRun(b, brokers, engine.url, "bench"), n, hugeBound)
		}
	})
}

// reportPeak waits until n records are settled, and reports what that took at most,
// which may not be more than bound. Meanwhile the process must say that it lives, and
// tell how much it is behind.
func reportPeak(b *testing.B, run *running, n, bound int) {
	b.Helper()
	most := 0
	for settled := 0; settled < n; time.Sleep(200 * time.Millisecond) {
		run.mustLive(b)
		settled = run.settled(b)
		lag := run.lag(b)
		if most = max(most, lag); lag > n {
			b.Errorf("%d of %d records are settled, and it says that it is %d behind", settled, n, lag)
		}
	}
	for began := time.Now(); run.lag(b) != 0; time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			b.Fatalf("all is settled, and it says that it is %d behind", run.lag(b))
		}
	}
	b.ReportMetric(float64(most), "most-lag")
	peak := run.peak(b)
	run.stop()
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
	b.ReportMetric(0, "ns/op")
	if peak > bound {
		b.Errorf("%d MB were resident, more than %d MB", peak>>20, bound>>20)
	}
}

// slowed returns the URL of a ClickHouse that takes so much longer to insert.
func slowed(b *testing.B, address string, delay time.Duration) string {
	b.Helper()
	target, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Query().Get("query"), "INSERT") {
			time.Sleep(delay)
		}
		proxy.ServeHTTP(w, r)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// publishHuge publishes n records of a megabyte, spread over all partitions.
func publishHuge(b *testing.B, brokers string, n int) {
	b.Helper()
	producer := newProducer(b, brokers)
	c := config.Default()
	topics := c.Topics()
	text := strings.Repeat("The engineer never came, and nobody called back. The new router is great, though. ", (1<<20)/83)
	for i := range n {
		value := fmt.Appendf(nil, `{"id":"huge-%d","text":%q}`, i, text)
		publish(b, producer, kafkago.Message{Topic: topics[i%len(topics)], Key: fmt.Append(nil, i), Value: value})
	}
}
