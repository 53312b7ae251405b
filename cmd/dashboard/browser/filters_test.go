//go:build integration

package browser

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// choice is one thing that somebody chooses on a page.
type choice func(b *tab)

// link is the choice of a link.
func link(selector string) choice { return func(b *tab) { b.follow(selector) } }

// period is the choice of a period.
func period(window string) choice {
	return link(`nav[aria-label="Period"] a[href*="window=` + window + `"]`)
}

// goTo is the choice of another page in the navigation.
func goTo(path string) choice { return link(`nav[aria-label="Pages"] a[href^="` + path + `"]`) }

// filter fills in a field of the filters and applies them.
func filter(field, text string) choice {
	return func(b *tab) {
		value[string](b, `document.querySelector(".filters [name=`+field+`]").value = `+asJSON(text))
		b.follow(".filters button")
	}
}

// filters tells whether what somebody chooses is in the address, all of it and
// nothing else, so that a link can be shared and the browser's Back button works.
func (s stage) filters(t *testing.T) {
	for name, test := range map[string]struct {
		path    string
		choices []choice
		want    string // path and query
	}{
		"period":             {"/", []choice{period("1h")}, "/?window=1h"},
		"channel":            {"/", []choice{link(`#channels a[href*="channel=review"]`)}, "/?channel=review"},
		"period and channel": {"/", []choice{period("1h"), link(`#channels a[href*="channel=chat"]`)}, "/?channel=chat&window=1h"},
		"channel and period": {"/", []choice{link(`#channels a[href*="channel=chat"]`), period("all")}, "/?channel=chat&window=all"},
		"taken along":        {"/pain-points", []choice{filter("channel", "review"), period("30d"), goTo("/journey"), goTo("/feed")}, "/feed?channel=review&window=30d"},
		"taken off":          {"/feed", []choice{filter("label", "negative"), filter("q", "bill"), link(".filters .reset")}, "/feed"},
		"words":              {"/feed", []choice{filter("q", "bill"), filter("channel", "call")}, "/feed?channel=call&q=bill"},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.chromium.tab(t, s.demo, look{})
			b.show(page{name: test.path, path: test.path})
			visited := []string{b.address()}
			for _, choose := range test.choices {
				choose(b)
				b.awaitKnown(page{name: test.path, path: b.address()})
				visited = append(visited, b.address())
			}
			if diff := cmp.Diff(parsed(t, test.want), parsed(t, b.address())); diff != "" {
				t.Errorf("address (-want +got):\n%s", diff)
			}
			const chosen = `[...document.querySelectorAll("[aria-current], .filters option:checked")].map((e) => e.textContent.trim()).join(", ") + ", " + (document.querySelector("[name=q]")?.value ?? "")`
			before := value[string](b, chosen)
			b.do("reload", chromedp.Reload())
			b.awaitKnown(page{name: test.path, path: b.address()})
			if after := value[string](b, chosen); after != before {
				t.Errorf("loaded again, %q is chosen, was %q", after, before)
			}
			for i := len(visited) - 2; i >= 0; i-- {
				value[chromedp.Void](b, `history.back()`)
				b.await("Back leads to "+visited[i], `location.pathname + location.search === `+asJSON(visited[i]))
			}
		})
	}
}

// parsed is an address whose parameters may have any order.
func parsed(t *testing.T, address string) map[string]url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]url.Values{u.Path: u.Query()}
}
