package privacy

import (
	"cmp"
	"slices"
	"strings"

	"earshot/nlp/token"
)

// Shift maps offsets into a text to offsets into the same text redacted. The zero
// Shift is that of a text in which nothing was replaced.
type Shift struct {
	edits []edit // by place
}

// edit says that old[start:end] stands in the new text at [at, at+length).
type edit struct{ start, end, at, length int }

// Offset returns the place in the redacted text of an offset into the original.
// What lies inside of something replaced goes to the start of its placeholder.
func (m Shift) Offset(old int) int { return m.offset(old, false) }

// Span returns the place of a span of the original. Ends that lie inside of
// something replaced take all of its placeholder with them.
func (m Shift) Span(old token.Span) token.Span {
	return token.Span{Start: m.offset(old.Start, false), End: m.offset(old.End, true)}
}

func (m Shift) offset(old int, end bool) int {
	// The last edit that begins before old.
	i, _ := slices.BinarySearchFunc(m.edits, old, func(e edit, old int) int { return cmp.Compare(e.start, old) })
	if i == 0 {
		return old
	}
	e := m.edits[i-1]
	switch {
	case old >= e.end:
		return e.at + e.length + old - e.end
	case end:
		return e.at + e.length
	}
	return e.at
}

// original is the inverse of Offset for places outside of placeholders.
func (m Shift) original(now int) int {
	for i := len(m.edits) - 1; i >= 0; i-- {
		if e := m.edits[i]; now >= e.at+e.length {
			return e.end + now - e.at - e.length
		}
	}
	return now
}

// rounds bounds how often a redacted text is looked through again. What hides
// one finding can bring another to light: of two that overlapped, one stayed.
const rounds = 4

// Redact returns text with each piece of personal data replaced by its kind in
// brackets. found has the spans of the replacements in the redacted text; moved
// maps offsets into text to the redacted one. Redacting a redacted text changes
// nothing.
func (f *Finder) Redact(text string, k Known) (redacted string, found []Found, moved Shift) {
	all := f.Find(nil, text, k)
	if len(all) == 0 {
		return text, nil, Shift{}
	}
	for range rounds {
		redacted, moved = replace(text, all)
		more := f.Find(nil, redacted, k)
		if len(more) == 0 {
			break
		}
		for _, m := range more {
			m.Start, m.End = moved.original(m.Start), moved.original(m.End)
			all = append(all, m)
		}
		slices.SortFunc(all, func(a, b Found) int { return cmp.Compare(a.Start, b.Start) })
		redacted, moved = replace(text, all)
	}
	for i := range all {
		e := moved.edits[i]
		all[i].Span = token.Span{Start: e.at, End: e.at + e.length}
	}
	return redacted, all, moved
}

// replace puts placeholders in the place of what was found, which is sorted.
func replace(text string, found []Found) (string, Shift) {
	edits := make([]edit, len(found))
	var b strings.Builder
	b.Grow(len(text) + 4*len(found))
	from := 0
	for i, f := range found {
		b.WriteString(text[from:f.Start])
		edits[i] = edit{f.Start, f.End, b.Len(), len(f.Kind) + 2}
		b.WriteByte('[')
		b.WriteString(f.Kind)
		b.WriteByte(']')
		from = f.End
	}
	b.WriteString(text[from:])
	return b.String(), Shift{edits}
}

// Original returns the span in the original of a span that Redact found in the
// redacted text.
func (m Shift) Original(found token.Span) token.Span {
	for _, e := range m.edits {
		if e.at == found.Start {
			return token.Span{Start: e.start, End: e.end}
		}
	}
	return found
}
