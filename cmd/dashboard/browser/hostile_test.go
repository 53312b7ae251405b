//go:build integration

package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// payloads are what somebody may write who wants the dashboard to do something
// else than to show it. What they would run sets window.__pwned; what they would
// put on the page is an element x-pwned.
var payloads = map[string]string{
	"script":           `<script>window.__pwned = "script"</script><x-pwned>`,
	"picture":          `<img src=x onerror="window.__pwned = 'picture'">`,
	"drawing":          `<svg onload="window.__pwned = 'drawing'"><x-pwned></svg>`,
	"frame":            `<iframe srcdoc="<script>top.__pwned = 'frame'</script>"></iframe>`,
	"out of an attr":   `" autofocus onfocus="window.__pwned = 'focus'" onmouseover="window.__pwned = 'mouse'" x="`,
	"out of an attr 2": `' onmouseover='window.__pwned = 1' x='><x-pwned>`,
	"out of a text":    `</textarea></title></style></script></noscript></svg></template>--><x-pwned>`,
	"comment":          `<!-- <x-pwned> --!><x-pwned>`,
	"template":         `{{.}} {{template "page" .}} {{printf "%s" .Version}} <%= 7*7 %> ${window.__pwned = 1}`,
	"address":          `javascript:window.__pwned='address'`,
	"data address":     `data:text/html,<script>opener.__pwned=1</script>`,
	"link":             `<a href="javascript:window.__pwned = 'link'">press</a><x-pwned>`,
	"elsewhere":        `<meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/"><base href="http://127.0.0.1:1/"><link rel=stylesheet href="http://127.0.0.1:1/">`,
	"event":            "x\n\nevent: fragment\ndata: <x-pwned id=\"figures\"></x-pwned>\r\n\r\ndata: <x-pwned>\r",
	"right to left":    "\u202eevitisop\u2066\u2067 \u061c\u200f fdp.exe",
	"marks":            strings.Repeat("Z\u0351\u0346\u0310\u035b\u0349", 400),
	"word":             strings.Repeat("W", 100_000),
	"no word":          "\u0000\u0001\u001b[31m\u007f\ufeff\ufffe",
	"path":             `../../etc/passwd?a=1&b=2#c%00%2e%2f`,
}

const told = "The technician never came, I waited all day and nobody called back. I will cancel and switch provider. "

// hostileRecords are records that say a payload wherever a record can say
// something, one JSON object a line.
func hostileRecords(t *testing.T, name, payload string) string {
	t.Helper()
	at := time.Now().UTC()
	records := []map[string]any{
		{"id": "everywhere " + payload, "source": payload, "title": payload, "text": told + payload, "language": payload, "product": payload,
			"location": payload, "touchpoint": payload, "stage": payload, "url": payload, "platform": payload, "reply_to": payload, "targets": []string{payload},
			"customer": map[string]string{"id": payload, "segment": payload}, "attributes": map[string]string{payload: payload}, payload: payload},
		{"id": "told " + name, "title": payload, "text": told + payload, "nps": 1, "customer": map[string]string{"id": "c " + name, "segment": payload}, "product": payload},
		{"id": "talked " + name, "messages": []map[string]string{
			{"role": "customer", "text": told + payload}, {"role": "agent", "text": payload}, {"role": payload, "text": payload},
		}, "customer": map[string]string{"id": "c " + name}},
		{"id": "only " + name, "text": payload},
		{"id": "broken " + name, "text": payload, "created_at": payload, "rating": payload, "version": payload, "nps": payload},
	}
	var lines strings.Builder
	for i, r := range records {
		if _, broken := r["rating"]; !broken {
			r["created_at"] = at.Add(-time.Duration(i) * time.Minute).Format(time.RFC3339)
		}
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s\n", line)
	}
	return lines.String()
}

// pwned is what payloads have achieved.
const pwned = `[
	...(window.__pwned === undefined ? [] : ["ran: " + window.__pwned]),
	...[...document.querySelectorAll("x-pwned, iframe, object, embed, base, [style], meta[http-equiv=refresh], [href^='javascript' i], [href^='data' i], [src^='data' i], [formaction]")].map((e) => "is on the page: " + e.outerHTML.slice(0, 200)),
	...[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].filter((a) => a.name.startsWith("on")).map((a) => a.name + " is on the page: " + e.outerHTML.slice(0, 200))),
]`

// pointAtAll moves a pointer over everything and gives it the focus, one after
// the other.
const pointAtAll = `for (const e of document.querySelectorAll("body *")) { e.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); e.focus?.({ preventScroll: true }); } 0`

// What fits into a title, once its odd bytes are replaced, and into a name in an
// address.
const (
	titleLimit = 250
	nameLimit  = 1000
)

// together are the payloads in few texts of at most limit bytes. Addresses of
// scripts stand alone: elsewhere they are none.
func together(limit int) []string {
	texts, joined := []string{payloads["address"], payloads["data address"]}, ""
	for _, name := range slices.Sorted(maps.Keys(payloads)) {
		payload := payloads[name]
		if len(payload) > limit {
			continue
		}
		if len(joined)+len(payload) > limit {
			texts, joined = append(texts, joined), ""
		}
		joined += payload + " "
	}
	return append(texts, joined)
}

// hostile tells whether words stay words, whoever says them and wherever they are
// shown.
func (s stage) hostile(t *testing.T) {
	p := start(t, "up")
	watching := s.chromium.tab(t, p, look{})
	watching.open("/")
	watching.awaitLive()

	var records strings.Builder
	for name, payload := range payloads {
		records.WriteString(hostileRecords(t, name, payload))
	}
	topics := []string{"feedback.reviews", "feedback.social", "feedback.chats", "feedback.surveys", "feedback.tickets", "feedback.calls"}
	for _, topic := range topics {
		p.send(t, topic, records.String())
	}
	p.send(t, "feedback.reviews", payloads["script"]+"\n") // no JSON at all
	for _, name := range []string{"script", "out of an attr", "right to left"} {
		p.command(t, "", "improvement", "add", "--clickhouse", p.ClickHouse, "--topic", "installation", "--at", "2026-11-01", "--note", payloads[name])
	}
	p.awaitHeard(t, len(topics)*strings.Count(records.String(), "\n")+1, 0)

	t.Run("arriving", func(t *testing.T) {
		b := *watching
		b.t = t
		b.await("customers' words arrive", `document.body.innerText.includes("waited all day")`)
		b.isUnharmed()
	})
	for _, shown := range s.chromium.find(t, p, pages()) {
		t.Run(shown.name, func(t *testing.T) {
			b := s.chromium.tab(t, p, look{still: true})
			b.show(shown)
			if shown.quotes {
				b.says([]string{"waited all day"})
			}
			b.isUnharmed()
			b.fits(laptop, phone)
		})
	}
	t.Run("items", func(t *testing.T) { s.hostileItems(t, p) })
	t.Run("address", func(t *testing.T) { s.hostileAddresses(t, p) })
	t.Run("typed in", func(t *testing.T) { s.hostileTexts(t, p) })
}

// hostileItems looks at items that the feed leads to.
func (s stage) hostileItems(t *testing.T, p *program) {
	b := s.chromium.tab(t, p, look{still: true})
	b.show(page{name: "feed", path: "/feed?channel=review"})
	b.says([]string{"<script>", "<img src=x onerror"})
	links := value[[]string](b, `[...new Set([...document.querySelectorAll("#latest a[href^='/item'][href*='id=told'], #latest a[href^='/item'][href*='id=everywhere']")].map((e) => e.getAttribute("href")))]`)
	if len(links) < 10 {
		t.Errorf("the feed leads to %q only", links)
	}
	for _, link := range links[:min(len(links), 6)] { // the unit tests look at all
		b := s.chromium.tab(t, p, look{still: true})
		b.show(page{name: link, path: link})
		b.isUnharmed()
		b.fits(phone)
	}
}

// hostileAddresses looks at pages whose address says something else than they
// ask for.
func (s stage) hostileAddresses(t *testing.T, p *program) {
	for _, payload := range together(nameLimit) {
		b := s.chromium.tab(t, p, look{still: true})
		b.seen.expect(`status of 404|answered with 404`) // there is no such item
		query := url.Values{}
		for _, parameter := range []string{"window", "channel", "stage", "topic", "segment", "product", "label", "q", "customer", "source", "id", "before", "from", "to", "rows"} {
			query.Set(parameter, payload)
		}
		for _, path := range []string{"/", "/pain-points", "/journey", "/feed", "/topic", "/item", "/customer", "/improvements", "/alerts", "/pipeline", "/explain"} {
			b.open(path + "?" + query.Encode())
			b.isUnharmed()
			b.fits(phone)
		}
		if t.Failed() {
			t.Fatalf("this is what %q has done in an address", payload)
		}
	}
}

// hostileTexts has texts explained.
func (s stage) hostileTexts(t *testing.T, p *program) {
	for _, payload := range together(titleLimit) {
		b := s.chromium.tab(t, p, look{})
		b.open("/explain")
		value[string](b, `document.querySelector("[name=tier][value=fast]").click(); document.querySelector("#title").value = document.querySelector("#text").value = `+asJSON(told+payload))
		b.follow("form button")
		b.says([]string{"waited all day"})
		b.isUnharmed()
		b.fits(phone)
		if t.Failed() {
			t.Fatalf("this is what %q has done in the form", payload)
		}
	}
}

// isUnharmed fails the test where a payload has done something.
func (b *tab) isUnharmed() {
	b.t.Helper()
	value[int](b, openAll)
	value[int](b, pointAtAll)
	for _, harm := range value[[]string](b, pwned) {
		b.t.Error(harm)
	}
}
