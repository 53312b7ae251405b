package effect

import (
	"fmt"
	"strings"
)

// Basis is what a verdict rests on.
type Basis struct {
	DaysBefore              int // with items
	DaysAfter               int
	ItemsBefore, ItemsAfter float64
	Controls, LeftOut       int // topics compared with; topics of which too little was said
	// RMSE is how far off in points the controls were together on a day before, by weights
	// chosen without its week; Noise is how far off they would have been by counting alone.
	RMSE, Noise float64
	// Widened is by how much the interval is wider than the estimate's own, for placebos
	// that vary by more than theirs; 1 if it isn't.
	Widened float64
	Spells  []Spell // stretches before that were left out of the topic's level
	// Recent is how many of the last days before were so unlike the others that the effect
	// was held against both; 0 if they weren't.
	Recent int
	// Doubts are why the verdict isn't a clearer one, as clauses of a sentence.
	Doubts []string
}

// judge comes to a verdict.
func (f *Effect) judge(estimated bool, o Options) {
	b := &f.Basis
	doubt := func(format string, args ...any) { b.Doubts = append(b.Doubts, fmt.Sprintf(format, args...)) }
	if b.DaysAfter < o.DaysAfter {
		doubt("only %d of %d days after have passed", b.DaysAfter, o.DaysAfter)
	}
	if b.ItemsAfter < o.Items {
		doubt("%.0f items after are fewer than %.0f", b.ItemsAfter, o.Items)
	}
	if b.DaysBefore < o.DaysBefore {
		doubt("%d days with items before are fewer than %d", b.DaysBefore, o.DaysBefore)
	}
	if b.ItemsBefore < o.Items {
		doubt("%.0f items before are fewer than %.0f", b.ItemsBefore, o.Items)
	}
	if len(b.Doubts) > 0 || !estimated {
		f.Verdict = TooEarly
		return
	}
	up, down := f.Low > 0, f.High < 0
	if !up && !down {
		f.Verdict = NoEvidence
		if f.High-f.Low > 2*hopeless {
			f.Verdict = TooEarly
			doubt("the interval is too wide to read anything from")
		}
		return
	}
	if f.PlaceboSpace.contradicts() {
		doubt("other topics, of which nothing was improved, show as much too often")
	}
	if f.PlaceboTime.contradicts() {
		doubt("earlier dates, on which nothing was improved, show as much too often")
	}
	switch {
	case len(b.Doubts) > 0:
		f.Verdict = NoEvidence
	case up:
		f.Verdict = Worked
	default:
		f.Verdict = Worse
	}
}

// Sentence says in plain words what the verdict rests on.
func (f *Effect) Sentence() string {
	b := &f.Basis
	var s strings.Builder
	fmt.Fprintf(&s, "%s and %s after, %s and %s before", plural(float64(b.DaysAfter), "day"), plural(b.ItemsAfter, "item"), plural(float64(b.DaysBefore), "day"), plural(b.ItemsBefore, "item"))
	switch {
	case f.Counterfactual == nil:
	case b.Controls == 0:
		s.WriteString(", compared with its own past alone: what happened to all topics at the same time counts as its effect")
	default:
		fmt.Fprintf(&s, ", compared with %s that moved like it before (off by %.1f points a day, where chance alone makes it %.1f)", plural(float64(b.Controls), "topic"), b.RMSE, b.Noise)
	}
	if f.PlaceboSpace.Runs > 0 && f.Points != 0 { // anything shows as much as nothing
		fmt.Fprintf(&s, "; %d of %s without improvement %s as much", f.PlaceboSpace.As, plural(float64(f.PlaceboSpace.Runs), "topic"), shows(f.PlaceboSpace.As))
	}
	if f.PlaceboTime.Runs > 0 && f.Points != 0 {
		fmt.Fprintf(&s, "; %d of %s %s as much", f.PlaceboTime.As, plural(float64(f.PlaceboTime.Runs), "earlier date"), shows(f.PlaceboTime.As))
	}
	for _, p := range b.Spells {
		fmt.Fprintf(&s, "; %s before, %+.0f points off the others, are left out of its level", plural(float64(p.To-p.From), "day"), p.Points)
		if p.Ongoing {
			s.WriteString(", and it can't be told whether they would have passed by themselves")
		}
	}
	if b.Recent > 0 {
		fmt.Fprintf(&s, "; the last %d days before were unlike the others, and it can't be told whether that would have passed by itself", b.Recent)
	}
	for _, d := range b.Doubts {
		s.WriteString("; " + d)
	}
	s.WriteString(".")
	return s.String()
}

func plural(n float64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%.0f %ss", n, word)
}

func shows(n int) string {
	if n == 1 {
		return "shows"
	}
	return "show"
}
