package taxonomy

import (
	"cmp"
	"slices"
	"strings"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// marks are words of the sentence that are taken, each round anew.
type marks struct {
	at    []uint32 // of a word: the round in which it was marked
	round uint32
}

// begin starts a round for so many words.
func (k *marks) begin(words int) {
	if k.round++; k.round == 0 {
		clear(k.at[:cap(k.at)])
		k.round = 1
	}
	if len(k.at) < words {
		k.at = append(k.at, make([]uint32, words-len(k.at))...)
	}
}

func (k *marks) mark(from, to int32) {
	for i := from; i < to; i++ {
		k.at[i] = k.round
	}
}

func (k *marks) any(from, to int32) bool {
	for i := from; i < to; i++ {
		if k.at[i] == k.round {
			return true
		}
	}
	return false
}

// settle makes matches of the sentence's hits: without those that an exclusion
// meets, of those that overlap the longest of each topic, and a first level only
// where none of its second levels is.
func (m *Matcher) settle(text *segment.Text) {
	slices.SortFunc(m.hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(a.definition, b.definition),
			cmp.Compare(b.to-b.from, a.to-a.from),
			cmp.Compare(a.from, b.from),
			cmp.Compare(a.rule, b.rule))
	})
	first := len(m.matches)
	for from := 0; from < len(m.hits); {
		family := m.machine.above[m.hits[from].definition]
		to := from
		for to < len(m.hits) && m.machine.above[m.hits[to].definition] == family {
			to++
		}
		m.family(text, m.hits[from:to], family)
		from = to
	}
	slices.SortFunc(m.matches[first:], func(a, b Match) int {
		return cmp.Or(
			cmp.Compare(a.Span.Start, b.Span.Start),
			strings.Compare(a.Name, b.Name),
			cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(b.Span.End, a.Span.End))
	})
}

// family settles the hits of a first level and its second levels, which are in the
// order of their definitions: the first level's, if any, stand at the head.
func (m *Matcher) family(text *segment.Text, hits []hit, family int32) {
	head := 0
	for head < len(hits) && hits[head].definition == family {
		head++
	}
	first := len(m.matches)
	for from := head; from < len(hits); {
		to := from
		for to < len(hits) && hits[to].definition == hits[from].definition {
			to++
		}
		m.marks.begin(len(m.words))
		m.topic(text, hits[from:to])
		from = to
	}
	if head == 0 {
		return
	}
	m.marks.begin(len(m.words))
	for i := range m.matches[first:] {
		m.markTokens(m.matches[first+i].Tokens)
	}
	m.topic(text, hits[:head])
}

// markTokens marks the words of tokens.
func (m *Matcher) markTokens(r token.Range) {
	forms := m.speller.forms
	i, _ := slices.BinarySearchFunc(forms, r.From, func(f form, at int) int { return cmp.Compare(int(f.token), at) })
	for ; i < len(forms) && int(forms[i].token) < r.To; i++ {
		m.marks.mark(int32(i), int32(i)+1)
	}
}

// topic makes matches of the hits of one topic, longest first, that meet no mark:
// neither an exclusion nor a match that was made before.
func (m *Matcher) topic(text *segment.Text, hits []hit) {
	for _, h := range hits {
		if h.exclude {
			m.marks.mark(h.from, h.to)
		}
	}
	for _, h := range hits {
		if h.exclude || m.marks.any(h.from, h.to) {
			continue
		}
		m.marks.mark(h.from, h.to)
		m.matches = append(m.matches, m.match(text, h))
	}
}

func (m *Matcher) match(text *segment.Text, h hit) Match {
	d := &m.machine.definitions[h.definition]
	forms := m.speller.forms
	tokens := token.Range{From: int(forms[h.from].token), To: int(forms[h.to-1].token) + 1}
	return Match{
		Kind: d.kind, Name: d.topic.Name, Rule: m.machine.rules[h.rule].source.name,
		Tokens: tokens, Span: text.Span(tokens),
	}
}
