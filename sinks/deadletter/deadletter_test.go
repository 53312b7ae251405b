package deadletter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// publisher keeps what it is given, but for messages over a limit.
type publisher struct {
	limit int // of the value, the key and the headers together; 0: none
	err   error
	calls [][]kafkago.Message
}

type tooLarge struct{ indexes []int }

func (e tooLarge) Error() string   { return fmt.Sprint(len(e.indexes), " messages are too large") }
func (e tooLarge) TooLarge() []int { return e.indexes }

func (p *publisher) Publish(_ context.Context, messages []kafkago.Message) error {
	p.calls = append(p.calls, messages)
	if p.err != nil {
		return p.err
	}
	var refused tooLarge
	for i, m := range messages {
		size := len(m.Key) + len(m.Value)
		for _, h := range m.Headers {
			size += len(h.Key) + len(h.Value)
		}
		if p.limit > 0 && size > p.limit {
			refused.indexes = append(refused.indexes, i)
		}
	}
	if refused.indexes != nil {
		return fmt.Errorf("publishing: %w", refused)
	}
	return nil
}

// sink returns a sink whose clock stands still.
func sink(p Publisher) *Sink {
	s := New("feedback.deadletters", p, slog.New(slog.DiscardHandler))
	s.now = func() time.Time {
		return time.Date(2026, 3, 4, 6, 6, 7, 8_000_000, time.FixedZone("CET", 3600))
	}
	return s
}

func item(r pipeline.Record) *pipeline.Item {
	return &pipeline.Item{Record: r, Rejection: pipeline.Rejectf(pipeline.ReasonInvalidJSON, "not one JSON object: %q", "héllo")}
}

func TestALetterIsTheRecordWithItsStory(t *testing.T) {
	large := bytes.Repeat([]byte("x"), 50<<20)
	for _, tt := range []struct {
		name    string
		key     []byte
		value   []byte
		headers []pipeline.Header
	}{
		{name: "text", key: []byte("customer-1"), value: []byte(`{"id": `)},
		{name: "a tombstone", key: []byte("customer-1")},
		{name: "an empty value and an empty key", key: []byte{}, value: []byte{}},
		{name: "binary", key: []byte{0, 0xff}, value: []byte{0xff, 0, 0xfe, '\n', 0x80}},
		{name: "a large value", value: large},
		{name: "headers", value: []byte("x"), headers: []pipeline.Header{
			{Key: "topic", Value: []byte("their own")}, {Key: "empty", Value: []byte{}}, {Key: "none"},
			{Key: "twice", Value: []byte("1")}, {Key: "twice", Value: []byte{0xff}}, {Key: "", Value: []byte("nameless")},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &publisher{}
			r := pipeline.Record{
				Topic: "feedback.reviews", Partition: 3, Offset: 1 << 40, Key: tt.key, Value: tt.value,
				Time: time.Date(2013, 1, 1, 1, 0, 0, 1_000_000, time.FixedZone("CET", 3600)), Headers: tt.headers,
			}
			if err := sink(p).Reject(t.Context(), []*pipeline.Item{item(r)}); err != nil {
				t.Fatal(err)
			}
			want := kafkago.Message{
				Topic: "feedback.deadletters", Key: tt.key, Value: tt.value,
				Headers: []kafkago.Header{
					{Key: "topic", Value: []byte("feedback.reviews")},
					{Key: "partition", Value: []byte("3")},
					{Key: "offset", Value: []byte("1099511627776")},
					{Key: "reason", Value: []byte("invalid_json")},
					{Key: "error", Value: []byte(`not one JSON object: "héllo"`)},
					{Key: "time", Value: []byte("2026-03-04T05:06:07.008Z")},
					{Key: "timestamp", Value: []byte("2013-01-01T00:00:00.001Z")},
				},
			}
			for _, h := range tt.headers {
				want.Headers = append(want.Headers, kafkago.Header{Key: "original." + h.Key, Value: h.Value})
			}
			if len(p.calls) != 1 || len(p.calls[0]) != 1 {
				t.Fatalf("%d calls, want one letter in one", len(p.calls))
			}
			got := p.calls[0][0]
			if !bytes.Equal(got.Value, want.Value) || (got.Value == nil) != (want.Value == nil) {
				t.Errorf("a value of %d bytes (nil: %v) became one of %d (nil: %v)", len(want.Value), want.Value == nil, len(got.Value), got.Value == nil)
			}
			got.Value, want.Value = nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("letter (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLettersThatAreTooLargeAreShortenedOnce(t *testing.T) {
	p := &publisher{limit: 1 << 20}
	value := bytes.Repeat([]byte("0123456789abcdef"), 2<<20/16)
	huge := pipeline.Header{Key: "trace", Value: bytes.Repeat([]byte("h"), 1<<20)}
	items := []*pipeline.Item{
		item(pipeline.Record{Topic: "t", Offset: 0, Key: []byte("k"), Value: []byte("small")}),
		item(pipeline.Record{Topic: "t", Offset: 1, Key: []byte("k"), Value: value}),
		item(pipeline.Record{Topic: "t", Offset: 2, Value: []byte("small too")}),
		item(pipeline.Record{Topic: "t", Offset: 3, Key: value, Value: value, Headers: []pipeline.Header{{Key: "a", Value: []byte("b")}, huge}}),
	}
	if err := sink(p).Reject(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	if len(p.calls) != 2 || len(p.calls[0]) != 4 || len(p.calls[1]) != 2 {
		t.Fatalf("%d calls, want all letters and then the two that were refused", len(p.calls))
	}
	for i, want := range []struct {
		key     []byte
		headers []string
	}{
		{[]byte("k"), []string{"topic", "partition", "offset", "reason", "error", "time", "timestamp", "size"}},
		{value[:256<<10], []string{"topic", "partition", "offset", "reason", "error", "time", "timestamp", "original.a", "size"}},
	} {
		got := p.calls[1][i]
		if !bytes.Equal(got.Value, value[:256<<10]) || !bytes.Equal(got.Key, want.key) {
			t.Errorf("letter %d has a key of %d and a value of %d bytes, want the first 256 KiB", i, len(got.Key), len(got.Value))
		}
		var names []string
		for _, h := range got.Headers {
			names = append(names, h.Key)
		}
		if diff := cmp.Diff(want.headers, names); diff != "" {
			t.Errorf("headers of letter %d (-want +got):\n%s", i, diff)
		}
		if size := got.Headers[len(got.Headers)-1].Value; string(size) != "2097152" {
			t.Errorf("letter %d says its size was %s, want 2097152", i, size)
		}
	}
	if whole := p.calls[0][1]; len(whole.Value) != len(value) || len(whole.Headers) != 7 {
		t.Error("shortening has changed the whole letter")
	}
}

func TestLettersAreShortenedUntilTheTopicAcceptsThem(t *testing.T) {
	large := bytes.Repeat([]byte("x"), 2<<20)
	for _, tt := range []struct {
		name       string
		limit      int
		key, value int // bytes kept
		original   bool
		calls      int
	}{
		{"a topic as by default", 1 << 20, 256 << 10, 256 << 10, true, 2},
		{"refused twice", 400 << 10, 128 << 10, 128 << 10, true, 3},
		{"refused many times", 1 << 10, 256, 256, true, 12},
		{"our own headers alone", 144, 0, 0, false, 21},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &publisher{limit: tt.limit}
			err := sink(p).Reject(t.Context(), []*pipeline.Item{
				item(pipeline.Record{Topic: "t", Value: []byte("1")}),
				item(pipeline.Record{Topic: "t", Key: large, Value: large, Headers: []pipeline.Header{{Key: "a", Value: []byte("b")}}}),
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(p.calls) != tt.calls {
				t.Errorf("%d calls, want %d", len(p.calls), tt.calls)
			}
			last := p.calls[len(p.calls)-1]
			if len(last) != 1 || len(last[0].Key) != tt.key || len(last[0].Value) != tt.value {
				t.Fatalf("%d letters at last, a key of %d and a value of %d bytes, want one of %d and %d", len(last), len(last[0].Key), len(last[0].Value), tt.key, tt.value)
			}
			want := []string{"topic", "partition", "offset", "reason", "error", "time", "timestamp"}
			if tt.original {
				want = append(want, "original.a")
			}
			var names []string
			for _, h := range last[0].Headers {
				names = append(names, h.Key)
			}
			if diff := cmp.Diff(append(want, "size"), names); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if size := last[0].Headers[len(names)-1].Value; string(size) != "2097152" {
				t.Errorf("it says its size was %s, want 2097152", size)
			}
		})
	}
}

func TestATopicThatRefusesEvenOurHeadersIsAnErrorForGood(t *testing.T) {
	p := &publisher{limit: 10}
	err := sink(p).Reject(t.Context(), []*pipeline.Item{item(pipeline.Record{Value: make([]byte, 1<<20)})})
	if _, ok := refused(err); !ok || pipeline.IsRetriable(err) {
		t.Errorf("got %v", err)
	}
	if last := p.calls[len(p.calls)-1]; len(last[0].Value) != 0 {
		t.Errorf("a value of %d bytes was the last try, want none", len(last[0].Value))
	}
	if !strings.Contains(fmt.Sprint(err), "feedback.deadletters") {
		t.Errorf("%v does not name the topic", err)
	}
}

func TestErrorsOfThePublisherKeepTheirKind(t *testing.T) {
	cause := errors.New("no leader")
	for name, err := range map[string]error{"retriable": pipeline.Retriable(cause), "permanent": cause} {
		t.Run(name, func(t *testing.T) {
			got := sink(&publisher{err: err}).Reject(t.Context(), []*pipeline.Item{item(pipeline.Record{})})
			if !errors.Is(got, cause) || pipeline.IsRetriable(got) != (name == "retriable") {
				t.Errorf("got %v, retriable: %v", got, pipeline.IsRetriable(got))
			}
			if !strings.Contains(got.Error(), "feedback.deadletters") {
				t.Errorf("%v does not name the topic", got)
			}
		})
	}
}

func TestARecordRejectedAgainHasTheSameLetter(t *testing.T) {
	p := &publisher{limit: 1 << 20}
	s, it := sink(p), item(pipeline.Record{Topic: "t", Value: make([]byte, 2<<20), Headers: []pipeline.Header{{Key: "a"}}})
	for range 2 {
		if err := s.Reject(t.Context(), []*pipeline.Item{it}); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(p.calls[1], p.calls[3]) {
		t.Error("the second letter differs from the first")
	}
}
