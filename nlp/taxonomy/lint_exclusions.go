package taxonomy

import (
	"slices"
	"strings"
)

// exclusions finds exclude rules that can't overlap any include rule of their
// topic: no word can belong to both, and neither has a gap in which the other fits.
func (l *linter) exclusions(d *definition) {
	includes := slices.ContainsFunc(d.rules, func(s source) bool { return !s.exclude })
	for i := range d.rules {
		e := &d.rules[i]
		if !e.exclude || !includes {
			continue
		}
		meets := slices.ContainsFunc(d.rules, func(s source) bool {
			return !s.exclude && (s.tree.hasGap() || e.tree.hasGap() || shareWord(l.tree(&s), l.tree(e)))
		})
		if !meets {
			l.add(e.pack, e.text.at, "%s: exclusion %s overlaps no include rule, so it does nothing: it must have a word of the match that it is to prevent, or use NOT", d.key, e.id)
		}
	}
}

// hasGap tells whether other words may stand inside a match.
func (t *tree) hasGap() bool {
	return slices.ContainsFunc(t.links, func(l link) bool { return l.gap > 0 })
}

// shareWord tells whether one word may be of a match of either rule.
func shareWord(a, b *tree) bool {
	words, starts := a.vocabulary()
	others, otherStarts := b.vocabulary()
	for w := range others {
		if words[w] || slices.ContainsFunc(starts, func(p string) bool { return strings.HasPrefix(w, p) }) {
			return true
		}
	}
	for w := range words {
		if slices.ContainsFunc(otherStarts, func(p string) bool { return strings.HasPrefix(w, p) }) {
			return true
		}
	}
	return slices.ContainsFunc(starts, func(p string) bool {
		return slices.ContainsFunc(otherStarts, func(q string) bool { return strings.HasPrefix(p, q) || strings.HasPrefix(q, p) })
	})
}

// vocabulary is the words of a rule in normal form, and its prefixes. A kind of
// token is a word that only itself has.
func (t *tree) vocabulary() (words map[string]bool, starts []string) {
	words = map[string]bool{}
	for _, part := range t.parts {
		for _, s := range part {
			for _, of := range s {
				for _, member := range of.members() {
					switch member.kind {
					case termPrefix:
						starts = append(starts, member.form)
					case termCased:
						words[member.normal()] = true
					default:
						for _, w := range member.spellings() {
							words[w] = true
						}
					}
				}
			}
		}
	}
	return words, starts
}
