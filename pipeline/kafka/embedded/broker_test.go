package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"earshot/pipeline/kafka/embedded"
)

func TestWhatOneClientProducesAnotherConsumes(t *testing.T) {
	b := start(t, t.TempDir(), embedded.Topic{Name: "feedback.reviews", Partitions: 1})
	for _, codec := range []kafka.Compression{0, kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		w := writer(t, b.Addr(), "feedback.reviews")
		w.Compression = codec
		if err := w.WriteMessages(within(t, 10*time.Second), kafka.Message{
			Key: []byte("k"), Value: []byte(strings.Repeat(codec.String(), 100)),
			Headers: []kafka.Header{{Key: "codec", Value: []byte(codec.String())}},
			Time:    time.Date(2013, 2, 3, 4, 5, 6, 0, time.UTC),
		}); err != nil {
			t.Fatalf("%q: %v", codec, err)
		}
	}
	r := reader(t, b.Addr(), "feedback.reviews", "g")
	for _, codec := range []kafka.Compression{0, kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		m, err := r.FetchMessage(within(t, 10*time.Second))
		if err != nil {
			t.Fatalf("%q: %v", codec, err)
		}
		if want := strings.Repeat(codec.String(), 100); string(m.Value) != want {
			t.Errorf("%q: got %q, want %q", codec, m.Value, want)
		}
		if len(m.Headers) != 1 || string(m.Headers[0].Value) != codec.String() || m.Time.Year() != 2013 {
			t.Errorf("%q: got headers %v and time %v", codec, m.Headers, m.Time)
		}
	}
}

func TestMembersOfAGroupShareAndTakeOver(t *testing.T) {
	const partitions, messages = 6, 600
	b := start(t, t.TempDir(), embedded.Topic{Name: "t", Partitions: partitions})
	if err := writer(t, b.Addr(), "t").WriteMessages(within(t, 10*time.Second), numbered("m", messages)...); err != nil {
		t.Fatal(err)
	}

	type fetched struct {
		member  int
		message kafka.Message
	}
	ctx := within(t, time.Minute)
	out := make(chan fetched)
	consume := func(ctx context.Context, member int, r *kafka.Reader) {
		for {
			m, err := r.FetchMessage(ctx)
			if err != nil {
				return
			}
			select {
			case out <- fetched{member, m}:
			case <-ctx.Done():
				return
			}
		}
	}
	readers := []*kafka.Reader{reader(t, b.Addr(), "t", "g"), reader(t, b.Addr(), "t", "g")}
	firstCtx, leave := context.WithCancel(ctx)
	defer leave()
	go consume(firstCtx, 0, readers[0])
	go consume(ctx, 1, readers[1])

	// Both members work at the end, whoever began.
	next := 0
	for members := map[int]bool{}; len(members) < 2; next++ {
		if err := writer(t, b.Addr(), "t").WriteMessages(ctx, numbered("more", partitions)...); err != nil {
			t.Fatal(err)
		}
		members = map[int]bool{}
		for range 2 * partitions {
			select {
			case f := <-out:
				members[f.member] = true
			case <-time.After(50 * time.Millisecond):
			}
		}
		if ctx.Err() != nil {
			t.Fatal("the two members never shared the partitions")
		}
	}

	// One leaves; the other gets everything that is written from then on.
	leave()
	if err := readers[0].Close(); err != nil {
		t.Fatal(err)
	}
	if err := writer(t, b.Addr(), "t").WriteMessages(ctx, numbered("last", partitions)...); err != nil {
		t.Fatal(err)
	}
	last := map[string]bool{}
	var newest [partitions]int64
	for len(last) < partitions {
		select {
		case f := <-out:
			if err := readers[1].CommitMessages(ctx, f.message); err != nil {
				t.Fatal(err)
			}
			newest[f.message.Partition] = f.message.Offset + 1
			if strings.HasPrefix(string(f.message.Value), "last-") {
				last[string(f.message.Value)] = true
			}
		case <-ctx.Done():
			t.Fatalf("the member that stayed got %d of %d", len(last), partitions)
		}
	}
	for p, offset := range committed(t, b.Addr(), "g", "t", partitions) {
		if offset != newest[p] {
			t.Errorf("partition %d: offset %d is committed, want %d", p, offset, newest[p])
		}
	}
}

func TestTopics(t *testing.T) {
	dir := t.TempDir()
	b := start(t, dir, embedded.Topic{Name: "feedback.reviews", Partitions: 2}, embedded.Topic{Name: "feedback.calls"})
	if got, want := partitions(t, b.Addr()), map[string]int{"feedback.reviews": 2, "feedback.calls": embedded.DefaultPartitions}; !cmp.Equal(want, got) {
		t.Errorf("a new broker has %v, want %v", got, want)
	}

	resp, err := client(t, b.Addr()).CreateTopics(within(t, 10*time.Second), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{
		{Topic: "made", NumPartitions: 3, ReplicationFactor: 1},
		{Topic: "made.by.default", NumPartitions: -1, ReplicationFactor: -1},
		{Topic: "feedback.reviews", NumPartitions: 1, ReplicationFactor: 1},
		{Topic: "replicated", NumPartitions: 1, ReplicationFactor: 3},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string]error{
		"made": nil, "made.by.default": nil,
		"feedback.reviews": kafka.TopicAlreadyExists, "replicated": kafka.InvalidReplicationFactor,
	} {
		if got := resp.Errors[topic]; !errors.Is(got, want) {
			t.Errorf("creating %s: %v, want %v", topic, got, want)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	b = start(t, dir, embedded.Topic{Name: "feedback.reviews", Partitions: 8}, embedded.Topic{Name: "late", Partitions: 1})
	want := map[string]int{
		"feedback.reviews": 2, "feedback.calls": 4, "made": 3, "made.by.default": 4, "late": 1,
	}
	if got := partitions(t, b.Addr()); !cmp.Equal(want, got) {
		t.Errorf("after a restart there is %v, want %v", got, want)
	}
}

// partitions returns the broker's topics with their numbers of partitions.
func partitions(t *testing.T, addr string) map[string]int {
	t.Helper()
	meta, err := client(t, addr).Metadata(within(t, 10*time.Second), &kafka.MetadataRequest{})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, topic := range meta.Topics {
		counts[topic.Name] = len(topic.Partitions)
	}
	return counts
}

func TestUnknownTopicIsAnErrorAndIsNotCreated(t *testing.T) {
	b := start(t, t.TempDir(), embedded.Topic{Name: "feedback.reviews"})
	w := writer(t, b.Addr(), "feedback.reviws")
	w.AllowAutoTopicCreation = true
	err := w.WriteMessages(within(t, 10*time.Second), numbered("m", 1)...)
	if !errors.Is(err, kafka.UnknownTopicOrPartition) {
		t.Errorf("got %v, want %v", err, kafka.UnknownTopicOrPartition)
	}
	if got := partitions(t, b.Addr()); len(got) != 1 {
		t.Errorf("the broker has topics %v", got)
	}
}

func TestLargeMessages(t *testing.T) {
	b := start(t, t.TempDir(), embedded.Topic{Name: "t", Partitions: 1})
	for _, tt := range []struct {
		megabytes int
		want      error
	}{{1, nil}, {15, nil}, {17, kafka.MessageSizeTooLarge}, {50, kafka.MessageSizeTooLarge}} {
		t.Run(fmt.Sprint(tt.megabytes, "MB"), func(t *testing.T) {
			value := bytes.Repeat([]byte("feedback"), tt.megabytes<<20/8)
			err := writer(t, b.Addr(), "t").WriteMessages(within(t, 30*time.Second), kafka.Message{Value: value})
			var each kafka.WriteErrors // which errors.Is does not look into
			if errors.As(err, &each) {
				err = errors.Join(each...)
			}
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
		})
	}
	r := reader(t, b.Addr(), "t", "g")
	for _, megabytes := range []int{1, 15} {
		m, err := r.FetchMessage(within(t, 30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Value) != megabytes<<20 {
			t.Errorf("read a message of %d bytes, want %d MB", len(m.Value), megabytes)
		}
	}
}

func TestWhatIsNotKafkaIsTurnedAway(t *testing.T) {
	b := start(t, t.TempDir(), embedded.Topic{Name: "t", Partitions: 1})
	for _, tt := range []struct{ name, bytes string }{
		{"a browser", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
		{"an unknown kind of request", "\x00\x00\x00\x0a\x7f\xff\x00\x00\x00\x00\x00\x01\xff\xff"},
		{"an empty request", "\x00\x00\x00\x00\x00\x00"},
		{"a negative length", "\xff\xff\xff\xff\x00\x00"},
		{"a truncated request of a known kind", "\x00\x00\x00\x0a\x00\x03\x00\x09\x00\x00\x00\x01\xff\xff"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.DialTimeout("tcp", b.Addr(), 5*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, tt.bytes); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if len(got) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("answered %q (%v), want the connection closed", got, err)
			}
		})
	}
	if got := partitions(t, b.Addr()); len(got) != 1 {
		t.Errorf("afterwards the broker has topics %v", got)
	}
}

func TestStartRefusesWhatCannotWork(t *testing.T) {
	taken := start(t, filepath.Join(t.TempDir(), "taken"))
	busy := t.TempDir()
	start(t, busy)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		options embedded.Options
		is      error
		says    []string
	}{
		{
			"directory in use", embedded.Options{Dir: busy, Addr: "127.0.0.1:0"}, embedded.ErrDirInUse,
			[]string{busy, "in use by another process", "stop it or choose another directory"},
		}, {
			"port in use", embedded.Options{Dir: t.TempDir(), Addr: taken.Addr()}, embedded.ErrAddrInUse,
			[]string{taken.Addr(), "in use", "choose another address"},
		}, {
			"address that is not this machine's", embedded.Options{Dir: t.TempDir(), Addr: "192.0.2.1:9092"}, nil,
			[]string{"192.0.2.1:9092", "choose another address"},
		}, {
			"no port", embedded.Options{Dir: t.TempDir(), Addr: "localhost"}, nil,
			[]string{"localhost", "port", "choose another address"},
		}, {
			"directory is a file", embedded.Options{Dir: file, Addr: "127.0.0.1:0"}, nil,
			[]string{file, "choose another directory"},
		}, {
			"directory cannot be made", embedded.Options{Dir: filepath.Join(file, "data"), Addr: "127.0.0.1:0"}, nil,
			[]string{file, "choose another directory"},
		}, {
			"no directory", embedded.Options{Addr: "127.0.0.1:0"}, nil, []string{"data directory"},
		}, {
			"topic name", embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0", Topics: []embedded.Topic{{Name: "a/b"}}}, nil,
			[]string{"a/b"},
		}, {
			"number of partitions", embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0", Topics: []embedded.Topic{{Name: "t", Partitions: -1}}}, nil,
			[]string{"topic t", "-1"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := embedded.Start(t.Context(), tt.options)
			if err == nil {
				t.Fatal(errors.Join(errors.New("it started"), b.Close()))
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%q is not %q", err, tt.is)
			}
			for _, part := range tt.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q has more than one line", err)
			}
		})
	}

	t.Run("and gives back what it took", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Addr: taken.Addr()}); err == nil {
			t.Fatal("it started")
		}
		start(t, dir)
	})
}

func TestUnwritableDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Addr: "127.0.0.1:0"})
	if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "choose another directory") {
		t.Errorf("got %v", err)
	}
}

func TestCloseTwiceAndReopen(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		b := start(t, dir)
		if err := errors.Join(b.Close(), b.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := (&http.Client{Timeout: time.Second}).Get("http://" + b.Addr()); err == nil {
			t.Error("a closed broker answers")
		}
	}
}

func TestTheLogIsQuiet(t *testing.T) {
	var log bytes.Buffer
	b, err := embedded.Start(t.Context(), embedded.Options{
		Dir: t.TempDir(), Addr: "127.0.0.1:0", Topics: []embedded.Topic{{Name: "t"}},
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := writer(t, b.Addr(), "t").WriteMessages(within(t, 10*time.Second), numbered("m", 3)...); err != nil {
		t.Fatal(err)
	}
	r := reader(t, b.Addr(), "t", "g")
	if _, err := r.FetchMessage(within(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("it logged:\n%s", &log)
	}
}

func TestMetadataNamesTheBroker(t *testing.T) {
	b := start(t, t.TempDir())
	meta, err := client(t, b.Addr()).Metadata(within(t, 10*time.Second), &kafka.MetadataRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, node := range meta.Brokers {
		got = append(got, net.JoinHostPort(node.Host, fmt.Sprint(node.Port)))
	}
	sort.Strings(got)
	if !cmp.Equal(got, b.Brokers()) {
		t.Errorf("clients are sent to %v, want %v", got, b.Brokers())
	}
}
