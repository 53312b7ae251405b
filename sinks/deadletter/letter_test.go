package deadletter

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// delivered is a letter as it is read from the topic.
func delivered(m kafkago.Message) pipeline.Record {
	r := pipeline.Record{Topic: m.Topic, Partition: 2, Offset: 17, Key: m.Key, Value: m.Value, Time: time.UnixMilli(5)}
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, pipeline.Header{Key: h.Key, Value: h.Value})
	}
	return r
}

func TestALetterIsReadAsTheRecordThatItWas(t *testing.T) {
	original := pipeline.Record{
		Topic: "feedback.reviews", Partition: 3, Offset: 1 << 40, Key: []byte{0, 0xff}, Value: []byte(`{"id": `),
		Time:    time.Date(2013, 1, 1, 0, 0, 0, 1_000_000, time.UTC),
		Headers: []pipeline.Header{{Key: "topic", Value: []byte("their own")}, {Key: "original.x"}, {Key: "", Value: []byte("nameless")}},
	}
	for _, tt := range []struct {
		name      string
		limit     int
		value     []byte
		shortened bool
	}{
		{"whole", 0, original.Value, false},
		{"of a tombstone", 0, nil, false},
		{"shortened", 1 << 20, bytes.Repeat([]byte("x"), 2<<20), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, p := original, &publisher{limit: tt.limit}
			want.Value = tt.value
			if err := sink(p).Reject(t.Context(), []*pipeline.Item{item(want)}); err != nil {
				t.Fatal(err)
			}
			l, err := Read(delivered(p.calls[len(p.calls)-1][0]))
			if err != nil {
				t.Fatal(err)
			}
			if l.Shortened != tt.shortened || l.Bytes != len(tt.value) || !l.Of(want) {
				t.Errorf("shortened %v, %d bytes, of the original: %v", l.Shortened, l.Bytes, l.Of(want))
			}
			other := want
			other.Value = append([]byte("y"), want.Value...)
			if l.Of(other) {
				t.Error("it takes another record for its original")
			}
			if tt.shortened {
				want.Value = want.Value[:256<<10]
			}
			if diff := cmp.Diff(want, l.Record); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
			if l.Rejection.Reason != pipeline.ReasonInvalidJSON || l.Rejection.Detail != `not one JSON object: "héllo"` || l.Rejected.UnixMilli() != 1772600767008 {
				t.Errorf("its story is %+v at %v", l.Rejection, l.Rejected)
			}
			if l.Place != (pipeline.Position{Topic: "feedback.deadletters", Partition: 2, Offset: 17}) {
				t.Errorf("its place is %+v", l.Place)
			}
		})
	}
}

func TestLettersOfOlderVersionsLackTheTimestamp(t *testing.T) {
	m := sink(nil).letter(item(pipeline.Record{Topic: "t", Time: time.Now()}))
	m.Headers = m.Headers[:len(m.Headers)-1]
	l, err := Read(delivered(m))
	if err != nil || !l.Record.Time.IsZero() {
		t.Errorf("%v, %v", l.Record.Time, err)
	}
}

func TestWhatIsNoLetterIsToldByItsHeader(t *testing.T) {
	for header, value := range map[string]string{
		HeaderTopic: "", HeaderPartition: "-1", HeaderOffset: "18446744073709551615", HeaderReason: "", HeaderTime: "yesterday", HeaderTimestamp: "secret", HeaderSize: "3",
	} {
		m := sink(nil).letter(item(pipeline.Record{Topic: "t", Value: []byte("four")}))
		m.Headers = append(m.Headers, kafkago.Header{Key: header, Value: []byte(value)})
		_, err := Read(delivered(m))
		if err == nil || !strings.Contains(err.Error(), `"`+header+`"`) || !strings.Contains(err.Error(), "offset 17") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", header, err)
		}
	}
	if _, err := Read(pipeline.Record{Topic: "t", Value: []byte("hello")}); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("without headers: %v", err)
	}
}
