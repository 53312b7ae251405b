// Package segment reads a text into its tokens, sentences and clauses.
//
// The steps, in order: each part that counts is cut into tokens (package token),
// the tokens into sentences (package sentence), each sentence into clauses where
// polarity may turn (package clause). Every one keeps byte offsets into the text
// as given.
package segment

import (
	"earshot/nlp/clause"
	"earshot/nlp/sentence"
	"earshot/nlp/token"
)

// Sentence is a run of tokens and of clauses.
type Sentence struct {
	token.Range
	Clauses token.Range // indexes into Text.Clauses
	Part    int         // which of the parts it stands in
}

// Text is a text that was read. Its slices are used again by the next Read.
type Text struct {
	Text      string
	Tokens    []token.Token
	Sentences []Sentence
	Clauses   []clause.Clause

	ranges []token.Range
}

// Read reads the parts of text, which are in order and don't overlap; nil means
// all of it. language is an ISO 639-1 code or "und". The cost is linear in the
// length of text.
func (t *Text) Read(text string, parts []token.Span, language string) {
	t.Text = text
	t.Tokens, t.Sentences, t.Clauses = t.Tokens[:0], t.Sentences[:0], t.Clauses[:0]
	if parts == nil {
		t.part(0, token.Span{Start: 0, End: len(text)}, language)
	}
	for i, part := range parts {
		t.part(i, part, language)
	}
}

func (t *Text) part(i int, part token.Span, language string) {
	first := len(t.Tokens)
	t.Tokens = token.AppendSpan(t.Tokens, t.Text, part)
	t.ranges = sentence.Append(t.ranges[:0], t.Text, t.Tokens, token.Range{From: first, To: len(t.Tokens)})
	for _, s := range t.ranges {
		from := len(t.Clauses)
		t.Clauses = clause.Append(t.Clauses, t.Text, t.Tokens, s, language)
		t.Sentences = append(t.Sentences, Sentence{Range: s, Clauses: token.Range{From: from, To: len(t.Clauses)}, Part: i})
	}
}

// Span is the bytes from a range's first token to its last.
func (t *Text) Span(r token.Range) token.Span {
	return token.Span{Start: t.Tokens[r.From].Start, End: t.Tokens[r.To-1].End}
}
