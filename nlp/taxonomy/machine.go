package taxonomy

// machine is all rules of a taxonomy, compiled. Words lead to symbols, sequences
// of symbols to nodes, those that end a phrase to the rules that watch for it.
type machine struct {
	words    vocabulary // by the normal form of a word
	wordSyms []int32    // those of a word ascending
	cased    []string   // of a symbol that wants its word written so, else ""
	kinds    [termEmoji + 1]int32
	prefixes prefixes

	// The symbols with which phrases begin are those below rooted; from the start
	// symbol s leads to node s+1.
	rooted int32
	// The automaton is a tree. Nodes are numbered level by level, so that those that
	// most words come to lie together, and edge i leads to node i+1. One more node
	// stands at the end: what belongs to a node reaches from its own start to the next
	// one's.
	nodes    []node
	edges    []int32 // symbols; those of a node sorted
	watching []watch
	groups   []int32 // those of a node sorted
	grouped  int     // how many groups there are

	rules       []compiled
	definitions []definition
	above       []int32 // of a definition: that of its first level; itself, if it has none
}

// known is what a word in normal form leads to: its symbols, in wordSyms.
type known struct {
	from, to int32
	cased    bool // some of them want it written so
}

// span is a run of the elements of a slice.
type span struct{ from, to int32 }

// node is where some words have led to: where the edges begin that lead on, and, if
// the words are a phrase, the groups that it belongs to and the rules that watch for it.
type node struct{ edges, groups, watching int32 }

// watch is a rule that is called for.
type watch struct {
	rule int32
	// needs is the group of the rarest of its other parts, -1 if it has none: without
	// one of its phrases in the sentence the rule isn't looked at.
	needs int32
}

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

// missing is phrases that must not be there, by their group.
type missing struct {
	group  int32
	within int // words; -1: in the whole sentence
}
