package taxonomy

import (
	"slices"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// Matcher finds the matches of a taxonomy in texts. It is for one goroutine at a
// time, and keeps its buffers from call to call.
type Matcher struct {
	machine *machine
	speller speller
	words   []word
	symbols []int32  // of words that have others than the machine lists
	marked  []uint32 // of a symbol: the last word that had it
	round   uint32   // of the word
	active  []state  // phrases that have begun
	next    []state
	found   []occurrence // in the sentence, by their ends
	upTo    []int32      // of a number of words: how many of found end there or before
	first   int32        // the sentence without what stands aside at its ends
	last    int32
	grouped []uint32 // of a group: the last sentence that has a phrase of it
	serial  uint32   // of the sentence
	hits    []hit
	marks   marks
	matches []Match
}

// word is a word of the sentence as the machine sees it.
type word struct {
	symbols []int32
	at      int32 // its number, which both parts of a contraction share
}

// state is a phrase that has begun: the edges by which it may go on, and its first
// word.
type state struct {
	edges span
	from  int32
}

// occurrence is a phrase found in the sentence: the node that it leads to, words from,
// up to to.
type occurrence struct{ node, from, to int32 }

// NewMatcher returns a matcher for one goroutine.
func (t *Taxonomy) NewMatcher() *Matcher {
	return &Matcher{machine: t.machine, grouped: make([]uint32, t.machine.grouped), marked: make([]uint32, len(t.machine.cased))}
}

// Match returns the topics and signals of a text, in order of where they start,
// then by name. Of one topic or signal, matches don't overlap: the longest stands.
// The matches are valid until the next call.
func (m *Matcher) Match(text *segment.Text) []Match {
	m.matches = m.matches[:0]
	for i := range text.Sentences {
		m.sentence(text, text.Sentences[i].Range)
		if len(m.hits) > 0 {
			m.settle(text)
		}
	}
	return m.matches
}

// sentence finds the hits of all rules in one sentence.
func (m *Matcher) sentence(text *segment.Text, r token.Range) {
	m.hits, m.found = m.hits[:0], m.found[:0]
	m.speller.read(text.Text, text.Tokens, r)
	if m.look(text.Text) {
		m.phrases()
	}
	for _, o := range m.found {
		nodes := m.machine.nodes[o.node : o.node+2]
		for _, w := range m.machine.watching[nodes[0].watching:nodes[1].watching] {
			if w.needs < 0 || m.grouped[w.needs] == m.serial {
				m.evaluate(w.rule, o)
			}
		}
	}
}

// look finds the symbols of the sentence's words, and its ends, and tells whether
// there are any symbols.
func (m *Matcher) look(text string) bool {
	m.words, m.symbols = m.words[:0], m.symbols[:0]
	forms := m.speller.forms
	m.first, m.last = 0, int32(len(forms))
	for m.first < m.last && isAside(forms[m.first].kind) {
		m.first++
	}
	for m.last > m.first && isAside(forms[m.last-1].kind) {
		m.last--
	}
	at := int32(-1)
	some := false
	for i := range forms {
		f := &forms[i]
		if !f.joined {
			at++
		}
		w := m.form(text, f)
		w.at = at
		some = some || len(w.symbols) > 0
		m.words = append(m.words, w)
	}
	return some
}

// isAside tells what may stand before the start of a sentence or behind its end.
func isAside(k token.Kind) bool {
	return k == token.Emoji || k == token.Emoticon || k == token.Handle
}

// form finds the symbols of a form.
func (m *Matcher) form(text string, f *form) word {
	normal := m.speller.buf[f.from:f.to]
	listed, found := m.machine.words.find(normal)
	if !found && f.elongated && f.raw.End > f.raw.Start {
		normal = m.speller.shorter(text, *f)
		listed, found = m.machine.words.find(normal)
	}
	all := m.machine.wordSyms[listed.from:listed.to]
	if f.kind == token.Word && found && !listed.cased {
		return word{symbols: all}
	}
	first := len(m.symbols)
	if kind, ok := ofToken(f.kind); ok {
		if symbol := m.machine.kinds[kind]; symbol >= 0 {
			m.symbols = append(m.symbols, symbol)
		}
	}
	if !found && f.kind == token.Word && len(m.machine.prefixes.all) > 0 {
		m.symbols = m.machine.prefixes.appendOf(m.symbols, normal)
	}
	written := normal
	if f.raw.End > f.raw.Start {
		written = append(m.speller.written[:0], text[f.raw.Start:f.raw.End]...)
		m.speller.written = written
	}
	for _, symbol := range all {
		if cased := m.machine.cased[symbol]; cased == "" || cased == string(written) {
			m.symbols = append(m.symbols, symbol)
		}
	}
	own := m.symbols[first:len(m.symbols):len(m.symbols)]
	slices.Sort(own)
	return word{symbols: own}
}

// phrases runs the automaton over the words.
func (m *Matcher) phrases() {
	m.upTo, m.active = append(m.upTo[:0], 0), m.active[:0]
	m.serial++
	if m.serial == 0 { // once round: no stamp of old may look like a new one
		clear(m.grouped)
		m.serial = 1
	}
	for i := range m.words {
		w := &m.words[i]
		m.next = m.next[:0]
		for _, symbol := range w.symbols {
			if symbol >= m.machine.rooted {
				break
			}
			m.reached(symbol+1, int32(i), int32(i))
		}
		if len(m.active) > 0 && len(w.symbols) > 0 {
			m.advance(w, int32(i))
		}
		m.active, m.next = m.next, m.active
		m.upTo = append(m.upTo, int32(len(m.found)))
	}
}

// advance carries the phrases that have begun over a word.
func (m *Matcher) advance(w *word, at int32) {
	if m.round++; m.round == 0 {
		clear(m.marked)
		m.round = 1
	}
	for _, symbol := range w.symbols {
		m.marked[symbol] = m.round
	}
	for _, s := range m.active {
		edges := m.machine.edges[s.edges.from:s.edges.to]
		if len(edges) <= 4*len(w.symbols) {
			for i, symbol := range edges {
				if m.marked[symbol] == m.round {
					m.reached(s.edges.from+int32(i)+1, s.from, at)
				}
			}
			continue
		}
		for _, symbol := range w.symbols {
			if i, found := slices.BinarySearch(edges, symbol); found {
				m.reached(s.edges.from+int32(i)+1, s.from, at)
			}
		}
	}
}

// reached notes that the words from one to another lead to a node.
func (m *Matcher) reached(node, from, at int32) {
	nodes := m.machine.nodes[node : node+2]
	n, end := &nodes[0], &nodes[1]
	if n.groups < end.groups || n.watching < end.watching { // a phrase
		m.found = append(m.found, occurrence{node, from, at + 1})
		for _, g := range m.machine.groups[n.groups:end.groups] {
			m.grouped[g] = m.serial
		}
	}
	if n.edges < end.edges {
		m.next = append(m.next, state{span{n.edges, end.edges}, from})
	}
}
