package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"earshot/pipeline/kafka/embedded"
)

// crashDir is set in the process that is going to be killed.
const crashDir = "EARSHOT_TEST_CRASH_DIR"

// fileLimit is set, in bytes, where the process shall not be able to make a
// file larger: to the broker that is a full disk.
const fileLimit = "EARSHOT_TEST_FILE_LIMIT"

// progress is what the broker acknowledged, as the doomed process reports it.
type progress struct {
	Ends      map[int]int64 // next offset of each partition of "feedback.reviews"
	Committed map[int]int64 // offsets committed by group "earshot"
	Created   []string      // topics created by a client
}

// TestMain runs the tests, or the process that one of them kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // until the test that started this is gone
			os.Exit(1)
		}()
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

	if size := os.Getenv(fileLimit); size != "" {
		limit, err := strconv.ParseUint(size, 10, 64)
		if err != nil {
			return err
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return err
		}
	}
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

// doomed is the process that produces into dir.
func doomed(t *testing.T, dir string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), crashDir+"="+dir), env...)
	// It ends with this process: its standard input does.
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// crash lets a process produce into dir for some rounds, kills it, and returns
// what it had been told was done.
func crash(t *testing.T, dir string, rounds int) progress {
	t.Helper()
	cmd := doomed(t, dir)
	cmd.Stderr = os.Stderr
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
func checkSurvived(t *testing.T, dir string, done progress) *embedded.Broker {
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
	return b
}

// readsBack checks that every record can be read, whole and in its order.
func readsBack(t *testing.T, addr string, ends map[int]int64) {
	t.Helper()
	for p, end := range ends {
		r := kafka.NewReader(kafka.ReaderConfig{
			Brokers: []string{addr}, Topic: "feedback.reviews", Partition: p, MaxBytes: 10 << 20,
			MaxWait: 50 * time.Millisecond,
		})
		ctx := within(t, 30*time.Second)
		var got, want []string
		for offset := range end {
			m, err := r.ReadMessage(ctx)
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

func TestFullDiskIsAnErrorToTheProducerAndLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	cmd := doomed(t, dir, fileLimit+"=100000")
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err == nil || !strings.Contains(complaint.String(), "Unknown") {
		t.Fatalf("the producer was told %q (%v), want an error of the broker's", complaint.String(), err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var done progress
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &done); err != nil {
		t.Fatal(err)
	}
	b := checkSurvived(t, dir, done)

	// There is room again.
	w := writer(t, b.Addr(), "feedback.reviews")
	if err := w.WriteMessages(within(t, 10*time.Second), numbered("m", 30)...); err != nil {
		t.Fatal(err)
	}
}

func TestDamageAtTheEndOfAFileDoesNotPreventStarting(t *testing.T) {
	pristine := t.TempDir()
	done := crash(t, pristine, 60)
	for _, tt := range []struct {
		name string
		path string
		keep func(size int64) int64
	}{
		{"last record is torn", "partitions/feedback.reviews-0/0.dat", func(size int64) int64 { return size - 5 }},
		{"only the length of the last record is there", "partitions/feedback.reviews-0/0.dat", func(int64) int64 { return 10 }},
		{"segment is empty", "partitions/feedback.reviews-0/0.dat", func(int64) int64 { return 0 }},
		{"index is torn", "partitions/feedback.reviews-0/0.idx", func(size int64) int64 { return size - 7 }},
		{"last commit is torn", "groups.log", func(size int64) int64 { return size - 3 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			copyTree(t, dir, pristine)
			path := filepath.Join(dir, tt.path)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, tt.keep(info.Size())); err != nil {
				t.Fatal(err)
			}
			b := start(t, dir)
			ends := endOffsets(t, b.Addr(), "feedback.reviews", 3)
			for _, p := range []int{1, 2} {
				if ends[p] < done.Ends[p] {
					t.Errorf("partition %d ends at %d, %d was acknowledged and is not damaged", p, ends[p], done.Ends[p])
				}
			}
			readsBack(t, b.Addr(), ends)
			// It goes on where it was cut.
			m := kafka.Message{Value: []byte("after the damage")}
			w := writer(t, b.Addr(), "feedback.reviews")
			w.Balancer = kafka.BalancerFunc(func(kafka.Message, ...int) int { return 0 })
			if err := w.WriteMessages(within(t, 10*time.Second), m); err != nil {
				t.Fatal(err)
			}
			if after := endOffsets(t, b.Addr(), "feedback.reviews", 3); after[0] != ends[0]+1 {
				t.Errorf("partition 0 ends at %d after one more record, want %d", after[0], ends[0]+1)
			}
		})
	}
}

func TestCommitsAfterATornCommitSurviveTheNextCrash(t *testing.T) {
	dir := t.TempDir()
	crash(t, dir, 30)
	path := filepath.Join(dir, "groups.log")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-3); err != nil {
		t.Fatal(err)
	}
	b := start(t, dir)
	commit(t, b.Addr(), "earshot", "feedback.reviews", 0, 12345)
	// A copy of the directory of a running broker is what a crash leaves.
	crashed := t.TempDir()
	copyTree(t, crashed, dir)

	b = start(t, crashed)
	if got := committed(t, b.Addr(), "earshot", "feedback.reviews", 3)[0]; got != 12345 {
		t.Errorf("offset %d is committed, want 12345", got)
	}
}
