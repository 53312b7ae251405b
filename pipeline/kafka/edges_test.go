package kafka_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline/kafka"
)

// lost is what a member says was deleted before it was read.
type lost struct{ atomic.Int64 }

// joinCounting is joinLogging that also counts what was lost.
func joinCounting(t *testing.T, c cluster, group, topic string) (*kafka.Source, *buffer, *lost) {
	t.Helper()
	var lost lost
	source, log := joinWith(t, c, kafka.SourceOptions{Group: group, Topics: []string{topic}, Lost: func(of string, records int64) {
		if of == topic {
			lost.Add(records)
		}
	}})
	return source, log, &lost
}

// delete deletes the records of partition 0 before an offset, as retention would.
func (o *oracle) delete(topic string, before int64) {
	o.t.Helper()
	var until kadm.Offsets
	until.Add(kadm.Offset{Topic: topic, Partition: 0, At: before})
	if deleted, err := o.admin.DeleteRecords(within(o.t, patience), until); err != nil || deleted.Error() != nil {
		o.t.Fatal(errors.Join(err, deleted.Error()))
	}
}

func testDeletedWhileAway(t *testing.T, c cluster) {
	for what, tt := range map[string]struct {
		committed, before int64
		from              int64 // what it says is lost begins
		lost              int64
	}{
		"some":                     {committed: 4, before: 7, from: 4, lost: 3},
		"all that was left":        {committed: 4, before: 10, from: 4, lost: 6},
		"all":                      {committed: 0, before: 10, from: 0, lost: 10}, // nothing was ever committed but the beginning
		"what was read":            {committed: 4, before: 4},
		"less than what was read":  {committed: 4, before: 2},
		"nothing, everything read": {committed: 10, before: 10},
	} {
		t.Run(strings.ReplaceAll(what, " ", "-"), func(t *testing.T) {
			o := newOracle(t, c)
			topic, group := o.topic("", 1), name(t, "")
			want := o.fill(topic, "m", 1, 10)
			source := join(t, c, group, topic)
			got := fetch(t, source, 10)
			if tt.committed > 0 {
				commit(t, source, got[:tt.committed]...)
			}
			closeSource(t, source)
			o.delete(topic, tt.before)
			source, log, lost := joinCounting(t, c, group, topic)
			resumed := max(tt.committed, tt.before)
			// Nothing needs to arrive for it to be seen.
			o.eventually("the group to be where the log begins", func() bool { return o.committed(group, topic)[0] == resumed })
			o.eventually("the loss to be counted", func() bool { return lost.Load() == tt.lost })
			want = append(want[resumed:], o.fill(topic, "later", 1, 2)...)
			if diff := cmp.Diff(want, values(fetch(t, source, len(want)))); diff != "" {
				t.Errorf("fetched (-want +got):\n%s", diff)
			}
			if got := lost.Load(); got != tt.lost {
				t.Errorf("%d records are counted as lost, want %d", got, tt.lost)
			}
			said := log.has("level=ERROR", "are lost", fmt.Sprintf("from=%d records=%d", tt.from, tt.lost))
			if (said == 1) != (tt.lost > 0) || said > 1 {
				t.Errorf("it says %d times what was lost", said)
			}
		})
	}
}

// testDeletedWhileReading deletes what a member that stands still has not fetched.
func testDeletedWhileReading(t *testing.T, c cluster) {
	const before, after = 3000, 10
	o := newOracle(t, c)
	topic, group := o.topic("", 1, "max.message.bytes", "20971520"), name(t, "")
	var want []string
	var records []*kgo.Record
	for range before { // more than a member takes in one answer, and nothing that can be compressed
		value := make([]byte, 10_000)
		_, _ = rand.Read(value) // never fails
		want = append(want, string(value))
		records = append(records, &kgo.Record{Topic: topic, Value: value})
	}
	o.produce(records...)
	source, log, lost := joinCounting(t, c, group, topic)
	commit(t, source, fetch(t, source, 1)...)
	o.delete(topic, before)
	want = append(want, o.fill(topic, "later", 1, after)...)
	seen := int64(1)
	for next := int64(1); next < before+after; seen++ {
		r := fetch(t, source, 1)[0]
		if string(r.Value) != want[r.Offset] {
			t.Fatalf("offset %d is not what was written there", r.Offset)
		}
		next = r.Offset + 1
	}
	if got := lost.Load(); got != before+after-seen || got == 0 {
		t.Errorf("%d records are counted as lost, %d of %d were fetched", got, seen, before+after)
	}
	if log.has("level=ERROR", "are lost") != 1 {
		t.Error("it does not say once what was lost")
	}
}

// testDeletedOnTheWay deletes what a member has fetched and not committed, and then
// lets it begin anew.
func testDeletedOnTheWay(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 1), name(t, "")
	o.fill(topic, "m", 1, 10)
	source, log, lost := joinCounting(t, c, group, topic)
	got := fetch(t, source, 10)
	o.delete(topic, 7)
	if added, err := o.admin.UpdatePartitions(within(t, patience), 2, topic); err != nil || added.Error() != nil {
		t.Fatal(errors.Join(err, added.Error()))
	}
	o.eventually("the group to share the partitions out anew", func() bool { return log.has("joined the consumer group", "partitions=2") == 1 })
	if again := fetch(t, source, 3); again[0].Offset != 7 {
		t.Errorf("it goes on at offset %d, want 7", again[0].Offset)
	}
	if lost.Load() != 0 {
		t.Errorf("%d records are counted as lost that are on their way", lost.Load())
	}
	if at := o.committed(group, topic)[0]; at != 0 {
		t.Errorf("the group has moved to %d, although nothing was committed", at)
	}
	commit(t, source, got...)
	if at := o.committed(group, topic)[0]; at != 10 {
		t.Errorf("committed %d, want 10", at)
	}
}

// testMadeAnew deletes and creates a topic under a member, with less in it than the
// group has committed, and then more.
func testMadeAnew(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 1), name(t, "")
	o.fill(topic, "old", 1, 10)
	source, log, lost := joinCounting(t, c, group, topic)
	old := fetch(t, source, 10)
	commit(t, source, old[:5]...)
	if deleted, err := o.admin.DeleteTopics(within(t, patience), topic); err != nil || deleted.Error() != nil {
		t.Fatal(errors.Join(err, deleted.Error()))
	}
	o.eventually("the topic to be gone", func() bool {
		listed, err := o.admin.ListTopics(within(t, patience), topic)
		return err == nil && listed[topic].Err != nil
	})
	o.create(topic, 1)
	want := newOracle(t, c).fill(topic, "new", 1, 3) // a client that knows nothing of the old one
	got := fetch(t, source, 3)
	if diff := cmp.Diff(want, values(got)); diff != "" {
		t.Errorf("fetched (-want +got):\n%s", diff)
	}
	commit(t, source, old...) // what was on its way when the topic was deleted
	if at := o.committed(group, topic)[0]; at != 0 {
		t.Errorf("a batch of the old topic has moved the group to %d", at)
	}
	commit(t, source, got...)
	if at := o.committed(group, topic)[0]; at != 3 {
		t.Errorf("committed %d, want 3", at)
	}
	if lost.Load() != 0 || log.has("level=WARN", "made anew") == 0 {
		t.Errorf("%d records are counted as lost; or it does not say that the topic was made anew", lost.Load())
	}
}
