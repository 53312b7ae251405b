package nlp

import (
	"cmp"
	"context"
	"math"
	"slices"

	"earshot/nlp/clause"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

// The kinds of cue.
const (
	CueWord     = "word"     // a word, emoji or mark
	CueClause   = "clause"   // a whole clause, in the deep tier
	CueNegation = "negation" // turns what follows it in its clause
	CueContrast = "contrast" // sets its clause against another: "but", "although"
)

// Cue is a span that moved the score.
type Cue struct {
	Cue string `json:"cue"` // the words
	Span
	Kind string `json:"kind"`
	// Contribution is how far the span moves the text to positive (above 0) or to
	// negative (below 0), in log odds of positive against negative.
	Contribution float64 `json:"contribution"`
	// Turns is what a negation or a word of contrast turns; empty for others.
	Turns *Span  `json:"turns,omitempty"`
	Rule  string `json:"rule"` // the model, with its version
}

// Explanation is an analysis and what it rests on.
type Explanation struct {
	Analysis Analysis `json:"analysis"`
	// Margin is the log odds of positive against negative of the whole text,
	// before calibration.
	Margin float64 `json:"margin"`
	// Base is the margin of a text that says nothing, Title what the title
	// adds. In the fast tier Base, Title and the contributions of all cues of
	// kind word add up to Margin. In the deep tier a contribution is what is
	// lost when the span is taken out (occlusion) of the text, or, for a word,
	// of its clause; nothing adds up.
	Base  float64 `json:"base"`
	Title float64 `json:"title"`
	// Exact tells the two apart.
	Exact bool  `json:"exact"`
	Cues  []Cue `json:"cues"` // in the order of the text
	// Passes is how often the text or a part of it was heard.
	Passes int `json:"passes"`
}

// Explain hears one document and says why. In the deep tier it costs a pass for
// each clause and each word, up to mostOccluded of either.
func (a *Analyzer) Explain(ctx context.Context, d Document) (Explanation, error) {
	e := Explanation{Cues: []Cue{}, Passes: 1}
	h := a.hearings.Get().(*hearing)
	defer a.hearings.Put(h)
	tier, err := a.analyzeIn(ctx, h, &d, &e.Analysis)
	switch {
	case err != nil:
		return e, err
	case !says(h):
		e.Exact = true
		return e, nil
	case tier == TierDeep:
		err = a.occlude(ctx, &d, h, &e)
	default:
		a.contributions(&d, h, &e)
	}
	e.Cues = append(e.Cues, turns(h, e.Analysis.Model)...)
	sortCues(e.Cues)
	return e, err
}

// contributions shares every feature's part in the margin among the tokens that
// it is made of.
func (a *Analyzer) contributions(d *Document, h *hearing, e *Explanation) {
	x := sentiment.NewExtractor(a.fast.Bits)
	x.Explain()
	e.Exact = true
	var parts []float64
	e.Margin, e.Base, e.Title, parts = a.fast.Contributions(x, &h.title, &h.body)
	for i, part := range parts {
		if part != 0 {
			t := h.body.Tokens[i]
			e.Cues = append(e.Cues, Cue{Cue: t.Of(d.Text), Span: Span{Start: t.Start, End: t.End}, Kind: CueWord, Contribution: part, Rule: a.fast.Name})
		}
	}
}

// mostOccluded is the most clauses, and the most words, that Explain takes out one
// by one in the deep tier. Of a text with more clauses those are tried that the
// fast tier finds strongest; of a text with more words, none.
const mostOccluded = 60

// occlusion is a part of a text that is taken out of a whole.
type occlusion struct {
	part  token.Span
	whole token.Span
	kind  string
}

// occlude hears the text without each of its clauses, and each clause without each
// of its words: in a text that is sure of itself, a word alone changes nothing.
func (a *Analyzer) occlude(ctx context.Context, d *Document, h *hearing, e *Explanation) error {
	e.Margin = margin(h.heard.text)
	all := token.Span{Start: 0, End: len(d.Text)}
	tried := strongest(h, mostOccluded)
	var parts []occlusion
	for _, c := range tried {
		if len(h.body.Clauses) > 1 {
			parts = append(parts, occlusion{h.body.Span(h.body.Clauses[c].Range), all, CueClause})
		}
	}
	if len(h.body.Tokens) <= mostOccluded {
		for _, c := range tried {
			clause := h.body.Clauses[c]
			for i := clause.From; i < clause.To; i++ {
				if t := h.body.Tokens[i]; t.Kind != token.Punct && t.Kind != token.Markup {
					parts = append(parts, occlusion{token.Span{Start: t.Start, End: t.End}, h.body.Span(clause.Range), CueWord})
				}
			}
		}
	}
	// What each whole says with nothing taken out: a clause is heard once.
	wholes := map[token.Span]float64{all: e.Margin}
	for _, p := range parts {
		if _, ok := wholes[p.whole]; ok {
			continue
		}
		said, err := a.hearPart(ctx, d, p.whole, token.Span{Start: p.whole.Start, End: p.whole.Start})
		if err != nil {
			return err
		}
		wholes[p.whole] = said
		e.Passes++
	}
	e.Passes += len(parts)
	cues := make([]Cue, len(parts))
	err := a.deep.each(ctx, len(parts), func(ctx context.Context, i int) error {
		p := parts[i]
		left, err := a.hearPart(ctx, d, p.whole, p.part)
		cues[i] = Cue{
			Cue: d.Text[p.part.Start:p.part.End], Span: p.part, Kind: p.kind,
			Contribution: wholes[p.whole] - left, Rule: a.deep.name,
		}
		return err
	})
	if err == nil {
		e.Cues = append(e.Cues, cues...)
	}
	return err
}

// strongest are the clauses that lean furthest, n at most, in the order of the
// text.
func strongest(h *hearing, n int) []int {
	order := make([]int, len(h.heard.clauses))
	for i := range order {
		order[i] = i
	}
	if len(order) > n {
		lean := func(i int) float64 { return -math.Abs(h.heard.clauses[i][2] - h.heard.clauses[i][0]) }
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(lean(i), lean(j)) })
		order = order[:n]
		slices.Sort(order)
	}
	return order
}

// hearPart is the margin of a part of the document with a span taken out. Only the
// whole text has its title, and only of it the voice is told from context.
func (a *Analyzer) hearPart(ctx context.Context, d *Document, whole, out token.Span) (float64, error) {
	part := Document{Text: d.Text[whole.Start:out.Start] + d.Text[out.End:whole.End], Language: "en"}
	if whole.Start == 0 && whole.End == len(d.Text) {
		part.Title = d.Title
		part.Voice = withoutSpan(d.Voice, out)
	}
	h := a.hearings.Get().(*hearing)
	defer a.hearings.Put(h)
	var ignored Analysis
	if _, err := a.analyzeIn(ctx, h, &part, &ignored); err != nil || !says(h) {
		return 0, err
	}
	return margin(h.heard.text), nil
}

// withoutSpan moves spans to where they are when out is cut from their text.
func withoutSpan(spans []token.Span, out token.Span) []token.Span {
	if spans == nil {
		return nil
	}
	move := func(at int) int {
		switch {
		case at >= out.End:
			return at - (out.End - out.Start)
		case at > out.Start:
			return out.Start
		}
		return at
	}
	left := []token.Span{}
	for _, s := range spans {
		if s = (token.Span{Start: move(s.Start), End: move(s.End)}); s.End > s.Start {
			left = append(left, s)
		}
	}
	return left
}

// margin is the log odds of positive against negative, before calibration.
func margin(p sentiment.Probabilities) float64 { return p.Margin() * deepTemperature }

// turns are the negations and the words of contrast, with what they turn.
func turns(h *hearing, model string) []Cue {
	var cues []Cue
	add := func(kind string, at, turned token.Range) {
		span, over := h.body.Span(at), h.body.Span(turned)
		cues = append(cues, Cue{Cue: h.body.Text[span.Start:span.End], Span: span, Kind: kind, Turns: &over, Rule: model})
	}
	for _, c := range h.body.Clauses {
		if c.Turn != clause.Plain {
			add(CueContrast, c.Cue, c.Range)
		}
	}
	eachNegation(&h.body, func(at, turned token.Range) { add(CueNegation, at, turned) })
	return cues
}

func eachNegation(t *segment.Text, do func(at, turned token.Range)) {
	x := sentiment.NewExtractor(1)
	for _, s := range t.Sentences {
		x.Negations(t, s, do)
	}
}
