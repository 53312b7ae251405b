package taxonomy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// maxNodes bounds the automaton: more than ten times the built-in packs.
const maxNodes = 4_000_000

// compile makes the automaton of all rules.
func compile(definitions []definition) (*machine, error) {
	c := compiler{
		symbols: map[term]int32{}, groups: map[string]int32{},
		nodes: []builder{{phrase: -1}},
	}
	type pending struct {
		definition int
		source     *source
		parts      [][]int32
		without    [][]int32
	}
	var all []pending
	c.grow(definitions)
	for i := range definitions {
		d := &definitions[i]
		for j := range d.rules {
			s := &d.rules[j]
			if len(c.nodes) > maxNodes {
				return nil, s.text.at.errorf("%s: the packs together make too many phrases: use fewer alternatives", d.key)
			}
			p := pending{definition: i, source: s}
			for _, part := range s.tree.parts {
				p.parts = append(p.parts, c.phrasesOf(part))
			}
			for _, part := range s.tree.without {
				p.without = append(p.without, c.phrasesOf(part))
			}
			for _, part := range p.parts {
				for _, phrase := range part {
					c.uses[phrase]++
				}
			}
			all = append(all, p)
		}
	}
	for _, p := range all {
		c.rule(p.definition, p.source, p.parts, p.without)
	}
	return c.finish(definitions), nil
}

// compiler builds a machine.
type compiler struct {
	symbols map[term]int32
	terms   []term
	nodes   []builder
	next    map[step]int32
	phrases []sequence       // of each phrase one sequence
	uses    []int            // of a phrase: how many rules have it
	groups  map[string]int32 // by the phrases in them
	members [][]int32        // of a phrase: its groups
	watches [][]watch        // of a phrase
	rules   []compiled
}

// grow makes room for the phrases of definitions: there are no more of them than
// sequences, and not many more nodes.
func (c *compiler) grow(definitions []definition) {
	sequences := 0
	for _, d := range definitions {
		for _, s := range d.rules {
			for _, part := range slices.Concat(s.tree.parts, s.tree.without) {
				sequences += len(part)
			}
		}
	}
	c.nodes, c.next = slices.Grow(c.nodes, sequences), make(map[step]int32, sequences)
	c.phrases, c.uses = make([]sequence, 0, sequences), make([]int, 0, sequences)
	c.members, c.watches = make([][]int32, 0, sequences), make([][]watch, 0, sequences)
}

// builder is a node: how it is come to, and the phrase that it ends, -1 if it is none.
type builder struct {
	step
	phrase int32
}

// step leads from a node to another.
type step struct{ node, symbol int32 }

func (c *compiler) symbol(t term) int32 {
	s, known := c.symbols[t]
	if known {
		return s
	}
	if t.kind == termWord && len(inflections(t.form)) == 1 {
		s = c.symbol(term{termExact, t.form}) // the same, and so one symbol less
	} else {
		s = int32(len(c.terms))
		c.terms = append(c.terms, t)
	}
	c.symbols[t] = s
	return s
}

// phrasesOf are the phrases of sequences, sorted, each once.
func (c *compiler) phrasesOf(all []sequence) []int32 {
	ids := make([]int32, 0, len(all))
	for _, s := range all {
		node := int32(0)
		for _, t := range s {
			s := step{node, c.symbol(t)}
			next, known := c.next[s]
			if !known {
				next = int32(len(c.nodes))
				c.nodes = append(c.nodes, builder{s, -1})
				c.next[s] = next
			}
			node = next
		}
		if c.nodes[node].phrase < 0 {
			c.nodes[node].phrase = int32(len(c.phrases))
			c.phrases = append(c.phrases, s)
			c.members = append(c.members, nil)
			c.watches = append(c.watches, nil)
			c.uses = append(c.uses, 0)
		}
		ids = append(ids, c.nodes[node].phrase)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// group is the group of phrases, made where it is new.
func (c *compiler) group(phrases []int32) int32 {
	var key strings.Builder
	for _, p := range phrases {
		key.WriteString(strconv.Itoa(int(p)))
		key.WriteByte(' ')
	}
	g, known := c.groups[key.String()]
	if !known {
		g = int32(len(c.groups))
		c.groups[key.String()] = g
		for _, p := range phrases {
			c.members[p] = append(c.members[p], g)
		}
	}
	return g
}

// rule adds a rule. It is looked at where a phrase of its rarest part is found, so
// that what a text costs doesn't grow with the rules that share a common word.
func (c *compiler) rule(definition int, s *source, parts, without [][]int32) {
	r := compiled{
		definition: int32(definition), source: s, exclude: s.exclude,
		atStart: s.tree.atStart, atEnd: s.tree.atEnd, links: s.tree.links,
	}
	rarest := c.rarest(parts, -1)
	needs := c.rarest(parts, rarest)
	for i, part := range parts {
		if i == rarest {
			r.watched = int8(i)
			r.parts = append(r.parts, -1)
			continue
		}
		r.parts = append(r.parts, c.group(part))
	}
	for i, part := range without {
		r.absent = append(r.absent, missing{group: c.group(part), within: s.tree.absent[i].within})
	}
	w := watch{rule: int32(len(c.rules)), needs: -1}
	if needs >= 0 {
		w.needs = r.parts[needs]
	}
	for _, phrase := range parts[rarest] {
		c.watches[phrase] = append(c.watches[phrase], w)
	}
	c.rules = append(c.rules, r)
}

// rarest is the rarest part but for one, -1 if there is no other.
func (c *compiler) rarest(parts [][]int32, but int) int {
	best, least := -1, 0
	for i, part := range parts {
		if i == but {
			continue
		}
		if n := c.commonness(part); best < 0 || n < least {
			best, least = i, n
		}
	}
	return best
}

// commonness estimates how often one of the phrases stands in texts.
func (c *compiler) commonness(phrases []int32) int {
	sum := 0
	for _, p := range phrases {
		n := c.uses[p]
		if s := c.phrases[p]; len(s) == 1 && (s[0].kind >= termNumber || isUninflected(s[0].form) || s[0].form == "be" || s[0].form == "have" || s[0].form == "do") {
			n *= 100
		}
		sum += n
	}
	return sum
}

// finish lays the machine out in flat slices.
func (c *compiler) finish(definitions []definition) *machine {
	m := &machine{rules: c.rules, definitions: definitions, grouped: len(c.groups)}
	m.above = families(definitions)
	m.spellings(m.tree(c))
	return m
}

// tree numbers the symbols, those first with which phrases begin, and the nodes level
// by level. It returns the terms of the symbols.
func (m *machine) tree(c *compiler) []term {
	// The steps from each node, in the order of the symbols.
	from := make([]int32, len(c.nodes)+1)
	for i := 1; i < len(c.nodes); i++ {
		from[c.nodes[i].node+1]++
	}
	m.rooted = from[1]
	number, terms := c.number(m.rooted)
	for i := range c.nodes {
		from[i+1] += from[i]
	}
	children, ends := make([]int32, len(c.nodes)-1), slices.Clone(from)
	for i := 1; i < len(c.nodes); i++ {
		n := &c.nodes[i]
		n.symbol = number[n.symbol]
		children[ends[n.node]] = int32(i)
		ends[n.node]++
	}

	order := make([]int32, 1, len(c.nodes))
	m.nodes, m.edges = make([]node, 0, len(c.nodes)+1), make([]int32, 0, len(c.nodes))
	for i := 0; i < len(order); i++ {
		m.nodes = append(m.nodes, m.next())
		at := order[i]
		of := children[from[at]:from[at+1]]
		slices.SortFunc(of, func(a, b int32) int { return cmp.Compare(c.nodes[a].symbol, c.nodes[b].symbol) })
		for _, child := range of {
			m.edges = append(m.edges, c.nodes[child].symbol)
		}
		order = append(order, of...)
		if p := c.nodes[at].phrase; p >= 0 {
			slices.Sort(c.members[p])
			m.groups, m.watching = append(m.groups, c.members[p]...), append(m.watching, c.watches[p]...)
		}
	}
	m.nodes = append(m.nodes, m.next())
	return terms
}

// number numbers the symbols anew, those first that lead on from the start, and
// returns the new number of each and the terms in their order.
func (c *compiler) number(rooted int32) (number []int32, terms []term) {
	number, terms = make([]int32, len(c.terms)), make([]term, len(c.terms))
	first, rest := int32(0), rooted
	for i, t := range c.terms {
		n := &rest
		if _, leads := c.next[step{0, int32(i)}]; leads {
			n = &first
		}
		number[i], terms[*n] = *n, t
		*n++
	}
	return number, terms
}

// next is a node to which nothing belongs yet.
func (m *machine) next() node {
	return node{edges: int32(len(m.edges)), groups: int32(len(m.groups)), watching: int32(len(m.watching))}
}

// families are, for each definition, that of its first level, or itself.
func families(definitions []definition) []int32 {
	above := make([]int32, len(definitions))
	firsts := map[string]int32{}
	for i, d := range definitions {
		above[i] = int32(i)
		if first, second := firstLevel(d.key); d.kind == KindTopic && !second {
			firsts[d.key] = int32(i)
		} else if parent, known := firsts[first]; d.kind == KindTopic && known {
			above[i] = parent // it is sorted before
		}
	}
	return above
}
