package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"earshot/cmd/highlight"
	"earshot/nlp"
)

// jsonExplanations prints the contract's object with what it rests on, one a line.
type jsonExplanations struct{ out *bufio.Writer }

func (p *jsonExplanations) print(id string, e *nlp.Explanation) error {
	object, err := analysisJSON(id, &e.Analysis)
	if err != nil {
		return err
	}
	cues := e.Cues
	if cues == nil {
		cues = []nlp.Cue{}
	}
	reasons, err := encodeJSON(struct {
		Margin float64   `json:"margin"`
		Base   float64   `json:"base"`
		Title  float64   `json:"title"`
		Exact  bool      `json:"exact"`
		Passes int       `json:"passes"`
		Cues   []nlp.Cue `json:"cues"`
	}{e.Margin, e.Base, e.Title, e.Exact, e.Passes, cues})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s,%s\n", object[:len(object)-1], reasons[1:])
	return err
}

func (p *jsonExplanations) flush() error { return p.out.Flush() }
func (p *jsonExplanations) end() error   { return p.out.Flush() }

const (
	shownCues  = 10 // of the strongest
	shownTurns = 10
	quoteRunes = 60 // of a clause in a list
)

// explainPrinter prints each text with its cues: in colours, or with marks where
// there are none.
type explainPrinter struct {
	out    *bufio.Writer
	colour bool
	width  int // of the terminal; 0: lines are not wrapped
	begun  bool
}

func newExplainPrinter(w io.Writer, out *bufio.Writer) *explainPrinter {
	p := &explainPrinter{out: out, colour: colour(w)}
	if file, ok := w.(*os.File); ok && isTerminal(w) {
		p.width, _, _ = term.GetSize(int(file.Fd())) // 0 if it doesn't say
	}
	return p
}

func (p *explainPrinter) print(id string, e *nlp.Explanation) error {
	if p.begun {
		fmt.Fprintln(p.out)
	}
	p.begun = true
	p.verdict(id, &e.Analysis)
	for _, line := range highlight.Lines(e) {
		p.line(line)
	}
	p.cues(e)
	p.turns(e)
	if err := p.sum(e); err != nil {
		return err
	}
	(&tableAnalyses{out: p.out, colour: p.colour}).details(&e.Analysis)
	return nil
}

func (p *explainPrinter) flush() error { return p.out.Flush() }
func (p *explainPrinter) end() error   { return p.out.Flush() }

// verdict says what was heard, by what, and in which record.
func (p *explainPrinter) verdict(id string, a *nlp.Analysis) {
	s := a.Sentiment
	fmt.Fprintf(p.out, "%s %s, confidence %.2f", paint(string(s.Label), s.Label, p.colour), signed(s.Score, 2), s.Confidence)
	if s.Mixed {
		fmt.Fprint(p.out, ", mixed")
	}
	if a.Model != "" { // nothing heard what is only a score
		fmt.Fprintf(p.out, " (%s tier, %s)", a.Tier, onLine(a.Model))
	}
	if id != "" {
		fmt.Fprintf(p.out, " id %s", onLine(id))
	}
	fmt.Fprintln(p.out)
}

// line prints a sentence behind its score.
func (p *explainPrinter) line(l highlight.Line) {
	score := "     "
	if l.Sentence != nil {
		score = paint(signed(l.Sentence.Score, 2), l.Sentence.Label, p.colour)
	}
	fmt.Fprintf(p.out, "  %5s  ", score)
	w := wrapping{out: p.out, width: p.width, column: 9, indent: 9}
	for _, piece := range l.Pieces {
		// Blanks stay outside of the marks.
		text := highlight.Legible(piece.Text)
		rest := strings.TrimLeftFunc(text, unicode.IsSpace)
		words := strings.TrimRightFunc(rest, unicode.IsSpace)
		w.write(text[:len(text)-len(rest)], style{})
		if words != "" {
			w.write(words, p.style(piece, l.Sentence == nil))
		}
		w.write(rest[len(words):], style{})
	}
	w.end()
}

// style is how a piece is printed.
func (p *explainPrinter) style(piece highlight.Piece, aside bool) style {
	if !p.colour {
		return marks(piece)
	}
	var colours text.Colors
	switch piece.Strength {
	case 3:
		colours = text.Colors{text.Bold, text.FgHiGreen}
	case 2:
		colours = text.Colors{text.FgGreen}
	case 1:
		colours = text.Colors{text.Faint, text.FgGreen}
	case -1:
		colours = text.Colors{text.Faint, text.FgRed}
	case -2:
		colours = text.Colors{text.FgRed}
	case -3:
		colours = text.Colors{text.Bold, text.FgHiRed}
	}
	if piece.Turn != nil {
		colours = append(colours, text.Underline)
	}
	if aside {
		colours = append(colours, text.Faint)
	}
	if len(colours) == 0 {
		return style{}
	}
	return style{word: [2]string{colours.EscapeSeq(), text.EscapeReset}}
}

// marks say without colours what moves the text, and by a sign for each step how
// much: [++lovely], [-slow], _not_.
func marks(piece highlight.Piece) (s style) {
	sign := "+"
	if piece.Strength < 0 {
		sign = "-"
	}
	if n := max(piece.Strength, -piece.Strength); n > 0 {
		s.piece = [2]string{"[" + strings.Repeat(sign, n), "]"}
	}
	if piece.Turn != nil {
		s.piece[0] += "_"
		s.piece[1] = "_" + s.piece[1]
	}
	return s
}

// cues lists the strongest, and in the fast tier what the others add up to.
func (p *explainPrinter) cues(e *nlp.Explanation) {
	all := highlight.Strongest(e, len(e.Cues))
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(p.out, "  strongest cues")
	for _, c := range all[:min(len(all), shownCues)] {
		label := nlp.Positive
		if c.Contribution < 0 {
			label = nlp.Negative
		}
		kind := ""
		if c.Kind != nlp.CueWord {
			kind = "  (" + c.Kind + ")"
		}
		fmt.Fprintf(p.out, "    %s  %s%s\n", paint(fmt.Sprintf("%7s", signed(c.Contribution, 3)), label, p.colour), quote(c.Cue), kind)
	}
	rest := all[min(len(all), shownCues):]
	switch {
	case len(rest) > 0 && e.Exact:
		var together float64
		for _, c := range rest {
			together += c.Contribution
		}
		fmt.Fprintf(p.out, "    %7s  %d more, together\n", signed(together, 3), len(rest))
	case len(rest) > 0:
		fmt.Fprintf(p.out, "             %d more\n", len(rest))
	}
}

// turns lists what negations and words of contrast turn.
func (p *explainPrinter) turns(e *nlp.Explanation) {
	turns := highlight.Turns(e)
	for i, c := range turns {
		if i == shownTurns {
			fmt.Fprintf(p.out, "  and %d more negations or contrasts\n", len(turns)-i)
			return
		}
		what := "  “%s” turns “%s”\n"
		if c.Kind == nlp.CueContrast {
			what = "  “%s” sets “%s” against the rest\n"
		}
		fmt.Fprintf(p.out, what, quote(c.Cue), quote(highlight.Turned(e, c)))
	}
}

// sum says how the contributions make the margin.
func (p *explainPrinter) sum(e *nlp.Explanation) error {
	if len(e.Cues) == 0 && len(e.Analysis.Sentences) == 0 && e.Title == 0 {
		return nil // nothing was said: only a score, or nothing at all
	}
	if !e.Exact {
		_, err := fmt.Fprintf(p.out, "  margin %s; a contribution is what a text, or a clause, loses without the words: they do not add up; %d passes of the encoder\n", signed(e.Margin, 3), e.Passes)
		return err
	}
	words, rounding := highlight.Sum(e)
	fmt.Fprintf(p.out, "  base %s + title %s + cues %s", signed(e.Base, 3), signed(e.Title, 3), signed(words, 3))
	if rounding != 0 {
		fmt.Fprintf(p.out, " + rounding %s", signed(rounding, 3))
	}
	_, err := fmt.Fprintf(p.out, " = margin %s\n", signed(e.Margin, 3))
	return err
}

// signed writes a number with its sign, and zero, however small, without.
func signed(x float64, decimals int) string {
	if s := fmt.Sprintf("%+.*f", decimals, x); strings.Trim(s, "+-0.") != "" {
		return s
	}
	return fmt.Sprintf("%.*f", decimals, 0.)
}

// onLine is what anyone may have written, such as an id, without line breaks: it
// must not pass for lines of ours.
func onLine(s string) string { return strings.Join(strings.Fields(highlight.Legible(s)), " ") }

// quote is a cue for a list: on one line, cut if it is long.
func quote(s string) string {
	r := []rune(onLine(s))
	if len(r) > quoteRunes {
		return string(r[:quoteRunes]) + "…"
	}
	return string(r)
}
