package taxonomy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"earshot/nlp/segment"
)

// Finding is something in a pack that is allowed and most likely wrong.
type Finding struct {
	Place string `json:"place"`   // file:line:column
	Msg   string `json:"message"` // what, and what to do
}

func (f Finding) String() string { return f.Place + ": " + f.Msg }

// Lint looks for what its author can't have meant, in the packs that were asked
// for, in order of the files' lines.
func Lint(t *Taxonomy) []Finding {
	l := linter{taxonomy: t, matcher: t.NewMatcher(), known: make([]*heard, len(t.machine.rules)), trees: map[*tree]*tree{}}
	for i := range t.definitions {
		d := &t.definitions[i]
		l.examples(d)
		l.exclusions(d)
	}
	l.rules()
	l.same()
	l.sameExamples()
	return l.sorted()
}

type linter struct {
	taxonomy *Taxonomy
	matcher  *Matcher
	known    []*heard // of each rule, where it is known
	trees    map[*tree]*tree
	read     segment.Text
	all      []located
}

// tree is the tree of a rule with what its phrases stand for, which the taxonomy has
// let go of.
func (l *linter) tree(s *source) *tree {
	t := l.trees[s.tree]
	if t == nil {
		t, _ = parseRule(s.text, "") // it was parsed without an error before
		l.trees[s.tree] = t
	}
	return t
}

// located is a finding that can still be sorted.
type located struct {
	at  place
	msg string
}

func (l *linter) isAsked(p *pack) bool { return slices.Contains(l.taxonomy.asked, p) }

// add reports a finding in a pack, if it was asked for.
func (l *linter) add(p *pack, at place, format string, args ...any) {
	if l.isAsked(p) {
		l.all = append(l.all, located{at, fmt.Sprintf(format, args...)})
	}
}

// sorted are the findings in the order of their places.
func (l *linter) sorted() []Finding {
	slices.SortStableFunc(l.all, func(a, b located) int {
		return cmp.Or(strings.Compare(a.at.file, b.at.file), cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.column, b.at.column))
	})
	found := make([]Finding, 0, len(l.all))
	for _, f := range l.all {
		found = append(found, Finding{f.at.String(), f.msg})
	}
	return found
}

// examples finds topics without examples.
func (l *linter) examples(d *definition) {
	p := d.pack
	if len(d.yes) == 0 {
		l.add(p, d.at, "%s has no `yes` example: add texts that must be given it", d.key)
	}
	if len(d.no) == 0 {
		l.add(p, d.at, "%s has no `no` example: add texts that come near and must not be given it", d.key)
	}
	if !slices.ContainsFunc(d.rules, func(s source) bool { return !s.exclude }) {
		l.add(p, d.at, "%s has no include rule, so nothing is given it: add one", d.key)
	}
}
