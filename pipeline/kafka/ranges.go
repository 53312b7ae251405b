package kafka

import (
	"cmp"
	"context"
	"slices"
)

// Range is a part of a partition: its offsets from From up to, not including, To.
type Range struct {
	Topic     string
	Partition int
	From, To  int64
}

// Ranges returns what the logs of these topics hold now, by topic and partition.
// A topic that does not exist has none.
func Ranges(ctx context.Context, conn *Connection, topics []string) ([]Range, error) {
	m := NewMonitor(conn, "", topics)
	defer m.Close() // it has no error to return
	_, offsets, err := m.edges(ctx)
	if err != nil {
		return nil, err
	}
	var ranges []Range
	for topic, list := range offsets {
		for _, p := range list {
			ranges = append(ranges, Range{Topic: topic, Partition: p.Partition, From: p.FirstOffset, To: p.LastOffset})
		}
	}
	slices.SortFunc(ranges, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return ranges, nil
}
