//go:build integration

package browser

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
)

var screenshots = flag.String("screenshots", "", "directory to draw the pages into; empty: they are not drawn")

// shot is a picture of a page.
type shot struct {
	file   string
	page   string // name of the page
	path   string // its address, where not the usual one
	height int64  // in pixels, of what is worth showing
	look
}

func shots() []shot {
	return []shot{
		{file: "dashboard.png", page: "overview", path: "/?window=1h", height: 1160},
		{file: "pain-points.png", page: "pain points", height: 1000},
		{file: "topic.png", page: "topic", path: "/topic?topic=installation&window=30d", height: 1000, look: look{dark: true}},
		{file: "journey.png", page: "journey", height: 1100},
		{file: "explain.png", page: "explained", height: 1800},
	}
}

// TestScreenshots draws the pages as they are once the demo's four weeks are
// there.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("-screenshots says where to")
	}
	c, demo := startChromium(t), startDemo(t)
	byName := map[string]page{}
	for _, p := range c.find(t, demo, pages()) {
		byName[p.name] = p
	}
	for _, s := range shots() {
		t.Run(s.file, func(t *testing.T) {
			p, known := byName[s.page]
			if !known {
				t.Fatalf("there is no page %q", s.page)
			}
			if s.path != "" {
				p.path = s.path
			}
			b := c.tab(t, demo, s.look)
			b.show(p)
			b.draw(filepath.Join(*screenshots, s.file), s.height)
		})
	}
}

// draw keeps a picture of the top of the page, and of no more than there is.
func (b *tab) draw(file string, height int64) {
	b.t.Helper()
	height = min(height, value[int64](b, `Math.ceil(document.documentElement.getBoundingClientRect().height)`))
	b.resize(b.width, height)
	value[bool](b, `document.activeElement?.blur(); scrollTo(0, 0); new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))`)
	picture := call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{Format: cdppage.CaptureScreenshotFormatPng})
	if err := os.WriteFile(file, picture.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
