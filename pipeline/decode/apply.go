package decode

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Origin says where a record that is mapped comes from. The zero Origin is a
// stream.
type Origin struct {
	File   string // its name; of a path the last element, without .gz or .zst, is the name in an id
	Number int    // of the record in the file, from 1
	// Columns says that the record is an object of a file's columns: paths are
	// column names as they stand, and an empty column is as if it were not there.
	Columns bool
}

// Apply returns record in the contract's JSON. Values keep their types; times
// that do not fit created_at_format stay as they are, so that decoding rejects
// them, and so does a record that is not a JSON object.
func (m *Mapping) Apply(record []byte, from Origin) []byte {
	json := strings.TrimPrefix(string(record), byteOrderMark)
	if checkObject(json) != nil {
		return record
	}
	var space [32]gjson.Result
	values := space[:]
	if m.slots > len(values) {
		values = make([]gjson.Result, m.slots)
	}
	m.find(values, json, from.Columns)

	b := object{bytes: make([]byte, 0, len(json)+64)}
	b.open('{')
	switch m.id.special {
	case atHash:
		sum := sha256.Sum256(record)
		b.member("id", `"`+hex.EncodeToString(sum[:])+`"`)
	case atLine:
		if from.File != "" {
			b.member("id", lineID(from))
		}
	default:
		b.value("id", m.id.of(values))
	}
	for _, r := range m.fields {
		v := r.of(values)
		if r.name == "created_at" {
			v = m.timed(v)
		}
		b.value(r.name, v)
	}
	b.group("customer", m.customer, values)
	m.appendAttributes(&b, values)
	m.appendMessages(&b, values)
	b.close('}')
	return b.bytes
}

// find lays out the values that the rules ask for.
func (m *Mapping) find(values []gjson.Result, json string, columns bool) {
	object := gjson.Parse(json)
	if columns {
		object.ForEach(func(key, v gjson.Result) bool {
			if v.Type == gjson.String && v.Str == "" {
				return true
			}
			for _, slot := range m.columns[key.Str] {
				values[slot] = v
			}
			return true
		})
		return
	}
	object.ForEach(func(key, v gjson.Result) bool {
		for _, s := range m.members[key.Str] {
			if values[s.slot] = v; s.path != "" {
				values[s.slot] = gjson.Result{}
				if v.Type == gjson.JSON { // a string could look like JSON to a path
					values[s.slot] = v.Get(s.path)
				}
			}
		}
		return true
	})
	for _, s := range m.others {
		values[s.slot] = object.Get(s.path)
	}
}

// of returns the rule's value among those of a record.
func (r rule) of(values []gjson.Result) gjson.Result {
	if r.path == "" {
		return r.literal
	}
	return values[r.slot]
}

// in returns the rule's value inside a message.
func (r rule) in(message gjson.Result) gjson.Result {
	if r.path == "" {
		return r.literal
	}
	return message.Get(r.path)
}

func (m *Mapping) appendAttributes(b *object, values []gjson.Result) {
	whole := m.object.of(values)
	if !whole.IsObject() {
		b.value("attributes", whole)
		if !whole.Exists() || whole.Type == gjson.Null {
			b.group("attributes", m.attributes, values)
		}
		return
	}
	b.key("attributes")
	b.open('{')
	whole.ForEach(func(key, v gjson.Result) bool {
		b.member(key.Str, v.Raw)
		return true
	})
	for _, r := range m.attributes { // after the object's own: the last counts
		b.value(r.name, r.of(values))
	}
	b.close('}')
}

func (m *Mapping) appendMessages(b *object, values []gjson.Result) {
	if m.messages == nil {
		return
	}
	list := m.messages.list.of(values)
	if !list.IsArray() {
		b.value("messages", list)
		return
	}
	b.key("messages")
	b.open('[')
	list.ForEach(func(_, message gjson.Result) bool {
		if message.Type != gjson.JSON {
			b.element(message.Raw)
			return true
		}
		b.element("")
		b.open('{')
		b.value("role", m.roleOf(m.messages.role.in(message)))
		b.value("text", m.messages.text.in(message))
		b.value("at", m.timed(m.messages.at.in(message)))
		b.close('}')
		return true
	})
	b.close(']')
}

// roleOf translates a role; one that role_map does not name stays.
func (m *Mapping) roleOf(v gjson.Result) gjson.Result {
	if role, mapped := m.roles[roleKey(v.String())]; mapped && v.Type != gjson.Null {
		return stringResult(string(role))
	}
	return v
}

// timed translates a time that is written as created_at_format says.
func (m *Mapping) timed(v gjson.Result) gjson.Result {
	s := strings.TrimSpace(v.String())
	if m.layout == "" || s == "" || v.Type != gjson.String && v.Type != gjson.Number {
		return v
	}
	if v.Type == gjson.Number {
		s = v.Raw
	}
	switch m.layout {
	case formatEpoch, formatEpochMS:
		t, ok := epochIn(m.layout, s)
		if !ok || !timeAllowed(t) {
			return v
		}
		return stringResult(t.UTC().Format(time.RFC3339Nano))
	}
	t, err := time.Parse(m.layout, s)
	if err == nil {
		return stringResult(t.UTC().Format(time.RFC3339Nano))
	}
	if v.Type == gjson.Number || isEpoch(s) {
		// As it stands it would pass for an epoch number, which is not meant.
		return stringResult(s + ", not as in " + m.layout)
	}
	return v
}

// epochIn reads digits as an epoch number in the unit that format names,
// however large or small it is.
func epochIn(format, digits string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.ContainsAny(fraction, "eE") || n < 0 || n > 1e14 {
		return time.Time{}, false
	}
	if format == formatEpochMS {
		return time.UnixMilli(n), true
	}
	milli, err := strconv.ParseInt((fraction + "000")[:3], 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.UnixMilli(n*1000 + milli), true
}

// lineID returns the id of a record by its place in a file, as JSON.
func lineID(from Origin) string {
	name := filepath.Base(from.File)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return string(gjson.AppendJSONString(nil, name+":"+strconv.Itoa(from.Number)))
}

func stringResult(s string) gjson.Result {
	return gjson.Result{Type: gjson.String, Str: s, Raw: string(gjson.AppendJSONString(nil, s))}
}
