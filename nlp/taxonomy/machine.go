package taxonomy

// machine is all rules of a taxonomy, compiled. Words lead to symbols, sequences
// of symbols to phrases, phrases to the rules that watch for them.
type machine struct {
	words    map[string]known // by the normal form of a word
	wordSyms []int32
	cased    []string // of a symbol that wants its word written so, else ""
	kinds    [termEmoji + 1]int32
	prefixes prefixes

	roots    []int32 // of a symbol: the node it leads to from the start, 0 if none
	children []span  // of a node: its edges
	edges    []edge  // each node's sorted by symbol
	phrase   []int32 // of a node: the phrase that ends there, -1 if none
	watchers []span  // of a phrase: the rules that watch for it, in watching
	watching []int32 // rules
	memberOf []span  // of a phrase: the groups that it belongs to, in groups
	groups   []int32 // sorted for each phrase

	rules       []compiled
	definitions []definition
	above       []int32 // of a definition: that of its first level; itself, if it has none
}

// known is what a word in normal form leads to: its symbols, in wordSyms, those
// first with which phrases begin.
type known struct {
	from, rooted, to int32
	cased            bool // some of them want it written so
}

// span is a run of the elements of a slice.
type span struct{ from, to int32 }

// edge leads from one node to another.
type edge struct{ symbol, node int32 }

// compiled is a rule: a chain of groups of phrases.
type compiled struct {
	definition     int32
	source         *source
	atStart, atEnd bool
	exclude        bool
	watched        int8    // the part whose phrases call for the rule
	parts          []int32 // the group of each part; of the watched one it isn't looked at
	links          []link
	absent         []missing
}

// missing is phrases that must not be there.
type missing struct {
	phrases []int32 // looked up by phrase, where within is -1
	group   int32
	within  int
}
