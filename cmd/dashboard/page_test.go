package dashboard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func newDashboard(t *testing.T, o Options) *Dashboard {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func get(d http.Handler, target string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	return rec
}

func TestStoreIsRequired(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Fatal("a dashboard without a store")
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	for _, target := range []string{"/", "/static/dashboard.css", "/static/live.js", "/nowhere", "/static/nothing"} {
		h := get(d, target).Header()
		policy := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", target, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", target, h)
		}
	}
}

func TestOnlyReadsAreServed(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "DELETE": 405} {
		rec := httptest.NewRecorder()
		d.ServeHTTP(rec, httptest.NewRequest(method, "/", nil))
		if rec.Code != want {
			t.Errorf("%s: status %d, want %d", method, rec.Code, want)
		}
	}
}

func TestForeignNamesForThisMachineAreRefused(t *testing.T) {
	loopback := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	outside := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 8080}
	for _, tt := range []struct {
		host  string
		local net.Addr
		want  int
	}{
		{"127.0.0.1:8080", loopback, 200},
		{"[::1]:8080", loopback, 200},
		{"localhost:8080", loopback, 200},
		{"LOCALHOST", loopback, 200},
		{"earshot.localhost:8080", loopback, 200},
		{"proxy.internal", loopback, 200},
		{"evil.example:8080", loopback, 403},
		{"localhost.evil.example", loopback, 403},
		{"", loopback, 403},
		{"earshot.example", outside, 200},
	} {
		d := newDashboard(t, Options{Store: &fakeStore{}, Hosts: []string{"proxy.internal"}})
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = tt.host
		rec := httptest.NewRecorder()
		d.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, tt.local)))
		if rec.Code != tt.want {
			t.Errorf("host %q on %s: status %d, want %d", tt.host, tt.local, rec.Code, tt.want)
		}
	}
}

func TestStateComesFromTheAddress(t *testing.T) {
	for _, tt := range []struct {
		query string
		want  view
		canon string
	}{
		{"", view{Window: lastDay}, "/"},
		{"window=1h", view{Window: lastHour}, "/?window=1h"},
		{"window=all&channel=chat", view{Window: allTime, Channel: "chat"}, "/?channel=chat&window=all"},
		{"window=24h&channel=", view{Window: lastDay}, "/"},
		{"window=yesterday&channel=fax", view{Window: lastDay}, "/"},
		{"window=1h&window=all", view{Window: lastHour}, "/?window=1h"},
		{"channel=%00%ff<script>&window='", view{Window: lastDay}, "/"},
	} {
		q, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		v := parseView(q)
		if v != tt.want || v.path() != tt.canon {
			t.Errorf("%q: view %v with address %s", tt.query, v, v.path())
		}
		if rec := get(newDashboard(t, Options{Store: &fakeStore{}}), "/?"+url.PathEscape("x")+"&"+q.Encode()); rec.Code != 200 {
			t.Errorf("%q: status %d", tt.query, rec.Code)
		}
	}
}

func TestEveryFragmentIsAnElementOfThePage(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	p, _ := d.page(t.Context(), defaultView)
	whole := get(d, "/").Body.String()
	for _, name := range fragments {
		html, err := d.render.fragment(name, p)
		if err != nil {
			t.Fatal(err)
		}
		first := regexp.MustCompile(`^<\w+ id="` + name + `"`)
		if !first.Match(html) {
			t.Errorf("fragment %s begins %.40s", name, html)
		}
		if strings.Count(whole, ` id="`+name+`"`) != 1 {
			t.Errorf("the page does not have exactly one %s", name)
		}
	}
}

// Payloads that would run, load, style or break out somewhere, if anything
// carried them to the page unescaped.
var payloads = []string{
	`<script>alert(1)</script>`,
	`"><svg onload=alert(1)>`,
	`' onmouseover='alert(1)`,
	`</title></style></textarea><img src=x onerror=alert(1)>`,
	`{{.Version}}{{printf "%s" "x"}}`,
	`javascript:alert(1)`,
	"a\r\ndata: <b>\n\nevent: fragment\ndata: <script>alert(1)</script>\n\n",
	"\u202ereversed\u2066 \x00\x1b[31m\xff\xfe",
	`<!--<iframe srcdoc="<script>alert(1)</script>">`,
	"${alert(1)}`${alert(1)}`",
}

func TestHostileFieldsComeOutInert(t *testing.T) {
	now := time.Now()
	// These start an element, an attribute or a comment only if unescaped.
	live := regexp.MustCompile(`(?i)<script>|<svg onload|<img|<iframe|<!--|</textarea|<b>|<[^>]*\son\w+\s*=|(href|src)="?\s*javascript:|[\x{202e}\x{2066}\x00\x1b]`)
	inline := regexp.MustCompile(`(?i)<[^>]*\sstyle\s*=|<style|<script(>| [^s])`)
	for _, p := range payloads {
		t.Run(p, func(t *testing.T) {
			row := itemRow(p, p, now, p, "", p, 0.5)
			row[0], row[14], row[20], row[21] = p, p, p, p
			text := itemRow("text", "review", now, "", p, "negative", -0.5)
			talk := itemRow("talk", "chat", now, "", p+p, p, -0.5)
			talk[7], talk[8], talk[9], talk[10] = uint64(99), []string{p, "customer"}, []uint32{0, 4294967295}, []uint32{uint32(len(p)), 7}
			store := &fakeStore{
				extent:  [][]any{extentRow(3, now.Add(-time.Hour), now)},
				series:  [][]any{seriesRow(p, 1, 2, 1, 1), seriesRow("review", 2, 1, 1, 0), seriesRow("review", 1<<30, 1, 1, 0)},
				latest:  [][]any{row, text, talk},
				topics:  [][]any{{p, p, p, p}},
				open:    [][]any{{p, uint64(1 << 63)}, {"missing_id", uint64(1 << 63)}},
				letters: [][]any{letterRowOf(p, 9, now, p, p, 1<<31)},
			}
			d := newDashboard(t, Options{Store: store, Version: p, Live: func(context.Context) Live {
				return Live{
					Err: p, Lag: []PartitionLag{{p, -1, -1}, {p, 2, 1 << 62}},
					Rejected: 1 << 63,
					Latest:   []DeadLetter{{now, p, 0, 9, p, p, p}},
				}
			}})
			page, _ := d.page(t.Context(), defaultView)
			bodies := []string{get(d, "/").Body.String()}
			for _, name := range fragments {
				html, err := d.render.fragment(name, page)
				if err != nil {
					t.Fatal(err)
				}
				bodies = append(bodies, string(html))
			}
			for _, body := range bodies {
				if found := live.FindString(body); found != "" {
					t.Errorf("came out alive: %q", found)
				}
				if found := inline.FindString(body); found != "" {
					t.Errorf("inline style or script: %q", found)
				}
				if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "NaN") {
					t.Error("the template refused a value, or a number is none")
				}
			}
			if !strings.Contains(bodies[0], "talk") || !strings.Contains(bodies[0], "deadletters") {
				t.Error("the page stops in the middle")
			}
		})
	}
}

func TestNothingForeignIsLoaded(t *testing.T) {
	now := time.Now()
	row := itemRow("1", "social", now, "", "see https://text.example", "neutral", 0)
	row[21] = "https://shop.example/reviews/1"
	d := newDashboard(t, Options{Store: &fakeStore{latest: [][]any{row}, extent: [][]any{extentRow(1, now, now)}, series: [][]any{seriesRow("social", 3, 1, 0, 0)}}})
	body := get(d, "/").Body.String()
	if !strings.Contains(body, "https://shop.example/reviews/1") {
		t.Error("the address of the item is not shown")
	}
	loads := regexp.MustCompile(`(?i)(src|href|action|poster|srcset|data)\s*=\s*["']?\s*((https?:)?//|data:)|url\(["']?(https?:)?//|@import`)
	all := map[string]string{"page": body}
	for _, name := range []string{"dashboard.css", "live.js", "icon.svg"} {
		rec := get(d, "/static/"+name)
		if rec.Code != 200 || rec.Body.Len() == 0 {
			t.Errorf("%s: status %d", name, rec.Code)
		}
		all[name] = rec.Body.String()
	}
	for name, text := range all {
		if found := loads.FindString(text); found != "" {
			t.Errorf("%s refers to another host: %s", name, found)
		}
	}
	for _, link := range regexp.MustCompile(`(?:src|href)="(/static[^"]+)"`).FindAllStringSubmatch(body, -1) {
		if rec := get(d, link[1]); rec.Code != 200 {
			t.Errorf("%s: status %d", link[1], rec.Code)
		}
	}
}

func TestFailureOfClickHouseLeavesTheRest(t *testing.T) {
	for _, tt := range []struct {
		name  string
		err   error
		want  string
		never string
	}{
		{"refused", &url.Error{Op: "Post", URL: "http://user:secret@db:8123/?password=secret", Err: errors.New("connection refused")}, "connection refused", "secret"},
		{"exception", &clickhouse.Exception{Code: 60, Name: "UNKNOWN_TABLE", Message: "Unknown <table>"}, "Unknown &lt;table&gt;", "<table>"},
		{"timeout", context.DeadlineExceeded, "No answer within 30 s.", "deadline"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := &fakeStore{before: func(context.Context) error { return tt.err }}
			d := newDashboard(t, Options{Store: store, Live: func(context.Context) Live {
				return Live{Consumed: 10, Rejected: 2, Lag: []PartitionLag{{"feedback.reviews", 0, 4321}}}
			}})
			rec := get(d, "/")
			body := rec.Body.String()
			for _, want := range []string{"ClickHouse does not answer since", tt.want, "4,321", `Dead letters</h2><p class="quiet">Not known yet.`, "Shown as soon as ClickHouse answers."} {
				if !strings.Contains(body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			if rec.Code != 200 || strings.Contains(body, tt.never) {
				t.Errorf("status %d, or the page has %q", rec.Code, tt.never)
			}
		})
	}
}

func TestPageWithoutAPipelineHidesIt(t *testing.T) {
	body := get(newDashboard(t, Options{Store: &fakeStore{}}), "/").Body.String()
	if !strings.Contains(body, `<section id="pipeline" aria-labelledby="pipeline-title" hidden>`) || strings.Contains(body, "Waiting in Kafka") {
		t.Error("a pipeline is shown where there is none")
	}
}
