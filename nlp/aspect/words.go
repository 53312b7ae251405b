package aspect

import (
	"unicode"
	"unicode/utf8"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

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

// read reads the words around a span. It reports false where the span has no
// token.
func (w *words) read(t *segment.Text, target token.Range) bool {
	if len(t.Clauses) == 0 || target.From < 0 || target.To > len(t.Tokens) || target.From >= target.To {
		return false
	}
	at := w.before(t, target.From)
	w.n, w.from = 0, 0
	r := reader{t: t, w: w}
	r.locate(at)
	for ; at < target.From; at++ {
		r.token(at)
	}
	w.from = w.n
	for ; at < target.To && w.n < w.from+inside; at++ {
		r.token(at)
	}
	if w.n == w.from {
		return false
	}
	w.to = w.n
	own, phrase := w.all[w.from].part, w.all[w.from].phrase
	for at = target.To; at < len(t.Tokens) && w.n < w.to+around; at++ {
		r.token(at)
	}
	for i := range w.all[:w.n] {
		w.all[i].part -= own
		w.all[i].phrase -= phrase
	}
	w.negate()
	return true
}

// before is the token from which to read so that there are at most around words
// before a token.
func (w *words) before(t *segment.Text, at int) int {
	for n := 0; at > 0; at-- {
		if spoken(t.Tokens[at-1].Kind) {
			if n++; n > around {
				break
			}
		}
	}
	return at
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

// reader reads tokens into words.
type reader struct {
	t                *segment.Text
	w                *words
	sentence, clause int
	part             int16
}

// locate finds the sentence and the clause of a token.
func (r *reader) locate(at int) {
	lo, hi := 0, len(r.t.Sentences)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; r.t.Sentences[mid].From <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	r.sentence = lo
	if lo < len(r.t.Sentences) {
		r.clause = r.t.Sentences[lo].Clauses.From
	}
	for r.clause+1 < len(r.t.Clauses) && r.t.Clauses[r.clause].To <= at {
		r.clause++
	}
}

// token adds the token, if it is a word, or notes that it divides.
func (r *reader) token(at int) {
	for r.sentence+1 < len(r.t.Sentences) && r.t.Sentences[r.sentence].To <= at {
		r.sentence++
		r.part++
	}
	for r.clause+1 < len(r.t.Clauses) && r.t.Clauses[r.clause].To <= at {
		r.clause++
		r.part++
	}
	tok := r.t.Tokens[at]
	if !spoken(tok.Kind) {
		if divides(r.t.Text[tok.Start:]) {
			r.part++
		}
		return
	}
	if r.w.n == most {
		return
	}
	x := &r.w.all[r.w.n]
	*x = word{token: int32(at), phrase: int16(r.sentence), clause: int32(r.clause)}
	x.spell(tok.Of(r.t.Text), tok.Kind)
	x.negator = tok.Kind == token.Word && tok.End-tok.Start <= longestNegator && negators[x.hash]
	x.filler = tok.Kind != token.Word && tok.Kind != token.Hashtag && tok.Kind != token.Emoji && tok.Kind != token.Emoticon ||
		tok.End-tok.Start <= longestFiller && fillers[x.hash]
	if tok.Kind == token.Word && tok.End-tok.Start <= longestJoint && joints[x.hash] {
		r.part++
	}
	x.part = r.part
	r.w.n++
}

// spoken tells the kinds of token that are words here.
func spoken(k token.Kind) bool { return k != token.Punct && k != token.Markup }

// divides tells the marks between which a judgement mostly stays.
func divides(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case ',', ';', ':', '(', ')', '-', '–', '—', '…', '!', '?', '.', '،', '؛':
		return true
	}
	return false
}

// spell makes the hashes of a word. Numbers, prices and addresses are known by
// their kind alone.
func (x *word) spell(s string, kind token.Kind) {
	x.hash, x.prefix = offset64, offset64
	switch kind {
	case token.Number, token.Price, token.Time, token.URL, token.Email, token.Handle:
		x.hash = (x.hash ^ uint64(kind)) * prime64
		x.prefix = x.hash
		return
	}
	n := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c-'A' < 26 {
				c |= 0x20
			}
			x.hash = (x.hash ^ uint64(c)) * prime64
			i++
		} else {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == '’' {
				r = '\''
			}
			x.hash = (x.hash ^ uint64(unicode.ToLower(r))) * prime64
			i += size
		}
		if n++; n == prefixLetters {
			x.prefix = x.hash
		}
	}
	if n < prefixLetters {
		x.prefix = x.hash
	}
}
