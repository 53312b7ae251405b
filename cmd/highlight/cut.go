package highlight

import (
	"math"
	"slices"
	"strings"

	"earshot/nlp"
)

// cutter cuts a text from its beginning to its end, in one pass over its cues.
type cutter struct {
	text    string
	moves   []nlp.Cue // in order, without overlap
	turns   []nlp.Cue // in order, without overlap
	scale   float64   // of contributions: the strongest
	m, t    int       // the first of each that does not end before the place reached
	borders []int
}

func newCutter(e *nlp.Explanation) *cutter {
	// Words are shown rather than the clauses around them, which are told
	// alone in texts of many words.
	kind := nlp.CueClause
	if slices.ContainsFunc(e.Cues, func(c nlp.Cue) bool { return c.Kind == nlp.CueWord }) {
		kind = nlp.CueWord
	}
	c := &cutter{text: e.Analysis.Text, scale: least}
	for _, cue := range e.Cues {
		switch {
		case cue.Kind == kind:
			c.moves = appendApart(c.moves, cue)
			c.scale = max(c.scale, math.Abs(cue.Contribution))
		case cue.Turns != nil:
			c.turns = appendApart(c.turns, cue)
		}
	}
	return c
}

// appendApart adds a cue that does not overlap the one before.
func appendApart(cues []nlp.Cue, cue nlp.Cue) []nlp.Cue {
	if n := len(cues); n > 0 && cue.Start < cues[n-1].End {
		return cues
	}
	return append(cues, cue)
}

// between is the line of what stands between two sentences, if it is more than
// white space.
func (c *cutter) between(from, to int) []Line {
	if from >= to || strings.TrimSpace(c.text[from:to]) == "" {
		return nil
	}
	span := nlp.Span{Start: from, End: to}
	return []Line{{Span: span, Pieces: c.pieces(span)}}
}

// pieces cuts a span wherever a cue begins or ends in it.
func (c *cutter) pieces(span nlp.Span) []Piece {
	c.borders = append(c.borders[:0], span.Start, span.End)
	c.m = c.bordersOf(c.moves, c.m, span)
	c.t = c.bordersOf(c.turns, c.t, span)
	slices.Sort(c.borders)
	borders := slices.Compact(c.borders)

	pieces := make([]Piece, 0, len(borders)-1)
	m, t := c.m, c.t
	for i := 1; i < len(borders); i++ {
		from, to := borders[i-1], borders[i]
		p := Piece{Text: c.text[from:to]}
		if p.Cue, m = covering(c.moves, m, from); p.Cue != nil {
			p.Strength = c.strength(p.Cue.Contribution)
		}
		p.Turn, t = covering(c.turns, t, from)
		pieces = append(pieces, p)
	}
	return pieces
}

// bordersOf adds the ends of the cues that lie in span, of those from cues[i]
// on. It returns the first that does not end before span.
func (c *cutter) bordersOf(cues []nlp.Cue, i int, span nlp.Span) int {
	for i < len(cues) && cues[i].End <= span.Start {
		i++
	}
	for _, cue := range cues[i:] {
		if cue.Start >= span.End {
			break
		}
		c.borders = append(c.borders, max(cue.Start, span.Start), min(cue.End, span.End))
	}
	return i
}

// covering is the cue, of those from cues[i] on, that the byte at stands in, nil
// if none; and the first that does not end before it.
func covering(cues []nlp.Cue, i, at int) (*nlp.Cue, int) {
	for i < len(cues) && cues[i].End <= at {
		i++
	}
	if i < len(cues) && cues[i].Start <= at {
		return &cues[i], i
	}
	return nil, i
}

func (c *cutter) strength(contribution float64) int {
	sign := 1
	if contribution < 0 {
		sign = -1
	}
	switch share := math.Abs(contribution) / c.scale; {
	case share >= strong:
		return 3 * sign
	case share >= clearly:
		return 2 * sign
	case share >= hardly:
		return sign
	}
	return 0
}
