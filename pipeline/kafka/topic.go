package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"

	kafkago "github.com/segmentio/kafka-go"
)

// AwaitTopic returns nil once a topic can be published to. The error says which
// address does not answer, or that the topic is missing.
func AwaitTopic(ctx context.Context, conn *Connection, topic string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*dialTimeout)
	defer cancel()
	transport := conn.transport()
	defer transport.CloseIdleConnections()
	client := conn.clientOn(transport)
	meta, err := client.Metadata(ctx, &kafkago.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return fmt.Errorf("kafka at %s does not answer: %w; is it running, and are address, TLS and SASL right?", strings.Join(conn.brokers, ","), err)
	}
	for _, t := range meta.Topics {
		if errors.Is(t.Error, kafkago.UnknownTopicOrPartition) {
			return fmt.Errorf("topic %s does not exist; create it, or choose one of: %s", topic, strings.Join(topics(ctx, client), ", "))
		}
		if t.Error != nil {
			return fmt.Errorf("topic %s: %w", topic, t.Error)
		}
	}
	return nil
}

// topics lists the cluster's topics, without Kafka's own.
func topics(ctx context.Context, client *kafkago.Client) []string {
	meta, err := client.Metadata(ctx, &kafkago.MetadataRequest{})
	if err != nil {
		return nil
	}
	var names []string
	for _, t := range meta.Topics {
		if !t.Internal && !strings.HasPrefix(t.Name, "__") {
			names = append(names, t.Name)
		}
	}
	return names
}
