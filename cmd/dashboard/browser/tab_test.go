//go:build integration

package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Widths of a screen, in CSS pixels.
const (
	phone  = 390
	laptop = 1280
)

// look is how somebody looks at a page.
type look struct {
	width int64 // default: laptop
	dark  bool
	// still keeps the page from listening for what changes, for what takes a
	// while and must not find another page under its hands.
	still     bool
	noScripts bool
}

// deaf makes streams of events that never say anything.
const deaf = `window.EventSource = class extends EventTarget { close() {} };`

// tab is one tab of the browser, for one test.
type tab struct {
	t    *testing.T
	ctx  context.Context
	seen *troubles
	look
}

// tab opens an empty tab for the pages of p. Whatever goes wrong in it until the
// test ends fails the test.
func (c *chromium) tab(t *testing.T, p *program, l look) *tab {
	t.Helper()
	seen := &troubles{host: p.Dashboard}
	t.Cleanup(func() { // after the tab is closed
		for _, trouble := range seen.all() {
			t.Error(trouble)
		}
	})
	return c.watched(t, l, seen)
}

// watched opens an empty tab that ends with the test.
func (c *chromium) watched(t *testing.T, l look, seen *troubles) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(c.ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil { // before there is a limit, which would be the tab's end
		t.Fatal(err)
	}
	whole := ctx
	t.Cleanup(func() { // a page that listens takes long to close
		limited, cancel := context.WithTimeout(whole, patience)
		defer cancel()
		if err := chromedp.Do(limited, chromedp.Navigate("about:blank")); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	if err := chromedp.Listen(ctx, seen.listen); err != nil {
		t.Fatal(err)
	}
	if l.width == 0 {
		l.width = laptop
	}
	b := &tab{t, ctx, seen, l}
	call(b, audits.Enable, cdp.Empty{})
	b.resize(l.width, 900)
	b.paint(l.dark)
	if l.still {
		call(b, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: deaf})
	}
	if l.noScripts {
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	return b
}

// call sends the browser a command about the tab.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	result, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// paint makes the page as dark as a person's system, whose motion is reduced.
func (b *tab) paint(dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

func (b *tab) resize(width, height int64) {
	b.t.Helper()
	b.width = width
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

// open goes to a path of the dashboard, and waits until the page is loaded.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate("http://"+b.seen.host+path))
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// value is what a JavaScript expression comes to on the page, whose own rules
// about scripts don't matter; a promise is waited for.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", beginning(expression), err)
	}
	return v
}

// await waits until an expression is true, across pages.
func (b *tab) await(what, expression string) {
	b.t.Helper()
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		// While one page gives way to the next there is nobody to ask.
		is, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && is {
			return
		}
		select {
		case <-tick.C:
		case <-b.ctx.Done():
			b.t.Fatalf("waited in vain until %s: %s: %v", what, beginning(expression), err)
		}
	}
}

// awaitLive waits until the page has got its first change, where it gets any.
func (b *tab) awaitLive() {
	b.t.Helper()
	if !b.still && !b.noScripts {
		b.await("the page is live", `!document.body.dataset.events || document.documentElement.dataset.link === "live"`)
	}
}

func (b *tab) press(key string) {
	b.t.Helper()
	b.do("press a key", chromedp.KeyEvent(key))
}

// follow clicks a link and waits for the page behind it.
func (b *tab) follow(selector string) {
	b.t.Helper()
	value[bool](b, `window.left = true`)
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
	b.await("the next page is there", `!window.left && document.readyState === "complete"`)
}

// address is the path of the page that is shown, with its query.
func (b *tab) address() string {
	b.t.Helper()
	return value[string](b, `location.pathname + location.search`)
}

// text is what a person sees of the page.
func (b *tab) text() string {
	b.t.Helper()
	return value[string](b, `document.body.innerText`)
}

func beginning(expression string) string {
	line, _, more := strings.Cut(strings.TrimSpace(expression), "\n")
	if more {
		line += " …"
	}
	return line
}
