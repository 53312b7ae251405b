//go:build bench

package main

import (
	"errors"
	"strings"
	"testing"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/pipeline/decode"
	"earshot/pipeline/kafka"
	"earshot/pipeline/kafka/kafkatest"
	"earshot/pipeline/simulate"
	"earshot/sinks/clickhouse"
	embeddedclickhouse "earshot/sinks/clickhouse/embedded"
)

// startKafka starts Apache Kafka with the topics of the contract, three partitions
// each, and returns its address.
func startKafka(b *testing.B) string {
	b.Helper()
	cluster := kafkatest.StartCluster(b, kafkatest.ClusterOptions{})
	defaults := config.Default()
	for _, topic := range append(defaults.Topics(), defaults.Kafka.DeadLetters) {
		cluster.CreateTopic(topic, 3, map[string]string{"max.message.bytes": "16777216"})
	}
	return strings.Join(cluster.Brokers(), ",")
}

func newProducer(b *testing.B, brokers string) *kafka.Producer {
	b.Helper()
	p := kafka.NewProducer(connect(b, brokers))
	b.Cleanup(func() { _ = p.Close() })
	return p
}

func connect(b *testing.B, brokers string) *kafka.Connection {
	b.Helper()
	conn, err := kafka.NewConnection(strings.Split(brokers, ","), kafka.TLS{}, kafka.SASL{})
	if err != nil {
		b.Fatal(err)
	}
	return conn
}

// publishSimulated publishes n records of the simulated telecom, and returns how
// many rows they must become.
func publishSimulated(b *testing.B, producer *kafka.Producer, n int) int {
	b.Helper()
	company := simulate.New(simulate.Options{Seed: 1, Rate: 1e6})
	alive := map[string]bool{}
	batch := make([]simulate.Message, 0, 10_000)
	for i := range n {
		m := company.Next()
		switch id := decode.ID(m.Value); {
		case m.Meant.Broken != "":
		case m.Meant.Kind == simulate.Deletion:
			delete(alive, m.Topic+"/"+id)
		default:
			alive[m.Topic+"/"+id] = true
		}
		if batch = append(batch, m); len(batch) == cap(batch) || i == n-1 {
			if err := publishAll(b.Context(), producer, batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	return len(alive)
}

// asked is a ClickHouse that can be asked.
type asked struct {
	url   string
	store *clickhouse.Store
}

// startEngine starts the ClickHouse engine in this process. It is asked in the
// database bench, which is not there yet.
func startEngine(b *testing.B) *asked {
	b.Helper()
	server, err := embeddedclickhouse.Start(b.Context(), embeddedclickhouse.Options{Dir: b.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close(b.Context()) })
	return ask(b, "http://"+server.Addr(), "bench")
}

// ask opens a database of a ClickHouse; without a name, the configured one.
func ask(b *testing.B, url, database string) *asked {
	b.Helper()
	c := config.Default()
	if database != "" {
		c.ClickHouse.Database = database
	}
	store, err := service.OpenStore(&c, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	return &asked{url, store}
}

// number asks for a count; 0 if what is asked about is not there yet.
func (a *asked) number(b *testing.B, sql string) int {
	b.Helper()
	var n uint64
	a.scan(b, sql, &n)
	return int(n)
}

// text asks for one text, which must be there.
func (a *asked) text(b *testing.B, sql string) string {
	b.Helper()
	var answer string
	if a.scan(b, sql, &answer); answer == "" {
		b.Fatalf("no answer to %s", sql)
	}
	return answer
}

// scan asks for one value. It is left as it is if what is asked about is not there
// yet.
func (a *asked) scan(b *testing.B, sql string, value any) {
	b.Helper()
	rows, err := a.store.Query(b.Context(), sql)
	if err != nil {
		var refused *ch.Exception
		const unknownTable, unknownDatabase = 60, 81
		if errors.As(err, &refused) && (refused.Code == unknownTable || refused.Code == unknownDatabase) {
			return // not migrated yet
		}
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(value); err != nil {
			b.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
}

// up is a running `earshot up`.
type up struct {
	*running
	*asked
	kafka string // address
}

func startUp(b *testing.B, dir string) *up {
	b.Helper()
	u := &up{running: &running{operations: freeAddress(b)}, kafka: freeAddress(b)}
	store := freeAddress(b)
	u.command = start(b, u.operations, "up", "--data", dir, "--kafka", u.kafka, "--clickhouse", store, "--http", freeAddress(b), "--listen", u.operations)
	u.asked = ask(b, "http://"+store, "")
	return u
}
