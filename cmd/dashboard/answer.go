package dashboard

import (
	"math"
	"strings"
	"time"

	"earshot/cmd/highlight"
	"earshot/nlp"
)

const (
	shownCues  = 10  // of the strongest
	shownTurns = 10  // negations and contrasts
	listedCues = 500 // in the table of all
	quoteRunes = 60  // of a clause in a list
)

// explainPage is everything that the page "Explain" shows.
type explainPage struct {
	frame
	Asked    asked
	Tiers    []tierChoice
	OnlyFast bool
	Limit    string
	Problem  string
	Answer   *answer // nil: nothing is asked, or can't be answered
}

// tierChoice is one of the tiers that can be asked.
type tierChoice struct {
	Name, Words string
	Chosen      bool
}

// answer is an explanation as the page shows it.
type answer struct {
	Label, Score, Confidence string
	Mixed                    bool
	Tier, Model              string
	Sentences                []heardLine
	Strongest                []bar
	More                     string // the cues that are not among the strongest
	Turns                    []turned
	MoreTurns                string
	Sum                      []term // that make the margin; none in the deep tier
	Margin                   string
	Cost                     string // of the deep tier
	Cues                     []cueRow
	MoreCues                 string
	Taxonomy                 string
	Mentions                 []subjectRow
	MoreMentions             string
	Signals                  []signalRow
}

// heardLine is a sentence with its score, or what stands between sentences.
type heardLine struct {
	Heard  bool
	Score  string
	Label  string
	Pieces []piece
}

// piece is a run of text that is shown in one way. Class is one that the style
// sheet knows, never anything from outside.
type piece struct {
	Text, Class, Tip, Sign string
}

// bar is a cue with its contribution, as a bar that begins at 50 of 100.
type bar struct {
	Cue, Kind, Value, Label string
	X, Width                float64
}

// turned is a negation or word of contrast, and what it turns: "but" sets "it
// crashes" against the rest.
type turned struct{ Cue, Does, What, Against string }

func (t turned) String() string { return t.Does + " “" + t.What + "”" + t.Against }

// term is one of the numbers that add up to the margin.
type term struct{ Name, Value string }

// cueRow is a row of the table of all cues.
type cueRow struct{ Cue, Kind, Value string }

func (d *Dashboard) newExplainPage() *explainPage {
	p := &explainPage{
		frame:    frame{Title: "Why a text feels as it does", Class: "explain", Still: true, Version: excerpt(d.options.Version, nameRunes), Pages: d.pages(d.explain, view{Window: lastWeek})},
		Limit:    count(textLimit),
		OnlyFast: len(d.options.Explainers) == 1 && d.options.Explainers[0].Tier == nlp.TierFast,
	}
	for i, e := range d.options.Explainers {
		words := map[string]string{nlp.TierFast: "exact", nlp.TierDeep: "hears more, takes longer"}[e.Tier]
		p.Tiers = append(p.Tiers, tierChoice{Name: e.Tier, Words: words, Chosen: i == 0})
	}
	return p
}

// fill puts into the form what was asked.
func (p *explainPage) fill(a asked) {
	p.Asked = a
	for i := range p.Tiers {
		if p.Tiers[i].Name == a.Tier {
			p.Tiers[0].Chosen = false
			p.Tiers[i].Chosen = true
		}
	}
}

func newAnswer(e *nlp.Explanation, took time.Duration) *answer {
	s := e.Analysis.Sentiment
	a := &answer{
		Label: excerpt(string(s.Label), nameRunes), Score: signed(s.Score, 2), Confidence: percentOf(s.Confidence), Mixed: s.Mixed,
		Tier: excerpt(e.Analysis.Tier, nameRunes), Model: excerpt(e.Analysis.Model, nameRunes),
		Margin: signed(e.Margin, 3),
	}
	for _, line := range highlight.Lines(e) {
		a.Sentences = append(a.Sentences, newHeardLine(e, line))
	}
	a.subjects(e)
	a.bars(e)
	a.turns(e)
	a.table(e)
	if e.Exact {
		a.terms(e)
		return a
	}
	a.Cost = "The text, its clauses and what is left of them without each word were heard: " + things(uint64(e.Passes), "run") + " of the encoder, " + milliseconds(took) + " in all."
	return a
}

func newHeardLine(e *nlp.Explanation, l highlight.Line) heardLine {
	line := heardLine{Heard: l.Sentence != nil}
	if line.Heard {
		line.Score, line.Label = signed(l.Sentence.Score, 2), string(l.Sentence.Label)
	}
	for _, p := range l.Pieces {
		line.Pieces = append(line.Pieces, newPiece(e, p))
	}
	return line
}

// classes are of pieces, by their strength + 3.
var classes = [...]string{"cue negative strong", "cue negative", "cue negative weak", "", "cue positive weak", "cue positive", "cue positive strong"}

func newPiece(e *nlp.Explanation, p highlight.Piece) piece {
	shown := piece{Text: highlight.Legible(p.Text), Class: classes[p.Strength+3]}
	switch {
	case p.Strength < 0:
		shown.Sign = "−"
	case p.Strength > 0:
		shown.Sign = "+"
	}
	var tips []string
	if p.Cue != nil {
		tips = append(tips, signed(p.Cue.Contribution, 3))
	}
	if p.Turn != nil {
		shown.Class = strings.TrimSpace(shown.Class + " turn")
		tips = append(tips, newTurned(e, *p.Turn).String())
	}
	shown.Tip = strings.Join(tips, "; ")
	if shown.Class == "" && shown.Tip != "" {
		shown.Class = "faint"
	}
	return shown
}

// bars are of the strongest cues.
func (a *answer) bars(e *nlp.Explanation) {
	all := highlight.Strongest(e, len(e.Cues))
	for _, c := range all[:min(len(all), shownCues)] {
		b := bar{Cue: excerpt(c.Cue, quoteRunes), Value: signed(c.Contribution, 3), Label: "positive", X: 50}
		if c.Kind != nlp.CueWord {
			b.Kind = c.Kind
		}
		b.Width = 50 * math.Abs(c.Contribution) / math.Abs(all[0].Contribution)
		if c.Contribution < 0 {
			b.Label, b.X = "negative", 50-b.Width
		}
		a.Strongest = append(a.Strongest, b)
	}
	rest := all[min(len(all), shownCues):]
	if len(rest) == 0 {
		return
	}
	a.More = things(uint64(len(rest)), "weaker cue")
	if e.Exact {
		var together float64
		for _, c := range rest {
			together += c.Contribution
		}
		a.More += ", " + signed(together, 3) + " together"
	}
	a.More += "."
}

func (a *answer) turns(e *nlp.Explanation) {
	turns := highlight.Turns(e)
	for _, c := range turns[:min(len(turns), shownTurns)] {
		a.Turns = append(a.Turns, newTurned(e, c))
	}
	if more := len(turns) - len(a.Turns); more > 0 {
		a.MoreTurns = "And " + count(more) + " more."
	}
}

func newTurned(e *nlp.Explanation, c nlp.Cue) turned {
	t := turned{Cue: excerpt(c.Cue, quoteRunes), Does: "turns", What: excerpt(highlight.Turned(e, c), quoteRunes)}
	if c.Kind == nlp.CueContrast {
		t.Does, t.Against = "sets", " against the rest"
	}
	return t
}

// terms are what the fast tier's margin is made of.
func (a *answer) terms(e *nlp.Explanation) {
	words, rounding := highlight.Sum(e)
	a.Sum = []term{{"any text", signed(e.Base, 3)}, {"title", signed(e.Title, 3)}, {"cues", signed(words, 3)}}
	if rounding != 0 {
		a.Sum = append(a.Sum, term{"rounding", signed(rounding, 3)})
	}
}

func (a *answer) table(e *nlp.Explanation) {
	for _, c := range e.Cues[:min(len(e.Cues), listedCues)] {
		row := cueRow{Cue: excerpt(c.Cue, quoteRunes), Kind: c.Kind, Value: signed(c.Contribution, 3)}
		if c.Turns != nil {
			row.Kind, row.Value = c.Kind+", "+newTurned(e, c).String(), ""
		}
		a.Cues = append(a.Cues, row)
	}
	if more := len(e.Cues) - len(a.Cues); more > 0 {
		a.MoreCues = count(more) + " more are not listed."
	}
}

// percentOf writes a probability.
func percentOf(p float64) string {
	if math.IsNaN(p) {
		return "–"
	}
	return percent(uint64(math.Round(1000*min(max(p, 0), 1))), 1000)
}

func milliseconds(d time.Duration) string {
	return count(max(int64(d.Round(time.Millisecond)/time.Millisecond), 1)) + " ms"
}
