package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	kafkago "github.com/segmentio/kafka-go"
)

// PartitionLag is how far a group is behind in one partition.
type PartitionLag struct {
	Topic     string
	Partition int
	Records   int64 // records between the group's offset and the end of the log
}

// Monitor reads what brokers know of a group and its topics.
type Monitor struct {
	client    *kafkago.Client
	transport *kafkago.Transport
	group     string
	topics    []string
}

// NewMonitor returns a monitor of the group in these topics.
func NewMonitor(conn *Connection, group string, topics []string) *Monitor {
	transport := conn.transport()
	return &Monitor{client: conn.clientOn(transport), transport: transport, group: group, topics: topics}
}

// Close ends the monitor's connections.
func (m *Monitor) Close() error {
	m.transport.CloseIdleConnections()
	return nil
}

// Lag returns the lag of every partition, by topic and partition. A partition
// without a committed offset lags by all that it holds. An error that may pass,
// such as a coordinator that moves, is Retriable.
func (m *Monitor) Lag(ctx context.Context) ([]PartitionLag, error) {
	partitions, offsets, err := m.edges(ctx)
	if err != nil {
		return nil, err
	}
	committed, err := m.client.OffsetFetch(ctx, &kafkago.OffsetFetchRequest{GroupID: m.group, Topics: partitions})
	if err != nil {
		return nil, classify(ctx, fmt.Errorf("fetching the group's offsets: %w", err))
	}
	if committed.Error != nil && !errors.Is(committed.Error, kafkago.GroupIdNotFound) { // it never committed
		return nil, classify(ctx, fmt.Errorf("fetching the group's offsets: %w", committed.Error))
	}
	at := map[string]map[int]int64{}
	for topic, list := range committed.Topics {
		at[topic] = map[int]int64{}
		for _, p := range list {
			at[topic][p.Partition] = p.CommittedOffset
		}
	}
	var lags []PartitionLag
	for topic, list := range offsets {
		for _, p := range list {
			from, known := at[topic][p.Partition]
			if !known || from < p.FirstOffset {
				from = p.FirstOffset
			}
			lags = append(lags, PartitionLag{Topic: topic, Partition: p.Partition, Records: max(0, p.LastOffset-from)})
		}
	}
	slices.SortFunc(lags, func(a, b PartitionLag) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return lags, nil
}

// Count returns how many records the topics hold, over all partitions.
func (m *Monitor) Count(ctx context.Context) (int64, error) {
	_, offsets, err := m.edges(ctx)
	if err != nil {
		return 0, err
	}
	var records int64
	for _, list := range offsets {
		for _, p := range list {
			records += p.LastOffset - p.FirstOffset
		}
	}
	return records, nil
}

// edges returns the partitions of the topics that exist, and where their logs
// begin and end.
func (m *Monitor) edges(ctx context.Context) (map[string][]int, map[string][]kafkago.PartitionOffsets, error) {
	meta, err := m.client.Metadata(ctx, &kafkago.MetadataRequest{Topics: m.topics})
	if err != nil {
		return nil, nil, classify(ctx, fmt.Errorf("reading the topics' metadata: %w", err))
	}
	partitions := map[string][]int{}
	requests := map[string][]kafkago.OffsetRequest{}
	for _, topic := range meta.Topics {
		for _, p := range topic.Partitions {
			partitions[topic.Name] = append(partitions[topic.Name], p.ID)
			requests[topic.Name] = append(requests[topic.Name], kafkago.FirstOffsetOf(p.ID), kafkago.LastOffsetOf(p.ID))
		}
	}
	if len(requests) == 0 {
		return partitions, nil, nil
	}
	offsets, err := m.client.ListOffsets(ctx, &kafkago.ListOffsetsRequest{Topics: requests})
	if err != nil {
		return nil, nil, classify(ctx, fmt.Errorf("listing offsets: %w", err))
	}
	for topic, list := range offsets.Topics {
		for _, p := range list {
			if p.Error != nil {
				return nil, nil, classify(ctx, fmt.Errorf("offsets of %s, partition %d: %w", topic, p.Partition, p.Error))
			}
		}
	}
	return partitions, offsets.Topics, nil
}
