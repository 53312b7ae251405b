package dashboard

import (
	"net/url"
	"strings"
	"time"

	"earshot/pipeline"
)

// window is the period that a page looks at.
type window string

const (
	lastHour    window = "1h"
	lastDay     window = "24h"
	lastWeek    window = "7d"
	lastMonth   window = "30d"
	lastQuarter window = "90d"
	allTime     window = "all"
	ownPeriod   window = "" // from and to are in the address
)

var windows = []window{lastHour, lastDay, lastWeek, lastMonth, lastQuarter, allTime}

// length of the window; 0: it has none of its own.
func (w window) length() time.Duration {
	return map[window]time.Duration{lastHour: time.Hour, lastDay: day, lastWeek: 7 * day, lastMonth: 30 * day, lastQuarter: 90 * day}[w]
}

// title names the window in a switch, phrase in a sentence.
func (w window) title() string {
	return map[window]string{lastHour: "1 h", lastDay: "24 h", lastWeek: "7 days", lastMonth: "30 days", lastQuarter: "90 days", allTime: "All"}[w]
}

func (w window) phrase() string {
	return map[window]string{lastHour: "in the last hour", lastDay: "in the last 24 hours", lastWeek: "in the last 7 days", lastMonth: "in the last 30 days", lastQuarter: "in the last 90 days", allTime: "in all"}[w]
}

// period is a half-open range of time.
type period struct{ from, to time.Time }

func (p period) length() time.Duration { return p.to.Sub(p.from) }

// always is what DateTime64(3) can hold, less a day at either end.
var always = period{time.Date(1900, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2299, 12, 30, 0, 0, 0, 0, time.UTC)}

// at is the period that the window covers at the time now. Feedback dated in the
// future belongs to all time only. Windows of days are made of whole hours, as
// roll-ups are, and end with the running one.
func (w window) at(now time.Time) period {
	switch length := w.length(); {
	case length == 0:
		return always
	case length > day:
		to := now.UTC().Truncate(time.Hour).Add(time.Hour)
		return period{to.Add(-length), to}
	default:
		return period{now.Add(-length), now}
	}
}

// view is what one page shows. All of it is in the page's address, so that a
// link can be shared.
type view struct {
	Window   window
	From, To time.Time        // of an own period
	Channel  pipeline.Channel // empty: all
	Stage    string           // empty: all; so are the next ones
	Topic    string           // with all below it
	Segment  string
	Product  string
	Label    string // of items in the feed
	Search   string // words that items in the feed have
	Customer string
	Noise    bool // the feed shows noise alone
	Broad    bool // topics of the first level
	All      bool // all rows of a list that shows the first ones
	// Source and ID name one item; in the feed, the one that the last page ended with.
	Source, ID string
	Before     time.Time // of that item, or of where the search had come
}

// unknownStage chooses what has no stage, which an empty one doesn't.
const unknownStage = "unknown"

// parseView reads a view from the parameters of an address. What is missing or
// makes no sense gets its default: an old or mistyped link still shows a page.
func parseView(q url.Values, usual window) view {
	v := view{Window: usual}
	for _, w := range windows {
		if q.Get("window") == string(w) {
			v.Window = w
		}
	}
	from, to := parseTime(q.Get("from")), parseTime(q.Get("to"))
	if !from.IsZero() && !to.IsZero() && !to.Before(from) {
		v.Window, v.From, v.To = ownPeriod, from, to
	}
	if c := pipeline.Channel(q.Get("channel")); c.Valid() {
		v.Channel = c
	}
	v.Label = labelled(q.Get("label"))
	for name, into := range v.names() {
		*into = parseName(q.Get(name))
	}
	v.Before = parseTime(q.Get("before"))
	v.Broad, v.Noise, v.All = q.Get("topics") == "broad", q.Get("noise") == "only", q.Get("rows") == "all"
	return v
}

// names are the parameters that may hold any name.
func (v *view) names() map[string]*string {
	return map[string]*string{
		"stage": &v.Stage, "topic": &v.Topic, "segment": &v.Segment, "product": &v.Product,
		"q": &v.Search, "customer": &v.Customer, "source": &v.Source, "id": &v.ID,
	}
}

// nameBytes is the longest name that is looked for; what is longer is no name.
const nameBytes = 1024

func parseName(s string) string {
	if len(s) > nameBytes {
		return ""
	}
	return strings.TrimSpace(strings.ToValidUTF8(s, ""))
}

// labelled is a label that items have, or none.
func labelled(s string) string {
	switch s {
	case "negative", "neutral", "positive":
		return s
	}
	return ""
}

// parseTime reads a moment or a day; zero: it is neither, or none that feedback can have.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil && !t.Before(always.from) && !t.After(always.to) {
			return t.UTC().Truncate(time.Millisecond)
		}
	}
	return time.Time{}
}

// query is the inverse of parseView; defaults are left out.
func (v view) query(usual window) string {
	q := url.Values{}
	switch {
	case v.Window == ownPeriod:
		q.Set("from", writeTime(v.From))
		q.Set("to", writeTime(v.To))
	case v.Window != usual:
		q.Set("window", string(v.Window))
	}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("channel", string(v.Channel))
	set("label", v.Label)
	for name, value := range v.names() {
		set(name, *value)
	}
	if v.Broad {
		q.Set("topics", "broad")
	}
	if v.Noise {
		q.Set("noise", "only")
	}
	if v.All {
		q.Set("rows", "all")
	}
	if !v.Before.IsZero() {
		q.Set("before", writeTime(v.Before))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func writeTime(t time.Time) string {
	if t.Equal(t.Truncate(day)) {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02T15:04:05.999Z07:00")
}

// on is the address of the view on a page.
func (v view) on(path string) string {
	return path + v.query(usualWindow(path))
}

// common is what stays when somebody goes on to another page.
func (v view) common() view {
	return view{Window: v.Window, From: v.From, To: v.To, Channel: v.Channel, Segment: v.Segment, Product: v.Product}
}

// with returns the view with something else.
func (v view) with(change func(*view)) view { change(&v); return v }

// withWindow is the view over another window.
func (v view) withWindow(w window) view {
	v.Window, v.From, v.To = w, time.Time{}, time.Time{}
	return v
}

// period is what the view looks at, at the time now.
func (v view) period(now time.Time) period {
	if v.Window == ownPeriod {
		return period{v.From, v.To}
	}
	return v.Window.at(now)
}

// phrase tells the period in a sentence.
func (v view) phrase() string {
	if v.Window != ownPeriod {
		return v.Window.phrase()
	}
	layout := "2 Jan 2006 15:04"
	if v.From.Equal(v.From.Truncate(day)) && v.To.Equal(v.To.Truncate(day)) {
		layout = "2 Jan 2006"
	}
	return "from " + v.From.Format(layout) + " to " + v.To.Format(layout) + " UTC"
}

// key names what the view shows, whatever page it is on.
func (v view) key() string { return v.query(ownPeriod) }

// before names the period that a trend compares with.
func (v view) before(now time.Time) string {
	return "the " + strings.TrimPrefix(span(v.period(now).length()), "1 ") + " before"
}
