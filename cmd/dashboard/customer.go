package dashboard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

const customerPath = "/customer"

func customerSheet() *sheet {
	return &sheet{
		path: customerPath, file: "customer.html", usual: usualWindow(customerPath), refresh: 10 * time.Second,
		fragments: []string{"figures", "timeline", "latest"}, model: customerModel,
	}
}

// customer is one of the known ones, as the view customers has them.
type customer struct {
	segment, stage, loyalty string
	first, last, since      time.Time
	items                   uint64
	channels                []string
	net                     float64
	nps                     *uint8
	leaving                 bool
	changes                 []loyaltyChange
	contacts                []contact // the last 50, oldest first
}

type loyaltyChange struct {
	at            time.Time
	before, after string
}

type contact struct {
	at                             time.Time
	channel, stage, label, loyalty string
}

// customer reads one customer; nil: nobody knows them.
func (s *store) customer(ctx context.Context, pseudonym string) (c *customer, err error) {
	err = s.rows(ctx, s.sql["customer"], []any{clickhouse.Named("customer", pseudonym)}, func(rows driver.Rows) error {
		var (
			o                                             customer
			first, last, since                            int64
			changedAt, contactAt                          []int64
			before, after, channel, stage, label, loyalty []string
		)
		err := rows.Scan(&o.segment, &o.stage, &o.loyalty, &first, &last, &since, &o.items, &o.channels, &o.net, &o.nps, &o.leaving,
			&changedAt, &before, &after, &contactAt, &channel, &stage, &label, &loyalty)
		if err != nil {
			return err
		}
		o.first, o.last, o.since = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC(), time.UnixMilli(since).UTC()
		for i := range changedAt {
			o.changes = append(o.changes, loyaltyChange{time.UnixMilli(changedAt[i]).UTC(), before[i], after[i]})
		}
		for i := range contactAt {
			o.contacts = append(o.contacts, contact{time.UnixMilli(contactAt[i]).UTC(), channel[i], stage[i], label[i], loyalty[i]})
		}
		c = &o
		return nil
	})
	return c, err
}

// customerPage tells the story of one customer.
type customerPage struct {
	frame
	Customer string
	Problem  string
	Figures  []figure
	Facts    []fact
	Timeline *timeline
	Changes  []changeRow
	Entries  []entry
	FeedHref string
}

type changeRow struct {
	At            moment
	Before, After string
}

// timeline draws contacts over time: higher is happier.
type timeline struct {
	Dots    []dot
	Bands   []band
	XLabels []string
	Summary string
	Rows    []contactRow
}

type dot struct {
	X, Y  float64
	Class string
	Title string
}

// band is a time in one loyalty stage.
type band struct {
	X, Width     float64
	Class, Title string
}

type contactRow struct {
	At                             moment
	Channel, Stage, Label, Loyalty string
}

const (
	customerItems = 12
	shownChanges  = 20
)

func customerModel(v *visit) framed {
	d, who := v.dashboard, v.view.Customer
	p := &customerPage{frame: frame{Title: "Customer", Class: "customer"}, Customer: excerpt(who, nameRunes)}
	if who == "" {
		p.Missing, p.Problem = true, "Which customer? Pseudonyms are linked from every item of the feed."
		return p
	}
	scope := view{Window: allTime, Customer: who}
	read := fetch(v, "customer "+scope.key(), func(ctx context.Context) (*customer, error) { return d.store.customer(ctx, who) })
	list := fetch(v, "feed "+scope.key(), func(ctx context.Context) (*found, error) {
		return d.store.search(ctx, scope, customerItems, time.Now())
	})
	v.wait()

	if read.at.IsZero() {
		p.Problem = "Not known yet."
		return p
	}
	if list.value != nil {
		for _, i := range list.value.items {
			p.Entries = append(p.Entries, newEntry(i, v.view, v.now, inList))
		}
	}
	c := read.value
	if c == nil {
		p.Missing = len(p.Entries) == 0
		p.Problem = "No customer of this pseudonym has given feedback that counts."
		return p
	}
	p.FeedHref = scope.on(feedPath)
	p.Figures = []figure{
		{Name: "Loyalty", Value: excerpt(c.loyalty, nameRunes), Note: "since " + newMoment(c.since, v.now).UTC, Tone: loyaltyTone(c.loyalty)},
		{Name: "Net sentiment", Value: signed(c.net, 0), Tone: tone(c.net), Note: "of all items"},
		{Name: "Feedback", Value: count(c.items), Note: "from " + c.first.Format("2 Jan 2006") + " to " + c.last.Format("2 Jan 2006"), Href: p.FeedHref},
	}
	if c.nps != nil {
		p.Figures = append(p.Figures, figure{Name: "NPS answer", Value: count(int(*c.nps)), Note: "the last one, of 10"})
	}
	for _, f := range []fact{{"Segment", c.segment}, {"Last stage", c.stage}, {"Channels", strings.Join(c.channels, ", ")}} {
		if f.Value != "" {
			p.Facts = append(p.Facts, fact{f.Name, excerpt(f.Value, nameRunes)})
		}
	}
	if c.leaving {
		p.Facts = append(p.Facts, fact{"Means to leave", "said so in the 90 days up to the last contact"})
	}
	p.Timeline = newTimeline(c, v.now)
	for i := len(c.changes) - 1; i >= 0 && len(p.Changes) < shownChanges; i-- {
		p.Changes = append(p.Changes, changeRow{newMoment(c.changes[i].at, v.now), excerpt(c.changes[i].before, nameRunes), excerpt(c.changes[i].after, nameRunes)})
	}
	return p
}

// loyaltyTone is the class of a loyalty stage.
func loyaltyTone(loyalty string) string {
	switch loyalty {
	case "at risk":
		return "negative"
	case "loyal", "advocate":
		return "positive"
	}
	return ""
}

// loyaltyClass is its class on the timeline.
func loyaltyClass(loyalty string) string {
	switch loyalty {
	case "at risk", "satisfied", "loyal", "advocate":
		return strings.ReplaceAll(loyalty, " ", "-")
	}
	return "satisfied"
}

func newTimeline(c *customer, now time.Time) *timeline {
	if len(c.contacts) == 0 {
		return nil
	}
	first, last := c.contacts[0].at, c.contacts[len(c.contacts)-1].at
	length := max(last.Sub(first), time.Minute)
	x := func(t time.Time) float64 { return round(2 + 96*float64(t.Sub(first))/float64(length)) }
	t := &timeline{Summary: fmt.Sprintf("%s between %s and %s.", things(uint64(len(c.contacts)), "contact"), first.Format("2 Jan 2006"), last.Format("2 Jan 2006"))}
	if uint64(len(c.contacts)) < c.items {
		t.Summary = "The last " + t.Summary
	}
	for i, o := range c.contacts {
		y := map[string]float64{"positive": 20, "negative": 80}[o.label]
		if y == 0 {
			y = 50
		}
		at := newMoment(o.at, now)
		t.Dots = append(t.Dots, dot{x(o.at), y, labelTone(o.label), fmt.Sprintf("%s: %s, %s", at.UTC, excerpt(o.channel, nameRunes), excerpt(o.label, nameRunes))})
		end := last
		if i+1 < len(c.contacts) {
			end = c.contacts[i+1].at
		}
		if n := len(t.Bands); n > 0 && t.Bands[n-1].Title == excerpt(o.loyalty, nameRunes) {
			t.Bands[n-1].Width = round(x(end) - t.Bands[n-1].X)
		} else {
			t.Bands = append(t.Bands, band{x(o.at), round(x(end) - x(o.at)), loyaltyClass(o.loyalty), excerpt(o.loyalty, nameRunes)})
		}
	}
	for i := len(c.contacts) - 1; i >= 0; i-- {
		o := c.contacts[i]
		name := excerpt(o.channel, nameRunes)
		t.Rows = append(t.Rows, contactRow{newMoment(o.at, now), name, excerpt(o.stage, nameRunes), excerpt(o.label, nameRunes), excerpt(o.loyalty, nameRunes)})
	}
	for i := range 5 {
		t.XLabels = append(t.XLabels, first.Add(length*time.Duration(i)/4).Format(layoutFor(length)))
	}
	return t
}
