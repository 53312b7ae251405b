//go:build integration

package browser

import (
	"strings"
	"testing"
)

// wide names what reaches beyond the window's right edge, and would have to be
// scrolled to; nothing where the page fits. What scrolls by itself may be as
// wide as it likes.
const wide = `(() => {
	const root = document.documentElement;
	if (root.scrollWidth <= innerWidth) return [];
	const scrolls = (e) => e && e !== document.body && e !== root && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
	const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + [...e.classList].map((c) => "." + c).join("");
	return ["the page is " + root.scrollWidth + " wide", ...[...document.body.querySelectorAll("*")]
		.filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(e.parentElement))
		.slice(0, 8).map((e) => name(e) + " until " + Math.round(e.getBoundingClientRect().right))];
})()`

// width tells whether the pages fit the screens, with everything closed and open.
func (s stage) width(t *testing.T) {
	s.each(t, look{still: true}, func(b *tab, _ page) {
		b.fits(phone, laptop)
		value[int](b, openAll)
		b.fits(phone, laptop)
	})
}

// fits fails the test where the page must be scrolled sideways in a window of
// one of the widths.
func (b *tab) fits(widths ...int64) {
	b.t.Helper()
	for _, width := range widths {
		b.resize(width, 900)
		if too := value[[]string](b, wide); len(too) > 0 {
			b.t.Errorf("wider than %d: %s", b.width, strings.Join(too, "; "))
		}
	}
}
