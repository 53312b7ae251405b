package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"earshot/pipeline/kafka/embedded"
)

// crashDir is set in the process that is going to be killed.
const crashDir = "EARSHOT_TEST_CRASH_DIR"

// progress is what the broker acknowledged, as the doomed process reports it.
type progress struct {
	Ends      map[int]int64 // next offset of each partition of "feedback.reviews"
	Committed map[int]int64 // offsets committed by group "earshot"
	Created   []string      // topics created by a client
}

// TestMain runs the tests, or the process that one of them kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := produceUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// produceUntilKilled reports what was acknowledged, a JSON line a round, until
// it is killed.
func produceUntilKilled(dir string) error {
	ctx := context.Background()
	b, err := embedded.Start(ctx, embedded.Options{
		Dir: dir, Addr: "127.0.0.1:0", Topics: []embedded.Topic{{Name: "feedback.reviews", Partitions: 3}},
	})
	if err != nil {
		return err
	}
	addr := kafka.TCP(b.Addr())
	w := &kafka.Writer{
		Addr: addr, RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond,
		Balancer: kafka.BalancerFunc(func(m kafka.Message, _ ...int) int { return m.WriterData.(int) }),
	}
	c := &kafka.Client{Addr: addr, Timeout: 10 * time.Second}
	report := json.NewEncoder(os.Stdout)

	done := progress{Ends: map[int]int64{}, Committed: map[int]int64{}}
	for round := 0; ; round++ {
		partition := round % 3
		messages := numbered(fmt.Sprint("round-", round), 100)
		for i := range messages {
			messages[i].Topic, messages[i].WriterData = "feedback.reviews", partition
		}
		if err := w.WriteMessages(ctx, messages...); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		done.Ends[partition] += int64(len(messages))

		offset := done.Ends[partition] - 7
		commit, err := c.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
			GroupID: "earshot", GenerationID: -1,
			Topics: map[string][]kafka.OffsetCommit{"feedback.reviews": {{Partition: partition, Offset: offset}}},
		})
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		for _, p := range commit.Topics["feedback.reviews"] {
			if p.Error != nil {
				return fmt.Errorf("round %d: %w", round, p.Error)
			}
		}
		done.Committed[partition] = offset

		if round%10 == 0 {
			name := fmt.Sprint("made-in-round-", round)
			made, err := c.CreateTopics(ctx, &kafka.CreateTopicsRequest{
				Topics: []kafka.TopicConfig{{Topic: name, NumPartitions: 1, ReplicationFactor: 1}},
			})
			if err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
			if err := made.Errors[name]; err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
			done.Created = append(done.Created, name)
		}
		if err := report.Encode(done); err != nil {
			return err
		}
	}
}

// crash lets a process produce into dir for some rounds, kills it, and returns
// what it had been told was done.
func crash(t *testing.T, dir string, rounds int) progress {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var done progress
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	read := func() bool {
		if !lines.Scan() {
			return false
		}
		done = progress{}
		if err := json.Unmarshal(lines.Bytes(), &done); err != nil {
			t.Errorf("%q: %v", lines.Text(), err)
		}
		return true
	}
	for range rounds {
		if !read() {
			t.Fatalf("the process ended by itself: %v", cmd.Wait())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// What it reported until it died counts too.
	for read() {
	}
	_ = cmd.Wait() // it was killed, and says so
	return done
}

func TestWhatWasAcknowledgedSurvivesSIGKILL(t *testing.T) {
	dir := t.TempDir()
	for life := 1; life <= 3; life++ {
		done := crash(t, filepath.Join(dir, fmt.Sprint(life)), 30*life)
		checkSurvived(t, filepath.Join(dir, fmt.Sprint(life)), done)
	}
}

// checkSurvived starts a broker on dir and compares it with what was done. The
// dead process may have got one round further than it could tell.
func checkSurvived(t *testing.T, dir string, done progress) {
	t.Helper()
	b := start(t, dir)
	ends := endOffsets(t, b.Addr(), "feedback.reviews", 3)
	for p, want := range done.Ends {
		if got := ends[p]; got < want || got > want+100 {
			t.Errorf("partition %d ends at %d, %d was acknowledged", p, got, want)
		}
	}
	for p, want := range done.Committed {
		got := committed(t, b.Addr(), "earshot", "feedback.reviews", 3)[p]
		if got < want || got > want+100 {
			t.Errorf("partition %d: offset %d is committed, %d was acknowledged", p, got, want)
		}
	}
	topics := map[string]bool{}
	meta, err := client(t, b.Addr()).Metadata(within(t, 10*time.Second), &kafka.MetadataRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range meta.Topics {
		topics[topic.Name] = true
	}
	for _, want := range done.Created {
		if !topics[want] {
			t.Errorf("topic %s was acknowledged and is gone", want)
		}
	}
	readsBack(t, b.Addr(), ends)
}

// readsBack checks that every record can be read, whole and in its order.
func readsBack(t *testing.T, addr string, ends map[int]int64) {
	t.Helper()
	for p, end := range ends {
		r := kafka.NewReader(kafka.ReaderConfig{
			Brokers: []string{addr}, Topic: "feedback.reviews", Partition: p, MaxBytes: 10 << 20,
		})
		var got, want []string
		for offset := range end {
			m, err := r.ReadMessage(within(t, 10*time.Second))
			if err != nil {
				t.Fatalf("partition %d, offset %d: %v", p, offset, err)
			}
			got = append(got, string(m.Value))
			want = append(want, fmt.Sprintf("round-%d-%d", int(offset)/100*3+p, offset%100))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("partition %d: records differ (-want +got):\n%s", p, diff)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
