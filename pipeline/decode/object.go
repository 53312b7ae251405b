package decode

import (
	"github.com/tidwall/gjson"
)

// object writes JSON, member after member. Values are written as they stood in
// the record, so that no digit and no byte of them changes.
type object struct {
	bytes []byte
}

func (o *object) open(bracket byte) { o.bytes = append(o.bytes, bracket) }

func (o *object) close(bracket byte) { o.bytes = append(o.bytes, bracket) }

// element begins an element of an array, or a member, with raw.
func (o *object) element(raw string) {
	if last := o.bytes[len(o.bytes)-1]; last != '{' && last != '[' {
		o.bytes = append(o.bytes, ',')
	}
	o.bytes = append(o.bytes, raw...)
}

func (o *object) key(name string) {
	o.element("")
	o.bytes = gjson.AppendJSONString(o.bytes, name)
	o.bytes = append(o.bytes, ':')
}

func (o *object) member(name, raw string) {
	o.key(name)
	o.bytes = append(o.bytes, raw...)
}

// value writes a member if v is there and not null.
func (o *object) value(name string, v gjson.Result) {
	if v.Type != gjson.Null && v.Raw != "" {
		o.member(name, v.Raw)
	}
}

// group writes an object of the values that the rules find, if there are any.
func (o *object) group(name string, rules []rule, values []gjson.Result) {
	start := len(o.bytes)
	o.key(name)
	o.open('{')
	empty := len(o.bytes)
	for _, r := range rules {
		o.value(r.name, r.of(values))
	}
	if len(o.bytes) == empty {
		o.bytes = o.bytes[:start]
		return
	}
	o.close('}')
}
