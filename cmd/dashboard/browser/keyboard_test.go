//go:build integration

package browser

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// interactive leaves in window.interactive all that somebody with a mouse can
// use, of a group of radio buttons one, and returns how each is called.
const interactive = `{
	const groups = new Set();
	window.interactive = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]")].filter((e) => {
		if (e.disabled || e.type === "hidden" || e.closest("[inert]") || !e.checkVisibility({ visibilityProperty: true })) return false;
		if (e.tabIndex < 0) return !e.matches("[tabindex]");
		if (e.type !== "radio") return true;
		const group = [...document.querySelectorAll("input[type=radio]")].filter((o) => o.name === e.name && o.form === e.form);
		return e === (group.find((o) => o.checked) ?? group[0]);
	});
	window.interactive.map((e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.ariaLabel || e.textContent || e.name || "").trim().slice(0, 40))
}`

// focused is the number of what has the focus in window.interactive, or -1, and
// whether that can be seen, on itself or, where it is drawn by its neighbour,
// there.
const focused = `{
	const e = document.activeElement;
	const ringed = (e) => {
		if (!e) return false;
		const s = getComputedStyle(e);
		return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 && s.outlineColor !== "rgba(0, 0, 0, 0)") || s.boxShadow !== "none";
	};
	const drawn = getComputedStyle(e).opacity === "0" ? e.nextElementSibling : e;
	({ number: window.interactive.indexOf(e), name: e.outerHTML.slice(0, 80), visible: ringed(drawn), inView: (() => {
		const r = drawn.getBoundingClientRect();
		return r.bottom > 0 && r.top < innerHeight && r.width > 0 && r.height > 0;
	})() })
}`

// keyboard tells whether somebody who has only the Tab key gets to everything,
// always sees where they are, and gets out again.
func (s stage) keyboard(t *testing.T) {
	s.each(t, look{still: true}, func(b *tab, p page) {
		value[int](b, openAll)
		names := value[[]string](b, interactive)
		if len(names) == 0 {
			b.t.Fatal("nothing on the page can be used")
		}
		var reached []int
		// A page may begin anywhere: a round is over where it began.
		for range 2*len(names) + 10 {
			b.press(kb.Tab)
			at := value[struct {
				Number          int
				Name            string
				Visible, InView bool
			}](b, focused)
			if len(reached) > 0 && at.Number == reached[0] {
				break
			}
			if at.Number < 0 {
				continue // the browser's own part of the round
			}
			if slices.Contains(reached, at.Number) {
				b.t.Fatalf("the focus does not leave %s", at.Name)
			}
			reached = append(reached, at.Number)
			if !at.Visible || !at.InView {
				b.t.Errorf("nobody sees that %s has the focus: marked %t, in view %t", at.Name, at.Visible, at.InView)
			}
		}
		for i, name := range names {
			if !slices.Contains(reached, i) {
				b.t.Errorf("no key leads to %s", name)
			}
		}
	})
}
