package taxonomy

import (
	"slices"
	"strings"
)

// maxSamples bounds the texts that are made of one rule.
const maxSamples = 300

// filler is a word that no rule has.
const filler = "zzq"

// samples are sentences that a rule should match: each of its phrases, each form
// of its words, with its gaps closed and as wide as they may be, in both orders.
// complete is false where that would be too many.
func (t *tree) samples() (all []string, complete bool) {
	spelt := map[term][]string{}
	sequences, forms := 1, 1
	for _, part := range t.parts {
		sequences = max(sequences, len(part))
		for _, s := range part {
			for _, term := range s {
				if spelt[term] == nil {
					spelt[term] = term.spellings()
				}
				forms = max(forms, len(spelt[term]))
			}
		}
	}
	shapes := []shape{{}}
	if len(t.parts) > 1 {
		shapes = append(shapes, shape{wide: true})
		if !slices.ContainsFunc(t.links, func(l link) bool { return l.ordered }) {
			shapes = append(shapes, shape{wide: true, backwards: true})
		}
	}
	total := sequences * forms
	stride := max(1, total*len(shapes)/maxSamples)
	for i := 0; i < total; i += stride {
		for _, sh := range shapes {
			all = append(all, t.sample(spelt, i%sequences, i/sequences, sh))
		}
	}
	return all, stride == 1
}

// shape says how the parts of a chain are put together.
type shape struct{ wide, backwards bool }

// sample is one sentence: the n-th sequence of each part, each word in one of its
// forms.
func (t *tree) sample(spelt map[term][]string, n, form int, sh shape) string {
	var parts []string
	for i := range t.parts {
		s := t.parts[i][n%len(t.parts[i])]
		words := make([]string, len(s))
		for j, term := range s {
			spellings := spelt[term]
			words[j] = spellings[form%len(spellings)]
		}
		parts = append(parts, strings.Join(words, " "))
		if sh.wide && i < len(t.links) {
			for range t.links[i].gap {
				parts = append(parts, filler)
			}
		}
	}
	if sh.backwards {
		slices.Reverse(parts)
	}
	if !t.atStart {
		parts = slices.Insert(parts, 0, filler)
	}
	if !t.atEnd {
		parts = append(parts, filler)
	}
	return strings.Join(parts, " ")
}

// spellings are words that a term matches: all, except of a prefix.
func (t term) spellings() []string {
	switch t.kind {
	case termWord:
		return inflections(t.form)
	case termPrefix:
		return []string{t.form, t.form + filler}
	case termClass:
		var all []string
		for _, m := range t.members() {
			all = append(all, m.spellings()...)
		}
		return all
	case termNumber:
		return []string{"7"}
	case termPrice:
		return []string{"$7"}
	case termTime:
		return []string{"10:30"}
	case termURL:
		return []string{"https://example.org"}
	case termEmoji:
		return []string{"🙂"}
	}
	return []string{t.form}
}
