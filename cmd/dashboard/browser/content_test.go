//go:build integration

package browser

import (
	"regexp"
	"strings"
	"testing"
)

// slips are what programs write when they have nothing to say.
var slips = regexp.MustCompile(`\bNaN\b|[+-]Inf\b|<nil>|<no value>|\bundefined\b|%!|\[object |\{\{|0001-01-01`)

// said is everything that the page says: what can be seen, and what is only read
// aloud or shown on pointing.
const said = `[document.title, document.body.innerText,
	...[...document.querySelectorAll("[title], [aria-label], [alt]")].map((e) => (e.title || "") + " " + (e.ariaLabel || "") + " " + (e.alt || "")),
	...[...document.querySelectorAll("svg title, .unseen")].map((e) => e.textContent)].join("\n")`

// content tells whether every page says what it is for, and nothing that only a
// programmer understands.
func (s stage) content(t *testing.T) {
	s.each(t, look{}, func(b *tab, p page) {
		if headings := value[[]string](b, `[...document.querySelectorAll("h1")].map((e) => e.textContent.trim())`); len(headings) != 1 || !strings.HasPrefix(headings[0], p.heading) {
			b.t.Errorf("headings %q, want only %q", headings, p.heading)
		}
		if value[string](b, `document.title`) == "" || value[string](b, `document.documentElement.lang`) == "" {
			b.t.Error("the page has no title or no language")
		}
		b.says(p.words)
		value[int](b, openAll)
		for line := range strings.Lines(value[string](b, said)) {
			if slip := slips.FindString(line); slip != "" {
				b.t.Errorf("the page says %q: %s", slip, strings.TrimSpace(line))
			}
		}
	})
}

// openAll opens everything that can be opened, and returns how much that was.
const openAll = `{ const closed = [...document.querySelectorAll("details:not([open])")]; closed.forEach((e) => { e.open = true }); closed.length }`

// says fails the test where words can't be read on the page.
func (b *tab) says(words []string) {
	b.t.Helper()
	text := strings.ToLower(b.text()) // styles may put words into capitals
	for _, w := range words {
		if !strings.Contains(text, strings.ToLower(w)) {
			b.t.Errorf("the page doesn't say %q", w)
		}
	}
}

// withoutScripts tells whether the pages say the same where scripts don't run.
func (s stage) withoutScripts(t *testing.T) {
	s.each(t, look{noScripts: true}, func(b *tab, p page) {
		if value[bool](b, `"link" in document.documentElement.dataset`) {
			b.t.Fatal("the page's script has run")
		}
		b.says(append([]string{p.heading}, p.words...))
	})
}
