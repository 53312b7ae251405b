package watch

import (
	"fmt"
	"math"
	"strings"
	"text/template"
	"time"

	"earshot/pipeline"
)

// paragraph is what an alert says, in one paragraph for people.
var paragraph = template.Must(template.New("paragraph").Parse(
	`{{.Subject}} {{.Verb}} {{.Observed}} {{.Where}}, where {{.Expected}} would be usual ({{.Change}}).` +
		` It began {{.Since}}{{with .Between}} ({{.}}){{end}}, and rests on {{.Items}}.` +
		`{{with .Why}} {{.}}{{end}}{{with .Rising}} {{.}}{{end}}{{with .Says}} One customer says: “{{.}}”{{end}}` +
		`{{with .Over}} {{.}}{{end}}`))

// Explain makes the paragraph of an alert from its figures.
func Explain(a *pipeline.Alert) string {
	var b strings.Builder
	w := wording{a}
	if err := paragraph.Execute(&b, w); err != nil {
		panic(err) // the template is a constant and wording has what it needs
	}
	return b.String()
}

// wording puts the figures of an alert into words.
type wording struct{ a *pipeline.Alert }

func (w wording) measure() Measure { return Measure(w.a.Measure) }

// Subject is what is spoken about.
func (w wording) Subject() string {
	switch w.measure() {
	case NetSentiment:
		return "Net sentiment"
	case NegativeShare:
		return "The share of negative feedback"
	case Effort:
		return "The ease that customers speak of"
	case ChurnShare:
		return "The share of customers who mean to leave"
	case Silence, Volume:
		return "Feedback"
	}
	return w.a.Measure
}

// Verb goes with Observed.
func (w wording) Verb() string {
	switch w.measure() {
	case Volume:
		return "has risen to"
	case Silence:
		return "has all but stopped:"
	case NetSentiment, Effort:
		return "has fallen to"
	}
	return "has risen to"
}

// Where names the series.
func (w wording) Where() string {
	switch {
	case w.a.Topic != "":
		return "on " + strings.ReplaceAll(w.a.Topic, "_", " ")
	case w.a.Channel != "" && w.a.Stage != "":
		return fmt.Sprintf("in %s about %s", plural(w.a.Channel), w.a.Stage)
	case w.a.Channel != "":
		return "in " + plural(w.a.Channel)
	case w.a.Stage != "":
		return "about " + w.a.Stage
	case w.a.Series == Key{}.String():
		return "over all feedback"
	}
	return "in “" + w.a.Series + "”"
}

func plural(channel string) string {
	if channel == "social" {
		return "social posts"
	}
	return channel + "s"
}

func (w wording) Observed() string { return w.value(w.a.Observed.Value) }
func (w wording) Expected() string { return w.value(w.a.Expected.Value) }

// value is a figure with its unit.
func (w wording) value(v float64) string {
	switch w.measure() {
	case NetSentiment:
		return fmt.Sprintf("%+.0f", v+0) // no minus before a zero
	case Effort:
		return fmt.Sprintf("%+.2f", v+0)
	case NegativeShare, ChurnShare:
		return fmt.Sprintf("%.0f %%", v)
	}
	if v < 10 {
		return fmt.Sprintf("%.1f items a day", v)
	}
	return fmt.Sprintf("%.0f items a day", v)
}

// Change is the difference, with how far it may be chance.
func (w wording) Change() string {
	change := w.a.Observed.Value - w.a.Expected.Value
	switch w.measure() {
	case Effort:
		return fmt.Sprintf("%+.2f; 90 %% certain between %+.2f and %+.2f", change, w.a.Observed.Low, w.a.Observed.High)
	case NetSentiment, NegativeShare, ChurnShare:
		return fmt.Sprintf("%+.0f points; now between %.0f and %.0f with 90 %% certainty", change, w.a.Observed.Low, w.a.Observed.High)
	case Silence:
		return "a channel that falls silent is mostly a feed that broke"
	}
	if w.a.Expected.Value <= 0 {
		return "where there was none"
	}
	return fmt.Sprintf("%.1f times as much", w.a.Observed.Value/w.a.Expected.Value)
}

// Since is the likeliest beginning.
func (w wording) Since() string { return w.a.Since.UTC().Format("on Mon 2 Jan 2006 15:04 UTC") }

// Between is its interval; empty: it is as exact as the hour.
func (w wording) Between() string {
	from, to := w.a.SinceFrom.UTC(), w.a.SinceTo.UTC()
	if to.Sub(from) <= time.Hour {
		return ""
	}
	const form = "2 Jan 15:04"
	return "most likely between " + from.Format(form) + " and " + to.Format(form)
}

func (w wording) Items() string {
	if w.a.Items == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", w.a.Items)
}

// Why tells what the change is made of: whether the mix of feedback changed or what the same
// ones say, and what had the largest part in it.
func (w wording) Why() string {
	change := w.a.Observed.Value - w.a.Expected.Value
	if len(w.a.Decomposition) == 0 || change == 0 {
		return ""
	}
	mix := map[string]float64{}
	var largest *pipeline.Contribution
	part := func(c *pipeline.Contribution) float64 { return (c.Mix + c.Within) / change }
	for i := range w.a.Decomposition {
		c := &w.a.Decomposition[i]
		if c.Value == Season {
			continue
		}
		mix[c.Dimension] += c.Mix / change
		if c.Value == Rest || c.Value == "" || c.Dimension == "topic" && c.Value == w.a.Topic ||
			c.Dimension == "channel" && w.a.Channel != "" || c.Dimension == "stage" && (w.a.Stage != "" || w.a.Topic != "") {
			continue
		}
		if largest == nil || part(c) > part(largest) {
			largest = c
		}
	}
	dimension, most := "", 0.
	for _, d := range []string{"channel", "stage", "topic", "segment", "product", "location"} {
		if mix[d] > most {
			dimension, most = d, mix[d]
		}
	}
	var b strings.Builder
	switch {
	case most >= 0.5:
		fmt.Fprintf(&b, "%.0f %% of it comes from another mix of feedback by %s, not from customers who became unhappier.", 100*math.Min(most, 1), dimension)
	case most >= 0.2:
		fmt.Fprintf(&b, "The same customers' feedback got worse; another mix by %s adds %.0f %%.", dimension, 100*most)
	default:
		b.WriteString("It is the same kinds of feedback that got worse, not another mix of them.")
	}
	if largest != nil && part(largest) >= 0.2 {
		fmt.Fprintf(&b, " The largest part has the %s %s, %.0f %%.", largest.Dimension, strings.ReplaceAll(largest.Value, "_", " "), 100*math.Min(part(largest), 1))
	}
	return b.String()
}

// Rising names what is spoken of more than before.
func (w wording) Rising() string {
	var names []string
	for _, r := range w.a.Rising {
		if len(names) < 3 {
			names = append(names, fmt.Sprintf("%s (%.0f %% instead of %.0f %%)", strings.ReplaceAll(r.Text, "_", " "), r.Share, r.Before))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Customers speak more of " + strings.Join(names, ", ") + "."
}

// Says is a short quote.
func (w wording) Says() string {
	if len(w.a.Quotes) == 0 {
		return ""
	}
	return Shorten(w.a.Quotes[0].Text, 160)
}

// Over says that it is over, where it is.
func (w wording) Over() string {
	if !w.a.Resolved() {
		return ""
	}
	return "It was over " + w.a.ResolvedAt.UTC().Format("on Mon 2 Jan 15:04 UTC") + "."
}

// Shorten cuts a text after a word, to so many characters.
func Shorten(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	cut := string(runes[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + " …"
}
