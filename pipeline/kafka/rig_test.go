package kafka_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
)

// patience bounds every wait for something that should come.
const patience = 40 * time.Second

// cluster is a Kafka, embedded or real.
type cluster interface {
	Brokers() []string
}

// oracle asks and fills a cluster through another client library than the one
// under test.
type oracle struct {
	t *testing.T
	*kgo.Client
	admin *kadm.Client
}

func newOracle(t *testing.T, c cluster) *oracle {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers()...), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(16<<20-1024), kgo.MetadataMinAge(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &oracle{t: t, Client: client, admin: kadm.NewClient(client)}
}

// within bounds one step of a test.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// name is a topic's or group's name of the test's own.
func name(t *testing.T, suffix string) string {
	return strings.NewReplacer("/", ".", "#", "", ",", "", "'", "").Replace(t.Name()) + suffix
}

// topic creates a topic of the test's own.
func (o *oracle) topic(suffix string, partitions int, configs ...string) string {
	o.t.Helper()
	topic := name(o.t, suffix)
	o.create(topic, partitions, configs...)
	return topic
}

func (o *oracle) create(topic string, partitions int, configs ...string) {
	o.t.Helper()
	settings := map[string]*string{}
	for i := 0; i < len(configs); i += 2 {
		settings[configs[i]] = &configs[i+1]
	}
	if _, err := o.admin.CreateTopic(within(o.t, patience), int32(partitions), 1, settings, topic); err != nil {
		o.t.Fatalf("creating topic %s: %v", topic, err)
	}
	o.eventually("a leader for each partition of "+topic, func() bool {
		meta, err := o.admin.Metadata(within(o.t, patience), topic)
		if err != nil || len(meta.Topics[topic].Partitions) < partitions {
			return false
		}
		for _, p := range meta.Topics[topic].Partitions {
			if p.Err != nil || p.Leader < 0 {
				return false
			}
		}
		return true
	})
}

// produce writes records in the order given.
func (o *oracle) produce(records ...*kgo.Record) {
	o.t.Helper()
	if err := o.ProduceSync(within(o.t, patience), records...).FirstErr(); err != nil {
		o.t.Fatalf("producing: %v", err)
	}
}

// fill writes "prefix-partition-i" n times to each partition.
func (o *oracle) fill(topic, prefix string, partitions, n int) []string {
	o.t.Helper()
	var records []*kgo.Record
	var values []string
	for i := range n {
		for p := range partitions {
			value := fmt.Sprintf("%s-%d-%d", prefix, p, i)
			values = append(values, value)
			records = append(records, &kgo.Record{Topic: topic, Partition: int32(p), Value: []byte(value)})
		}
	}
	o.produce(records...)
	return values
}

// committed returns the group's offsets in topic, without partitions that have
// none.
func (o *oracle) committed(group, topic string) map[int]int64 {
	o.t.Helper()
	fetched, err := o.admin.FetchOffsetsForTopics(within(o.t, patience), group, topic)
	if err != nil {
		o.t.Fatalf("reading the offsets of %s: %v", group, err)
	}
	offsets := map[int]int64{}
	fetched.Each(func(r kadm.OffsetResponse) {
		if r.Topic == topic && r.At >= 0 {
			offsets[int(r.Partition)] = r.At
		}
	})
	return offsets
}

// eventually waits until something is so.
func (o *oracle) eventually(what string, is func() bool) {
	o.t.Helper()
	eventually(o.t, what, is)
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %s", patience, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func connect(t *testing.T, brokers ...string) *kafka.Connection {
	t.Helper()
	conn, err := kafka.NewConnection(brokers, kafka.TLS{}, kafka.SASL{})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// join returns a member of a group, which leaves with the test.
func join(t *testing.T, c cluster, group string, topics ...string) *kafka.Source {
	t.Helper()
	source, _ := joinLogging(t, c, group, topics...)
	return source
}

// joinLogging is join that also returns what the member logs.
func joinLogging(t *testing.T, c cluster, group string, topics ...string) (*kafka.Source, *buffer) {
	t.Helper()
	return joinWith(t, c, kafka.SourceOptions{Group: group, Topics: topics})
}

// joinWith is joinLogging with all options but the log.
func joinWith(t *testing.T, c cluster, o kafka.SourceOptions) (*kafka.Source, *buffer) {
	t.Helper()
	log := &buffer{}
	o.Log = slog.New(slog.NewTextHandler(log, nil))
	source, err := kafka.NewSource(connect(t, c.Brokers()...), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeSource(t, source)
		if t.Failed() {
			t.Logf("a member of %s logged:\n%s", o.Group, log)
		}
	})
	return source, log
}

func closeSource(t *testing.T, source *kafka.Source) {
	t.Helper()
	if err := source.Close(); err != nil {
		t.Error(err)
	}
}

// fetch returns the next n records.
func fetch(t *testing.T, source *kafka.Source, n int) []pipeline.Record {
	t.Helper()
	ctx := within(t, patience)
	records := make([]pipeline.Record, 0, n)
	for len(records) < n {
		r, err := source.Fetch(ctx)
		if err != nil {
			t.Fatalf("after %d of %d records: %v", len(records), n, err)
		}
		records = append(records, r)
	}
	return records
}

// commit commits the position of each record.
func commit(t *testing.T, source *kafka.Source, records ...pipeline.Record) {
	t.Helper()
	last := map[int]pipeline.Position{}
	for _, r := range records {
		last[r.Partition] = pipeline.Position{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}
	}
	var done []pipeline.Position
	for p := range maps.Values(last) {
		done = append(done, p)
	}
	if err := source.Commit(within(t, patience), done); err != nil {
		t.Fatalf("committing: %v", err)
	}
}

// values are those of records.
func values(records []pipeline.Record) []string {
	var list []string
	for _, r := range records {
		list = append(list, string(r.Value))
	}
	return list
}

// consumer keeps fetching and, once told to, committing.
type consumer struct {
	source *kafka.Source
	stop   context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex
	seen map[string]int // by value
	last map[int]int64  // offset fetched by partition
	bad  []string
}

// consume starts a consumer that commits each record it fetches.
func consume(t *testing.T, source *kafka.Source) *consumer {
	ctx, stop := context.WithCancel(t.Context())
	c := &consumer{source: source, stop: stop, ended: make(chan struct{}), seen: map[string]int{}, last: map[int]int64{}}
	go func() {
		defer close(c.ended)
		for {
			r, err := source.Fetch(ctx)
			if err != nil {
				return
			}
			c.mu.Lock()
			c.seen[string(r.Value)]++
			c.last[r.Partition] = r.Offset
			c.mu.Unlock()
			err = source.Commit(ctx, []pipeline.Position{{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}})
			if err != nil && !pipeline.IsRetriable(err) {
				c.mu.Lock()
				c.bad = append(c.bad, err.Error())
				c.mu.Unlock()
			}
		}
	}()
	t.Cleanup(c.end)
	return c
}

func (c *consumer) end() {
	c.stop()
	<-c.ended
}

// has tells which of the values were fetched.
func (c *consumer) has(values ...string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, v := range values {
		if c.seen[v] > 0 {
			n++
		}
	}
	return n
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// has counts the lines that hold all the parts.
func (b *buffer) has(parts ...string) int {
	n := 0
	for line := range strings.Lines(b.String()) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			n++
		}
	}
	return n
}
