package kafka_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
)

func TestLogOnEmbeddedKafka(t *testing.T) { logSuite(t, embeddedKafka(t)) }

// logSuite is how a Log reads any Kafka.
func logSuite(t *testing.T, c cluster) {
	for name, test := range map[string]func(*testing.T, cluster){
		"it reads what a member of a group reads": testLogAsMember,
		"a range ends where it ends":              testLogRange,
		"one record":                              testLogAt,
		"what was deleted is passed over":         testLogDeleted,
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			test(t, c)
		})
	}
}

func openLog(t *testing.T, c cluster) *kafka.Log {
	t.Helper()
	log := kafka.NewLog(connect(t, c.Brokers()...))
	t.Cleanup(func() { _ = log.Close() })
	return log
}

// whole returns the ranges of all partitions of a topic.
func whole(t *testing.T, c cluster, topic string) []kafka.Range {
	t.Helper()
	ranges, err := kafka.Ranges(within(t, patience), connect(t, c.Brokers()...), []string{topic})
	if err != nil {
		t.Fatal(err)
	}
	return ranges
}

// readLog returns all records of a range.
func readLog(t *testing.T, log *kafka.Log, r kafka.Range) []pipeline.Record {
	t.Helper()
	var all []pipeline.Record
	for r.From < r.To {
		records, rest, err := log.Next(within(t, patience), r)
		if err != nil {
			t.Fatal(err)
		}
		if rest.From <= r.From {
			t.Fatalf("after %+v it goes on with %+v", r, rest)
		}
		all, r = append(all, records...), rest
	}
	return all
}

func testLogAsMember(t *testing.T, c cluster) {
	o, log := newOracle(t, c), openLog(t, c)
	topic := o.topic("", 2, "max.message.bytes", fmt.Sprint(15<<20))
	at := time.Date(2013, 2, 3, 4, 5, 6, 789_000_000, time.UTC)
	var sent []*kgo.Record
	for i := range 3000 {
		sent = append(sent, &kgo.Record{
			Key: fmt.Append(nil, i), Value: bytes.Repeat(fmt.Append(nil, i), i%100), Timestamp: at.Add(time.Duration(i*i) * time.Millisecond), Partition: int32(i % 2),
			Headers: []kgo.RecordHeader{{Key: "h", Value: fmt.Append(nil, -i)}, {Key: "", Value: []byte{}}},
		})
	}
	sent = append(sent, &kgo.Record{Value: nil}, &kgo.Record{Key: []byte{}, Value: []byte{}}, &kgo.Record{Value: bytes.Repeat([]byte("0123456789"), 1<<20)}, &kgo.Record{Value: []byte("last")})
	for _, r := range sent {
		r.Topic = topic
	}
	o.produce(sent...)
	order := func(a, b pipeline.Record) int {
		return strings.Compare(fmt.Sprintf("%d/%09d", a.Partition, a.Offset), fmt.Sprintf("%d/%09d", b.Partition, b.Offset))
	}
	member := fetch(t, join(t, c, name(t, "-group"), topic), len(sent))
	slices.SortFunc(member, order)
	var read []pipeline.Record
	for _, r := range whole(t, c, topic) {
		read = append(read, readLog(t, log, r)...)
	}
	if len(read) != len(member) {
		t.Fatalf("%d records, a member has read %d", len(read), len(member))
	}
	for i, want := range member {
		got := read[i]
		if !got.Time.Equal(want.Time) {
			t.Errorf("record %d is of %v, a member's of %v", i, got.Time, want.Time)
		}
		got.Time = want.Time
		if !reflect.DeepEqual(got, want) {
			t.Errorf("record %d: it reads %#.50v, a member %#.50v", i, got, want)
		}
	}
	if committed := o.committed(name(t, "-group"), topic); len(committed) > 0 {
		for partition, offset := range committed {
			if offset > 0 {
				t.Errorf("partition %d was committed up to %d", partition, offset)
			}
		}
	}
}

func testLogRange(t *testing.T, c cluster) {
	o, log := newOracle(t, c), openLog(t, c)
	topic := o.topic("", 1)
	sent := o.fill(topic, "v", 1, 500)
	held := whole(t, c, topic)
	if want := []kafka.Range{{Topic: topic, From: 0, To: 500}}; !slices.Equal(held, want) {
		t.Fatalf("it holds %+v", held)
	}
	later := o.fill(topic, "later", 1, 5)
	for _, r := range []kafka.Range{held[0], {Topic: topic, From: 120, To: 121}, {Topic: topic, From: 499, To: 500}, {Topic: topic, From: 7, To: 300}} {
		if got := values(readLog(t, log, r)); !slices.Equal(got, sent[r.From:r.To]) {
			t.Errorf("%+v has %d records", r, len(got))
		}
	}
	if got := values(readLog(t, log, kafka.Range{Topic: topic, From: 499, To: 503})); !slices.Equal(got, append(sent[499:500:500], later[:3]...)) {
		t.Errorf("%q", got)
	}
}

func testLogAt(t *testing.T, c cluster) {
	o, log := newOracle(t, c), openLog(t, c)
	topic := o.topic("", 2)
	o.fill(topic, "v", 2, 50)
	record, found, err := log.At(within(t, patience), topic, 1, 42)
	if err != nil || !found || string(record.Value) != "v-1-42" || record.Offset != 42 || record.Partition != 1 || record.Topic != topic {
		t.Errorf("%+v, %v, %v", record, found, err)
	}
}

func testLogDeleted(t *testing.T, c cluster) {
	o, log := newOracle(t, c), openLog(t, c)
	topic := o.topic("", 1)
	sent := o.fill(topic, "v", 1, 40)
	held := whole(t, c, topic)[0]
	if _, err := o.admin.DeleteRecords(within(t, patience), kadm.Offsets{topic: {0: {Topic: topic, At: 30}}}); err != nil {
		t.Fatal(err)
	}
	if got := values(readLog(t, log, held)); !slices.Equal(got, sent[30:]) {
		t.Errorf("%q", got)
	}
	if record, found, err := log.At(within(t, patience), topic, 0, 3); err != nil || found {
		t.Errorf("a deleted record: %+v, %v, %v", record, found, err)
	}
	if got := readLog(t, log, kafka.Range{Topic: topic, From: 0, To: 10}); len(got) != 0 {
		t.Errorf("of what is deleted: %d records", len(got))
	}
}
