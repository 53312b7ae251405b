package kafka_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
)

// suite is how the package behaves towards any Kafka.
func suite(t *testing.T, c cluster) {
	for name, test := range map[string]func(*testing.T, cluster){
		"a new group reads from the start, and records survive": testRecordsSurvive,
		"what was not committed comes again":                    testRedelivery,
		"commits move the group forwards only":                  testCommits,
		"members share and take over":                           testTakeOver,
		"commits for what is not owned change nothing":          testForeignCommits,
		"new partitions are picked up":                          testNewPartitions,
		"a missing topic holds nothing up":                      testMissingTopic,
		"an offset behind the end":                              testOffsetBehindTheEnd,
		"records deleted while nobody read are told of":         testDeletedWhileAway,
		"records deleted before they were read are told of":     testDeletedWhileReading,
		"records deleted on their way are not lost":             testDeletedOnTheWay,
		"a topic made anew under a member":                      testMadeAnew,
		"large messages":                                        testLargeMessages,
		"assignment":                                            testAssigned,
		"a record is there soon":                                testPromptness,
		"monitor":                                               testMonitor,
		"producer":                                              testProducer,
		"too large messages":                                    testTooLarge,
		"awaiting a topic":                                      testAwaitTopic,
		"check":                                                 testCheck,
		"ranges of partitions":                                  testRanges,
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			test(t, c)
		})
	}
}

func testRecordsSurvive(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic := o.topic("", 2)
	at := time.Date(2013, 2, 3, 4, 5, 6, 789_000_000, time.UTC)
	sent := []*kgo.Record{
		{Key: []byte("k"), Value: []byte("text")},
		{Key: nil, Value: []byte("no key")},
		{Key: []byte("tombstone"), Value: nil},
		{Key: []byte{}, Value: []byte{}},
		{Key: []byte{0, 0xff}, Value: []byte{0xff, 0, 0xfe}},
		{Value: []byte("headers"), Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("1")}, {Key: "a", Value: []byte{0xff}}, {Key: "empty", Value: []byte{}}}},
	}
	for i, r := range sent {
		r.Topic, r.Partition, r.Timestamp = topic, int32(i%2), at.Add(time.Duration(i)*time.Hour)
	}
	o.produce(sent...)
	next := map[int]int64{}
	for _, r := range fetch(t, join(t, c, name(t, ""), topic), len(sent)) {
		want := sent[int(r.Offset)*2+r.Partition]
		if r.Topic != topic || r.Offset != next[r.Partition] {
			t.Errorf("got %s, partition %d, offset %d, want %s, offset %d", r.Topic, r.Partition, r.Offset, topic, next[r.Partition])
		}
		next[r.Partition]++
		// kafka-go takes what is empty for nil, and nothing tells the two apart
		// from then on.
		for what, pair := range map[string][2][]byte{"key": {want.Key, r.Key}, "value": {want.Value, r.Value}} {
			if !bytes.Equal(pair[0], pair[1]) || len(pair[0]) == 0 && pair[1] != nil {
				t.Errorf("%s %#v became %#v", what, pair[0], pair[1])
			}
		}
		if !r.Time.Equal(want.Timestamp) {
			t.Errorf("time %s became %s", want.Timestamp, r.Time)
		}
		var headers []pipeline.Header
		for _, h := range want.Headers {
			headers = append(headers, pipeline.Header{Key: h.Key, Value: h.Value})
		}
		if diff := cmp.Diff(headers, r.Headers, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
	}
}

func testRedelivery(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 1), name(t, "")
	want := o.fill(topic, "m", 1, 10)
	first := join(t, c, group, topic)
	if diff := cmp.Diff(want, values(fetch(t, first, 10))); diff != "" {
		t.Fatalf("fetched (-want +got):\n%s", diff)
	}
	commit(t, first, pipeline.Record{Topic: topic, Offset: 3})
	began := time.Now()
	closeSource(t, first)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("closing took %s", took)
	}
	began = time.Now()
	if diff := cmp.Diff(want[4:], values(fetch(t, join(t, c, group, topic), 6))); diff != "" {
		t.Errorf("fetched after joining again (-want +got):\n%s", diff)
	}
	if took := time.Since(began); took > sessionTimeout-time.Second {
		t.Errorf("joining again took %s: the member before has not left, but was thrown out", took)
	}
}

// sessionTimeout is that of a member of a group.
const sessionTimeout = 6 * time.Second

func testCommits(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 2), name(t, "")
	o.fill(topic, "m", 2, 10)
	source := join(t, c, group, topic)
	fetch(t, source, 20)
	for _, step := range []struct {
		done []pipeline.Record
		want map[int]int64
	}{
		{nil, map[int]int64{0: 0, 1: 0}}, // where it began
		{[]pipeline.Record{{Topic: topic, Offset: 4}}, map[int]int64{0: 5, 1: 0}},
		{[]pipeline.Record{{Topic: topic, Offset: 6}, {Topic: topic, Partition: 1, Offset: 0}}, map[int]int64{0: 7, 1: 1}},
		{[]pipeline.Record{{Topic: topic, Offset: 2}, {Topic: topic, Partition: 1, Offset: 9}}, map[int]int64{0: 7, 1: 10}},
		{[]pipeline.Record{{Topic: topic, Partition: 7, Offset: 1}, {Topic: "another", Offset: 1}}, map[int]int64{0: 7, 1: 10}},
	} {
		commit(t, source, step.done...)
		if diff := cmp.Diff(step.want, o.committed(group, topic)); diff != "" {
			t.Errorf("after committing %v (-want +got):\n%s", step.done, diff)
		}
	}
}

func testTakeOver(t *testing.T, c cluster) {
	const partitions = 4
	o := newOracle(t, c)
	topic, group := o.topic("", partitions), name(t, "")
	all := o.fill(topic, "before", partitions, 50)
	source := join(t, c, group, topic)
	one := consume(t, source)
	o.eventually("the first member to begin", func() bool { return one.has(all...) > 0 })
	two := consume(t, join(t, c, group, topic))
	round := 0
	o.eventually("both members to work", func() bool {
		more := o.fill(topic, fmt.Sprint("both", round), partitions, 1)
		all = append(all, more...)
		round++
		o.eventually("what was just written", func() bool { return one.has(more...)+two.has(more...) >= partitions })
		return one.has(more...) > 0 && two.has(more...) > 0
	})
	one.end()
	closeSource(t, source)
	last := o.fill(topic, "last", partitions, 10)
	o.eventually("the member that stays to have all that came last", func() bool { return two.has(last...) == len(last) })
	for _, value := range all {
		if one.has(value)+two.has(value) == 0 {
			t.Errorf("%s was lost", value)
		}
	}
	ends, err := o.admin.ListEndOffsets(within(t, patience), topic)
	if err != nil {
		t.Fatal(err)
	}
	o.eventually("everything to be committed", func() bool {
		committed := o.committed(group, topic)
		for p := range partitions {
			end, _ := ends.Lookup(topic, int32(p))
			if committed[p] != end.Offset {
				return false
			}
		}
		return true
	})
	if bad := append(one.bad, two.bad...); len(bad) > 0 {
		t.Errorf("commits failed: %v", bad)
	}
}

func testForeignCommits(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 2), name(t, "")
	o.fill(topic, "m", 2, 10)
	one := join(t, c, group, topic)
	fetch(t, one, 20)
	two := join(t, c, group, topic)
	taken := fetch(t, two, 10) // of the one partition that it was given
	for _, r := range taken {
		if r.Partition != taken[0].Partition {
			t.Fatalf("the second member was given both partitions")
		}
	}
	theirs, ours := taken[0].Partition, 1-taken[0].Partition
	o.eventually("the first member to be back", one.Assigned)
	o.eventually("a commit of what the first member still owns", func() bool {
		if err := one.Commit(within(t, patience), []pipeline.Position{
			{Topic: topic, Partition: theirs, Offset: 9}, {Topic: topic, Partition: ours, Offset: 9},
		}); err != nil && !pipeline.IsRetriable(err) {
			t.Fatal(err)
		}
		return o.committed(group, topic)[ours] == 10
	})
	if diff := cmp.Diff(map[int]int64{ours: 10, theirs: 0}, o.committed(group, topic)); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
	commit(t, two, taken[4])
	commit(t, one, pipeline.Record{Topic: topic, Partition: theirs, Offset: 1})
	if diff := cmp.Diff(map[int]int64{ours: 10, theirs: 5}, o.committed(group, topic)); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
}

func testNewPartitions(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 1), name(t, "")
	o.fill(topic, "old", 1, 1)
	source := join(t, c, group, topic)
	fetch(t, source, 1)
	if _, err := o.admin.CreatePartitions(within(t, patience), 2, topic); err != nil {
		t.Fatal(err)
	}
	o.eventually("the new partitions", func() bool {
		meta, err := o.admin.Metadata(within(t, patience), topic)
		return err == nil && len(meta.Topics[topic].Partitions) == 3
	})
	// The oracle remembers a single partition; a new one does not.
	newOracle(t, c).produce(&kgo.Record{Topic: topic, Partition: 2, Value: []byte("new")})
	for {
		if r := fetch(t, source, 1)[0]; string(r.Value) == "new" {
			return
		}
	}
}

func testMissingTopic(t *testing.T, c cluster) {
	o := newOracle(t, c)
	there, missing, group := o.topic(".there", 1), name(t, ".missing"), name(t, "")
	o.fill(there, "m", 1, 5)
	source, log := joinLogging(t, c, group, there, missing)
	fetch(t, source, 5)
	o.eventually("a warning that names the topic", func() bool { return log.has("level=WARN", "does not exist", missing) > 0 })
	o.create(missing, 1)
	o.fill(missing, "late", 1, 1)
	for {
		if r := fetch(t, source, 1)[0]; r.Topic == missing {
			break
		}
	}
	if joins := log.has("joined the consumer group"); joins > 6 {
		t.Errorf("it joined the group %d times", joins)
	}
}

func testOffsetBehindTheEnd(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 1), name(t, "")
	want := o.fill(topic, "m", 1, 3)
	source := join(t, c, group, topic)
	fetch(t, source, 3)
	// What is committed is from before the topic was made anew.
	commit(t, source, pipeline.Record{Topic: topic, Offset: 1000})
	closeSource(t, source)
	source, log := joinLogging(t, c, group, topic)
	got := fetch(t, source, 3)
	if diff := cmp.Diff(want, values(got)); diff != "" {
		t.Errorf("fetched (-want +got):\n%s", diff)
	}
	if log.has("level=WARN", "offset=1001", "from its start") != 1 {
		t.Error("it does not say that it reads from the start")
	}
	commit(t, source, got...)
	if diff := cmp.Diff(map[int]int64{0: 3}, o.committed(group, topic)); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
}

func testLargeMessages(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic := o.topic("", 1, "max.message.bytes", fmt.Sprint(15<<20))
	value := bytes.Repeat([]byte("feedback"), 12<<20/8)
	o.produce(&kgo.Record{Topic: topic, Value: []byte("before")}, &kgo.Record{Topic: topic, Value: value}, &kgo.Record{Topic: topic, Value: []byte("after")})
	got := fetch(t, join(t, c, name(t, ""), topic), 3)
	if string(got[0].Value) != "before" || !bytes.Equal(got[1].Value, value) || string(got[2].Value) != "after" {
		t.Errorf("got values of %d, %d and %d bytes", len(got[0].Value), len(got[1].Value), len(got[2].Value))
	}
}

func testAssigned(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic, group := o.topic("", 1), name(t, "")
	one, two := join(t, c, group, topic), join(t, c, group, topic)
	o.eventually("both members, one without a partition", func() bool { return one.Assigned() && two.Assigned() })
	closeSource(t, one)
	if one.Assigned() {
		t.Error("a member that has left is still assigned")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := one.Fetch(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Fetch returned %v, want its context's error", err)
	}
	if err := one.Commit(t.Context(), []pipeline.Position{{Topic: topic, Offset: 1}}); err != nil {
		t.Errorf("a commit after leaving returned %v", err)
	}
	if got := o.committed(group, topic); got[0] > 0 {
		t.Errorf("a commit after leaving committed %v", got)
	}
	nobody, err := kafka.NewSource(connect(t, "127.0.0.1:1"), kafka.SourceOptions{Group: "g", Topics: []string{"t"}, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	if nobody.Assigned() {
		t.Error("assigned without a broker")
	}
	closeSource(t, nobody)
}

// testPromptness writes to a partition that has been idle.
func testPromptness(t *testing.T, c cluster) {
	o := newOracle(t, c)
	topic := o.topic("", 1)
	o.fill(topic, "m", 1, 1)
	source := join(t, c, name(t, ""), topic)
	fetch(t, source, 1)
	quick := 0
	for i := range 10 {
		began := time.Now()
		o.fill(topic, fmt.Sprint("n", i), 1, 1)
		fetch(t, source, 1)
		if time.Since(began) < 500*time.Millisecond {
			quick++
		}
	}
	if quick < 6 {
		t.Errorf("%d of 10 records were there within half a second", quick)
	}
}

func TestAClosedSourceLeavesNothingBehind(t *testing.T) {
	c := embeddedKafka(t)
	o := newOracle(t, c)
	topic := o.topic("", 6)
	o.fill(topic, "m", 6, 100)
	o.Close()
	before := runtime.NumGoroutine()
	for i := range 3 {
		source := join(t, c, fmt.Sprint("g", i), topic)
		commit(t, source, fetch(t, source, 100)...)
		began := time.Now()
		closeSource(t, source)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("closing took %s", took)
		}
	}
	eventually(t, "its goroutines to end", func() bool {
		runtime.Gosched()
		return runtime.NumGoroutine() <= before
	})
}
