package taxonomy

import (
	"maps"
	"strings"
)

// same reports pairs of topics that are found in the same texts: wherever rules of
// one match, the other is found, and the other way round.
func (l *linter) same() {
	definitions := l.taxonomy.definitions
	of := make([][]int32, len(definitions)) // a definition's include rules
	for i, r := range l.taxonomy.machine.rules {
		if !r.exclude {
			of[r.definition] = append(of[r.definition], int32(i))
		}
	}
	for i := range definitions {
		a := &definitions[i]
		if !l.isAsked(a.pack) { // its finding would not be shown
			continue
		}
		for _, j := range sortedKeys(l.cover(of[i])) {
			b := &definitions[j]
			if (int(j) < i || !l.isAsked(b.pack)) && l.cover(of[j])[int32(i)] {
				l.add(a.pack, a.at, "%s and %s overlap fully: each is found wherever the other is; make one of them", a.key, b.key)
			}
		}
	}
}

// cover are the definitions that are found wherever one of the rules matches.
func (l *linter) cover(rules []int32) map[int32]bool {
	var common map[int32]bool
	for _, r := range rules {
		h := l.heard(r)
		switch {
		case !h.matched:
		case common == nil:
			common = maps.Clone(h.topics)
		default:
			keep(common, h.topics)
		}
	}
	return common
}

// sameExamples reports pairs of topics whose examples can't tell them apart.
func (l *linter) sameExamples() {
	const enough = 2 // examples of each
	definitions := l.taxonomy.definitions
	covers := make([]map[string]bool, len(definitions)) // topics that every example is given
	for i := range definitions {
		d := &definitions[i]
		if d.kind != KindTopic || len(d.yes) < enough {
			continue
		}
		covers[i] = l.topicsOf(d.yes[0])
		for _, e := range d.yes[1:] {
			names := l.topicsOf(e)
			maps.DeleteFunc(covers[i], func(name string, _ bool) bool { return !names[name] })
		}
	}
	for i := range definitions {
		for j := range i {
			a, b := &definitions[i], &definitions[j]
			if covers[i][b.key] && covers[j][a.key] && !strings.HasPrefix(a.key, b.key+".") {
				l.add(a.pack, a.at, "%s and %s: every example of each is given both; add examples that tell them apart, or make one of them", a.key, b.key)
			}
		}
	}
}

// topicsOf are the topics that an example is given.
func (l *linter) topicsOf(e example) map[string]bool {
	l.read.Read(e.value, nil, "en")
	names := map[string]bool{}
	for _, m := range l.matcher.Match(&l.read) {
		if m.Kind == KindTopic {
			names[m.Name] = true
		}
	}
	return names
}
