package nlp

import (
	"cmp"
	"slices"
)

// sortCues puts cues in the order of the text, the wider first.
func sortCues(cues []Cue) {
	slices.SortStableFunc(cues, func(a, b Cue) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Kind, b.Kind))
	})
}
