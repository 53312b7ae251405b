//go:build faults

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// place is where a record is.
type place struct {
	topic     string
	partition int32
	offset    int64
}

func (p place) String() string { return fmt.Sprintf("%s/%d@%d", p.topic, p.partition, p.offset) }

// readTopics reads topics whole, by the brokers' word of where they end. starts are
// the first offsets that the brokers still have.
func (r *Rig) readTopics(ctx context.Context, topics ...string) (log map[place]*kgo.Record, starts map[position]int64, err error) {
	first, err := r.admin.ListStartOffsets(ctx, topics...)
	if err := errors.Join(err, first.Error()); err != nil {
		return nil, nil, err
	}
	last, err := r.admin.ListEndOffsets(ctx, topics...)
	if err := errors.Join(err, last.Error()); err != nil {
		return nil, nil, err
	}
	starts = map[position]int64{}
	from := map[string]map[int32]kgo.Offset{}
	left := map[position]int64{}
	last.Each(func(end kadm.ListedOffset) {
		start, _ := first.Lookup(end.Topic, end.Partition)
		starts[position{end.Topic, end.Partition}] = start.Offset
		if start.Offset >= end.Offset {
			return
		}
		if from[end.Topic] == nil {
			from[end.Topic] = map[int32]kgo.Offset{}
		}
		from[end.Topic][end.Partition] = kgo.NewOffset().At(start.Offset)
		left[position{end.Topic, end.Partition}] = end.Offset
	})
	log = map[place]*kgo.Record{}
	if len(from) == 0 {
		return log, starts, nil
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(r.Kafka.Brokers()...), kgo.ConsumePartitions(from), kgo.FetchMaxBytes(64<<20), kgo.FetchMaxPartitionBytes(32<<20))
	if err != nil {
		return nil, nil, err
	}
	defer client.Close()
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return nil, nil, fmt.Errorf("reading %v: %w", left, err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			at := position{record.Topic, record.Partition}
			if end, open := left[at]; open && record.Offset < end {
				log[place{record.Topic, record.Partition, record.Offset}] = record
				if record.Offset == end-1 {
					delete(left, at)
				}
			}
		})
	}
	return log, starts, nil
}

// record is one in the log, with what the generator knows of it.
type record struct {
	place
	*kgo.Record
	meaning
}

// records are those of the log, matched with what the stream has published. What
// doesn't match is told to v.
func (s *Stream) records(log map[place]*kgo.Record, starts map[position]int64, o CheckOptions, v *Verdict) []*record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*record
	matched := map[place]bool{}
	var unacked []*sent
	for _, m := range s.sent {
		if !m.acked {
			unacked = append(unacked, m)
			continue
		}
		at := place{m.topic, m.partition, m.offset}
		matched[at] = true
		got, there := log[at]
		switch {
		case there && same(got, m):
			all = append(all, &record{at, got, m.meaning})
		case there:
			v.Unknown++
			v.say("%s: the log holds something else than was published", at)
		case at.offset < starts[position{at.topic, at.partition}]:
			if o.Lost == nil || !o.Lost(at.topic, at.partition, at.offset) {
				all = append(all, &record{at, m.published, m.meaning})
			}
		default:
			v.Unknown++
			v.say("%s: was acknowledged and is not in the log", at)
		}
	}
	for at, got := range log {
		if matched[at] {
			continue
		}
		if m := publishedAs(got, unacked); m != nil {
			unacked[slices.Index(unacked, m)] = nil
			all = append(all, &record{at, got, m.meaning})
			continue
		}
		// A broker that dies between writing and acknowledging may forget that it
		// knows the producer, and then takes the same twice.
		if m := publishedAs(got, s.sent); m != nil {
			all = append(all, &record{at, got, m.meaning})
			continue
		}
		v.Unknown++
		v.say("%s: is in the log and was never published", at)
	}
	return all
}

// publishedAs finds what a record of the log was published as; nil: it was not.
func publishedAs(got *kgo.Record, among []*sent) *sent {
	for _, m := range among {
		if m != nil && m.topic == got.Topic && same(got, m) {
			return m
		}
	}
	return nil
}

func same(got *kgo.Record, m *sent) bool {
	return bytes.Equal(got.Value, m.value) && (got.Value == nil) == (m.value == nil) && bytes.Equal(got.Key, m.key)
}
