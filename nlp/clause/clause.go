// Package clause cuts sentences into clauses where polarity may turn: at words of
// contrast and concession ("but", "although", "except"), at semicolons, and at
// dashes and ellipses between words.
package clause

import (
	"unicode/utf8"

	"earshot/nlp/token"
)

// Turn is how a clause stands to the one before it or after it.
type Turn uint8

const (
	Plain      Turn = iota // follows on
	Contrast               // set against what comes before it: "…, but the app crashes"
	Concession             // granted, and set against the main clause: "although the staff were kind, …"
)

func (t Turn) String() string { return [...]string{"plain", "contrast", "concession"}[t] }

// Clause is a run of tokens of one sentence.
type Clause struct {
	token.Range
	Turn Turn
	// Cue is the word of contrast or concession that opens the clause or, for
	// adverbs such as "however", stands in it; empty for Plain.
	Cue token.Range
}

// fewest is how many words a clause has at least on either side of a turn. At a
// conjunction of contrast one will do: "good but dear".
const fewest = 2

// Append finds the clauses of one sentence and appends them to dst. Together
// they hold every token of the sentence, in order; none is empty. language is an
// ISO 639-1 code, or anything else for marks alone. The cost is linear in the
// number of tokens.
func Append(dst []Clause, text string, tokens []token.Token, sentence token.Range, language string) []Clause {
	c := cutter{text: text, tokens: tokens[:sentence.To], cues: cuesOf(language), dst: dst}
	return c.cut(sentence)
}

// cutter goes over a sentence once.
type cutter struct {
	text   string
	tokens []token.Token
	cues   *cueTable // nil for languages without
	dst    []Clause

	open    Clause
	words   int  // of the open clause
	leading bool // the open clause is a concession that comes before its main clause
	pending int  // where a new clause may start because of a mark, -1 for nowhere

	looked int // tokens that were looked at ahead: what tests of the cost count
}

func (c *cutter) cut(sentence token.Range) []Clause {
	c.open = Clause{Range: sentence}
	c.pending = -1
	for i := sentence.From; i < sentence.To; i++ {
		switch kind := c.tokens[i].Kind; {
		case counts(kind):
			c.word(i)
			c.pending = -1
			c.words++
		case kind == token.Punct:
			if c.words >= fewest && (c.divides(i) || c.leading && c.text[c.tokens[i].Start] == ',') {
				c.pending = i + 1
			}
		}
	}
	return append(c.dst, c.open)
}

// counts tells the kinds of token that are words of a clause.
func counts(k token.Kind) bool {
	switch k {
	case token.Word, token.Number, token.Price, token.Time, token.Hashtag, token.Handle:
		return true
	}
	return false
}

// word looks whether a clause starts at the word at token i.
func (c *cutter) word(i int) {
	var q cue
	length := 0
	if c.cues != nil && c.tokens[i].Kind == token.Word {
		q, length = c.cues.at(c.text, c.tokens, i, c.open.To)
		if length > 0 && !c.holds(q, i) {
			if q.turn != Plain && q.place == within && c.open.Turn == Plain && c.pending < 0 {
				c.open.Turn, c.open.Cue = q.turn, token.Range{From: i, To: i + length}
			}
			length = 0
		}
	}
	turn := Plain
	if length > 0 {
		turn = q.turn
	}
	before, after := fewest, fewest
	if turn == Contrast && q.place == anywhere {
		before, after = 1, 1
	}
	switch {
	case c.pending >= 0 && c.wordsFrom(i, fewest) >= fewest:
		c.start(c.pending, turn, token.Range{From: i, To: i + length})
	case turn == Plain:
	case c.words >= before && c.wordsFrom(i+length, after) >= after:
		at := i
		if at-1 > c.open.From && c.opensBracket(at-1) {
			at--
		}
		c.start(at, turn, token.Range{From: i, To: i + length})
	case c.words < fewest && c.open.Turn == Plain: // "But …", "And although …"
		c.open.Turn, c.open.Cue = turn, token.Range{From: i, To: i + length}
		c.leading = turn == Concession
	}
}

// start closes the open clause and opens one at a token.
func (c *cutter) start(at int, turn Turn, cue token.Range) {
	to := c.open.To
	c.open.To = at
	// A concession behind a mark that divides may come before its main clause.
	c.leading = turn == Concession && c.pending >= 0 && !c.leading
	c.dst = append(c.dst, c.open)
	c.open = Clause{Range: token.Range{From: at, To: to}, Turn: turn}
	if turn != Plain {
		c.open.Cue = cue
	}
	c.words = 0
}

// holds tells whether a cue at token i stands where it is one.
func (c *cutter) holds(q cue, i int) bool {
	if q.turn == Plain {
		return false
	}
	if i == c.open.From || c.words == 0 {
		return true
	}
	before := c.tokens[i-1]
	if q.place == anywhere {
		return before.Kind != token.Word || !c.cues.never[before.Of(c.text)]
	}
	return !counts(before.Kind) || before.Kind == token.Word && c.cues.and[before.Of(c.text)]
}

// wordsFrom counts the words from token i on, enough at most.
func (c *cutter) wordsFrom(i, enough int) int {
	n := 0
	for ; i < c.open.To && n < enough; i++ {
		c.looked++
		if counts(c.tokens[i].Kind) {
			n++
		}
	}
	return n
}

// divides tells a semicolon, and a dash or an ellipsis between words.
func (c *cutter) divides(i int) bool {
	t := c.tokens[i]
	switch r, _ := utf8.DecodeRuneInString(c.text[t.Start:]); r {
	case ';', '؛', '；', '…':
		return true
	case '.':
		return t.End-t.Start > 1
	case '-', '—', '–':
		if i+1 == len(c.tokens) {
			return false
		}
		if before, after := c.tokens[i-1].Kind, c.tokens[i+1].Kind; before != token.Word && after != token.Word && before != token.Punct {
			return false // "10 - 12"
		}
		return r != '-' || t.Has(token.Spaced) && c.tokens[i+1].Has(token.Spaced) || t.End-t.Start > 1
	}
	return false
}

// opensBracket tells an opening bracket or quote.
func (c *cutter) opensBracket(i int) bool {
	t := c.tokens[i]
	if t.Kind != token.Punct {
		return false
	}
	switch r, _ := utf8.DecodeRuneInString(c.text[t.Start:]); r {
	case '(', '[', '“', '„', '«':
		return true
	case '"', '\'':
		return t.Has(token.Spaced)
	}
	return false
}
