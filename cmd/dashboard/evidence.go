package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"earshot/cmd/highlight"
)

// span is evidence in a text: bytes, and what is told of them.
type evidenceSpan struct {
	start, end int
	class, tip string
}

// evidenceOf are the words that what an item says of topics rests on, in order and
// without overlap.
func evidenceOf(i *item) []evidenceSpan {
	var all []evidenceSpan
	for _, m := range i.mentions {
		for k := range min(len(m.cues), len(m.starts), len(m.ends), len(m.rules)) {
			start, end := int(m.starts[k]), int(m.ends[k])
			if start >= end || end > len(i.text) || end-start > len(i.text)/2+40 {
				continue // of the text as a whole: marking all of it tells nothing
			}
			all = append(all, evidenceSpan{start, end, "cue weak " + labelTone(m.label), excerpt(m.topic, nameRunes) + ", " + excerpt(m.label, nameRunes) + " (" + excerpt(m.rules[k], nameRunes) + ")"})
		}
	}
	slices.SortStableFunc(all, func(a, b evidenceSpan) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	var apart []evidenceSpan
	for _, e := range all {
		switch n := len(apart); {
		case n > 0 && e.start == apart[n-1].start && e.end == apart[n-1].end:
			if !strings.Contains(apart[n-1].tip, e.tip) {
				apart[n-1].tip += "; " + e.tip
			}
			if apart[n-1].class == "cue weak neutral" {
				apart[n-1].class = e.class
			}
		case n > 0 && e.start < apart[n-1].end:
		default:
			apart = append(apart, e)
		}
	}
	return apart
}

// marked cuts the bytes from to to of a text into pieces, at most limit runes of
// it; cut tells that there is more.
func marked(text string, from, to, limit int, evidence []evidenceSpan) (pieces []piece, cut bool) {
	from, to = max(from, 0), min(to, len(text))
	left := limit
	add := func(end int, class, tip string) bool {
		if from >= end {
			return true
		}
		words, runes := highlight.Legible(strings.ToValidUTF8(text[from:end], "\uFFFD")), 0
		for at := range words {
			if runes == left {
				words, cut = words[:at], true
				break
			}
			runes++
		}
		left -= runes
		from = end
		pieces = append(pieces, piece{Text: words, Class: class, Tip: tip})
		return !cut
	}
	for _, e := range evidence {
		if e.end <= from || e.start < from {
			continue
		}
		if e.start >= to {
			break
		}
		if !add(e.start, "", "") || !add(min(e.end, to), e.class, e.tip) {
			return pieces, cut
		}
	}
	add(to, "", "")
	return pieces, cut
}
