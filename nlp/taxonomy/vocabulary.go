package taxonomy

import (
	"slices"
	"strings"
)

// spellings fills the words of the machine: each form that a term can have leads to
// the term's symbol.
func (m *machine) spellings(terms []term) {
	symbols := map[string][]int32{}
	m.cased = make([]string, len(terms))
	for i := range m.kinds {
		m.kinds[i] = -1
	}
	for i, t := range terms {
		for _, t := range t.members() {
			m.term(symbols, t, int32(i))
		}
	}
	m.prefixes.finish()
	m.words = newVocabulary(len(symbols))
	for form, all := range symbols {
		k := known{from: int32(len(m.wordSyms))}
		all = m.prefixes.appendOf(all, []byte(form))
		slices.Sort(all)
		m.wordSyms = append(m.wordSyms, all...)
		for _, symbol := range all {
			k.cased = k.cased || m.cased[symbol] != ""
		}
		k.to = int32(len(m.wordSyms))
		m.words.add(form, k)
	}
}

// vocabulary is an open hash table of words whose slots hold the words themselves:
// most words are found, or found to be absent, with one cache line read.
type vocabulary struct {
	slots []listed // a power of two
	long  map[string]known
}

// listed is a slot: a word of at most shortForm bytes, size 0 if it is free.
type listed struct {
	known
	size uint8
	form [shortForm]byte
}

// shortForm is what is left of half a cache line.
const shortForm = 19

func newVocabulary(words int) vocabulary {
	size := 1
	for size <= words+words/2 { // one slot at least is free, where a search ends
		size *= 2
	}
	return vocabulary{slots: make([]listed, size), long: map[string]known{}}
}

// add adds a word that is not there.
func (v *vocabulary) add(word string, k known) {
	if len(word) == 0 || len(word) > shortForm {
		v.long[word] = k
		return
	}
	for i := hash([]byte(word)); ; i++ {
		if s := &v.slots[i&uint32(len(v.slots)-1)]; s.size == 0 {
			s.known, s.size = k, uint8(copy(s.form[:], word))
			return
		}
	}
}

// find returns what a word leads to, false if it is not there.
func (v *vocabulary) find(word []byte) (known, bool) {
	if len(word) == 0 || len(word) > shortForm {
		k, found := v.long[string(word)]
		return k, found
	}
	for i := hash(word); ; i++ {
		s := &v.slots[i&uint32(len(v.slots)-1)]
		if s.size == 0 {
			return known{}, false
		}
		if string(s.form[:s.size]) == string(word) {
			return s.known, true
		}
	}
}

// hash is FNV-1a, folded so that its low bits depend on all letters.
func hash(word []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range word {
		h = (h ^ uint32(c)) * 16777619
	}
	return h ^ h>>15
}

// term adds the forms of a term.
func (m *machine) term(symbols map[string][]int32, t term, symbol int32) {
	add := func(form string) {
		if s := symbols[form]; len(s) == 0 || s[len(s)-1] != symbol {
			symbols[form] = append(s, symbol)
		}
	}
	switch t.kind {
	case termWord:
		for _, f := range inflections(t.form) {
			add(f)
		}
	case termExact:
		add(t.form)
	case termCased:
		m.cased[symbol] = t.form
		add(t.normal())
	case termPrefix:
		m.prefixes.add(t.form, symbol)
	default:
		m.kinds[t.kind] = symbol
	}
}

// prefixes are the terms that stand for any word that begins so, sorted.
type prefixes struct {
	all    []prefix
	starts [257]int32 // where those begin whose first byte is at least so much
}

type prefix struct {
	text   string
	symbol int32
	above  int32 // the longest other that this one begins with, -1 if none
}

func (p *prefixes) add(text string, symbol int32) {
	p.all = append(p.all, prefix{text, symbol, -1})
}

func (p *prefixes) finish() {
	slices.SortFunc(p.all, func(a, b prefix) int { return strings.Compare(a.text, b.text) })
	for i := range p.all {
		p.starts[int(p.all[i].text[0])+1]++
		above := int32(i) - 1
		for above >= 0 && !strings.HasPrefix(p.all[i].text, p.all[above].text) {
			above = p.all[above].above
		}
		p.all[i].above = above
	}
	for i := range 256 {
		p.starts[i+1] += p.starts[i]
	}
}

// appendOf appends the symbols of all prefixes of a word.
func (p *prefixes) appendOf(dst []int32, word []byte) []int32 {
	if len(word) == 0 {
		return dst
	}
	lo, hi := p.starts[word[0]], p.starts[int(word[0])+1]
	from := lo - 1
	for lo < hi { // the last that isn't behind word
		mid := (lo + hi) / 2
		if p.all[mid].text <= string(word) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for i := lo - 1; i > from && i >= 0; i = p.all[i].above {
		if t := p.all[i].text; len(t) <= len(word) && t == string(word[:len(t)]) {
			dst = append(dst, p.all[i].symbol)
		}
	}
	return dst
}
