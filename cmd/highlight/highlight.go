// Package highlight cuts an explained text into the pieces in which people are
// shown what moved its score, alike on a terminal and on the dashboard.
package highlight

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"earshot/nlp"
)

// Cues that move a text less than hardly times its strongest cue are shown plain:
// a text in which every word is marked says nothing. The levels above are weak,
// clear and strong. Where even the strongest cue is below least log odds, it is no
// strong one.
const (
	hardly  = 0.1
	clearly = 0.3
	strong  = 0.65
	least   = 0.5
)

// Line is a sentence, or what stands between two of them: an agent's turn, the
// name of a role.
type Line struct {
	nlp.Span
	Sentence *nlp.Sentence // nil: nothing is heard in it
	Pieces   []Piece       // all of the span's text, in order
}

// Piece is a run of text that is shown in one way.
type Piece struct {
	Text string
	// Strength is how strongly the piece moves the text, against its strongest
	// cue: −3 (strongly to negative) … +3 (strongly to positive), 0 hardly or not
	// at all.
	Strength int
	Cue      *nlp.Cue // that moves the text: a word, or a clause where words are not told; nil if none
	Turn     *nlp.Cue // the negation or word of contrast that the piece is; nil if none
}

// Lines cuts the text of e. White space between sentences is left out.
func Lines(e *nlp.Explanation) []Line {
	c := newCutter(e)
	var lines []Line
	at := 0
	for i := range e.Analysis.Sentences {
		s := &e.Analysis.Sentences[i]
		lines = append(lines, c.between(at, s.Start)...)
		lines = append(lines, Line{Span: s.Span, Sentence: s, Pieces: c.pieces(s.Span)})
		at = s.End
	}
	return append(lines, c.between(at, len(e.Analysis.Text))...)
}

// Strongest are the cues that move the text most, the strongest first, at most n
// of them. Negations and words of contrast are among them only as words.
func Strongest(e *nlp.Explanation, n int) []nlp.Cue {
	var cues []nlp.Cue
	for _, c := range e.Cues {
		if Moves(c) && c.Contribution != 0 {
			cues = append(cues, c)
		}
	}
	slices.SortStableFunc(cues, func(a, b nlp.Cue) int {
		return cmp.Compare(math.Abs(b.Contribution), math.Abs(a.Contribution))
	})
	return cues[:min(n, len(cues))]
}

// Turns are the negations and the words of contrast, in the order of the text.
func Turns(e *nlp.Explanation) []nlp.Cue {
	var cues []nlp.Cue
	for _, c := range e.Cues {
		if c.Turns != nil {
			cues = append(cues, c)
		}
	}
	return cues
}

// Turned are the words that a negation or word of contrast turns, without itself.
func Turned(e *nlp.Explanation, c nlp.Cue) string {
	from := c.Turns.Start
	if from <= c.Start {
		from = c.End
	}
	return strings.TrimSpace(e.Analysis.Text[from:max(from, c.Turns.End)])
}

// Moves tells whether a cue has a contribution of its own.
func Moves(c nlp.Cue) bool { return c.Kind == nlp.CueWord || c.Kind == nlp.CueClause }

// Sum is what the words of an exact explanation add up to, and what the rounding
// of their contributions leaves to its margin.
func Sum(e *nlp.Explanation) (words, rounding float64) {
	for _, c := range e.Cues {
		if c.Kind == nlp.CueWord {
			words += c.Contribution
		}
	}
	return thousandths(words), thousandths(e.Margin - e.Base - e.Title - words)
}

// thousandths is the precision of contributions; −0 becomes 0.
func thousandths(x float64) float64 { return math.Round(x*1000)/1000 + 0 }
