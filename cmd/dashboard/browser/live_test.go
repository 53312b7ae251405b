//go:build integration

package browser

import (
	"slices"
	"testing"
)

// live tells whether a page changes with what customers say, without being
// loaded again, and leaves whoever reads it in peace.
func (s stage) live(t *testing.T) {
	changing := s
	changing.pages = slices.DeleteFunc(slices.Clone(s.pages), func(p page) bool { return p.changes == "" })
	changing.each(t, look{}, func(b *tab, p page) {
		element := "document.querySelector(" + asJSON(p.changes) + ")"
		value[string](b, `window.before = `+element+`.innerText`)
		b.await(p.changes+" changes", `window.before && `+element+`.innerText !== window.before`)
	})
	t.Run("focus", s.focusStays)
	t.Run("lost", s.lostConnection)
}

// focusStays tells whether the focus stays on a link whose surroundings are
// replaced.
func (s stage) focusStays(t *testing.T) {
	b := s.chromium.tab(t, s.demo, look{})
	b.open("/")
	b.awaitLive()
	const link = `#channels a[href*="channel=chat"]`
	if !value[bool](b, `{ window.old = document.querySelector(`+asJSON(link)+`); window.old.focus(); document.activeElement === window.old }`) {
		t.Fatal("the link can't have the focus")
	}
	b.await("the channels are replaced", `!window.old.isConnected`)
	if !value[bool](b, `document.activeElement.matches(`+asJSON(link)+`)`) {
		t.Errorf("the focus went to %s", value[string](b, `document.activeElement.outerHTML.slice(0, 100)`))
	}
}

// lostConnection tells whether a page says that the dashboard has ended.
func (s stage) lostConnection(t *testing.T) {
	p := start(t, "up")
	b := s.chromium.tab(t, p, look{})
	b.open("/")
	b.awaitLive()
	b.seen.expect(`net::ERR_`)
	p.Kill()
	b.await("the page says that the connection is lost", `document.querySelector("#status").innerText.includes("Connection lost")`)
}
