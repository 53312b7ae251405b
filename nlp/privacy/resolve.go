package privacy

import (
	"cmp"
	"slices"
	"strings"
)

// certainty orders findings that overlap.
type certainty uint8

// From what is least certain to what is most certain.
const (
	certainEntity     certainty = iota + 1 // the recogniser's word
	certainListed                          // a given name that stands in the list
	certainAddress                         // a street and a number
	certainAnnounced                       // a name that was announced
	certainShape                           // digits in the shape of a phone
	certainRecord                          // a name that the record gives
	certainSecret                          // what follows "password"
	certainNumbered                        // what follows "order number"
	certainAsked                           // digits after a word that announces their kind
	certainChecked                         // check digits fit
	certainPattern                         // the user's own
	certainWritten                         // e-mail addresses, secrets of links
	certainlyTwoTimes                      // check digits fit, and the issuer or country with its length
)

// hit is a finding before overlaps are resolved.
type hit struct {
	kind       string
	start, end int
	sure       certainty
	rule       string
}

// found notes a finding. Empty spans are none.
func (s *search) found(kind string, start, end int, sure certainty, rule string) {
	if start < end {
		s.hits = append(s.hits, hit{kind, start, end, sure, rule})
	}
}

// covered tells whether something at least as certain was found in any part of
// the span.
func (s *search) covered(start, end int, sure certainty) bool {
	for _, h := range s.hits {
		if h.sure >= sure && h.start < end && start < h.end {
			return true
		}
	}
	return false
}

// resolve leaves of findings that overlap the more certain, then the longer, then
// the first, sorted by place. What reaches into a placeholder is no finding.
func (s *search) resolve() {
	if len(s.hits) == 0 {
		return
	}
	slices.SortFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.sure, a.sure), cmp.Compare(b.end-b.start, a.end-a.start), cmp.Compare(a.start, b.start))
	})
	s.taken = s.taken[:0] // sorted by place
	for _, h := range s.hits {
		at, _ := slices.BinarySearchFunc(s.taken, h, func(t, h hit) int { return cmp.Compare(t.start, h.start) })
		free := (at == 0 || s.taken[at-1].end <= h.start) && (at == len(s.taken) || s.taken[at].start >= h.end)
		if free && !s.hidden(h.start, h.end) && (h.kind != Name || h.sure >= certainRecord || !s.kept(h.start, h.end)) {
			s.taken = slices.Insert(s.taken, at, h)
		}
	}
	s.hits, s.taken = s.taken, s.hits
}

// kept tells whether the span lies inside of a term that the record wants kept.
func (s *search) kept(start, end int) bool {
	for _, k := range s.known.Keep {
		for from := max(0, end-len(k)); from <= start && from+len(k) <= len(s.text); from++ {
			if strings.EqualFold(s.text[from:from+len(k)], k) {
				return true
			}
		}
	}
	return false
}

// hidden tells whether a placeholder lies in part of the span.
func (s *search) hidden(start, end int) bool {
	for _, p := range s.placeholders {
		if p.Start < end && start < p.End {
			return true
		}
	}
	return false
}
