package nlp

import (
	"cmp"
	"context"
	"math"
	"slices"

	"earshot/nlp/clause"
	"earshot/nlp/language"
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
// by one in the deep tier: of a longer text, those that the fast tier finds
// strongest.
const mostOccluded = 60

// fewestClauses are tried however long the text is.
const fewestClauses = 8

// occlusion is a part of a text that is taken out: a clause of the text, or a word
// of its clause.
type occlusion struct {
	part   token.Span
	kind   string
	clause int
}

// occlude hears the text without each of its clauses, and each clause without each
// of its words: in a text that is sure of itself, a word alone changes nothing.
func (a *Analyzer) occlude(ctx context.Context, d *Document, h *hearing, e *Explanation) error {
	e.Margin = margin(h.heard.text)
	e.Passes = h.deep.passes
	parts := a.occlusions(h)

	// What each clause says with nothing taken out.
	several := len(h.body.Clauses) > 1
	wholes := map[int]float64{}
	if !several {
		wholes[0] = e.Margin
	}
	for _, p := range parts {
		if _, ok := wholes[p.clause]; ok || p.kind != CueWord {
			continue
		}
		said, passes, err := a.marginOf(ctx, clauseOf(d, h, p.clause, token.Span{}, several))
		if err != nil {
			return err
		}
		wholes[p.clause] = said
		e.Passes += passes
	}

	cues, passes := make([]Cue, len(parts)), make([]int, len(parts))
	err := a.deep.each(ctx, len(parts), func(ctx context.Context, i int) error {
		p := parts[i]
		whole, without := wholes[p.clause], clauseOf(d, h, p.clause, p.part, several)
		if p.kind == CueClause {
			whole, without = e.Margin, withoutPart(d, p.part)
		}
		left, n, err := a.marginOf(ctx, without)
		passes[i] = n
		cues[i] = Cue{
			Cue: d.Text[p.part.Start:p.part.End], Span: p.part, Kind: p.kind,
			Contribution: whole - left, Rule: a.deep.name,
		}
		return err
	})
	if err == nil {
		e.Cues = append(e.Cues, cues...)
	}
	for _, n := range passes {
		e.Passes += n
	}
	return err
}

// occlusions are the clauses and the words to take out.
func (a *Analyzer) occlusions(h *hearing) []occlusion {
	var parts []occlusion
	if len(h.body.Clauses) > 1 {
		lean := func(c int) float64 { return math.Abs(a.fast.JudgeAlone(h.sums[c]).Margin()) }
		// Without a clause the whole text is heard again, in all of its windows.
		most := max(fewestClauses, mostOccluded/len(h.deep.ranges()))
		for _, c := range strongest(len(h.body.Clauses), most, lean) {
			parts = append(parts, occlusion{h.body.Span(h.body.Clauses[c].Range), CueClause, c})
		}
	}
	x := sentiment.NewExtractor(a.fast.Bits)
	x.Explain()
	_, _, _, contributions := a.fast.Contributions(x, &h.title, &h.body)
	var words []int
	for i, t := range h.body.Tokens {
		if t.Kind != token.Punct && t.Kind != token.Markup {
			words = append(words, i)
		}
	}
	clause := 0
	for _, w := range strongest(len(words), mostOccluded, func(w int) float64 { return math.Abs(contributions[words[w]]) }) {
		i := words[w]
		for i >= h.body.Clauses[clause].To {
			clause++
		}
		t := h.body.Tokens[i]
		parts = append(parts, occlusion{token.Span{Start: t.Start, End: t.End}, CueWord, clause})
	}
	return parts
}

// strongest are the most of 0…n−1 that lean furthest, in order.
func strongest(n, most int, lean func(i int) float64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if n > most {
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(lean(j), lean(i)) })
		order = order[:most]
		slices.Sort(order)
	}
	return order
}

// marginOf is the margin of a document as a whole, and the passes that it took.
func (a *Analyzer) marginOf(ctx context.Context, d Document) (_ float64, passes int, err error) {
	h := a.hearings.Get().(*hearing)
	defer a.hearings.Put(h)
	a.read(&d, h)
	if !says(h) {
		return 0, 0, nil
	}
	said, err := a.deep.hearText(ctx, &d, h)
	return margin(said), h.deep.passes, err
}

// clauseOf is a clause as a document of its own, without a span of it. A text's
// only clause keeps the title.
func clauseOf(d *Document, h *hearing, clause int, out token.Span, several bool) Document {
	span := h.body.Span(h.body.Clauses[clause].Range)
	part := Document{Text: d.Text[span.Start:span.End], Language: language.English}
	if out.End > out.Start {
		part.Text = d.Text[span.Start:out.Start] + d.Text[out.End:span.End]
	}
	if !several {
		part.Title = d.Title
	}
	return part
}

// withoutPart is the document without a span of its text.
func withoutPart(d *Document, out token.Span) Document {
	return Document{
		Title:    d.Title,
		Text:     d.Text[:out.Start] + d.Text[out.End:],
		Voice:    withoutSpan(d.Voice, out),
		Language: language.English,
	}
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

// sortCues puts cues in the order of the text, the wider first.
func sortCues(cues []Cue) {
	slices.SortStableFunc(cues, func(a, b Cue) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Kind, b.Kind))
	})
}

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
