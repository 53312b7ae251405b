package deadletter

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"earshot/pipeline"
)

// Letter is a dead letter as the topic holds it.
type Letter struct {
	// Record is the original. Its Time is zero where the letter does not say it, and
	// of a shortened letter it has the beginning alone.
	Record    pipeline.Record
	Rejection pipeline.Rejection
	Rejected  time.Time // when that was; zero if the letter does not say
	Bytes     int       // of the original's value
	Shortened bool      // Record has only the beginnings of the original's key, value and headers
	Place     pipeline.Position
}

// Read reads a record of the topic of dead letters. The error says why it is none
// of ours.
func Read(r pipeline.Record) (Letter, error) {
	l := Letter{
		Record: pipeline.Record{Key: r.Key, Value: r.Value},
		Bytes:  len(r.Value),
		Place:  pipeline.Position{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset},
	}
	own := map[string]string{}
	for _, h := range r.Headers {
		if name, ok := strings.CutPrefix(h.Key, originalPrefix); ok {
			l.Record.Headers = append(l.Record.Headers, pipeline.Header{Key: name, Value: h.Value})
			continue
		}
		own[h.Key] = string(h.Value)
	}
	if l.Record.Topic = own[HeaderTopic]; l.Record.Topic == "" {
		return Letter{}, foreign(r, HeaderTopic, own)
	}
	if l.Rejection.Reason = pipeline.Reason(own[HeaderReason]); l.Rejection.Reason == "" {
		return Letter{}, foreign(r, HeaderReason, own)
	}
	l.Rejection.Detail = own[HeaderError]
	partition, err := strconv.ParseUint(own[HeaderPartition], 10, 31)
	if err != nil {
		return Letter{}, foreign(r, HeaderPartition, own)
	}
	offset, err := strconv.ParseUint(own[HeaderOffset], 10, 63)
	if err != nil {
		return Letter{}, foreign(r, HeaderOffset, own)
	}
	l.Record.Partition, l.Record.Offset = int(partition), int64(offset)
	for name, into := range map[string]*time.Time{HeaderTime: &l.Rejected, HeaderTimestamp: &l.Record.Time} {
		if own[name] == "" {
			continue
		}
		if *into, err = time.Parse(time.RFC3339Nano, own[name]); err != nil {
			return Letter{}, foreign(r, name, own)
		}
	}
	if size, ok := own[HeaderSize]; ok {
		if l.Bytes, err = strconv.Atoi(size); err != nil || l.Bytes < len(r.Value) {
			return Letter{}, foreign(r, HeaderSize, own)
		}
		l.Shortened = true
	}
	return l, nil
}

// Of reports whether r may be the original of the letter, by the part of it that the
// letter has: a topic that was made anew has other records at the same offsets.
func (l *Letter) Of(r pipeline.Record) bool {
	if l.Shortened {
		return len(r.Value) == l.Bytes && bytes.HasPrefix(r.Value, l.Record.Value) && bytes.HasPrefix(r.Key, l.Record.Key)
	}
	return bytes.Equal(r.Value, l.Record.Value) && bytes.Equal(r.Key, l.Record.Key)
}

// foreign says what header is missing or makes no sense. Its value is not told: it
// may be anybody's.
func foreign(r pipeline.Record, header string, own map[string]string) error {
	what := "makes no sense"
	if own[header] == "" {
		what = "is missing"
	}
	return fmt.Errorf("%s, partition %d, offset %d is no dead letter of earshot: its header %q %s", r.Topic, r.Partition, r.Offset, header, what)
}
