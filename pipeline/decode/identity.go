package decode

import (
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// readID reads the id as it stands. It is not mended: two ids that differ only
// in what mending takes away would become one item.
func (it *item) readID() string {
	v := it.fields[fieldID]
	if v.Type == gjson.Null || isBlank(v) {
		it.reject(pipeline.ReasonMissingID, "id: the record has none, or a blank one")
		return ""
	}
	return it.identity(fieldID)
}

// readSource reads the source, which is the other half of the identity.
func (it *item) readSource(preset string) string {
	v := it.fields[fieldSource]
	if v.Type == gjson.Null || isBlank(v) {
		return preset
	}
	return it.identity(fieldSource)
}

// identity returns a field that items are known by: a string within limits, or
// the digits of a number, of which none is lost.
func (it *item) identity(f field) string {
	v := it.fields[f]
	s := v.Str
	switch v.Type {
	case gjson.Number:
		s = v.Raw
	case gjson.String:
		escaped := len(v.Raw) > len(s)+len(`""`)
		switch {
		case strings.IndexByte(s, 0) >= 0:
			it.reject(pipeline.ReasonWrongType, "%s: %s holds a NUL", f, quoted(s))
		case !utf8.ValidString(s), escaped && strings.Contains(s, replacement) && hasLoneSurrogate(v.Raw):
			it.reject(pipeline.ReasonWrongType, "%s: %s is not valid UTF-8", f, quoted(s))
		}
	default:
		it.reject(pipeline.ReasonWrongType, "%s: found %s, expected a string or number", f, shown(v))
		return ""
	}
	if len(s) > pipeline.MaxIDBytes {
		it.reject(pipeline.ReasonIDTooLong, "%s: %s has %d bytes; at most %d are allowed", f, quoted(s), len(s), pipeline.MaxIDBytes)
	}
	return s
}

func (it *item) readDeleted() bool {
	v := it.fields[fieldDeleted]
	switch v.Type {
	case gjson.Null, gjson.False:
		return false
	case gjson.True:
		return true
	case gjson.String:
		switch strings.TrimSpace(v.Str) {
		case "true":
			return true
		case "false", "":
			return false
		}
	}
	it.reject(pipeline.ReasonWrongType, "deleted: found %s, expected true or false", shown(v))
	return false
}

// channelOf returns the channel of an item whose turns have been read. What
// the record itself says of its channel counts only where the source is of
// none; where it says something else than what counts, that is an attribute.
func (d *Decoder) channelOf(it *item) pipeline.Channel {
	stated := pipeline.Channel("")
	if v := it.fields[fieldChannel]; v.Type == gjson.String {
		stated = pipeline.Channel(strings.ToLower(strings.TrimSpace(v.Str)))
	}
	channel := d.channel
	switch {
	case channel != "":
	case stated.Valid():
		channel = stated
	case it.out.Turns != nil:
		channel = pipeline.Chat
	default:
		channel = pipeline.Review
	}
	if stated != channel && it.fields[fieldChannel].Type != gjson.Null {
		it.demote(fieldChannel)
	}
	return channel
}
