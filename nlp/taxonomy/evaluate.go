package taxonomy

import "slices"

// hit is a rule fulfilled: words from, up to to.
type hit struct {
	definition int32
	rule       int32
	from, to   int32
	exclude    bool
}

// maxSteps bounds the neighbours that are tried for one occurrence, so that no
// text makes a rule cost more.
const maxSteps = 1000

// evaluate decides a rule at an occurrence of its watched part.
func (m *Matcher) evaluate(rule int32, o occurrence) {
	r := &m.machine.rules[rule]
	whole := occurrence{from: o.from, to: o.to}
	if len(r.parts) > 1 {
		steps := maxSteps
		var ok bool
		if whole, ok = m.reach(r, int(r.watched), -1, o, whole, &steps); !ok {
			return
		}
		if whole, ok = m.reach(r, int(r.watched), +1, o, whole, &steps); !ok {
			return
		}
	}
	if r.atStart && whole.from > m.first || r.atEnd && whole.to < m.last {
		return
	}
	for i := range r.absent {
		if m.present(&r.absent[i], whole) {
			return
		}
	}
	m.hits = append(m.hits, hit{r.definition, rule, whole.from, whole.to, r.exclude})
}

// reach looks for the parts of a chain beyond one that was found at o, to the left
// of it in the rule (step −1) or to the right (+1), and returns whole widened to
// them.
func (m *Matcher) reach(r *compiled, part, step int, o, whole occurrence, steps *int) (occurrence, bool) {
	next := part + step
	if next < 0 || next == len(r.parts) {
		return whole, true
	}
	l := r.links[min(part, next)]
	// The neighbour behind o in the text, nearest end first.
	if !l.ordered || step > 0 {
		for i := m.upTo[o.to]; i < int32(len(m.found)); i++ {
			n := m.found[i]
			if m.between(o.to, max(o.to, n.to-maxLength)) > l.gap || *steps <= 0 {
				break
			}
			*steps--
			if n.from >= o.to && m.between(o.to, n.from) <= l.gap && m.machine.isMember(n.node, r.parts[next]) {
				if wide, ok := m.reach(r, next, step, n, widened(whole, n), steps); ok {
					return wide, true
				}
			}
		}
	}
	// The neighbour before it.
	if !l.ordered || step < 0 {
		for i := m.upTo[o.from] - 1; i >= 0; i-- {
			n := m.found[i]
			if m.between(n.to, o.from) > l.gap || *steps <= 0 {
				break
			}
			*steps--
			if m.machine.isMember(n.node, r.parts[next]) {
				if wide, ok := m.reach(r, next, step, n, widened(whole, n), steps); ok {
					return wide, true
				}
			}
		}
	}
	return whole, false
}

func widened(whole, n occurrence) occurrence {
	whole.from, whole.to = min(whole.from, n.from), max(whole.to, n.to)
	return whole
}

// between is how many words stand between one that ends before end and one that
// begins at from.
func (m *Matcher) between(end, from int32) int {
	return max(0, int(m.words[from].at-m.words[end-1].at)-1)
}

// isMember tells whether the phrase of a node is of a group.
func (m *machine) isMember(node, group int32) bool {
	of := m.nodes[node : node+2]
	_, found := slices.BinarySearch(m.groups[of[0].groups:of[1].groups], group)
	return found
}

// present tells whether what must be absent is there.
func (m *Matcher) present(a *missing, whole occurrence) bool {
	if a.within < 0 {
		return m.grouped[a.group] == m.serial
	}
	// Everything that ends at most so many words before whole, up to what begins so
	// many behind it; what lies inside counts as well.
	for i := m.upTo[whole.from]; i > 0; i-- {
		n := m.found[i-1]
		if m.between(n.to, whole.from) > a.within {
			break
		}
		if m.machine.isMember(n.node, a.group) {
			return true
		}
	}
	for i := m.upTo[whole.from]; i < int32(len(m.found)); i++ {
		n := m.found[i]
		if n.from < whole.to {
			if m.machine.isMember(n.node, a.group) {
				return true
			}
			continue
		}
		if m.between(whole.to, max(whole.to, n.to-maxLength)) > a.within {
			break
		}
		if m.between(whole.to, n.from) <= a.within && m.machine.isMember(n.node, a.group) {
			return true
		}
	}
	return false
}
