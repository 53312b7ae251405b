package decode

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// maxAttributes is how many attributes an item keeps.
const maxAttributes = 200

// readAttributes keeps what the record says beyond the known fields. What it
// calls attributes itself comes first: it wins where names collide, and stays
// where there are too many.
func (it *item) readAttributes() {
	explicit := it.fields[fieldAttributes]
	if explicit.Type != gjson.Null && !explicit.IsObject() && !isBlank(explicit) {
		it.reject(pipeline.ReasonWrongType, "attributes: found %s, expected an object", shown(explicit))
		return
	}
	if explicit.IsObject() {
		explicit.ForEach(func(key, value gjson.Result) bool {
			it.setAttribute(key.Str, value)
			return true
		})
	}
	// From the last on, each only where there is none yet: of two with the same
	// name the last counts.
	for i := len(it.extras) - 1; i >= 0; i-- {
		name := it.fieldString(it.extras[i].name, attributesCut)
		if _, there := it.out.Attributes[name]; !there {
			it.setAttribute(name, it.extras[i].value)
		}
	}
}

// setAttribute keeps one attribute: strings as they are, other scalars as
// their JSON literal, objects and arrays as compact JSON.
func (it *item) setAttribute(name string, value gjson.Result) {
	if value.Type == gjson.Null {
		return
	}
	name = it.fieldString(name, attributesCut)
	if _, there := it.out.Attributes[name]; !there && len(it.out.Attributes) == maxAttributes {
		it.flag(attributesCut)
		return
	}
	if it.out.Attributes == nil {
		it.out.Attributes = make(map[string]string)
	}
	switch value.Type {
	case gjson.String:
		it.out.Attributes[name] = it.text(value, maxFieldBytes, attributesCut)
	case gjson.JSON:
		it.out.Attributes[name] = it.fieldString(compact(value.Raw), attributesCut)
	default:
		it.out.Attributes[name] = it.fieldString(value.Raw, attributesCut)
	}
}

// compact returns checked JSON without the white space between its tokens.
func compact(raw string) string {
	if !strings.ContainsAny(raw, " \t\r\n") {
		return raw
	}
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(raw)); err != nil {
		return raw
	}
	return b.String()
}

func isBlank(v gjson.Result) bool {
	return v.Type == gjson.String && strings.TrimSpace(v.Str) == ""
}
