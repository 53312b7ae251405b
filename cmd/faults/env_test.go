//go:build faults

package faults

import (
	"os"
	"path/filepath"
	"testing"

	"earshot/pipeline/kafka/kafkatest"
)

// EnvOptions say which servers to start.
type EnvOptions struct {
	Nodes   int  // of Kafka: 1, which 0 means too, or 3 with replication 3
	Proxied bool // with Networks between Kafka.Between and the brokers
	// Steady is for servers that nobody breaks: a broker may be silent for long,
	// as on a machine that is busy, before the controller takes it for dead.
	Steady bool
}

// Env is the servers that cases run on: Apache Kafka, and ClickHouse in a process
// of its own.
type Env struct {
	Kafka      *kafkatest.Cluster
	ClickHouse *Server
	Networks   []*TCPProxy // by node, if they were asked for
}

// StartEnv starts servers that end with the test. Where the test is the case's own,
// the case may stop and start them; those that are shared it must leave alone.
func StartEnv(t testing.TB, o EnvOptions) *Env {
	t.Helper()
	dir := t.TempDir()
	e := &Env{}
	cluster := kafkatest.ClusterOptions{Nodes: o.Nodes, Properties: map[string]string{
		// Retention is to delete while a case waits for it.
		"log.retention.check.interval.ms": "500", "log.initial.task.delay.ms": "500",
	}}
	if o.Steady {
		cluster.Properties["broker.session.timeout.ms"] = "20000"
	}
	if o.Proxied {
		cluster.Between = func(number int, listens string) string {
			proxy := startTCPProxy(t, listens)
			e.Networks = append(e.Networks[:number-1], proxy)
			return proxy.Addr()
		}
	}
	e.Kafka = kafkatest.StartCluster(t, cluster)
	data := filepath.Join(dir, "clickhouse")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	e.ClickHouse = startClickHouse(t, data)
	return e
}
