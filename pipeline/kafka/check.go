package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"earshot/pipeline"
)

// Plan is what a pipeline will use of a cluster.
type Plan struct {
	Group       string
	Topics      []string
	DeadLetters string
}

// checkTimeout bounds a whole Check.
const checkTimeout = 15 * time.Second

// Operations that Kafka's ACLs know, as bits of what a broker says a client is
// authorised to do.
const (
	opRead     = 1 << 3
	opWrite    = 1 << 4
	opDescribe = 1 << 8
	// opsUnknown is a broker's answer when it does not say.
	opsUnknown = math.MinInt32
)

// Check looks for what would keep a pipeline with this plan from working. It
// changes nothing. It asks with another client library than the pipeline uses,
// which has the calls that tell permissions.
func Check(ctx context.Context, conn *Connection, plan Plan) []pipeline.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	client, err := conn.franz()
	if err != nil {
		return []pipeline.Finding{{Severity: pipeline.Unsafe, Subject: "kafka", Detail: err.Error(), Fix: "correct the section kafka of the configuration"}}
	}
	defer client.Close()
	findings, reachable := checkBrokers(ctx, conn, client)
	if !reachable {
		return findings
	}
	findings = append(findings, checkTopics(ctx, client, plan)...)
	return append(findings, checkGroup(ctx, client, plan.Group)...)
}

// franz returns a client of the other library with the same settings.
func (c *Connection) franz() (*kgo.Client, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(c.brokers...), kgo.ClientID(clientID), kgo.DialTimeout(dialTimeout),
		kgo.RetryTimeout(dialTimeout), kgo.RequestRetries(2),
	}
	if c.tls != nil {
		options = append(options, kgo.DialTLSConfig(c.tls))
	}
	var mechanism sasl.Mechanism
	switch strings.ToLower(c.sasl.Mechanism) {
	case "plain":
		mechanism = plain.Auth{User: c.sasl.Username, Pass: c.sasl.Password}.AsMechanism()
	case "scram-sha-256":
		mechanism = scram.Auth{User: c.sasl.Username, Pass: c.sasl.Password}.AsSha256Mechanism()
	case "scram-sha-512":
		mechanism = scram.Auth{User: c.sasl.Username, Pass: c.sasl.Password}.AsSha512Mechanism()
	}
	if mechanism != nil {
		options = append(options, kgo.SASL(mechanism))
	}
	return kgo.NewClient(options...)
}

// checkBrokers finds seed brokers that don't answer. The cluster is reachable
// if one does.
func checkBrokers(ctx context.Context, conn *Connection, client *kgo.Client) ([]pipeline.Finding, bool) {
	var findings []pipeline.Finding
	answered := 0
	for i, seed := range client.SeedBrokers() {
		address := conn.brokers[i]
		_, err := seed.Request(ctx, kmsg.NewPtrMetadataRequest())
		if err == nil {
			answered++
			findings = append(findings, pipeline.Finding{Severity: pipeline.OK, Subject: "broker " + address, Detail: "answers"})
			continue
		}
		findings = append(findings, pipeline.Finding{
			Severity: pipeline.Unsafe,
			Subject:  "broker " + address,
			Detail:   "does not answer: " + err.Error(),
			Fix:      brokerFix(conn, err),
		})
	}
	if answered > 0 {
		for i := range findings {
			if findings[i].Severity == pipeline.Unsafe {
				findings[i].Severity = pipeline.Warning // the others lead to the cluster
			}
		}
	}
	return findings, answered > 0
}

func brokerFix(conn *Connection, err error) string {
	switch {
	case errors.Is(err, io.EOF) && conn.mechanism != nil:
		return "correct kafka.sasl (mechanism, username and password_file), or kafka.brokers and kafka.tls: the broker hangs up, as some do at a wrong password"
	case errors.Is(err, kerr.SaslAuthenticationFailed), errors.Is(err, kerr.UnsupportedSaslMechanism), errors.Is(err, kerr.IllegalSaslState):
		return "correct kafka.sasl: mechanism, username and password_file"
	case strings.Contains(err.Error(), "tls:"), strings.Contains(err.Error(), "x509:"):
		return "correct kafka.tls: does the broker speak TLS on this port, and does ca_file hold the certificate of its authority?"
	}
	return "correct kafka.brokers, start the broker, or open the firewall; if the port wants TLS or SASL, set kafka.tls or kafka.sasl"
}

// checkTopics finds topics that are missing, leaderless, or closed to us.
func checkTopics(ctx context.Context, client *kgo.Client, plan Plan) []pipeline.Finding {
	request := kmsg.NewPtrMetadataRequest()
	request.IncludeTopicAuthorizedOperations = true
	names := append(slices.Clone(plan.Topics), plan.DeadLetters)
	for _, name := range names {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = kmsg.StringPtr(name)
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return []pipeline.Finding{{Severity: pipeline.Unsafe, Subject: "topics", Detail: "metadata: " + err.Error(), Fix: "run the check again"}}
	}
	var findings []pipeline.Finding
	for _, name := range names { // brokers answer in an order of their own
		for _, topic := range response.Topics {
			if topic.Topic != nil && *topic.Topic == name {
				isDeadLetters := name == plan.DeadLetters
				findings = append(findings, checkTopic(&topic, name, isDeadLetters))
			}
		}
	}
	return findings
}

func checkTopic(topic *kmsg.MetadataResponseTopic, name string, isDeadLetters bool) pipeline.Finding {
	subject, need, operation, use := "topic "+name, int32(opRead|opDescribe), "READ and DESCRIBE", "is missing"
	if isDeadLetters {
		subject, need, operation = "dead-letter topic "+name, int32(opWrite|opDescribe), "WRITE and DESCRIBE"
		use = "is missing: the first broken record would hold up its partition"
	}
	unsafe := func(detail, fix string) pipeline.Finding {
		return pipeline.Finding{Severity: pipeline.Unsafe, Subject: subject, Detail: detail, Fix: fix}
	}
	switch err := kerr.ErrorForCode(topic.ErrorCode); {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return unsafe(use, "create it: kafka-topics.sh --bootstrap-server HOST:PORT --create --topic "+name)
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		return unsafe("this user may not see it", fmt.Sprintf("allow %s on topic %s", operation, name))
	case err != nil:
		return unsafe(err.Error(), "look at the brokers' logs")
	}
	if topic.AuthorizedOperations != opsUnknown && topic.AuthorizedOperations != 0 && topic.AuthorizedOperations&need != need {
		return unsafe("this user may not use it", fmt.Sprintf("allow %s on topic %s", operation, name))
	}
	for _, p := range topic.Partitions {
		if p.Leader < 0 {
			return unsafe(fmt.Sprintf("partition %d has no leader", p.Partition), "start the brokers that hold its replicas")
		}
	}
	return pipeline.Finding{Severity: pipeline.OK, Subject: subject, Detail: fmt.Sprintf("%d partitions", len(topic.Partitions))}
}

// checkGroup finds a consumer group that is closed to us.
func checkGroup(ctx context.Context, client *kgo.Client, group string) []pipeline.Finding {
	request := kmsg.NewPtrDescribeGroupsRequest()
	request.Groups = []string{group}
	request.IncludeAuthorizedOperations = true
	response, err := request.RequestWith(ctx, client)
	// The first one to ask makes a new cluster prepare its groups.
	for began := time.Now(); errors.Is(err, kerr.CoordinatorNotAvailable) && time.Since(began) < dialTimeout; {
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
		response, err = request.RequestWith(ctx, client)
	}
	subject := "consumer group " + group
	denied := pipeline.Finding{Severity: pipeline.Unsafe, Subject: subject, Detail: "this user may not join it", Fix: "allow READ on group " + group}
	switch {
	case errors.Is(err, kerr.GroupAuthorizationFailed):
		return []pipeline.Finding{denied}
	case err != nil:
		return []pipeline.Finding{{Severity: pipeline.Unsafe, Subject: subject, Detail: err.Error(), Fix: "look at the brokers' logs: the group has no coordinator"}}
	}
	var findings []pipeline.Finding
	for _, g := range response.Groups {
		err := kerr.ErrorForCode(g.ErrorCode)
		switch {
		case errors.Is(err, kerr.GroupAuthorizationFailed):
			findings = append(findings, denied)
		case err != nil && !errors.Is(err, kerr.GroupIDNotFound):
			findings = append(findings, pipeline.Finding{Severity: pipeline.Unsafe, Subject: subject, Detail: err.Error(), Fix: "look at the brokers' logs"})
		case g.AuthorizedOperations != opsUnknown && g.AuthorizedOperations != 0 && g.AuthorizedOperations&opRead == 0:
			findings = append(findings, denied)
		default:
			findings = append(findings, pipeline.Finding{Severity: pipeline.OK, Subject: subject, Detail: fmt.Sprintf("%d members", len(g.Members))})
		}
	}
	return findings
}
