package pipeline

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Activity remembers this many dead letters, and this much of each value.
const (
	recentRejections = 20
	excerptBytes     = 240
)

// Activity is what a running pipeline has done since it started, for status
// lines and dashboards. It is safe for concurrent use.
type Activity struct {
	mu    sync.Mutex
	state ActivitySnapshot
}

// ActivitySnapshot is the state of an Activity at one moment. Counts are since
// the start of the process and include redeliveries.
type ActivitySnapshot struct {
	Consumed  uint64            // records fetched
	Rows      uint64            // rows written
	Negatives uint64            // rows labelled negative
	Positives uint64            // rows labelled positive
	Rejected  map[Reason]uint64 // dead letters by reason
	Latest    []Rejected        // latest dead letters, newest first
}

// Rejected is what Activity remembers of a dead letter. It holds no part of the
// record itself: that can be tens of megabytes, and is remembered for long.
type Rejected struct {
	Topic     string
	Partition int
	Offset    int64
	Time      time.Time // of the record
	Reason    Reason
	Detail    string
	Excerpt   []byte // the beginning of the value, redacted; not to be changed
}

// NetSentiment returns 100 × (positives − negatives) / rows, or 0 without rows.
func (s ActivitySnapshot) NetSentiment() float64 {
	if s.Rows == 0 {
		return 0
	}
	return 100 * (float64(s.Positives) - float64(s.Negatives)) / float64(s.Rows)
}

// NewActivity returns an Activity in which nothing has happened.
func NewActivity() *Activity {
	return &Activity{state: ActivitySnapshot{Rejected: map[Reason]uint64{}}}
}

// Snapshot returns the state as it is now.
func (a *Activity) Snapshot() ActivitySnapshot {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.state
	s.Rejected = maps.Clone(s.Rejected)
	s.Latest = slices.Clone(s.Latest)
	return s
}

func (a *Activity) consumed(records int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.Consumed += uint64(records)
}

func (a *Activity) written(rows, negatives, positives uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.Rows += rows
	a.state.Negatives += negatives
	a.state.Positives += positives
}

// rejected remembers dead letters; conceal hides what may not be shown of them.
func (a *Activity) rejected(items []*Item, conceal func(string) string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, item := range items {
		a.state.Rejected[item.Rejection.Reason]++
	}
	var latest []Rejected
	for _, item := range slices.Backward(items[max(0, len(items)-recentRejections):]) {
		r := &item.Record
		latest = append(latest, Rejected{
			Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Time: r.Time,
			Reason: item.Rejection.Reason, Detail: item.Rejection.Detail,
			Excerpt: excerptOf(r.Value, conceal),
		})
	}
	latest = append(latest, a.state.Latest...)
	a.state.Latest = latest[:min(len(latest), recentRejections)]
}

// excerptOf returns the beginning of a record's value. What is hidden may reach
// over its end: more of the value is looked through than is kept.
func excerptOf(value []byte, conceal func(string) string) []byte {
	if value == nil {
		return nil
	}
	const beyond = 128
	shown := conceal(string(value[:min(len(value), excerptBytes+beyond)]))
	return []byte(shown[:min(len(shown), excerptBytes)])
}
