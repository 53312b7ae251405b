package decode

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/tidwall/gjson"
)

// maxFieldBytes is the longest string that is kept of any field but the text.
const maxFieldBytes = 8 << 10

const replacement = "\uFFFD"

// clean returns the string v as valid UTF-8 without NULs, and which marks that
// has earned it. Encoding is mended before NULs are removed, so that no bytes
// join to a character that nobody wrote.
func clean(v gjson.Result) (string, flags) {
	s, marks := cleanString(v.Str)
	escaped := len(v.Raw) > len(v.Str)+len(`""`)
	if escaped && strings.Contains(s, replacement) && hasLoneSurrogate(v.Raw) {
		marks |= invalidUTF8
	}
	return s, marks
}

func cleanString(s string) (string, flags) {
	var marks flags
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, replacement)
		marks |= invalidUTF8
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
		marks |= nulRemoved
	}
	return s, marks
}

// hasLoneSurrogate reports whether a JSON string, as it is written, has a
// \u escape of half a character. The unescaped string alone cannot tell: it
// shows the same replacement character that a record may hold by right.
func hasLoneSurrogate(raw string) bool {
	high := false // the last escape was a first half
	for i := 0; i < len(raw); i++ {
		unit := uint64(0)
		if raw[i] == '\\' {
			if i++; i+4 < len(raw) && raw[i] == 'u' {
				unit, _ = strconv.ParseUint(raw[i+1:i+5], 16, 32)
				i += 4
			}
		}
		low := 0xDC00 <= unit && unit <= 0xDFFF
		if high != low {
			return true
		}
		high = 0xD800 <= unit && unit <= 0xDBFF
	}
	return high
}

// graphemeWindow is how far before a cut the start of the character as people
// see it is looked for. Longer ones are cut inside.
const graphemeWindow = 256

// cut returns the longest start of valid UTF-8 s of at most limit bytes that
// does not split a character as people see it (letter and accents, emoji
// sequence, flag).
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	from := runeStart(s, max(0, limit-graphemeWindow))
	window := s[from:runeStart(s, min(len(s), limit+graphemeWindow))]
	end, state := from, -1
	for window != "" {
		var cluster string
		cluster, window, _, state = uniseg.FirstGraphemeClusterInString(window, state)
		if end+len(cluster) > limit {
			break
		}
		end += len(cluster)
	}
	if end == from {
		end = runeStart(s, limit)
	}
	return s[:end]
}

// runeStart returns the start of the rune of s in which byte i lies.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// quoted returns s for a message: in quotes, readable and short.
func quoted(s string) string {
	const longest = 60
	if len(s) > longest {
		s = s[:runeStart(s, longest)] + "…"
	}
	return strconv.Quote(s)
}

// bare is quoted without the quotes, for numbers.
func bare(s string) string { return strings.Trim(quoted(s), `"`) }

// shown returns a JSON value for a message.
func shown(v gjson.Result) string {
	switch v.Type {
	case gjson.String:
		return "string " + quoted(v.Str)
	case gjson.Number:
		return "number " + bare(v.Raw)
	case gjson.True, gjson.False:
		return "boolean " + v.Raw
	}
	if v.IsArray() {
		return "an array"
	}
	return "an object"
}
