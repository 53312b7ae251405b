package aspect

import "earshot/nlp/token"

// around is how many words are read on either side of a span: the cost of a span
// does not grow with its text. inside is how many words of a span are read.
const (
	around = 20
	inside = 8
	most   = 2*around + inside
)

// word is a token near a span.
type word struct {
	hash    uint64 // of the lower-case form
	prefix  uint64 // of its first letters
	token   int32
	part    int16 // counts up at every mark or word that divides; the span's is 0
	phrase  int16 // counts up at every sentence; the span's is 0
	clause  int32
	negator bool
	negated bool
	filler  bool // says nothing by itself: never a cue
}

// words are the words before a span, of it, and after it.
type words struct {
	all      [most]word
	n        int
	from, to int // the words of the span
}

const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
	// prefixLetters is how many bytes of a word its prefix has: enough to unite
	// its inflections.
	prefixLetters = 5
	// reach is how many words a negation governs at most.
	reach = 4
)

// take takes the words around a span out of those of the text. It reports false
// where the span has no token.
func (w *words) take(t *text, target token.Range) bool {
	if len(t.Clauses) == 0 || target.From < 0 || target.To > len(t.Tokens) || target.From >= target.To {
		return false
	}
	first, behind := t.before[target.From].words, t.before[target.To].words
	if first == behind {
		return false
	}
	w.n = 0
	w.add(t.words[max(0, first-around):first])
	w.from = w.n
	w.add(t.words[first:min(behind, first+inside)])
	w.to = w.n
	after := t.words[behind:min(len(t.words), int(behind)+around)]
	w.add(after)
	own, phrase := w.all[w.from].part, w.all[w.from].phrase
	for i := range w.all[:w.n] {
		w.all[i].part -= own
		w.all[i].phrase -= phrase
	}
	if w.to-w.from == inside { // marks behind the last word read of a long span divide nothing
		unread := t.before[target.To].marks - t.before[w.all[w.to-1].token+1].marks
		for i := range w.all[w.to:w.n] {
			w.all[w.to+i].part -= unread
		}
	}
	w.negate()
	return true
}

// add adds words of the text.
func (w *words) add(list []word) {
	w.n += copy(w.all[w.n:], list)
}

// negate marks the words that a negation before them governs.
func (w *words) negate() {
	left := 0
	for i := range w.all[:w.n] {
		x := &w.all[i]
		if i > 0 && x.part != w.all[i-1].part {
			left = 0
		}
		x.negated = left > 0
		left = max(0, left-1)
		if x.negator {
			left = reach
		}
	}
}
