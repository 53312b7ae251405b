package taxonomy

import (
	"maps"
	"slices"
)

// heard is what the samples of one rule say of it.
type heard struct {
	matched  bool
	excluded bool           // every time
	by       int32          // the rule that excluded it last
	shadows  map[int32]bool // rules of its topic that match wherever it does
	topics   map[int32]bool // other definitions found wherever it is
}

// rules finds rules that can never match, that are always excluded or shadowed, by
// what the rules of their topic make of their samples.
func (l *linter) rules() {
	m := l.taxonomy.machine
	for i := range m.rules {
		r := &m.rules[i]
		if r.exclude || !l.isAsked(r.source.pack) {
			continue
		}
		h := l.heard(int32(i))
		d := &m.definitions[r.definition]
		switch {
		case !h.matched:
			l.add(r.source.pack, r.source.text.at, "%s: rule %s can never match: what it asks for and what it forbids (NOT, <, >) can't be in one sentence", d.key, r.source.id)
		case h.excluded:
			l.add(r.source.pack, r.source.text.at, "%s: rule %s can never match: rule %s excludes it every time", d.key, r.source.id, m.rules[h.by].source.id)
		default:
			l.shadow(int32(i), h)
		}
	}
}

// heard is what the samples of a rule say, heard once.
func (l *linter) heard(rule int32) *heard {
	if l.known[rule] == nil {
		h := l.hear(rule)
		l.known[rule] = &h
	}
	return l.known[rule]
}

// hear runs the samples of a rule.
func (l *linter) hear(rule int32) heard {
	m := l.taxonomy.machine
	h := heard{excluded: true}
	samples, complete := l.tree(m.rules[rule].source).samples()
	for _, sample := range samples {
		l.read.Read(sample, nil, "en")
		shadows, topics := map[int32]bool{}, map[int32]bool{}
		for _, s := range l.read.Sentences {
			l.matcher.sentence(&l.read, s.Range)
			hits := l.matcher.hits
			for _, own := range hits {
				if own.rule != rule {
					continue
				}
				h.matched = true
				excluded := false
				for _, other := range hits {
					o := &m.rules[other.rule]
					switch overlap := other.from < own.to && own.from < other.to; {
					case !overlap || other.rule == rule:
					case other.exclude && other.definition == own.definition:
						excluded, h.by = true, other.rule
					case other.exclude || len(o.absent) > 0: // what it forbids may be there in other texts
					case other.definition == own.definition:
						shadows[other.rule] = true
					case m.definitions[other.definition].kind == m.definitions[own.definition].kind:
						topics[other.definition] = true
					}
				}
				h.excluded = h.excluded && excluded
			}
		}
		if h.shadows == nil {
			h.shadows, h.topics = shadows, topics
		}
		keep(h.shadows, shadows)
		keep(h.topics, topics)
	}
	if !complete {
		clear(h.shadows)
	}
	return h
}

// keep drops from a set what isn't in another.
func keep(set, other map[int32]bool) {
	maps.DeleteFunc(set, func(k int32, _ bool) bool { return !other[k] })
}

// shadow reports a rule that another of its topic makes useless; of two that are
// the same, the later one.
func (l *linter) shadow(rule int32, h *heard) {
	m := l.taxonomy.machine
	r := &m.rules[rule]
	for _, other := range sortedKeys(h.shadows) {
		if !r.source.pack.sees(m.rules[other].source.pack) {
			continue // packs that don't know one another may say the same
		}
		o := l.heard(other)
		if !o.matched || o.excluded || o.shadows[rule] && other > rule {
			continue
		}
		l.add(r.source.pack, r.source.text.at, "%s: rule %s is shadowed by rule %s, which matches wherever it does: take it out",
			m.definitions[r.definition].key, r.source.id, m.rules[other].source.name)
		return
	}
}

func sortedKeys(set map[int32]bool) []int32 {
	return slices.Sorted(maps.Keys(set))
}
