package dashboard

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
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

// sheetAt is the page of that path.
func (d *Dashboard) sheetAt(t *testing.T, path string) *sheet {
	t.Helper()
	for _, s := range d.sheets {
		if s.path == path {
			return s
		}
	}
	t.Fatalf("no page %s", path)
	return nil
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
	at := func(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		query string
		want  view
		canon string
	}{
		{"", view{Window: lastWeek}, "/feed"},
		{"window=1h", view{Window: lastHour}, "/feed?window=1h"},
		{"window=all&channel=chat", view{Window: allTime, Channel: "chat"}, "/feed?channel=chat&window=all"},
		{"window=7d&channel=", view{Window: lastWeek}, "/feed"},
		{"window=yesterday&channel=fax&label=furious", view{Window: lastWeek}, "/feed"},
		{"window=1h&window=all", view{Window: lastHour}, "/feed?window=1h"},
		{"channel=%00%ff<script>&window='", view{Window: lastWeek}, "/feed"},
		{"from=2026-03-04&to=2026-03-05&window=1h", view{From: at(4), To: at(5)}, "/feed?from=2026-03-04&to=2026-03-05"},
		{"from=2026-03-04T12:30&to=2026-03-04T12:30", view{From: at(4).Add(12*time.Hour + 30*time.Minute), To: at(4).Add(12*time.Hour + 30*time.Minute)}, "/feed?from=2026-03-04T12%3A30%3A00Z&to=2026-03-04T12%3A30%3A00Z"},
		{"from=2026-03-05&to=2026-03-04", view{Window: lastWeek}, "/feed"},
		{"from=2026-03-05", view{Window: lastWeek}, "/feed"},
		{"from=0001-01-01&to=9999-01-01", view{Window: lastWeek}, "/feed"},
		{"stage=unknown&topic=a.b&segment=it's&product=%2B&q=+two+words+&label=negative", view{Window: lastWeek, Stage: "unknown", Topic: "a.b", Segment: "it's", Product: "+", Search: "two words", Label: "negative"},
			"/feed?label=negative&product=%2B&q=two+words&segment=it%27s&stage=unknown&topic=a.b"},
		{"before=2026-03-04T00:00:00.001Z&source=s&id=i", view{Window: lastWeek, Before: at(4).Add(time.Millisecond), Source: "s", ID: "i"}, "/feed?before=2026-03-04T00%3A00%3A00.001Z&id=i&source=s"},
		{"topics=broad&noise=only&rows=all", view{Window: lastWeek, Broad: true, Noise: true, All: true}, "/feed?noise=only&rows=all&topics=broad"},
		{"q=" + strings.Repeat("x", 2000), view{Window: lastWeek}, "/feed"},
	} {
		q, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		v := parseView(q, lastWeek)
		if v != tt.want || v.on(feedPath) != tt.canon {
			t.Errorf("%q: view %+v with address %s", tt.query, v, v.on(feedPath))
		}
		if again, err := url.Parse(v.on(feedPath)); err != nil || parseView(again.Query(), lastWeek) != v {
			t.Errorf("%q: the address %s leads elsewhere", tt.query, v.on(feedPath))
		}
		if rec := get(newDashboard(t, Options{Store: &fakeStore{}}), "/?"+url.PathEscape("x")+"&"+q.Encode()); rec.Code != 200 {
			t.Errorf("%q: status %d", tt.query, rec.Code)
		}
	}
}

func TestUsualWindowFollowsThePage(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		v        view
		want     string
	}{
		{overviewPath, painsPath, view{Window: lastDay}, "/pain-points"},
		{overviewPath, painsPath, view{Window: lastMonth, Channel: "chat"}, "/pain-points?channel=chat&window=30d"},
		{painsPath, overviewPath, view{Window: lastWeek}, "/"},
		{painsPath, overviewPath, view{Window: lastDay}, "/"},
		{painsPath, feedPath, view{Window: lastDay}, "/feed?window=24h"},
	} {
		if got := tt.v.common().moved(tt.from, tt.to).on(tt.to); got != tt.want {
			t.Errorf("%v from %s: %s, want %s", tt.v, tt.from, got, tt.want)
		}
	}
}

func TestEveryFragmentIsAnElementOfItsPage(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	for _, s := range d.sheets {
		m, _ := d.visit(t.Context(), s, view{Window: s.usual})
		if m.base().Still {
			continue
		}
		whole := get(d, s.path).Body.String()
		for _, name := range slices.Concat(commonFragments, s.fragments) {
			html, err := s.fragment(name, m)
			if err != nil {
				t.Fatal(s.path, err)
			}
			if !regexp.MustCompile(`^<\w+ id="` + name + `"`).Match(html) {
				t.Errorf("%s: fragment %s begins %.40s", s.path, name, html)
			}
			if n := strings.Count(whole, ` id="`+name+`"`); n != 1 && !m.base().Missing {
				t.Errorf("%s has %d elements %s", s.path, n, name)
			}
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

// hostileStore answers everything with a payload wherever there is text.
func hostileStore(p string, now time.Time) *fakeStore {
	row := itemRow(p, p, now, p, "", p, 0.5)
	row[0], row[4], row[5], row[6], row[7], row[8], row[20], row[27], row[28], row[29], row[30], row[31], row[32] = p, p, p, p, p, p, p, p, []string{p}, []string{p}, p, p, p
	text := itemRow("text", "review", now, "", p, "negative", -0.5)
	talk := itemRow("talk", "chat", now, "", p+p, p, -0.5)
	talk[12], talk[13], talk[14], talk[15] = uint64(99), []string{p, "customer"}, []uint32{0, 4294967295}, []uint32{uint32(len(p)), 7}
	items := [][]any{row, text, talk}
	topic := []any{p, p, uint64(9), int64(5), int64(1), uint64(4), uint64(4), -0.5, uint64(3), uint64(1), []string{p}, uint64(4), int64(1), int64(1),
		[]string{p}, []string{p}, []string{p}, []string{p}}
	at := now.UnixMilli()
	return &fakeStore{rows: map[string][][]any{
		"extent":       {extentRow(3, now.Add(-time.Hour), now)},
		"extent_items": {extentRow(3, now.Add(-time.Hour), now)},
		"series":       {seriesRow(p, 1, 2, 1, 1), seriesRow("review", 2, 1, 1, 0), seriesRow("review", 1<<30, 1, 1, 0)},
		"newest":       {{at}},
		"feed":         feedRows(items),
		"items":        items,
		"mentions":     {mentionRowOf("feedback.review", "text", p, p, -1, []string{p, p}, []uint32{0, 4294967295}, []uint32{3, 7}), mentionRowOf(p, p, p, p, 1, nil, nil, nil)},
		"count":        {{uint64(3)}},
		"topics":       {topic},
		"choices":      {{"segment", p}, {"product", p}, {"topic", p}},
		"journey":      {{p, p, p, uint64(2), uint64(1), uint64(0), nil, uint64(0), uint64(1)}},
		"steps":        {{p, p, uint64(100), uint64(2), 1.0, -90.0, -91.0, 0.1}},
		"customer":     {{p, p, p, at, at, at, uint64(3), []string{p}, -10.0, nil, true, []int64{at}, []string{p}, []string{p}, []int64{at}, []string{p}, []string{p}, []string{p}, []string{p}}},
		"rising":       {{p, uint64(5), uint64(1), 4.0, 0.5, 4.0, at, []string{p}, []string{p}, []string{p}}},
		"open_alerts":  {openAlertRow(p, p, now), openAlertRow(p+"2", p, now)},
		"past_alerts":  {{p, p, p, p, at, at, math.Inf(1), math.NaN(), p}},
		"improvements": {{p, p, p, p, at, p, at}},
		"mended":       {{uint8(1), at, uint64(3), uint64(1), uint64(1)}, {uint8(0), at, uint64(3), uint64(1), uint64(1)}},
		"deadletters":  {{p, uint64(1 << 63)}, {"missing_id", uint64(1 << 63)}},
		"letters":      {letterRowOf(p, 9, now, p, p, 1<<31)},
	}}
}

func TestHostileFieldsComeOutInert(t *testing.T) {
	now := time.Now()
	// These start an element, an attribute or a comment only if unescaped.
	live := regexp.MustCompile(`(?i)<script>|<svg onload|<img|<iframe|<!--|</textarea|<b>[^<]*alert|<[^>]*\son\w+\s*=|[\x{202e}\x{2066}\x00\x1b]`)
	leads := regexp.MustCompile(`(?i)(href|src|action)="?\s*(javascript|data):`)
	quoted := regexp.MustCompile(`="[^"]*"`) // in which nothing starts anything
	inline := regexp.MustCompile(`(?i)<[^>]*\sstyle\s*=|<style|<script(>| [^s])`)
	for _, p := range payloads {
		t.Run(p, func(t *testing.T) {
			d := newDashboard(t, Options{Store: hostileStore(p, now), Version: p, Live: func(context.Context) Live {
				return Live{
					Err: p, Lag: []PartitionLag{{p, -1, -1}, {p, 2, 1 << 62}},
					Rejected: 1 << 63,
					Latest:   []DeadLetter{{now, p, 0, 9, p, p, p}},
				}
			}})
			of := url.Values{}
			for _, name := range []string{"topic", "customer", "source", "id", "segment", "product", "stage", "q"} {
				of.Set(name, p)
			}
			for _, s := range d.sheets {
				whole := get(d, s.path+"?"+of.Encode()).Body.String()
				bodies := []string{whole}
				m, _ := d.visit(t.Context(), s, parseView(of, s.usual))
				for _, name := range slices.Concat(commonFragments, s.fragments) {
					html, err := s.fragment(name, m)
					if err != nil {
						t.Fatal(s.path, err)
					}
					bodies = append(bodies, string(html))
				}
				for _, body := range bodies {
					bare := quoted.ReplaceAllString(body, `=""`)
					if found := live.FindString(bare) + leads.FindString(body); found != "" {
						t.Errorf("%s: came out alive: %q", s.path, found)
					}
					if found := inline.FindString(bare); found != "" {
						t.Errorf("%s: inline style or script: %q", s.path, found)
					}
					if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "NaN") {
						t.Errorf("%s: the template refused a value, or a number is none", s.path)
					}
				}
				if !strings.Contains(whole, "</html>") {
					t.Errorf("%s stops in the middle", s.path)
				}
			}
		})
	}
}

func TestNothingForeignIsLoaded(t *testing.T) {
	now := time.Now()
	row := itemRow("1", "social", now, "", "see https://text.example", "neutral", 0)
	row[31] = "https://shop.example/reviews/1"
	d := newDashboard(t, Options{Store: &fakeStore{rows: map[string][][]any{
		"newest": {{now.UnixMilli()}}, "feed": feedRows([][]any{row}), "items": {row},
		"extent_items": {extentRow(1, now, now)}, "series": {seriesRow("social", 3, 1, 0, 0)},
	}}})
	body := get(d, "/").Body.String()
	if !strings.Contains(body, "https://shop.example/reviews/1") {
		t.Error("the address of the item is not shown")
	}
	loads := regexp.MustCompile(`(?i)(src|href|action|poster|srcset|data)\s*=\s*["']?\s*((https?:)?//|data:)|url\(["']?(https?:)?//|@import`)
	all := map[string]string{"page": body}
	for _, s := range d.sheets {
		all[s.path] = get(d, s.path).Body.String()
	}
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
			for _, want := range []string{"ClickHouse does not answer since", tt.want, "4,321", "Shown as soon as ClickHouse answers."} {
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

func TestFailureIsToldOnEveryPage(t *testing.T) {
	store := &fakeStore{before: func(context.Context) error { return errors.New("connection refused") }}
	d := newDashboard(t, Options{Store: store})
	for _, s := range d.sheets {
		rec := get(d, s.path+"?topic=a&customer=b&source=c&id=d")
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), "ClickHouse does not answer since") {
			t.Errorf("%s: status %d: %s", s.path, rec.Code, rec.Body)
		}
	}
}

func TestPageWithoutAPipelineSaysSo(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	if body := get(d, "/").Body.String(); strings.Contains(body, "Waiting in Kafka") {
		t.Error("a pipeline is shown where there is none")
	}
	if body := get(d, "/pipeline").Body.String(); !strings.Contains(body, "The pipeline runs elsewhere") {
		t.Errorf("nothing is said of the pipeline: %s", body)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	for _, target := range []string{"/item", "/item?source=a&id=b", "/customer", "/customer?customer=c", "/topic", "/nowhere"} {
		if rec := get(d, target); rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", target, rec.Code)
		}
	}
}
