package dashboard

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"earshot/pipeline"
	"earshot/pipeline/watch"
)

const (
	shownIncidents = 20
	shownOthers    = 20
	shownParts     = 5
	shownRises     = 5
	shownQuotes    = 5
	// paragraphRunes is longer than any explanation that is no mistake.
	paragraphRunes = 2000
)

// alertLine is an alert in one line.
type alertLine struct {
	Key                string
	Series, Measure    string
	Severity, Tone     string
	Expected, Observed string
}

// incidentRow is an incident that lasts: its leader, and the others in a line each.
type incidentRow struct {
	alertLine
	Since       moment
	Between     string // the interval of Since; empty: it is as exact as the hour
	Usual, Now  string // intervals of what is expected and observed
	Items       string
	Explanation string
	Parts       []alertPart
	Rises       []riseRow
	Quotes      []quoteLink
	Feed        *link // nil: there are no items behind it
	Others      []alertLine
	More        string // how many others are left out
}

// alertPart is the part of a change that one value of a dimension has.
type alertPart struct{ Dimension, Value, Mix, Within string }

// riseRow is what is spoken of more than before.
type riseRow struct{ Href, Text, Share, Before string }

func newAlertLine(a *pipeline.Alert) alertLine {
	l := alertLine{
		Key: elementID("alert", a.ID), Series: excerpt(a.Series, nameRunes), Measure: spaced(excerpt(a.Measure, nameRunes)),
		Severity: excerpt(string(a.Severity), nameRunes), Tone: "neutral",
		Expected: amount(a.Measure, a.Expected.Value) + unit(a.Measure), Observed: amount(a.Measure, a.Observed.Value) + unit(a.Measure),
	}
	if a.Severity == pipeline.AlertCritical {
		l.Tone = "negative"
	}
	return l
}

// amount writes a value of a measure.
func amount(measure string, v float64) string {
	switch watch.Measure(measure) {
	case watch.NetSentiment:
		return signed(v, 0)
	case watch.Effort:
		return signed(v, 2)
	case watch.NegativeShare, watch.ChurnShare:
		return percentOf(v / 100)
	}
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case math.Abs(v) < 10:
		return strconv.FormatFloat(v+0, 'f', 1, 64)
	default:
		return count(int64(math.Round(min(max(v, -1e15), 1e15))))
	}
}

// unit follows the amounts that do not say it themselves.
func unit(measure string) string {
	switch watch.Measure(measure) {
	case watch.Volume, watch.Silence:
		return " items a day"
	}
	return ""
}

// intervalOf is the 90 % interval of an estimate.
func intervalOf(measure string, e pipeline.Estimate) string {
	return amount(measure, e.Low) + " to " + amount(measure, e.High)
}

func newIncidentRow(i *incident, now time.Time) incidentRow {
	a := i.leader
	row := incidentRow{
		alertLine: newAlertLine(a), Since: newMoment(a.Since, now),
		Usual: intervalOf(a.Measure, a.Expected), Now: intervalOf(a.Measure, a.Observed), Items: count(a.Items),
		Explanation: excerpt(a.Explanation, paragraphRunes), Parts: largestParts(a), Feed: feedBehind(a, now),
	}
	if a.SinceTo.Sub(a.SinceFrom) > time.Hour {
		row.Between = newMoment(a.SinceFrom, now).UTC + " and " + newMoment(a.SinceTo, now).UTC
	}
	for _, r := range a.Rising[:min(len(a.Rising), shownRises)] {
		of := behind(a, now)
		if r.Kind == "topic" {
			of.Topic = r.Text
		} else {
			of.Search = r.Text
		}
		row.Rises = append(row.Rises, riseRow{of.on(feedPath), excerpt(r.Text, nameRunes), percentOf(r.Share / 100), percentOf(r.Before / 100)})
	}
	for _, q := range a.Quotes[:min(len(a.Quotes), shownQuotes)] {
		row.Quotes = append(row.Quotes, quoteLink{view{Window: lastWeek, Source: q.Source, ID: q.ID}.on(itemPath), excerpt(q.Text, quotedRunes)})
	}
	for _, o := range i.others[:min(len(i.others), shownOthers)] {
		row.Others = append(row.Others, newAlertLine(o))
	}
	if more := len(i.others) - len(row.Others); more > 0 {
		row.More = "And " + count(more) + " more."
	}
	return row
}

// behind is what was said of an alert's series since it began, up to the end of the
// running hour.
func behind(a *pipeline.Alert, now time.Time) view {
	return view{
		From: a.Since, To: later(now.UTC().Truncate(time.Hour).Add(time.Hour), a.Since),
		Channel: channelOf(a.Channel), Stage: a.Stage, Topic: a.Topic,
	}
}

// feedBehind leads to the items behind an alert; nil: there are none. It is made here and
// not taken from the store, whose address may lead elsewhere.
func feedBehind(a *pipeline.Alert, now time.Time) *link {
	if a.Items == 0 {
		return nil
	}
	of, text := behind(a, now), "feedback since then"
	switch a.Kind {
	case pipeline.AlertDrop:
		of.Label, text = "negative", "negative "+text
	case pipeline.AlertEmergence:
		of.Search = a.Series
	}
	// What a series of the user is about, the feed doesn't know: it shows all.
	if of.Channel == "" && of.Stage == "" && of.Topic == "" && of.Search == "" {
		text = "all " + text
	} else {
		text = "the " + text
	}
	return &link{Href: of.on(feedPath), Text: "Read " + text}
}

// largestParts are the largest parts of a change over all dimensions, but for what the
// series itself is about: of a dimension that has one value alone, it is all of the
// change and tells nothing. So does the part of the time of day and week, which is the
// same in every dimension.
func largestParts(a *pipeline.Alert) []alertPart {
	values := map[string]int{}
	for i := range a.Decomposition {
		if c := &a.Decomposition[i]; c.Value != watch.Season {
			values[c.Dimension]++
		}
	}
	own := map[string]string{"channel": a.Channel, "stage": a.Stage, "topic": a.Topic}
	var named []pipeline.Contribution
	for _, c := range a.Decomposition {
		if c.Value != watch.Season && values[c.Dimension] > 1 && (c.Value == "" || c.Value != own[c.Dimension]) {
			named = append(named, c)
		}
	}
	slices.SortStableFunc(named, func(a, b pipeline.Contribution) int {
		return cmp.Compare(math.Abs(b.Mix+b.Within), math.Abs(a.Mix+a.Within))
	})
	decimals := 1
	if watch.Measure(a.Measure) == watch.Effort {
		decimals = 2
	}
	var parts []alertPart
	for _, c := range named[:min(len(named), shownParts)] {
		value := excerpt(c.Value, nameRunes)
		if c.Value == "" {
			value = "none"
		}
		parts = append(parts, alertPart{spaced(excerpt(c.Dimension, nameRunes)), value, signed(c.Mix, decimals), signed(c.Within, decimals)})
	}
	return parts
}
