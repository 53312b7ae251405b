package kafka

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// partitionWatchInterval is how soon new partitions, and topics that were
// missing, are noticed.
const partitionWatchInterval = 5 * time.Second

// topicWatch knows how many partitions the topics of a group have. The watch of
// kafka-go's own ends a membership at once where a topic is missing, so that the
// group would do nothing but join.
type topicWatch struct {
	client    *kafkago.Client
	transport *kafkago.Transport
	topics    []string
	log       *slog.Logger

	mu    sync.Mutex
	known map[string]int // partitions by topic, 0 of a missing one; nil before the first look
}

func newTopicWatch(conn *Connection, topics []string, log *slog.Logger) *topicWatch {
	transport := conn.transport()
	return &topicWatch{client: conn.clientOn(transport), transport: transport, topics: topics, log: log}
}

func (w *topicWatch) close() { w.transport.CloseIdleConnections() }

// watch returns when the number of partitions has changed, so that the group
// shares them out anew, or when ctx ends.
func (w *topicWatch) watch(ctx context.Context) {
	tick := time.NewTicker(partitionWatchInterval)
	defer tick.Stop()
	for {
		// What has changed since the membership before was not seen by who
		// assigned this one, perhaps; hence known outlives memberships.
		if w.changed(ctx) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// changed looks at the topics. It says no while the brokers don't tell, and yes
// at the first look: what was shared out before it is not known.
func (w *topicWatch) changed(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, partitionWatchInterval)
	defer cancel()
	partitions, err := w.partitions(ctx, w.topics)
	if err != nil {
		return false
	}
	now := map[string]int{}
	for _, topic := range w.topics {
		now[topic] = 0
	}
	for _, p := range partitions {
		now[p.Topic]++
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, topic := range w.topics {
		if before, looked := w.known[topic]; now[topic] == 0 && (!looked || before > 0) {
			w.log.Warn("topic does not exist: it is read once it does", "topic", topic)
		}
	}
	changed := !maps.Equal(w.known, now)
	w.known = now
	return changed
}

// partitions returns the partitions of those of the topics that exist.
func (w *topicWatch) partitions(ctx context.Context, topics []string) ([]kafkago.Partition, error) {
	meta, err := w.client.Metadata(ctx, &kafkago.MetadataRequest{Topics: topics})
	if err != nil {
		return nil, err
	}
	var found []kafkago.Partition
	for _, topic := range meta.Topics {
		switch {
		case errors.Is(topic.Error, kafkago.UnknownTopicOrPartition):
		case topic.Error != nil:
			return nil, topic.Error
		}
		for _, p := range topic.Partitions {
			found = append(found, kafkago.Partition{Topic: topic.Name, ID: p.ID, Leader: p.Leader})
		}
	}
	return found, nil
}

// balancer shares partitions out by ranges. kafka-go shows it no partitions at
// all where one of the topics is missing; then it looks for itself.
type balancer struct {
	kafkago.RangeGroupBalancer
	topics *topicWatch
}

// AssignGroups implements kafkago.GroupBalancer.
func (b balancer) AssignGroups(members []kafkago.GroupMember, partitions []kafkago.Partition) kafkago.GroupMemberAssignments {
	if len(partitions) == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout/2)
		defer cancel()
		var topics []string
		for _, m := range members {
			topics = append(topics, m.Topics...)
		}
		slices.Sort(topics)
		found, err := b.topics.partitions(ctx, slices.Compact(topics))
		if err != nil {
			b.topics.log.Warn("finding the partitions to share out", "error", err)
		}
		partitions = found
	}
	return b.RangeGroupBalancer.AssignGroups(members, partitions)
}
