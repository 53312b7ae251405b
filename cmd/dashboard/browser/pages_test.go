//go:build integration

package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// page is one page of the dashboard as somebody finds it.
type page struct {
	name string
	// path is its address. Where that depends on what customers have said, it is
	// empty, and the page is behind the first link on the page from, which comes
	// before this one, that the selector via finds.
	path, from, via string
	heading         string   // beginning of its h1
	words           []string // what can be read on it, whatever customers have said
	changes         string   // selector of what changes when feedback comes; empty: nothing does
	quotes          bool     // it shows customers' own words
	then            func(b *tab)
}

// pages are all pages.
func pages() []page {
	return []page{
		{
			name: "overview", path: "/", heading: "What customers say now",
			words: []string{"Net sentiment", "Channels", "What hurts most", "Latest feedback"}, changes: "#figures", quotes: true,
		},
		{
			name: "pain points", path: "/pain-points", heading: "Pain points",
			words: []string{"Impact", "mentions"}, changes: "#pains", quotes: true,
		},
		{
			name: "journey", path: "/journey", heading: "Journey",
			words: []string{"Net sentiment by stage and channel", "Touchpoints", "From one contact to the next"}, changes: "#heat",
		},
		{
			name: "feed", path: "/feed", heading: "Feed",
			words: []string{"Newest first"}, changes: "#latest", quotes: true,
		},
		{
			name: "topic", from: "pain points", via: `#pains h3 a[href^="/topic"]`,
			words: []string{"Net sentiment", "How much it hurts", "Channels", "Latest mentions"}, changes: "#channels", quotes: true,
		},
		{
			name: "item", from: "feed", via: `#latest a[href^="/item"]`, heading: "Item",
			words: []string{"What it speaks of", "What else is known"},
		},
		{
			name: "customer", from: "feed", via: `#latest a[href^="/customer"]`, heading: "Customer",
			words: []string{"Contacts over time", "What they said"},
		},
		{
			name: "improvements", path: "/improvements", heading: "Improvements",
		},
		{
			name: "alerts", path: "/alerts", heading: "Alerts",
			words: []string{"Open incidents", "Past alerts", "Worse than", "New words"},
		},
		{
			name: "pipeline", path: "/pipeline", heading: "Pipeline",
			words: []string{"Partitions", "Dead letters"}, changes: "#pipeline",
		},
		{
			name: "explain", path: "/explain", heading: "Why a text feels as it does",
			words: []string{"Explain a text", "neither kept nor logged"},
		},
		{
			name: "explained", path: "/explain", heading: "Why a text feels as it does",
			words: []string{"What was heard", "Strongest cues", "What it is about", "What else it tells", "negative"},
			then: func(b *tab) {
				explain(b, "The technician was lovely but the app keeps crashing, and they charged me twice. See you in court.")
			},
		},
	}
}

// show goes to a page and waits until it is all there.
func (b *tab) show(p page) {
	b.t.Helper()
	b.open(p.path)
	if p.then != nil {
		p.then(b)
	}
	b.awaitLive()
	b.awaitKnown(p)
}

// awaitKnown waits until the page knows all that it shows: where ClickHouse takes
// its time, pages come before their content does.
func (b *tab) awaitKnown(p page) {
	b.t.Helper()
	tick := time.NewTicker(10 * often)
	defer tick.Stop()
	for strings.Contains(b.text(), "Not known yet") {
		select {
		case <-tick.C:
		case <-b.ctx.Done():
			b.t.Fatalf("the page %s never knows what it shows", p.name)
		}
		if b.still || b.noScripts || !value[bool](b, `"events" in document.body.dataset`) {
			b.open(p.path)
		}
	}
}

// find returns the pages with their addresses at the program p.
func (c *chromium) find(t *testing.T, p *program, pages []page) []page {
	t.Helper()
	found := map[string]page{}
	var b *tab
	for i, wanted := range pages {
		if wanted.path == "" {
			if b == nil {
				b = c.tab(t, p, look{})
			}
			b.show(found[wanted.from])
			first := "document.querySelector(" + asJSON(wanted.via) + ")"
			b.await("there is a link to the page "+wanted.name+": "+wanted.via, first+` !== null`)
			pages[i].path = value[string](b, first+`.getAttribute("href")`)
		}
		found[wanted.name] = pages[i]
	}
	return pages
}

// explain has a text explained by the page that is shown.
func explain(b *tab, text string) {
	b.t.Helper()
	b.do("type a text", chromedp.SendKeys(chromedp.CSS("#text"), text))
	b.follow("form button")
}
