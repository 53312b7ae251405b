package dashboard

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"earshot/pipeline"
)

// link is one choice among several.
type link struct {
	Href, Text string
	Current    bool
}

// figure is one of the large numbers.
type figure struct{ Name, Value, Note, Tone string }

// channelRow is a row of the table of channels.
type channelRow struct {
	Link       link
	Items, Net string
	Words      string // the mix in words
	Tone       string
	Mix        mix
	Spark      string
	Empty      bool
}

// storeState says whether ClickHouse answers.
type storeState struct {
	Silent *moment // since when there has been no answer; nil: it answers
	Reason string
	Loaded bool // there has been an answer, now or before
}

// page is everything that the templates show. Strings in it may come from
// anywhere: html/template escapes every one.
type page struct {
	Version     string
	Stream      string // address of the events of this view
	Pages       []link // of the dashboard; none if this is the only one
	Windows     []link
	Phrase      string // "in the last hour"
	Channel     string // title of the channel; empty: all
	Now         moment
	Store       storeState
	Nothing     bool // there is no feedback at all
	Figures     []figure
	Channels    []channelRow
	Noise       string
	Trend       chart
	Elsewhere   *link // where there is feedback when this period has none
	Entries     []entry
	Pipeline    *pipelineState // nil: no pipeline here
	DeadLetters deadLetterState
}

var channelTitles = map[pipeline.Channel]string{
	pipeline.Review: "Reviews", pipeline.Social: "Social", pipeline.Chat: "Chats",
	pipeline.Survey: "Surveys", pipeline.Ticket: "Tickets", pipeline.Call: "Calls",
}

// state is what the sources said when the page was made.
type state struct {
	view    view
	now     time.Time
	trend   reading[trend]
	items   reading[[]*item]
	letters reading[openLetters]
	live    *reading[liveSample] // nil: no pipeline here
}

func newPage(s state, version string) page {
	p := page{
		Version: excerpt(version, nameRunes),
		Stream:  "/events" + s.view.query(),
		Phrase:  s.view.Window.phrase(),
		Channel: channelTitles[s.view.Channel],
		Now:     newMoment(s.now, s.now),
		Store:   newStoreState(s),
		Nothing: !s.items.at.IsZero() && len(s.items.value) == 0 && s.view.Channel == "" && len(s.trend.value.totals) == 0,
	}
	for _, w := range windows {
		p.Windows = append(p.Windows, link{s.view.withWindow(w).path(), w.title(), w == s.view.Window})
	}
	if s.live != nil {
		p.Pipeline = newPipelineState(*s.live)
	}
	p.DeadLetters = newDeadLetterState(s.letters, s.live, s.now)
	steps, total, outside, noise := s.trend.value.of(s.view.Channel)
	p.Figures = figures(p, s, total)
	if s.trend.at.IsZero() {
		return p
	}
	p.Channels = channelRows(s)
	if noise > 0 {
		p.Noise = things(noise, "more item") + " counted as noise (adverts, spam)"
	}
	if total.Items == 0 && len(s.items.value) > 0 && s.view.Window != allTime {
		latest := newMoment(s.items.value[0].created, s.now)
		p.Elsewhere = &link{Href: s.view.withWindow(allTime).path(), Text: "The latest came " + latest.Ago + ": show all"}
	}
	p.Trend = newChart(s.trend.value.axis, steps)
	if outside > 0 {
		p.Trend.Outside = things(outside, "item") + " far outside this period: counted, not drawn."
	}
	for _, i := range s.items.value {
		p.Entries = append(p.Entries, newEntry(i, s.now))
	}
	return p
}

func figures(p page, s state, total tally) []figure {
	unknown := s.trend.at.IsZero()
	items := figure{Name: "Feedback", Value: count(total.Items), Note: p.Phrase}
	if p.Channel != "" {
		items.Name = p.Channel
	}
	net := figure{Name: "Net sentiment", Value: signed(total.net(), 0), Tone: tone(total.net()),
		Note: percent(total.Negatives, total.Items) + " negative, " + percent(total.Positives, total.Items) + " positive"}
	if total.Items == 0 {
		net.Value, net.Note, net.Tone = "–", "no feedback "+p.Phrase, ""
	}
	if unknown {
		items.Value, net.Value, net.Note = "–", "–", "not known yet"
	}
	list := []figure{items, net}
	if l := p.Pipeline; l != nil {
		list = append(list, figure{Name: "Waiting in Kafka", Value: l.Waiting, Note: l.WaitingNote})
	}
	return append(list, figure{Name: "Dead letters", Value: p.DeadLetters.Count, Note: p.DeadLetters.Note})
}

// tone is the class of a net sentiment: what is near zero is neither.
func tone(net float64) string {
	switch {
	case net <= -5:
		return "negative"
	case net >= 5:
		return "positive"
	default:
		return ""
	}
}

func channelRows(s state) []channelRow {
	limit := 0.0
	for _, c := range pipeline.Channels() {
		steps, _, _, _ := s.trend.value.of(c)
		limit = max(limit, scale(steps))
	}
	rows := []channelRow{channelRowOf(s, "", "All", limit)}
	for _, c := range pipeline.Channels() {
		rows = append(rows, channelRowOf(s, c, channelTitles[c], limit))
	}
	return rows
}

func channelRowOf(s state, c pipeline.Channel, title string, limit float64) channelRow {
	steps, total, _, _ := s.trend.value.of(c)
	r := channelRow{
		Link:  link{s.view.withChannel(c).path(), title, s.view.Channel == c},
		Items: count(total.Items),
		Net:   signed(total.net(), 0),
		Tone:  tone(total.net()),
		Mix:   newMix(total),
		Spark: spark(steps, limit),
		Words: percent(total.Negatives, total.Items) + " negative, " + percent(total.neutrals(), total.Items) + " neutral, " +
			percent(total.Positives, total.Items) + " positive",
		Empty: total.Items == 0,
	}
	if r.Empty {
		r.Net, r.Tone = "–", ""
	}
	return r
}

func newStoreState(s state) storeState {
	st := storeState{Loaded: !s.trend.at.IsZero()}
	since, err := s.trend.since, s.trend.err
	if since.IsZero() || (!s.items.since.IsZero() && s.items.since.Before(since)) {
		since, err = s.items.since, s.items.err
	}
	if since.IsZero() {
		return st
	}
	m := newMoment(since, s.now)
	st.Silent = &m
	st.Reason = why(err)
	return st
}

// why says in a line what an error of ClickHouse means, without the address
// that was asked: that may hold what is nobody's business.
func why(err error) string {
	var exception *clickhouse.Exception
	var address *url.Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return "No answer within " + span(queryTimeout) + "."
	case errors.As(err, &exception):
		return excerpt(exception.Error(), 200)
	case errors.As(err, &address):
		err = address.Err
	}
	return excerpt(strings.TrimSpace(err.Error()), 200)
}
