package kafka

import (
	"sync"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// membership is a generation of the group in which this process has a part, and
// how far the group has come in each partition that it owns.
type membership struct {
	*kafkago.Generation

	mu   sync.Mutex
	next map[string]map[int]int64 // the group's offset by topic and partition; negative: none yet
}

func newMembership(g *kafkago.Generation) *membership {
	m := &membership{Generation: g, next: map[string]map[int]int64{}}
	for topic, assignments := range g.Assignments {
		m.next[topic] = map[int]int64{}
		for _, a := range assignments {
			m.next[topic][a.ID] = a.Offset
		}
	}
	return m
}

// commit moves the group's offsets forwards in the partitions that are owned.
// Batches that were fetched under an earlier membership may be behind: by what
// another member did meanwhile, or by what was committed while this membership
// had begun from an older offset.
func (m *membership) commit(done []pipeline.Position) error {
	offsets := m.ahead(done)
	if err := m.CommitOffsets(offsets); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for topic, partitions := range offsets {
		for partition, next := range partitions {
			m.next[topic][partition] = next
		}
	}
	return nil
}

// ahead returns the offsets to commit.
func (m *membership) ahead(done []pipeline.Position) map[string]map[int]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	offsets := map[string]map[int]int64{}
	for _, p := range done {
		next, owned := m.next[p.Topic][p.Partition]
		if !owned || p.Offset < next {
			continue
		}
		if offsets[p.Topic] == nil {
			offsets[p.Topic] = map[int]int64{}
		}
		offsets[p.Topic][p.Partition] = p.Offset + 1
	}
	return offsets
}

// restart forgets the group's offset in a partition, which no longer means
// anything there.
func (m *membership) restart(topic string, partition int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next[topic][partition] = kafkago.FirstOffset
}
