package kafka

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// askAgainAfter is how long after a failure the brokers are asked for the edges
// of a partition again.
const askAgainAfter = 200 * time.Millisecond

// progress is how far this process has come in a partition, through all of its
// memberships. Only who reads the partition changes it.
type progress struct {
	handedOut atomic.Int64 // the offset behind the last record handed out; 0: none was
	counted   int64        // the offset behind the last record that was counted as lost
}

// progress returns that of a partition.
func (s *Source) progress(topic string, partition int) *progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.partitions[topic] == nil {
		s.partitions[topic] = map[int]*progress{}
	}
	p := s.partitions[topic][partition]
	if p == nil {
		p = &progress{}
		s.partitions[topic][partition] = p
	}
	return p
}

// begin returns the offset at which to read a partition, where the group, or the
// reader, has come to next: that offset, or the first of the log if there is no
// such offset any more, or none yet. The group is told of the first offset at
// once, so that from now on what is deleted before it was read is known by it.
// The error is ctx's.
func (s *Source) begin(ctx context.Context, log *slog.Logger, m *membership, topic string, partition int, next int64) (int64, error) {
	first, end, err := s.edges(ctx, log, topic, partition)
	if err != nil {
		return 0, err
	}
	p := s.progress(topic, partition)
	switch {
	case next < 0: // the group is new here
	case next > end:
		log.Warn("the group's offset lies behind the end of the partition, which must have been made anew: reading it from its start", "offset", next, "end", end)
		p.counted = 0
		m.restart(topic, partition, &p.handedOut)
	case next < first:
		s.countLost(log, topic, p, next, first)
		if p.handedOut.Load() > next {
			// What is on its way to the store is gone from the log, and should this
			// process end now, the group's offset is all that tells of it.
			return first, nil
		}
	default:
		return next, nil
	}
	if err := m.moveTo(topic, partition, first); err != nil {
		// Harmless: the next membership will find the same.
		log.Debug("committing the offset from which a partition is read", "offset", first, "error", err)
	}
	return first, nil
}

// countLost counts the records from offset from up to, not including, until as
// deleted before they were read: once, and without those that were handed out.
func (s *Source) countLost(log *slog.Logger, topic string, p *progress, from, until int64) {
	from = max(from, p.counted, p.handedOut.Load())
	if until <= from {
		return
	}
	p.counted = until
	log.Error("records were deleted from the topic before they were read, and are lost: raise its retention", "from", from, "records", until-from)
	if s.lost != nil {
		s.lost(topic, until-from)
	}
}

// edges returns the first offset of a partition's log and the one that its next
// record will get. It asks until the brokers answer; the error is ctx's.
func (s *Source) edges(ctx context.Context, log *slog.Logger, topic string, partition int) (first, end int64, err error) {
	asking := trouble{log: log, what: "asking where a partition begins and ends"}
	for {
		first, end, err = s.askEdges(ctx, topic, partition)
		if err == nil {
			asking.over()
			return first, end, nil
		}
		if ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
		asking.again(err)
		select {
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-time.After(askAgainAfter):
		}
	}
}

func (s *Source) askEdges(ctx context.Context, topic string, partition int) (first, end int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	listed, err := s.topics.client.ListOffsets(ctx, &kafkago.ListOffsetsRequest{
		Topics: map[string][]kafkago.OffsetRequest{topic: {kafkago.FirstOffsetOf(partition), kafkago.LastOffsetOf(partition)}},
	})
	if err != nil {
		return 0, 0, err
	}
	for _, p := range listed.Topics[topic] {
		if p.Partition == partition {
			return p.FirstOffset, p.LastOffset, p.Error
		}
	}
	return 0, 0, fmt.Errorf("the brokers don't name partition %d of %s", partition, topic)
}
