//go:build integration

package main

import (
	"fmt"
	"strings"
	"testing"

	"earshot/cmd/config"
	"earshot/pipeline/kafka/kafkatest"
)

// startCluster starts Apache Kafka with the topics of the contract.
func startCluster(t *testing.T, o kafkatest.ClusterOptions) *kafkatest.Cluster {
	t.Helper()
	cluster := kafkatest.StartCluster(t, o)
	defaults := config.Default()
	for _, topic := range append(defaults.Topics(), defaults.Kafka.DeadLetters) {
		cluster.CreateTopic(topic, 3, nil)
	}
	return cluster
}

func TestRealKafka(t *testing.T) {
	cluster := startCluster(t, kafkatest.ClusterOptions{})
	brokers := strings.Join(cluster.Brokers(), ",")
	path := file(t, "earshot.yaml", fmt.Sprintf(
		"kafka: {brokers: [%q]}\nclickhouse: {url: \"embedded:%s\", listen: \"127.0.0.1:0\"}\nlisten: 127.0.0.1:0\ndashboard:\n", brokers, t.TempDir()))
	p := startsRun(t, path)
	sample := makeSample(t, 500)
	want := checkSends(t, p, brokers, "earshot", sample)

	for round := range 2 {
		written := func() string {
			_, metrics := get(t, "http://"+p.Operations+"/metrics")
			_, after, _ := strings.Cut(metrics, "\nearshot_rows_written_total{")
			line, _, _ := strings.Cut(after, "\n")
			return line
		}
		before := written()
		earshot(t, "", sample[round].send(brokers)...).succeeds(t)
		p.Await(t, "more is written", func() bool { return written() != before })
		p.Kill()
		p = startsRun(t, path)
	}
	sendAll(t, p, brokers, "earshot", sample)
	if got := p.sql(t, digest); got != want {
		t.Errorf("after kills and a complete send the rows are %s, without kills %s", got, want)
	}

	cluster.Kill(1)
	cluster.Start(1)
	sendAll(t, p, brokers, "earshot", sample)
	if got := p.sql(t, digest); got != want {
		t.Errorf("after Kafka's end and start the rows are %s, before %s", got, want)
	}

	t.Run("commands", func(t *testing.T) {
		reachable := file(t, "reachable.yaml", fmt.Sprintf("kafka: {brokers: [%q]}\nclickhouse: {url: \"http://%s\"}\n", brokers, p.ClickHouse))
		if got := earshot(t, "", "check", "--config", reachable).succeeds(t).out; !strings.Contains(got, "\nsafe: ") {
			t.Errorf("check:\n%s", got)
		}
		earshot(t, "", "send", "--brokers", brokers, "--topic", "feedback.nope", file(t, "a.ndjson", "{}")).fails(t, 1, "feedback.nope does not exist", "feedback.reviews")
		large := file(t, "l.ndjson", fmt.Sprintf("{\"id\":\"l\",\"text\":%q}\n", strings.Repeat("x", 2_000_000)))
		if got := earshot(t, "", "send", "--brokers", brokers, "--topic", "feedback.reviews", large); got.code != 1 || !strings.Contains(got.err, "line 1: a message of 2000020 bytes is larger") {
			t.Errorf("a message too large: code %d, %s", got.code, got.err)
		}
	})
	if code := p.Terminate(t); code != 0 {
		t.Errorf("asked to stop, it ended with code %d", code)
	}
}

func TestRealKafkaWithTLSAndAPassword(t *testing.T) {
	cluster := startCluster(t, kafkatest.ClusterOptions{Security: kafkatest.SASLSSL, User: "earshot", Password: "s3cret"})
	configuration := func(password, ca, clickhouse string) string {
		return file(t, "earshot.yaml", fmt.Sprintf(`kafka:
  brokers: [%q]
  tls: {enabled: true, ca_file: %s}
  sasl: {mechanism: scram-sha-512, username: earshot, password_file: %s}
clickhouse: {url: %q, listen: "127.0.0.1:0"}
listen: 127.0.0.1:0
dashboard:
`, cluster.Brokers()[0], ca, file(t, "password", password+"\n"), clickhouse))
	}
	good := configuration("s3cret", cluster.CAFile(), "embedded:"+t.TempDir())
	p := startsRun(t, good)
	earshot(t, "", "send", "--config", good, "--topic", "feedback.reviews", file(t, "a.ndjson", `{"id":"1","text":"fine"}`)).succeeds(t)
	p.Await(t, "the item is there", func() bool { return p.sql(t, "SELECT text FROM feedback") == "fine" })

	wrong := configuration("guess", cluster.CAFile(), "http://"+p.ClickHouse)
	earshot(t, "", "send", "--config", wrong, "--topic", "feedback.reviews", file(t, "a.ndjson", "{}")).fails(t, 1, "does not answer", "SASL")
	if got := earshot(t, "", "check", "--config", wrong); got.code != 1 || !strings.Contains(got.out, "correct kafka.sasl") {
		t.Errorf("check with a wrong password: code %d\n%s%s", got.code, got.out, got.err)
	}
	if got := earshot(t, "", "check", "--config", configuration("s3cret", "", "http://"+p.ClickHouse)); got.code != 1 || !strings.Contains(got.out, "correct kafka.tls") {
		t.Errorf("check with an unknown authority: code %d\n%s%s", got.code, got.out, got.err)
	}
}
