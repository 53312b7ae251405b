package dashboard

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The charts are drawn in abstract units and stretched to the page by the
// browser; their labels are HTML beside them, so that words keep their size.
const (
	chartWidth  = 1000.0
	chartHeight = 200.0
	sparkWidth  = 100.0
	sparkHeight = 20.0
)

// mark is what one step of the chart shows.
type mark struct {
	X, Width   float64
	BarX, BarW float64
	BarY, BarH float64 // volume, of 100; BarH is 0 without items
	Title      string  // what a pointer that rests on it is told
	Row        stepRow
}

// stepRow is a step as the table behind the chart shows it.
type stepRow struct {
	Time, Items, Negative, Neutral, Positive, Net string
}

// chart is net sentiment and volume over time.
type chart struct {
	Drawn      bool   // there is something to draw
	Line, Area string // SVG paths
	Marks      []mark
	YLabels    []string // top to bottom, evenly spread
	XLabels    []string // left to right, evenly spread
	Step       string   // length of a step
	MostItems  string   // in one step
	Summary    string   // the chart in words
	Ends       string   // its lowest and highest step in words
	Outside    string   // items that are not drawn; empty: none
}

func newChart(a axis, steps []tally) chart {
	var most uint64
	for _, s := range steps {
		most = max(most, s.Items)
	}
	limit := scale(steps)
	c := chart{Drawn: most > 0, Step: span(a.step), MostItems: count(most)}
	c.Line, c.Area = paths(steps, limit, chartWidth, chartHeight)
	layout := stepLayout(a)
	width := chartWidth / float64(max(len(steps), 1))
	for i, s := range steps {
		m := mark{X: round(float64(i) * width), Width: round(width), BarX: round((float64(i) + 0.12) * width), BarW: round(0.76 * width)}
		if s.Items > 0 {
			m.BarH = max(round(100*float64(s.Items)/float64(most)), 2)
			m.BarY = round(100 - m.BarH)
		}
		m.Row = stepRow{Time: a.start(i).Format(layout), Items: count(s.Items), Negative: count(s.Negatives),
			Neutral: count(s.neutrals()), Positive: count(s.Positives), Net: "–"}
		m.Title = m.Row.Time + " UTC: no feedback"
		if s.Items > 0 {
			m.Row.Net = signed(s.net(), 0)
			m.Title = fmt.Sprintf("%s UTC: net sentiment %s, %s", m.Row.Time, m.Row.Net, things(s.Items, "item"))
		}
		c.Marks = append(c.Marks, m)
	}
	for _, part := range []float64{1, 0.5, 0, -0.5, -1} {
		c.YLabels = append(c.YLabels, signed(part*limit, 0))
	}
	label := layoutFor(a.length())
	for i := range 5 {
		c.XLabels = append(c.XLabels, a.from.Add(a.length()*time.Duration(i)/4).UTC().Format(label))
	}
	c.Summary, c.Ends = summary(a, steps, layout)
	return c
}

// scale is the net sentiment at the top of a chart of these steps: one whose
// quarters are round numbers.
func scale(steps []tally) float64 {
	var reach float64
	for _, s := range steps {
		reach = max(reach, math.Abs(s.net()))
	}
	for _, limit := range []float64{20, 40, 60} {
		if reach <= limit {
			return limit
		}
	}
	return 100
}

// stepLayout writes the beginning of a step without ambiguity.
func stepLayout(a axis) string {
	switch {
	case a.step < time.Minute:
		return "15:04:05"
	case a.length() <= 25*time.Hour:
		return "15:04"
	case a.step < day:
		return "2 Jan 15:04"
	default:
		return "2 Jan 2006"
	}
}

// summary says what the chart shows: the whole, and between which ends.
func summary(a axis, steps []tally, layout string) (all, ends string) {
	var total tally
	low, high := -1, -1
	for i, s := range steps {
		if s.Items == 0 {
			continue
		}
		total = total.plus(s)
		if low < 0 || s.net() < steps[low].net() {
			low = i
		}
		if high < 0 || s.net() > steps[high].net() {
			high = i
		}
	}
	if low < 0 {
		return "No feedback in this period.", ""
	}
	all = fmt.Sprintf("Net sentiment %s over %s.", signed(total.net(), 0), things(total.Items, "item"))
	if low == high {
		return all, "All of it within " + span(a.step) + "."
	}
	ends = fmt.Sprintf("Lowest %s at %s, highest %s at %s UTC.",
		signed(steps[low].net(), 0), a.start(low).Format(layout), signed(steps[high].net(), 0), a.start(high).Format(layout))
	return all, ends
}

// paths draws the net sentiment of steps as a line, and the area between it and
// zero. A step without feedback interrupts both; one between two such steps is a
// dot.
func paths(steps []tally, limit, width, height float64) (line, area string) {
	var l, f strings.Builder
	step := width / float64(max(len(steps), 1))
	x := func(i int) float64 { return (float64(i) + 0.5) * step }
	y := func(i int) float64 { return height / 2 * (1 - min(max(steps[i].net()/limit, -1), 1)) }
	for i := 0; i < len(steps); i++ {
		if steps[i].Items == 0 {
			continue
		}
		first := i
		fmt.Fprintf(&l, "M%.1f %.1f", x(i), y(i))
		fmt.Fprintf(&f, "M%.1f %.1fV%.1f", x(i), height/2, y(i))
		for i+1 < len(steps) && steps[i+1].Items > 0 {
			i++
			fmt.Fprintf(&l, "L%.1f %.1f", x(i), y(i))
			fmt.Fprintf(&f, "L%.1f %.1f", x(i), y(i))
		}
		if i == first {
			l.WriteString("h0")
		}
		fmt.Fprintf(&f, "V%.1fZ", height/2)
	}
	return l.String(), f.String()
}

// round keeps what the eye can see of a coordinate.
func round(v float64) float64 { return math.Round(v*100) / 100 }

// spark is the small chart in a row of a table. The rows share their limit, so
// that they can be compared.
func spark(steps []tally, limit float64) string {
	line, _ := paths(steps, limit, sparkWidth, sparkHeight)
	return line
}

// mix is a bar of 100 units: negative, neutral, positive.
type mix struct{ Negative, NeutralX, Neutral, PositiveX, Positive float64 }

func newMix(t tally) mix {
	if t.Items == 0 {
		return mix{}
	}
	m := mix{Negative: round(100 * float64(t.Negatives) / float64(t.Items)), Positive: round(100 * float64(t.Positives) / float64(t.Items))}
	m.NeutralX, m.PositiveX = m.Negative, round(100-m.Positive)
	m.Neutral = max(round(m.PositiveX-m.NeutralX), 0)
	return m
}

// things writes a number of things: "1 item", "2,000 items".
func things(n uint64, name string) string {
	if n == 1 {
		return "1 " + name
	}
	return count(n) + " " + name + "s"
}
