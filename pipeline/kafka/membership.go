package kafka

import (
	"sync"
	"sync/atomic"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// membership is a generation of the group in which this process has a part, and
// how far the group has come in each partition that it owns.
type membership struct {
	*kafkago.Generation

	committing sync.Mutex // one commit at a time, so that none overtakes a later one

	mu   sync.Mutex
	next map[string]map[int]int64         // the group's offset by topic and partition; negative: none yet
	anew map[string]map[int]*atomic.Int64 // of partitions made anew: the offset behind what was handed out since
}

func newMembership(g *kafkago.Generation) *membership {
	m := &membership{Generation: g, next: map[string]map[int]int64{}, anew: map[string]map[int]*atomic.Int64{}}
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
	m.committing.Lock()
	defer m.committing.Unlock()
	offsets := m.ahead(done)
	return m.send(offsets)
}

// moveTo moves the group's offset in a partition that is owned to next, but not
// backwards, although the records before were not handed out: they are gone.
func (m *membership) moveTo(topic string, partition int, next int64) error {
	m.committing.Lock()
	defer m.committing.Unlock()
	m.mu.Lock()
	now := m.next[topic][partition]
	m.mu.Unlock()
	if now >= next {
		return nil
	}
	return m.send(map[string]map[int]int64{topic: {partition: next}})
}

// send commits offsets; m.committing is held.
func (m *membership) send(offsets map[string]map[int]int64) error {
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
		if end := m.anew[p.Topic][p.Partition]; end != nil && p.Offset >= end.Load() {
			continue // of the partition as it was before
		}
		if offsets[p.Topic] == nil {
			offsets[p.Topic] = map[int]int64{}
		}
		offsets[p.Topic][p.Partition] = p.Offset + 1
	}
	return offsets
}

// restart forgets the group's offset in a partition that was made anew, where it
// means nothing any more. Batches from before may still be on their way: what is
// committed is from now on bounded by what is handedOut.
func (m *membership) restart(topic string, partition int, handedOut *atomic.Int64) {
	handedOut.Store(0)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next[topic][partition] = kafkago.FirstOffset
	if m.anew[topic] == nil {
		m.anew[topic] = map[int]*atomic.Int64{}
	}
	m.anew[topic][partition] = handedOut
}
