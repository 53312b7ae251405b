//go:build integration

package browser

import "testing"

// stage is what the tests share: a company whose customers write, the browser,
// and the pages.
type stage struct {
	demo     *program
	chromium *chromium
	pages    []page
}

func TestRealBrowser(t *testing.T) {
	s := stage{demo: startDemo(t), chromium: startChromium(t)}
	t.Run("troubles", s.troubles)
	s.pages = s.chromium.find(t, s.demo, pages())
	t.Run("content", s.content)
	t.Run("width", s.width)
	t.Run("keyboard", s.keyboard)
	t.Run("accessibility", s.accessibility)
	t.Run("without scripts", s.withoutScripts)
	t.Run("live", s.live)
	t.Run("filters", s.filters)
	t.Run("hostile", s.hostile)
}

// each runs a test for every page, in a tab that shows it.
func (s stage) each(t *testing.T, l look, test func(b *tab, p page)) {
	for _, p := range s.pages {
		t.Run(p.name, func(t *testing.T) {
			b := s.chromium.tab(t, s.demo, l)
			b.show(p)
			test(b, p)
		})
	}
}
