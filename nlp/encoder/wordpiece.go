package encoder

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Piece is one entry of the vocabulary and the bytes [Start, End) of the text
// that it stands for. Start and End lie on the boundaries of runes. Pieces
// come in the order of the text; two of them share bytes only where one
// character of the text makes several of the vocabulary's, as a Korean
// syllable does.
type Piece struct {
	ID         int32
	Start, End int
}

// WordPiece cuts texts into pieces exactly as BERT's uncased tokenizer does:
// lower case, no accents, punctuation apart, then of each word the longest
// piece that the vocabulary has, again and again. It holds no state between
// texts and is safe for concurrent use.
//
// A text cannot bring in special pieces: "[SEP]" in a text is three pieces, a
// bracket, "sep" and a bracket. Only [UNK], for words that the vocabulary
// cannot spell, comes from texts.
type WordPiece struct {
	first   map[string]int32 // pieces that begin a word
	rest    map[string]int32 // pieces that go on in one, without their ##
	longest int              // bytes of the longest piece

	unknown, begin, end int32
	size                int
}

// NewWordPiece reads a vocabulary as BERT's vocab.txt has it: one piece a
// line, its id the number of the line, from 0. The error names the line that
// is wrong or the special piece that is missing.
func NewWordPiece(vocabulary []byte) (*WordPiece, error) {
	w := &WordPiece{first: map[string]int32{}, rest: map[string]int32{}}
	special := map[string]int32{}
	for line := range bytes.Lines(vocabulary) {
		piece := string(bytes.TrimRight(line, "\r\n"))
		id := int32(w.size)
		w.size++
		switch {
		case piece == "" || !utf8.ValidString(piece):
			return nil, fmt.Errorf("vocabulary: line %d is no piece (%q)", w.size, piece)
		case piece[0] == '[' && len(piece) > 1:
			special[piece] = id // out of reach of texts
			continue
		}
		table := w.first
		if len(piece) > 2 && piece[:2] == "##" {
			table, piece = w.rest, piece[2:]
		}
		if _, ok := table[piece]; ok {
			return nil, fmt.Errorf("vocabulary: line %d has %q again", w.size, piece)
		}
		table[piece] = id
		w.longest = max(w.longest, len(piece))
	}
	for _, s := range []struct {
		piece string
		id    *int32
	}{{"[UNK]", &w.unknown}, {"[CLS]", &w.begin}, {"[SEP]", &w.end}} {
		id, ok := special[s.piece]
		if !ok {
			return nil, errors.New("vocabulary: it has no " + s.piece)
		}
		*s.id = id
	}
	return w, nil
}

// Size is the number of pieces in the vocabulary: ids are below it.
func (w *WordPiece) Size() int { return w.size }

// Append appends the pieces of the text, without [CLS] and [SEP]. It takes
// time in proportion to the text, whatever it holds.
func (w *WordPiece) Append(dst []Piece, text string) []Piece {
	words(text, func(word *word) { dst = w.cut(dst, word) })
	return dst
}

// cut appends the pieces of one word.
func (w *WordPiece) cut(dst []Piece, word *word) []Piece {
	at := len(dst)
	whole := Piece{ID: w.unknown, Start: word.start, End: word.stop}
	if word.size > maxRunes {
		return append(dst, whole)
	}
	var letters [maxRunes * utf8.UTFMax]byte
	var owner [maxRunes * utf8.UTFMax]uint8 // of each byte, the rune
	n := 0
	for i, r := range word.runes[:word.size] {
		for end := n + utf8.EncodeRune(letters[n:], r); n < end; n++ {
			owner[n] = uint8(i)
		}
	}
	table := w.first
	for from := 0; from < n; table = w.rest {
		to := min(n, from+w.longest)
		id, ok := table[string(letters[from:to])]
		for !ok && to > from+1 {
			to--
			id, ok = table[string(letters[from:to])]
		}
		if !ok {
			return append(dst[:at], whole)
		}
		dst = append(dst, Piece{ID: id, Start: word.from[owner[from]], End: word.to[owner[to-1]]})
		from = to
	}
	return dst
}

// Shorten leaves out the middle of a text of too many pieces, in place, so
// that it has at most limit ids with [CLS] and [SEP]: the first third and the
// last two thirds of the ids stay, since texts say what they want at the end.
// The limit must be at least 3.
func Shorten(pieces []Piece, limit int) []Piece {
	if len(pieces)+2 <= limit {
		return pieces
	}
	head := limit/3 - 1 // [CLS] is the first id
	tail := limit - limit/3 - 1
	return append(pieces[:head], pieces[len(pieces)-tail:]...)
}

// IDs appends what a model reads: [CLS], the pieces, [SEP]. Row i+1 of the
// model's hidden states belongs to pieces[i].
func (w *WordPiece) IDs(dst []int64, pieces []Piece) []int64 {
	dst = append(dst, int64(w.begin))
	for _, p := range pieces {
		dst = append(dst, int64(p.ID))
	}
	return append(dst, int64(w.end))
}
