package dashboard

import (
	"context"
	"time"

	"earshot/pipeline"
)

const (
	overviewPath = "/"
	latestItems  = 12
	worstTopics  = 5
)

func overviewSheet() *sheet {
	return &sheet{
		path: overviewPath, name: "Now", file: "overview.html", usual: usualWindow(overviewPath), refresh: 2 * time.Second,
		fragments: []string{"figures", "trend", "channels", "hurts", "latest"},
		model:     overview,
	}
}

// figure is one of the large numbers.
type figure struct{ Name, Value, Note, Tone, Href string }

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

// overviewPage says what customers say now.
type overviewPage struct {
	frame
	Channel   string // title of the channel; empty: all
	Nothing   bool   // there is no feedback at all
	Figures   []figure
	Channels  []channelRow
	Trend     chart
	Elsewhere *link // where there is feedback when this period has none
	Hurts     []painRow
	HurtsHref string
	Entries   []entry
	FeedHref  string
	Future    *link // to what is dated in the future
	Pipeline  *pipelineState
}

var (
	channelTitles = map[pipeline.Channel]string{
		pipeline.Review: "Reviews", pipeline.Social: "Social", pipeline.Chat: "Chats",
		pipeline.Survey: "Surveys", pipeline.Ticket: "Tickets", pipeline.Call: "Calls",
	}
	channelNames = map[pipeline.Channel]string{
		pipeline.Review: "Review", pipeline.Social: "Social post", pipeline.Chat: "Chat",
		pipeline.Survey: "Survey", pipeline.Ticket: "Ticket", pipeline.Call: "Call",
	}
)

func overview(v *visit) framed {
	d := v.dashboard
	window := view{Window: v.view.Window, From: v.view.From, To: v.view.To}
	everywhere := view{Window: allTime, Channel: v.view.Channel}
	over := fetch(v, "trend "+window.key(), func(ctx context.Context) (*series, error) {
		return d.store.series(ctx, window, byChannel, time.Now())
	})
	latest := fetch(v, "latest "+everywhere.key(), func(ctx context.Context) (*found, error) {
		return d.store.search(ctx, everywhere, latestItems, time.Now())
	})
	future := fetchEvery(v, time.Minute, "future", d.store.future)
	scope := view{Window: v.view.Window, From: v.view.From, To: v.view.To, Channel: v.view.Channel}
	hurts := d.fetchPains(v, scope)
	open := v.fetchIncidents()
	letters := fetch(v, "dead letters", d.store.openLetters)
	live := v.fetchLive()
	v.wait()

	p := &overviewPage{frame: frame{Title: "What customers say now", Class: "overview", Windows: v.switches(lastHour, lastDay, lastWeek, lastMonth, allTime)}, Channel: channelTitles[v.view.Channel]}
	p.FeedHref, p.HurtsHref = scope.on(feedPath), scope.on(painsPath)
	if live != nil {
		p.Pipeline = newPipelineState(*live)
		p.Problem = p.Pipeline.Err
	}
	all := over.value
	if all == nil {
		all = &series{}
	}
	steps, total, outside := all.of()
	if v.view.Channel != "" {
		steps, total, outside = all.of(string(v.view.Channel))
	}
	known := !over.at.IsZero() && !latest.at.IsZero()
	p.Nothing = known && len(latest.value.items) == 0 && len(all.totals) == 0 && v.view.Channel == "" && future.value == 0
	p.Figures = overviewFigures(p, v, total, !over.at.IsZero(), newDeadLetterState(*letters, live, v.now))
	p.Figures = append(p.Figures, incidentsFigure(open, scope.moved(overviewPath, alertsPath)))
	if !over.at.IsZero() {
		p.Channels = channelRows(v, all)
		p.Trend = newChart(all.axis, steps)
		if outside > 0 {
			p.Trend.Outside = things(outside, "item") + " far outside this period: counted, not drawn."
		}
	}
	if latest.value != nil {
		for _, i := range latest.value.items {
			p.Entries = append(p.Entries, newEntry(i, scope, v.now, inList))
		}
		if total.Items == 0 && len(p.Entries) > 0 && v.view.Window != allTime {
			p.Elsewhere = &link{Href: v.view.withWindow(allTime).on(overviewPath), Text: "The latest came " + p.Entries[0].Created.Ago + ": show all"}
		}
	}
	if future.value > 0 {
		p.Future = &link{Href: futureView(v.now).on(feedPath), Text: things(future.value, "item") + " dated in the future"}
	}
	p.Hurts = painRows(hurts.answer(), scope, worstTopics)
	return p
}

func overviewFigures(p *overviewPage, v *visit, total tally, known bool, letters deadLetterState) []figure {
	phrase := v.view.phrase()
	items := figure{Name: "Feedback", Value: count(total.Items), Note: phrase, Href: p.FeedHref}
	if p.Channel != "" {
		items.Name = p.Channel
	}
	net := netFigure(total)
	if total.Items == 0 {
		net.Note = "no feedback " + phrase
	}
	if !known {
		items.Value, net.Value, net.Note, net.Tone = "–", "–", "not known yet", ""
	}
	list := []figure{items, net}
	if l := p.Pipeline; l != nil {
		list = append(list, figure{Name: "Waiting in Kafka", Value: l.Waiting, Note: l.WaitingNote, Href: pipelinePath})
	}
	return append(list, figure{Name: "Dead letters", Value: letters.Count, Note: letters.Note, Href: pipelinePath})
}

// netFigure is the net sentiment of a tally.
func netFigure(t tally) figure {
	if t.Items == 0 {
		return figure{Name: "Net sentiment", Value: "–", Note: "no feedback"}
	}
	return figure{Name: "Net sentiment", Value: signed(t.net(), 0), Tone: tone(t.net()),
		Note: percent(t.Negatives, t.Items) + " negative, " + percent(t.Positives, t.Items) + " positive"}
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

func channelRows(v *visit, all *series) []channelRow {
	limit := 0.0
	for _, c := range pipeline.Channels() {
		steps, _, _ := all.of(string(c))
		limit = max(limit, scale(steps))
	}
	steps, total, _ := all.of()
	row := func(c pipeline.Channel, title string, steps []tally, total tally) channelRow {
		href := v.view.with(func(o *view) { o.Channel = c }).on(overviewPath)
		return newChannelRow(link{href, title, v.view.Channel == c}, steps, total, limit)
	}
	rows := []channelRow{row("", "All", steps, total)}
	for _, c := range pipeline.Channels() {
		steps, total, _ := all.of(string(c))
		rows = append(rows, row(c, channelTitles[c], steps, total))
	}
	return rows
}

func newChannelRow(to link, steps []tally, total tally, limit float64) channelRow {
	r := channelRow{
		Link:  to,
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

// futureView is what is dated in the future.
func futureView(now time.Time) view {
	return view{From: now.UTC().Truncate(time.Minute).Add(time.Minute), To: always.to}
}

// future counts the items that are dated in the future.
func (s *store) future(ctx context.Context) (n uint64, err error) {
	v := futureView(time.Now())
	return s.countItems(ctx, v.period(time.Now()))
}
