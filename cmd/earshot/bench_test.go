//go:build bench

package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline/kafka"
)

// The benchmarks run bin/earshot as users do, in a process of its own, and ask
// its servers from outside. `make bench` builds it first and runs each once.

// benchRecords is how many records wait, where EARSHOT_BENCH_RECORDS says nothing.
const benchRecords = 300_000

// BenchmarkEndToEnd measures how fast `earshot run` makes rows of the records that
// wait in Apache Kafka. Kafka has its process, the ClickHouse engine that of the
// benchmark, and all share the cores. Then it measures what the two ends alone do
// with the same records: a kafka-go consumer that only counts, and the driver
// inserting rows that were made beforehand. It fails unless the rows are exact:
// as many as there are items, the same to the byte as those of the other insert,
// and sentiment_hourly what a GROUP BY over them says.
func BenchmarkEndToEnd(b *testing.B) {
	n := fromEnvironment(b, "EARSHOT_BENCH_RECORDS", benchRecords)
	for b.Loop() {
		brokers := startKafka(b)
		want := publishSimulated(b, newProducer(b, brokers), n)
		engine := startEngine(b)

		before := ownTime(b)
		run := startRun(b, brokers, engine.url, "bench")
		began := time.Now()
		first := run.settled(b) // what was settled before the clock ran does not count
		starting := run.cpu(b)
		for run.settled(b) < n {
			if time.Since(began) > 10*time.Minute {
				b.Fatalf("%d of %d records after %s", run.settled(b), n, time.Since(began))
			}
			time.Sleep(100 * time.Millisecond)
		}
		rate := float64(n-first) / time.Since(began).Seconds()
		b.ReportMetric(rate, "items/s")
		b.ReportMetric(perItem(run.cpu(b)-starting, n-first), "earshot-µs/item")
		b.ReportMetric(perItem(ownTime(b)-before, n), "clickhouse-µs/item")
		b.ReportMetric(float64(run.peak(b))/1e6, "peak-MB")
		run.stop()

		consumer := consume(b, brokers, n)
		b.ReportMetric(consumer, "bare-consumer/s")
		b.ReportMetric(100*rate/consumer, "%-of-consumer")
		insert := insertAlone(b, brokers, engine, run.key, n)
		b.ReportMetric(insert, "bare-insert/s")
		b.ReportMetric(100*rate/insert, "%-of-insert")
		b.ReportMetric(float64(runtime.NumCPU()), "cores")
		b.ReportMetric(0, "ns/op")

		if got := engine.number(b, "SELECT count() FROM bench.feedback"); got != want {
			b.Errorf("%d rows, want %d", got, want)
		}
		for _, view := range []string{"feedback", "mentions"} {
			if got, want := engine.text(b, digestOf("bench."+view)), engine.text(b, digestOf("bare."+view)); got != want {
				b.Errorf("%s has %s, want %s", view, got, want)
			}
		}
		if got, want := engine.text(b, hourlyOf("bench")), engine.text(b, grouped("bench")); got != want {
			b.Errorf("sentiment_hourly has %s, a GROUP BY says %s", got, want)
		}
	}
}

// BenchmarkVisible measures the time from the acknowledgement of a produced
// record to the first query of the view feedback that shows it, at 20 records a
// second.
func BenchmarkVisible(b *testing.B) {
	for b.Loop() {
		up := startUp(b, b.TempDir())
		producer := newProducer(b, up.kafka)
		var took []time.Duration
		for i := range 60 {
			id := fmt.Sprintf("visible-%d", i)
			publish(b, producer, kafkago.Message{Topic: "feedback.reviews", Value: fmt.Appendf(nil, `{"id":%q,"text":"Works well, thank you."}`, id)})
			began := time.Now()
			for up.number(b, "SELECT count() FROM earshot.feedback WHERE id = '"+id+"'") == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			took = append(took, time.Since(began))
			time.Sleep(time.Duration(i%7) * 150 * time.Millisecond) // any phase of the flush
		}
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds(), "p50-s")
		b.ReportMetric(took[len(took)-1].Seconds(), "max-s")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkStart measures the start of `earshot up` on an existing data
// directory until it is ready.
func BenchmarkStart(b *testing.B) {
	const records = 50_000
	for b.Loop() {
		dir := b.TempDir()
		up := startUp(b, dir)
		want := publishSimulated(b, newProducer(b, up.kafka), records)
		for up.number(b, "SELECT count() FROM earshot.feedback") < want {
			time.Sleep(50 * time.Millisecond)
		}
		up.stop()
		var took []time.Duration
		for range 5 {
			began := time.Now()
			up := startUp(b, dir)
			took = append(took, time.Since(began))
			up.stop()
		}
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds(), "p50-s")
		b.ReportMetric(took[len(took)-1].Seconds(), "max-s")
		b.ReportMetric(0, "ns/op")
	}
}

// fromEnvironment returns the number that a variable of the environment gives.
func fromEnvironment(b *testing.B, name string, otherwise int) int {
	b.Helper()
	value := os.Getenv(name)
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		b.Fatalf("%s=%s is no number of records", name, value)
	}
	return n
}

func perItem(d time.Duration, n int) float64 { return float64(d.Microseconds()) / float64(n) }

// ownTime returns the processor time of this process, which runs the engine.
func ownTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func publish(b *testing.B, producer *kafka.Producer, messages ...kafkago.Message) {
	b.Helper()
	if err := producer.Publish(b.Context(), messages); err != nil {
		b.Fatal(err)
	}
}
