package dashboard

import (
	"net/url"
	"time"

	"earshot/pipeline"
)

// window is the period that the page looks at.
type window string

const (
	lastHour window = "1h"
	lastDay  window = "24h"
	allTime  window = "all"
)

var windows = []window{lastHour, lastDay, allTime}

// title names the window in a switch, phrase in a sentence.
func (w window) title() string {
	return map[window]string{lastHour: "Last hour", lastDay: "24 hours", allTime: "All"}[w]
}

func (w window) phrase() string {
	return map[window]string{lastHour: "in the last hour", lastDay: "in the last 24 hours", allTime: "in all"}[w]
}

// period is a half-open range of time.
type period struct{ from, to time.Time }

func (p period) length() time.Duration { return p.to.Sub(p.from) }

// at is the period that the window covers at the time now. Feedback dated in
// the future belongs to all time only.
func (w window) at(now time.Time) period {
	switch w {
	case lastHour:
		return period{now.Add(-time.Hour), now}
	case lastDay:
		return period{now.Add(-24 * time.Hour), now}
	default:
		// What DateTime64(3) can hold.
		return period{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2299, 12, 31, 0, 0, 0, 0, time.UTC)}
	}
}

// view is what one page shows. All of it is in the page's address, so that a
// link can be shared.
type view struct {
	Window  window
	Channel pipeline.Channel // empty: all
}

var defaultView = view{Window: lastDay}

// parseView reads a view from the parameters of an address. What is missing or
// makes no sense gets its default: an old or mistyped link still shows a page.
func parseView(q url.Values) view {
	v := defaultView
	for _, w := range windows {
		if q.Get("window") == string(w) {
			v.Window = w
		}
	}
	if c := pipeline.Channel(q.Get("channel")); c.Valid() {
		v.Channel = c
	}
	return v
}

// query is the inverse of parseView; defaults are left out.
func (v view) query() string {
	q := url.Values{}
	if v.Window != defaultView.Window {
		q.Set("window", string(v.Window))
	}
	if v.Channel != "" {
		q.Set("channel", string(v.Channel))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (v view) path() string { return "/" + v.query() }

func (v view) withWindow(w window) view            { v.Window = w; return v }
func (v view) withChannel(c pipeline.Channel) view { v.Channel = c; return v }
