//go:build bench

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/pipeline/decode"
	"earshot/pipeline/kafka"
	embeddedkafka "earshot/pipeline/kafka/embedded"
	"earshot/pipeline/simulate"
	"earshot/sinks/clickhouse"
)

// The benchmarks run bin/earshot as users do, in a process of its own, and ask
// its servers from outside. `make bench` builds it first and runs each once.

const benchRecords = 300_000

// BenchmarkEndToEnd measures how fast records that wait in the embedded Kafka
// become rows of the embedded ClickHouse, and what its parts do alone: a bare
// kafka-go consumer that only counts. It fails unless the rows are exact.
func BenchmarkEndToEnd(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		want := fill(b, dir, benchRecords)
		up := startUp(b, dir)
		began := time.Now()
		first := up.settled(b) // what was settled before the clock ran does not count
		for up.settled(b) < benchRecords {
			if time.Since(began) > 5*time.Minute {
				b.Fatalf("%d of %d records after %s", up.settled(b), benchRecords, time.Since(began))
			}
			time.Sleep(20 * time.Millisecond)
		}
		b.ReportMetric(float64(benchRecords-first)/time.Since(began).Seconds(), "items/s")
		b.ReportMetric(consume(b, up.kafka, benchRecords), "bare-consumer/s")
		b.ReportMetric(float64(runtime.NumCPU()), "cores")
		b.ReportMetric(0, "ns/op")
		if got := up.count(b); got != want {
			b.Fatalf("%d rows, want %d", got, want)
		}
	}
}

// BenchmarkVisible measures the time from the acknowledgement of a produced
// record to the first query of the view feedback that shows it, at 20 records a
// second.
func BenchmarkVisible(b *testing.B) {
	for b.Loop() {
		up := startUp(b, b.TempDir())
		var took []time.Duration
		for i := range 60 {
			id := fmt.Sprintf("visible-%d", i)
			up.publish(b, kafkago.Message{Topic: "feedback.reviews", Value: fmt.Appendf(nil, `{"id":%q,"text":"Works well, thank you."}`, id)})
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
	for b.Loop() {
		dir := b.TempDir()
		want := fill(b, dir, 50_000)
		up := startUp(b, dir)
		for up.count(b) < want {
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

// BenchmarkMemory measures the peak of resident memory of `earshot run`, which
// reads from the Kafka and writes to the ClickHouse of another process, while a
// million records wait.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		want := fill(b, dir, 1_000_000)
		up := startUp(b, dir)
		file := filepath.Join(b.TempDir(), "run.yaml")
		listen := freeAddress(b)
		yaml := fmt.Sprintf("kafka: {brokers: [%s], group: bench}\nclickhouse: {url: 'http://%s', database: bench}\nlisten: %s\ndashboard: ''\n", up.kafka, up.clickhouse, listen)
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			b.Fatal(err)
		}
		run := start(b, listen, "run", "--config", file)
		peak := 0
		for up.number(b, "SELECT count() FROM bench.feedback") < want {
			peak = max(peak, resident(b, run.Process.Pid))
			time.Sleep(200 * time.Millisecond)
		}
		b.ReportMetric(float64(peak)/1e6, "peak-MB")
		b.ReportMetric(0, "ns/op")
	}
}

// server is a running `earshot up`.
type server struct {
	kafka, clickhouse, operations string
	command                       *exec.Cmd
	store                         *clickhouse.Store
	producer                      *kafka.Producer
}

func startUp(b *testing.B, dir string) *server {
	b.Helper()
	s := &server{kafka: freeAddress(b), clickhouse: freeAddress(b), operations: freeAddress(b)}
	s.command = start(b, s.operations, "up", "--data", dir, "--kafka", s.kafka, "--clickhouse", s.clickhouse, "--http", freeAddress(b), "--listen", s.operations)
	c := config.Default()
	var err error
	if s.store, err = service.OpenStore(&c, "http://"+s.clickhouse, nil); err != nil {
		b.Fatal(err)
	}
	s.producer = newProducer(b, s.kafka)
	b.Cleanup(func() { _ = s.store.Close() })
	return s
}

func (s *server) stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	_ = s.command.Wait()
}

// settled returns how many records have become rows or dead letters. It asks
// the metrics, which costs nothing, and not the view, which would be measured.
func (s *server) settled(b *testing.B) int {
	b.Helper()
	response, err := http.Get("http://" + s.operations + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var n float64
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if strings.HasPrefix(name, "earshot_rows_written_total") || strings.HasPrefix(name, "earshot_records_rejected_total") {
			count, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			n += count
		}
	}
	return int(n)
}

func (s *server) count(b *testing.B) int {
	return s.number(b, "SELECT count() FROM earshot.feedback")
}

func (s *server) number(b *testing.B, sql string) int {
	b.Helper()
	rows, err := s.store.Query(b.Context(), sql)
	if err != nil {
		if strings.Contains(err.Error(), "81") || strings.Contains(err.Error(), "60") {
			return 0 // not migrated yet
		}
		b.Fatal(err)
	}
	defer rows.Close()
	var n uint64
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			b.Fatal(err)
		}
	}
	return int(n)
}

func (s *server) publish(b *testing.B, messages ...kafkago.Message) {
	b.Helper()
	if err := s.producer.Publish(b.Context(), messages); err != nil {
		b.Fatal(err)
	}
}

// start starts bin/earshot and waits until it is ready.
func start(b *testing.B, listen string, args ...string) *exec.Cmd {
	b.Helper()
	binary, err := filepath.Abs("../../bin/earshot")
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(binary, args...)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		b.Fatalf("%v; run make build", err)
	}
	b.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		response, err := http.Get("http://" + listen + "/readyz")
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return command
			}
		}
		if time.Since(began) > time.Minute {
			b.Fatalf("earshot %v is not ready after a minute", args)
		}
	}
}

// fill puts n records of the simulated telecom into the embedded Kafka of a data
// directory, and returns how many rows they must become.
func fill(b *testing.B, dir string, n int) int {
	b.Helper()
	c := config.Default()
	topics := []embeddedkafka.Topic{{Name: c.Kafka.DeadLetters}}
	for _, t := range c.Topics() {
		topics = append(topics, embeddedkafka.Topic{Name: t})
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	broker, err := embeddedkafka.Start(b.Context(), embeddedkafka.Options{Dir: filepath.Join(dir, "kafka"), Addr: "127.0.0.1:0", Topics: topics})
	if err != nil {
		b.Fatal(err)
	}
	producer := newProducer(b, broker.Addr())
	company := simulate.New(simulate.Options{Seed: 1, Rate: 1e6})
	alive := map[string]bool{}
	batch := make([]simulate.Message, 0, 10_000)
	for range n {
		m := company.Next()
		switch id := decode.ID(m.Value); {
		case m.Meant.Broken != "":
		case m.Meant.Kind == simulate.Deletion:
			delete(alive, m.Topic+"/"+id)
		default:
			alive[m.Topic+"/"+id] = true
		}
		if batch = append(batch, m); len(batch) == cap(batch) {
			if err := publishAll(b.Context(), producer, batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := publishAll(b.Context(), producer, batch); err != nil {
		b.Fatal(err)
	}
	if err := broker.Close(); err != nil {
		b.Fatal(err)
	}
	return len(alive)
}

// consume returns how many records a second a bare kafka-go group member counts.
func consume(b *testing.B, address string, n int) float64 {
	b.Helper()
	c := config.Default()
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: []string{address}, GroupID: "bare", GroupTopics: c.Topics(), StartOffset: kafkago.FirstOffset, MaxWait: time.Second,
	})
	defer reader.Close()
	if _, err := reader.FetchMessage(b.Context()); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for range n - 1 {
		if _, err := reader.FetchMessage(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

func newProducer(b *testing.B, address string) *kafka.Producer {
	b.Helper()
	conn, err := kafka.NewConnection([]string{address}, kafka.TLS{}, kafka.SASL{})
	if err != nil {
		b.Fatal(err)
	}
	p := kafka.NewProducer(conn)
	b.Cleanup(func() { _ = p.Close() })
	return p
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// resident returns the resident memory of a process in bytes.
func resident(b *testing.B, pid int) int {
	b.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			if err != nil {
				b.Fatal(err)
			}
			return kilobytes * 1024
		}
	}
	return 0
}
