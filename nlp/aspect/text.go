package aspect

import (
	"unicode"
	"unicode/utf8"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// text is the words of a text, read once for all spans of it. Parts and sentences
// are counted from its start, and nothing is negated yet: how far a negation reaches
// depends on where the words around a span begin.
type text struct {
	*segment.Text
	words  []word
	before []count // of each token, and of the end
	read   bool
}

// count is what stands before a token.
type count struct {
	words int32
	marks int16 // that divide, joints among them; those of sentences and clauses are not
}

// begin makes it the text that is read next.
func (t *text) begin(s *segment.Text) { t.Text, t.read = s, false }

// spell reads the words, if that wasn't done.
func (t *text) spell() {
	if t.read {
		return
	}
	t.read = true
	t.words, t.before = t.words[:0], t.before[:0]
	sentence, clause, part, marks := 0, 0, int16(0), int16(0)
	for at := range t.Tokens {
		for sentence+1 < len(t.Sentences) && t.Sentences[sentence].To <= at {
			sentence++
			part++
		}
		for clause+1 < len(t.Clauses) && t.Clauses[clause].To <= at {
			clause++
			part++
		}
		t.before = append(t.before, count{int32(len(t.words)), marks})
		tok := &t.Tokens[at]
		if !spoken(tok.Kind) {
			if divides(t.Text.Text[tok.Start:]) {
				marks++
			}
			continue
		}
		x := word{token: int32(at), phrase: int16(sentence), clause: int32(clause)}
		x.spell(tok.Of(t.Text.Text), tok.Kind)
		if x.play(tok) {
			marks++
		}
		x.part = part + marks
		t.words = append(t.words, x)
	}
	t.before = append(t.before, count{int32(len(t.words)), marks})
}

// play notes the role that a word plays, and tells whether it is a joint.
func (x *word) play(t *token.Token) (divides bool) {
	size := t.End - t.Start
	var listed role
	if size <= longestRole {
		listed = roles[x.hash]
	}
	switch t.Kind {
	case token.Word:
		x.negator = listed&negator != 0 && size <= longestNegator
		divides = listed&joint != 0 && size <= longestJoint
	case token.Hashtag, token.Emoji, token.Emoticon:
	default:
		x.filler = true
	}
	x.filler = x.filler || listed&filler != 0 && size <= longestFiller
	return divides
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
