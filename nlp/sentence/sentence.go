// Package sentence finds the sentences of a text.
package sentence

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/neurosnap/sentences.v1"
	"gopkg.in/neurosnap/sentences.v1/english"
)

// longestPiece bounds what the tokenizer sees at once, in bytes. Its cost per
// byte is even up to there; no sentence that a person writes is longer.
const longestPiece = 8 << 10

// Splitter finds sentences by the Punkt algorithm with its English model: it
// knows abbreviations, initials and numbers. It is safe for concurrent use.
type Splitter struct {
	punkt *sentences.DefaultSentenceTokenizer
}

// NewSplitter loads the model, which takes some milliseconds.
func NewSplitter() (*Splitter, error) {
	punkt, err := english.NewSentenceTokenizer(nil)
	if err != nil {
		return nil, fmt.Errorf("sentence model: %w", err)
	}
	return &Splitter{punkt: punkt}, nil
}

// Split calls yield with the byte offsets of every sentence of text, in order,
// without the white space around it. A line break ends a sentence.
func (s *Splitter) Split(text string, yield func(start, end int)) {
	for from := 0; from < len(text); {
		end := pieceEnd(text, from)
		s.splitPiece(text, from, end, yield)
		from = end
	}
}

// splitPiece splits what is between two bytes of text.
func (s *Splitter) splitPiece(text string, from, end int, yield func(start, end int)) {
	at := from
	if mayHoldSeveral(text[from:end]) {
		for _, found := range s.punkt.Tokenize(text[from:end]) {
			// The tokenizer's own offsets are of a trimmed copy in some cases;
			// the sentences themselves are substrings in order.
			sentence := strings.TrimSpace(found.Text)
			i := strings.Index(text[at:end], sentence)
			if i < 0 {
				continue
			}
			emit(text, at+i, at+i+len(sentence), yield)
			at += i + len(sentence)
		}
	}
	emit(text, at, end, yield)
}

// mayHoldSeveral reports whether a sentence may end before the end of piece:
// short feedback is often one, and the tokenizer need not be asked.
func mayHoldSeveral(piece string) bool {
	return strings.ContainsAny(strings.TrimRightFunc(piece, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), ".!?")
}

// pieceEnd returns where the piece of text that starts at from ends: behind a
// line break, or in a longer line behind the last white space that fits.
func pieceEnd(text string, from int) int {
	limit := min(len(text), from+longestPiece)
	if i := strings.IndexByte(text[from:limit], '\n'); i >= 0 {
		return from + i + 1
	}
	if limit == len(text) {
		return limit
	}
	if i := strings.LastIndexFunc(text[from:limit], unicode.IsSpace); i > 0 {
		_, size := utf8.DecodeRuneInString(text[from+i:])
		return from + i + size
	}
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return limit
}

// emit yields start…end without the white space around it, unless nothing is
// left.
func emit(text string, start, end int, yield func(start, end int)) {
	part := text[start:end]
	trimmed := strings.TrimLeftFunc(part, unicode.IsSpace)
	start += len(part) - len(trimmed)
	trimmed = strings.TrimRightFunc(trimmed, unicode.IsSpace)
	if trimmed != "" {
		yield(start, start+len(trimmed))
	}
}
