package kafka_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
)

func testMonitor(t *testing.T, c cluster) {
	o := newOracle(t, c)
	one, two, group := o.topic(".one", 3), o.topic(".two", 1), name(t, "")
	o.fill(one, "m", 2, 20) // the third partition stays empty
	o.fill(two, "m", 1, 7)
	monitor := kafka.NewMonitor(connect(t, c.Brokers()...), group, []string{two, one, name(t, ".missing")})
	t.Cleanup(func() {
		if err := monitor.Close(); err != nil {
			t.Error(err)
		}
	})
	check := func(state string, want []kafka.PartitionLag) {
		t.Helper()
		var got []kafka.PartitionLag
		eventually(t, "the group's coordinator", func() bool {
			var err error
			got, err = monitor.Lag(within(t, patience))
			if err != nil && !pipeline.IsRetriable(err) {
				t.Fatal(err)
			}
			return err == nil
		})
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("lag %s (-want +got):\n%s", state, diff)
		}
	}
	check("without commits", []kafka.PartitionLag{{one, 0, 20}, {one, 1, 20}, {one, 2, 0}, {two, 0, 7}})

	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: one, Partition: 0, At: 5, LeaderEpoch: -1})
	offsets.Add(kadm.Offset{Topic: one, Partition: 1, At: 20, LeaderEpoch: -1})
	if err := o.admin.CommitAllOffsets(within(t, patience), group, offsets); err != nil {
		t.Fatal(err)
	}
	check("with commits", []kafka.PartitionLag{{one, 0, 15}, {one, 1, 0}, {one, 2, 0}, {two, 0, 7}})

	lags, err := o.admin.Lag(within(t, patience), group)
	if err != nil {
		t.Fatal(err)
	}
	for partition, want := range map[int32]int64{0: 15, 1: 0} {
		if got := lags[group].Lag[one][partition].Lag; got != want {
			t.Errorf("the oracle says %d of partition %d, want %d", got, partition, want)
		}
	}
	got, err := monitor.Count(within(t, patience))
	if err != nil {
		t.Fatal(err)
	}
	ends, err := o.admin.ListEndOffsets(within(t, patience), one, two)
	if err != nil {
		t.Fatal(err)
	}
	var want int64
	ends.Each(func(e kadm.ListedOffset) { want += e.Offset })
	if got != want || want != 47 {
		t.Errorf("it counts %d records, the oracle %d, want 47", got, want)
	}

	// What was deleted from the beginning is neither lag nor count.
	var until kadm.Offsets
	until.Add(kadm.Offset{Topic: one, Partition: 0, At: 12})
	if deleted, err := o.admin.DeleteRecords(within(t, patience), until); err != nil || deleted.Error() != nil {
		t.Fatal(errors.Join(err, deleted.Error()))
	}
	check("after deleting", []kafka.PartitionLag{{one, 0, 8}, {one, 1, 0}, {one, 2, 0}, {two, 0, 7}})
	if got, err := monitor.Count(within(t, patience)); err != nil || got != 35 {
		t.Errorf("after deleting it counts %d (%v), want 35", got, err)
	}
}

// everything returns all records of a topic, by partition and offset.
func (o *oracle) everything(topic string) []*kgo.Record {
	o.t.Helper()
	ends, err := o.admin.ListEndOffsets(within(o.t, patience), topic)
	if err != nil {
		o.t.Fatal(err)
	}
	at := map[string]map[int32]kgo.Offset{topic: {}}
	var n int64
	ends.Each(func(e kadm.ListedOffset) {
		at[topic][e.Partition] = kgo.NewOffset().AtStart()
		n += e.Offset
	})
	o.AddConsumePartitions(at)
	var records []*kgo.Record
	for int64(len(records)) < n {
		fetches := o.PollFetches(within(o.t, patience))
		if err := fetches.Err(); err != nil {
			o.t.Fatal(err)
		}
		records = append(records, fetches.Records()...)
	}
	slices.SortFunc(records, func(a, b *kgo.Record) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
	})
	return records
}

func newProducer(t *testing.T, c cluster) *kafka.Producer {
	t.Helper()
	p := kafka.NewProducer(connect(t, c.Brokers()...))
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func testProducer(t *testing.T, c cluster) {
	o := newOracle(t, c)
	const partitions = 7
	topic := o.topic("", partitions)
	random := rand.New(rand.NewPCG(1, 2))
	var messages []kafkago.Message
	for i := range 500 {
		key := make([]byte, 1+random.IntN(40))
		for j := range key {
			key[j] = byte(random.UintN(256))
		}
		messages = append(messages, kafkago.Message{Topic: topic, Key: key, Value: fmt.Append(nil, i), Headers: []kafkago.Header{{Key: "h", Value: []byte{0xff}}}})
	}
	messages = append(messages, kafkago.Message{Topic: topic, Key: []byte("tombstone"), Value: nil}) // nil stays nil
	if err := newProducer(t, c).Publish(within(t, patience), messages); err != nil {
		t.Fatal(err)
	}
	got := o.everything(topic)
	if len(got) != len(messages) {
		t.Fatalf("%d records, want %d", len(got), len(messages))
	}
	java := kgo.StickyKeyPartitioner(nil).ForTopic(topic) // murmur2, as Java's clients
	for _, r := range got {
		if want := java.Partition(&kgo.Record{Topic: topic, Key: r.Key}, partitions); int(r.Partition) != want {
			t.Errorf("key %x went to partition %d, Java's clients choose %d", r.Key, r.Partition, want)
		}
		if string(r.Key) == "tombstone" {
			if r.Value != nil {
				t.Errorf("a tombstone became %#v", r.Value)
			}
			continue
		}
		if len(r.Headers) != 1 || r.Headers[0].Key != "h" || !bytes.Equal(r.Headers[0].Value, []byte{0xff}) {
			t.Errorf("headers %v", r.Headers)
		}
	}

	err := newProducer(t, c).Publish(within(t, patience), []kafkago.Message{{Topic: name(t, ".missing"), Value: []byte("x")}})
	if !pipeline.IsRetriable(err) || !strings.Contains(fmt.Sprint(err), "create the topic") {
		t.Errorf("publishing to a missing topic: %v, retriable: %v", err, pipeline.IsRetriable(err))
	}
}

func testTooLarge(t *testing.T, c cluster) {
	const limit = 600_000
	// Noise, since what counts is the size as sent.
	noise := func(seed uint64, n int) []byte {
		random, b := rand.New(rand.NewPCG(seed, 2)), make([]byte, n)
		for i := range b {
			b[i] = byte(random.UintN(256))
		}
		return b
	}
	header := func(n int) []kafkago.Header { return []kafkago.Header{{Key: "h", Value: noise(9, n)}} }
	for _, tt := range []struct {
		name     string
		messages []kafkago.Message
		want     []int // refused
	}{
		{"all fit", []kafkago.Message{{Value: noise(1, 100)}, {Value: noise(2, 590_000)}, {Value: noise(3, 100)}}, nil},
		{"small ones that are too large together", []kafkago.Message{
			{Value: noise(1, 300_000)}, {Value: noise(2, 300_000)}, {Value: noise(3, 300_000)}, {Value: []byte("small")},
		}, nil},
		{"some don't", []kafkago.Message{
			{Value: []byte("a")}, {Value: noise(1, 700_000)}, {Value: []byte("b")}, {Value: noise(2, 500_000)}, {Value: noise(3, 5_000_000)}, {Value: []byte("c")},
		}, []int{1, 4}},
		{"by its key or its headers", []kafkago.Message{
			{Value: []byte("a")}, {Key: noise(1, 700_000)}, {Value: []byte("b"), Headers: header(2_000_000)}, {Value: []byte("c"), Headers: header(500_000)},
		}, []int{1, 2}},
		{"one alone", []kafkago.Message{{Value: noise(1, 700_000)}}, []int{0}},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			o := newOracle(t, c)
			topic := o.topic("", 1, "max.message.bytes", fmt.Sprint(limit))
			for i := range tt.messages {
				tt.messages[i].Topic = topic
			}
			err := newProducer(t, c).Publish(within(t, patience), tt.messages)
			var refused *kafka.TooLargeError
			switch {
			case errors.As(err, &refused):
				if diff := gocmp.Diff(tt.want, refused.TooLarge()); diff != "" {
					t.Errorf("refused (-want +got):\n%s", diff)
				}
			case err != nil:
				t.Fatalf("%v, retriable: %v", err, pipeline.IsRetriable(err))
			case tt.want != nil:
				t.Errorf("nothing was refused, want %v", tt.want)
			}
			there := map[string]int{}
			for _, r := range o.everything(topic) {
				there[string(r.Key)+"/"+string(r.Value)]++
			}
			for i, m := range tt.messages {
				want := 1
				if slices.Contains(tt.want, i) {
					want = 0
				}
				if got := there[string(m.Key)+"/"+string(m.Value)]; got != want {
					t.Errorf("message %d is there %d times, want %d", i, got, want)
				}
			}
		})
	}
}

func testAwaitTopic(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic := o.topic(".reviews", 1)
	conn := connect(t, c.Brokers()...)
	if err := kafka.AwaitTopic(within(t, patience), conn, topic); err != nil {
		t.Errorf("a topic that is there: %v", err)
	}
	missing := name(t, ".reviws")
	err := kafka.AwaitTopic(within(t, patience), conn, missing)
	for _, part := range []string{"topic " + missing + " does not exist", "create it, or choose one of: ", topic} {
		if !strings.Contains(fmt.Sprint(err), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
	if strings.Contains(fmt.Sprint(err), "__consumer_offsets") {
		t.Errorf("%v offers Kafka's own topics", err)
	}
	err = kafka.AwaitTopic(within(t, patience), connect(t, "127.0.0.1:1"), topic)
	for _, part := range []string{"127.0.0.1:1", "does not answer", "is it running"} {
		if !strings.Contains(fmt.Sprint(err), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
}

// finding is a Finding without its wording.
type finding struct {
	Severity pipeline.Severity
	Subject  string
	Says     string // is part of the detail or the fix
}

func testCheck(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, letters, group := o.topic("", 3), o.topic(".deadletters", 1), name(t, "")
	broker := c.Brokers()[0]
	const nobody = "127.0.0.1:1"
	for _, tt := range []struct {
		name    string
		brokers []string
		plan    kafka.Plan
		want    []finding
	}{
		{"all is well", []string{broker}, kafka.Plan{Group: group, Topics: []string{topic}, DeadLetters: letters}, []finding{
			{pipeline.OK, "broker " + broker, "answers"},
			{pipeline.OK, "topic " + topic, "3 partitions"},
			{pipeline.OK, "dead-letter topic " + letters, "1 partitions"},
			{pipeline.OK, "consumer group " + group, "members"},
		}},
		{"no broker answers", []string{nobody}, kafka.Plan{Group: group, Topics: []string{topic}, DeadLetters: letters}, []finding{
			{pipeline.Unsafe, "broker " + nobody, "does not answer"},
		}},
		{"one of two brokers does not answer", []string{nobody, broker}, kafka.Plan{Group: group, Topics: []string{topic}, DeadLetters: letters}, []finding{
			{pipeline.Warning, "broker " + nobody, "does not answer"},
			{pipeline.OK, "broker " + broker, "answers"},
			{pipeline.OK, "topic " + topic, "3 partitions"},
			{pipeline.OK, "dead-letter topic " + letters, "1 partitions"},
			{pipeline.OK, "consumer group " + group, "members"},
		}},
		{"topics are missing", []string{broker}, kafka.Plan{Group: group, Topics: []string{topic, topic + ".no"}, DeadLetters: letters + ".no"}, []finding{
			{pipeline.OK, "broker " + broker, "answers"},
			{pipeline.OK, "topic " + topic, "3 partitions"},
			{pipeline.Unsafe, "topic " + topic + ".no", "--create --topic " + topic + ".no"},
			{pipeline.Unsafe, "dead-letter topic " + letters + ".no", "hold up its partition"},
			{pipeline.OK, "consumer group " + group, "members"},
		}},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			got := kafka.Check(within(t, patience), connect(t, tt.brokers...), tt.plan)
			if len(got) != len(tt.want) {
				t.Fatalf("%d findings, want %d: %+v", len(got), len(tt.want), got)
			}
			for i, f := range got {
				want := tt.want[i]
				if f.Severity != want.Severity || f.Subject != want.Subject || !strings.Contains(f.Detail+"\n"+f.Fix, want.Says) {
					t.Errorf("finding %d is %+v, want %+v", i, f, want)
				}
				if (f.Fix == "") != (f.Severity == pipeline.OK) {
					t.Errorf("finding %d is %s and its fix is %q", i, f.Severity, f.Fix)
				}
			}
		})
	}
	if _, err := o.admin.DescribeGroups(within(t, patience), group); err != nil {
		t.Errorf("after checking: %v", err)
	}
}
