// Package decode turns one Kafka record into one item of feedback, or says why
// it cannot. The steps, in order:
//
//  1. a value that is missing, blank or too large is rejected;
//  2. a mapping, where the source has one, turns a foreign record into the
//     contract's JSON;
//  3. the JSON is checked, without recursion, for syntax and depth;
//  4. its fields are gathered in one pass; of a field given twice the last
//     counts, and null means that the field is not there;
//  5. identity, time and version are read; a withdrawal ends here;
//  6. scores, texts, turns and the rest are read, mended and cut to limits;
//  7. what the contract does not know is kept as attributes.
//
// A wrong value rejects the record, and the rejection names the field; what
// can be mended without guessing is mended and flagged. Where a record leaves
// room for opinions:
//
//   - a number may be a string of digits, an id, a product, a location or a
//     reply_to may be a number, a customer may be an id, targets may be one
//     string, and blank is as good as absent except in attributes;
//   - id and source are never mended, since two items could become one;
//   - of a withdrawal only identity, version, time and channel are read: the
//     rest can neither prevent it nor be kept;
//   - messages win over text: the transcript is what is analysed, and the
//     text, often its summary, is kept as the attribute text;
//   - created_at, else the time of the first turn that has one, else the
//     record's own;
//   - a string of 4, 6 or 8 digits that may be a date as well as an epoch is
//     no time;
//   - control characters that JSON wants escaped make it invalid; their
//     escapes are kept, but for NUL.
package decode

import (
	"strings"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// MaxRecordBytes is the largest value of a record that is decoded.
const MaxRecordBytes = 16 << 20

// Source says what the records of one topic are.
type Source struct {
	Topic string
	// Name is the source of records that name none; empty: Topic.
	Name string
	// Channel is the channel of every record. Empty, as for records that come
	// from no configured topic: the record's own field channel where it is
	// valid, else chat for a record with messages and review for any other.
	Channel pipeline.Channel
	// Mapping turns foreign records into the contract's; nil: they are.
	Mapping *Mapping
}

// Decoder decodes the records of one source. It is safe for concurrent use.
type Decoder struct {
	name    string
	channel pipeline.Channel
	mapping *Mapping
}

// New returns the decoder of s.
func New(s Source) *Decoder {
	name := s.Name
	if name == "" {
		name = s.Topic
	}
	return &Decoder{name: name, channel: s.Channel, mapping: s.Mapping}
}

// Decode returns the feedback in r or, never both, why there is none. A record
// that says no time of its own takes r.Time, which must then be within
// 1970…2199. The result shares no memory with r.
func (d *Decoder) Decode(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
	if r.Value == nil {
		return pipeline.Feedback{}, pipeline.Rejectf(pipeline.ReasonTombstone, "the record has no value; to withdraw feedback publish {\"id\": …, \"deleted\": true}")
	}
	value, rejection := readable(r.Value)
	if rejection != nil {
		return pipeline.Feedback{}, rejection
	}
	if d.mapping != nil {
		if value, rejection = readable(d.mapping.Apply(value, Origin{})); rejection != nil {
			return pipeline.Feedback{}, rejection
		}
	}
	json := string(value)
	if err := checkObject(json); err != nil {
		return pipeline.Feedback{}, pipeline.Rejectf(pipeline.ReasonInvalidJSON, "%v", err)
	}
	it := item{}
	it.gather(json)
	it.read(d, r.Time)
	if it.rejection != nil {
		return pipeline.Feedback{}, it.rejection
	}
	return it.out, nil
}

// ID returns the id that a record in the contract's JSON states, as Decode
// would read it; empty where it states none.
func ID(value []byte) string {
	id := gjson.GetBytes(value, "id")
	switch id.Type {
	case gjson.String:
		return id.Str
	case gjson.Number:
		return strings.Clone(id.Raw)
	}
	return ""
}

const byteOrderMark = "\uFEFF"

// readable returns value without its byte order mark, if it has a size that
// can be worked on.
func readable(value []byte) ([]byte, *pipeline.Rejection) {
	if len(value) > MaxRecordBytes {
		return nil, pipeline.Rejectf(pipeline.ReasonTooLarge, "the value has %d bytes; at most %d are read", len(value), MaxRecordBytes)
	}
	if len(value) >= len(byteOrderMark) && string(value[:len(byteOrderMark)]) == byteOrderMark {
		value = value[len(byteOrderMark):]
	}
	for _, c := range value {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return value, nil
		}
	}
	return nil, pipeline.Rejectf(pipeline.ReasonEmpty, "the value holds white space only")
}
