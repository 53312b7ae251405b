package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
)

const password = "secret"

func allow(resource kmsg.ACLResourceType, name string, operations ...kmsg.ACLOperation) []kfake.ACL {
	var acls []kfake.ACL
	for _, operation := range operations {
		acls = append(acls, kfake.ACL{Resource: resource, Name: name, Pattern: kmsg.ACLResourcePatternTypeLiteral, Operation: operation, Allow: true})
	}
	return acls
}

// guardedKafka runs a broker that asks for a password and knows a user for each
// set of permissions.
func guardedKafka(t *testing.T) (brokers []string) {
	t.Helper()
	const topic, group = kmsg.ACLResourceTypeTopic, kmsg.ACLResourceTypeGroup
	const read, write, describe = kmsg.ACLOperationRead, kmsg.ACLOperationWrite, kmsg.ACLOperationDescribe
	readTopic := allow(topic, "t", read, describe)
	writeLetters := allow(topic, "dl", write, describe)
	readGroup := allow(group, "g", read, describe)
	user := func(name string, acls ...[]kfake.ACL) kfake.Opt {
		return kfake.User("SCRAM-SHA-512", name, password, slices.Concat(acls...)...)
	}
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t", "dl"), kfake.EnableSASL(), kfake.EnableACLs(),
		kfake.Superuser("SCRAM-SHA-256", "admin", password), kfake.Superuser("PLAIN", "plain", password),
		user("all", readTopic, writeLetters, readGroup),
		user("blind", writeLetters, readGroup),
		user("looks", allow(topic, "t", describe), writeLetters, readGroup),
		user("keeps", readTopic, allow(topic, "dl", describe), readGroup),
		user("alone", readTopic, writeLetters, allow(group, "g", describe)),
		user("stranger", readTopic, writeLetters),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c.ListenAddrs()
}

func login(t *testing.T, brokers []string, mechanism, user, password string) *kafka.Connection {
	t.Helper()
	conn, err := kafka.NewConnection(brokers, kafka.TLS{}, kafka.SASL{Mechanism: mechanism, Username: user, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestCheckFindsWhatIsNotAllowed(t *testing.T) {
	brokers := guardedKafka(t)
	broker := "broker " + brokers[0]
	ok := []finding{
		{pipeline.OK, broker, ""}, {pipeline.OK, "topic t", ""}, {pipeline.OK, "dead-letter topic dl", ""}, {pipeline.OK, "consumer group g", ""},
	}
	but := func(i int, f finding) []finding {
		list := slices.Clone(ok)
		list[i] = f
		return list
	}
	for _, tt := range []struct {
		name, mechanism, user, password string
		want                            []finding
	}{
		{"all is allowed", "scram-sha-512", "all", password, ok},
		{"SCRAM-SHA-256", "scram-sha-256", "admin", password, ok},
		{"PLAIN", "plain", "plain", password, ok},
		{"wrong password", "scram-sha-512", "all", "wrong", []finding{{pipeline.Unsafe, broker, "correct kafka.sasl"}}},
		{"wrong plain password", "plain", "plain", "wrong", []finding{{pipeline.Unsafe, broker, "correct kafka.sasl"}}},
		{"unknown user", "scram-sha-512", "nobody", password, []finding{{pipeline.Unsafe, broker, "correct kafka.sasl"}}},
		{"no user", "", "", "", []finding{{pipeline.Unsafe, broker, "kafka.sasl"}}},
		{"topic not visible", "scram-sha-512", "blind", password, but(1, finding{pipeline.Unsafe, "topic t", "allow READ and DESCRIBE on topic t"})},
		{"topic not readable", "scram-sha-512", "looks", password, but(1, finding{pipeline.Unsafe, "topic t", "allow READ and DESCRIBE on topic t"})},
		{"dead letters not writable", "scram-sha-512", "keeps", password, but(2, finding{pipeline.Unsafe, "dead-letter topic dl", "allow WRITE and DESCRIBE on topic dl"})},
		{"group not readable", "scram-sha-512", "alone", password, but(3, finding{pipeline.Unsafe, "consumer group g", "allow READ on group g"})},
		{"group not visible", "scram-sha-512", "stranger", password, but(3, finding{pipeline.Unsafe, "consumer group g", "allow READ on group g"})},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			got := kafka.Check(within(t, patience), login(t, brokers, tt.mechanism, tt.user, tt.password),
				kafka.Plan{Group: "g", Topics: []string{"t"}, DeadLetters: "dl"})
			if len(got) != len(tt.want) {
				t.Fatalf("%d findings, want %d: %+v", len(got), len(tt.want), got)
			}
			for i, f := range got {
				want := tt.want[i]
				if f.Severity != want.Severity || f.Subject != want.Subject || !strings.Contains(f.Detail+"\n"+f.Fix, want.Says) {
					t.Errorf("finding %d is %+v, want %+v", i, f, want)
				}
			}
		})
	}
}

func TestWithoutPermission(t *testing.T) {
	brokers := guardedKafka(t)
	all := kafka.NewProducer(login(t, brokers, "scram-sha-512", "all", password))
	keeps := kafka.NewProducer(login(t, brokers, "scram-sha-512", "keeps", password))
	t.Cleanup(func() {
		if err := errors.Join(all.Close(), keeps.Close()); err != nil {
			t.Error(err)
		}
	})
	letter := []kafkago.Message{{Topic: "dl", Value: []byte("x")}}
	if err := all.Publish(within(t, patience), letter); err != nil {
		t.Errorf("publishing where it is allowed: %v", err)
	}
	if err := keeps.Publish(within(t, patience), letter); err == nil || pipeline.IsRetriable(err) {
		t.Errorf("publishing where it is not allowed: %v, retriable: %v", err, pipeline.IsRetriable(err))
	}
	for user, password := range map[string]string{"stranger": password, "all": "wrong"} {
		log := &buffer{}
		source, err := kafka.NewSource(login(t, brokers, "scram-sha-512", user, password), kafka.SourceOptions{
			Group: "g", Topics: []string{"t"}, Log: slog.New(slog.NewTextHandler(log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, user+" to be told why it cannot join", func() bool {
			return log.has("level=WARN", "joining the consumer group", "tries=2", "since=") > 0
		})
		if source.Assigned() {
			t.Errorf("%s is assigned", user)
		}
		closeSource(t, source)
	}
	err := kafka.AwaitTopic(within(t, patience), login(t, brokers, "scram-sha-512", "all", "wrong"), "t")
	if !strings.Contains(fmt.Sprint(err), "are address, TLS and SASL right?") {
		t.Errorf("awaiting a topic with a wrong password: %v", err)
	}
}

func TestConnectionsThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		name    string
		brokers []string
		tls     kafka.TLS
		sasl    kafka.SASL
		says    string
	}{
		{"no brokers", nil, kafka.TLS{}, kafka.SASL{}, "kafka.brokers is empty"},
		{"no port", []string{"localhost"}, kafka.TLS{}, kafka.SASL{}, `"localhost" is not host:port`},
		{"empty port", []string{"a:1", "b:"}, kafka.TLS{}, kafka.SASL{}, `"b:" is not host:port`},
		{"unknown mechanism", []string{"a:1"}, kafka.TLS{}, kafka.SASL{Mechanism: "kerberos"}, `"kerberos" is none of plain, scram-sha-256, scram-sha-512`},
		{"no such authority", []string{"a:1"}, kafka.TLS{Enabled: true, CAFile: "testdata/none.pem"}, kafka.SASL{}, "kafka.tls.ca_file"},
		{"authority without certificate", []string{"a:1"}, kafka.TLS{Enabled: true, CAFile: "connection.go"}, kafka.SASL{}, "no PEM certificate in connection.go"},
		{"certificate without key", []string{"a:1"}, kafka.TLS{Enabled: true, CertFile: "connection.go"}, kafka.SASL{}, "kafka.tls.cert_file and key_file"},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			_, err := kafka.NewConnection(tt.brokers, tt.tls, tt.sasl)
			if !strings.Contains(fmt.Sprint(err), tt.says) {
				t.Errorf("%v does not say %q", err, tt.says)
			}
		})
	}
	conn, err := kafka.NewConnection([]string{"a:1", "[::1]:2"}, kafka.TLS{Enabled: true}, kafka.SASL{Mechanism: "PLAIN"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a:1", "[::1]:2"}, conn.Brokers()); diff != "" {
		t.Errorf("brokers (-want +got):\n%s", diff)
	}
}

func TestPublishEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := newProducer(t, embeddedKafka(t))
	err := p.Publish(ctx, []kafkago.Message{{Topic: "t", Value: []byte("x")}})
	if !errors.Is(err, context.Canceled) || pipeline.IsRetriable(err) {
		t.Errorf("got %v, retriable: %v", err, pipeline.IsRetriable(err))
	}
}
