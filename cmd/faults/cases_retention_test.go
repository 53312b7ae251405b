//go:build faults

package faults

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

func retentionCases() []Case {
	away, stalled := span{}, span{}
	return []Case{
		{Name: "retention while away", What: "retention deletes unread records while earshot is down: earshot counts exactly those",
			Run: func(t *testing.T, r *Rig) { away = deleteWhileAway(t, r) }, Check: away.check},
		{Name: "retention while stalled", What: "retention deletes unread records while ClickHouse is away: earshot counts exactly those",
			Run: func(t *testing.T, r *Rig) { stalled = deleteWhileStalled(t, r) }, Check: stalled.check},
	}
}

// span are records by partition: those from an offset on, up to another.
type span map[position][][2]int64

func (s span) add(at position, from, until int64) {
	if until > from {
		s[at] = append(s[at], [2]int64{from, until})
	}
}

func (s span) has(topic string, partition int32, offset int64) bool {
	for _, part := range s[position{topic, partition}] {
		if part[0] <= offset && offset < part[1] {
			return true
		}
	}
	return false
}

// size is how many records there are, by topic.
func (s span) size() map[string]int64 {
	sizes := map[string]int64{}
	for at, parts := range s {
		for _, part := range parts {
			sizes[at.topic] += part[1] - part[0]
		}
	}
	return sizes
}

func (s span) total() int64 {
	var n int64
	for _, size := range s.size() {
		n += size
	}
	return n
}

// check is that of a case in which these records were lost, and no others.
func (s *span) check(t *testing.T, r *Rig) Verdict {
	return r.Check(t, CheckOptions{Lost: s.has})
}

// deleteWhileAway has the brokers delete some, or all, of what is unread while no
// earshot runs. What is lost is known from their offsets alone.
func deleteWhileAway(t *testing.T, r *Rig) span {
	all := span{}
	for i := range 6 {
		e := r.Start(t)
		r.Stream.Produce(t, 60)
		r.AwaitCommitted(t)
		if i%2 == 0 {
			e.Kill()
		} else if code := e.Terminate(t); code != 0 {
			t.Errorf("earshot has stopped with code %d", code)
		}
		r.Stream.Produce(t, 120)
		if i%3 == 2 {
			r.retain(t) // all of it
		} else {
			r.deleteHalf(t)
		}
		lost := r.unreadAndGone(t)
		for at, parts := range lost {
			all[at] = append(all[at], parts...)
		}
		r.Injected()
		r.Stream.Produce(t, 30)
		e = r.Start(t)
		r.Recovered(t, e.Started)
		r.mustCount(t, e, lost.size())
		e.Terminate(t)
	}
	return all
}

// deleteHalf deletes half of what the group has not read of each partition.
func (r *Rig) deleteHalf(t *testing.T) {
	t.Helper()
	ends, err := r.ends(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	committed, err := r.committed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var before kadm.Offsets
	for at, end := range ends {
		before.Add(kadm.Offset{Topic: at.topic, Partition: at.partition, At: (committed[at] + end + 1) / 2})
	}
	deleted, err := r.admin.DeleteRecords(t.Context(), before)
	if err := errors.Join(err, deleted.Error()); err != nil {
		t.Fatal(err)
	}
}

// retain has retention delete everything that the topics hold.
func (r *Rig) retain(t *testing.T) {
	t.Helper()
	for _, topic := range r.Topics() {
		r.configure(t, topic, "retention.ms", "1")
	}
	await(t, patience, "retention to delete", func() error {
		ends, err := r.ends(t.Context())
		if err != nil {
			return err
		}
		starts, err := r.starts(t.Context())
		if err != nil {
			return err
		}
		for at, end := range ends {
			if starts[at] < end {
				return fmt.Errorf("%s/%d has offsets %d to %d", at.topic, at.partition, starts[at], end)
			}
		}
		return nil
	})
	for _, topic := range r.Topics() {
		r.configure(t, topic, "retention.ms", "-1")
	}
}

// starts are the offsets at which the logs begin, from the brokers.
func (r *Rig) starts(ctx context.Context) (map[position]int64, error) {
	listed, err := r.admin.ListStartOffsets(ctx, r.Topics()...)
	if err := errors.Join(err, listed.Error()); err != nil {
		return nil, err
	}
	starts := map[position]int64{}
	listed.Each(func(o kadm.ListedOffset) { starts[position{o.Topic, o.Partition}] = o.Offset })
	return starts, nil
}

// unreadAndGone are the records between where the group has come to and where the
// logs begin.
func (r *Rig) unreadAndGone(t *testing.T) span {
	t.Helper()
	starts, err := r.starts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	committed, err := r.committed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lost := span{}
	for at, start := range starts {
		lost.add(at, committed[at], start)
	}
	return lost
}

// deleteWhileStalled deletes what is unread while earshot runs and can't write: what
// it has in memory is safe, the rest is gone, and its log says what that is.
func deleteWhileStalled(t *testing.T, r *Rig) span {
	proxy := r.proxied(t)
	e := r.Start(t)
	e.AwaitJoined(t)
	// On a machine that is busy, all of it may be on its way to earshot before any is
	// deleted: then nothing is lost, and it is tried again.
	const losses, attempts = 3, 10
	lossy := 0
	for try := 0; lossy < losses; try++ {
		if try == attempts {
			t.Fatalf("something was lost in %d of %d attempts: earshot has more in memory than the case thinks", lossy, try)
		}
		r.AwaitCommitted(t)
		proxy.Close()
		for range 8 { // the first of it fills what earshot holds in memory
			r.Stream.Produce(t, 300)
			time.Sleep(300 * time.Millisecond)
		}
		r.retain(t)
		r.Injected()
		before := e.losses().total()
		proxy.Open(t)
		since := time.Now()
		r.Stream.Produce(t, 100)
		r.Recovered(t, since)
		if e.losses().total() > before {
			lossy++
		}
	}
	lost := e.losses()
	r.mustCount(t, e, lost.size())
	e.mustRun(t)
	return lost
}

// losses are those that the process has logged.
func (e *Earshot) losses() span {
	lost := span{}
	lines := bufio.NewScanner(strings.NewReader(e.Log()))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry struct {
			Level, Topic  string
			Msg           string
			Partition     int32
			From, Records int64
		}
		if json.Unmarshal(lines.Bytes(), &entry) == nil && strings.HasPrefix(entry.Msg, "records were deleted") {
			lost.add(position{entry.Topic, entry.Partition}, entry.From, entry.From+entry.Records)
		}
	}
	return lost
}

// mustCount fails the test unless the process's log and its metric tell of exactly
// these losses, by topic.
func (r *Rig) mustCount(t *testing.T, e *Earshot, want map[string]int64) {
	t.Helper()
	counted := e.metric(t, "earshot_records_lost_total", "topic")
	logged := e.losses().size()
	for _, topic := range r.Topics() {
		if int64(counted[topic]) != want[topic] || logged[topic] != want[topic] {
			t.Errorf("%s: %d records were lost, the metric says %v and the log %d", topic, want[topic], counted[topic], logged[topic])
		}
	}
}

// metric reads a metric of the process by the value of one of its labels.
func (e *Earshot) metric(t *testing.T, name, label string) map[string]float64 {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.Operations(t)+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for line := range strings.Lines(string(body)) {
		rest, ok := strings.CutPrefix(line, name+"{"+label+`="`)
		if !ok {
			continue
		}
		var value float64
		key, number, _ := strings.Cut(rest, `"} `)
		if _, err := fmt.Sscan(number, &value); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		values[key] = value
	}
	return values
}
