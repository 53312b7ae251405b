package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"earshot/nlp"
)

// explainFunc is an Explainer.
type explainFunc func(context.Context, nlp.Document) (nlp.Explanation, error)

func (f explainFunc) Explain(ctx context.Context, d nlp.Document) (nlp.Explanation, error) {
	return f(ctx, d)
}

// hears explains every text as one sentence whose first word is negative and
// turns the rest.
func hears(tier string) TierExplainer {
	return TierExplainer{tier, explainFunc(func(_ context.Context, d nlp.Document) (nlp.Explanation, error) {
		first := len(d.Text)
		if i := strings.IndexAny(d.Text, " \n"); i >= 0 {
			first = i
		}
		whole, word := nlp.Span{Start: 0, End: len(d.Text)}, nlp.Span{Start: 0, End: first}
		return nlp.Explanation{
			Analysis: nlp.Analysis{
				Text: d.Text, Tier: tier, Model: d.Title,
				Sentiment: nlp.Sentiment{Score: -0.5, Label: nlp.Negative, Confidence: 0.75, Mixed: true},
				Sentences: []nlp.Sentence{{Span: whole, Score: -0.5, Label: nlp.Negative}},
			},
			Margin: -1.234, Base: 0.1, Title: -0.334, Passes: 2, Exact: tier == nlp.TierFast,
			Cues: []nlp.Cue{
				{Cue: d.Text[:first], Span: word, Kind: nlp.CueNegation, Turns: &whole},
				{Cue: d.Text[:first], Span: word, Kind: nlp.CueWord, Contribution: -1},
			},
		}, nil
	})}
}

// post sends the form of the page "Explain" as that page does.
func post(d http.Handler, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, explainPath, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, r)
	return rec
}

func explaining(t *testing.T, explainers ...TierExplainer) *Dashboard {
	t.Helper()
	return newDashboard(t, Options{Store: &fakeStore{}, Explainers: explainers})
}

// has fails the test where body lacks one of the parts.
func has(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestThePageExplainIsThereWithAnExplainer(t *testing.T) {
	const there = `<a href="/explain"`
	without := newDashboard(t, Options{Store: &fakeStore{}})
	if rec := get(without, explainPath); rec.Code != http.StatusNotFound {
		t.Errorf("status %d without an explainer", rec.Code)
	}
	if rec := post(without, url.Values{"text": {"Fine"}}); rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d for a form without an explainer", rec.Code)
	}
	if strings.Contains(get(without, "/").Body.String(), there) {
		t.Error("a link to a page that is not there")
	}
	d := explaining(t, hears(nlp.TierFast))
	has(t, get(d, "/").Body.String(), there+">Explain</a>", `<a href="/" aria-current="page">`)
	rec := get(d, explainPath)
	has(t, rec.Body.String(), there+` aria-current="page"`, `<form method="post" action="/explain"`, "The deep tier is not available here")
	if strings.Contains(rec.Body.String(), "What was heard") || strings.Contains(rec.Body.String(), "<script") {
		t.Error("an answer to nothing, or a script")
	}
	if h := rec.Header(); h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("Content-Security-Policy"), "form-action 'self'") {
		t.Errorf("headers %v", h)
	}
}

func TestTextsAreExplained(t *testing.T) {
	d := explaining(t, hears(nlp.TierFast), hears(nlp.TierDeep))
	for tier, want := range map[string][]string{
		nlp.TierFast: {"any text <b>&#43;0.100</b>", "title <b>−0.334</b>", "cues <b>−1.000</b>", "margin <b>−1.234</b>", "add up exactly", `value="fast" checked`},
		nlp.TierDeep: {"they do not add up", ": 2 runs of the encoder, ", " ms in all", `value="deep" checked`},
		"none":       {"add up exactly", `value="fast" checked`},
	} {
		t.Run(tier, func(t *testing.T) {
			rec := post(d, url.Values{"tier": {tier}, "title": {" Fibre "}, "text": {"Never <again>\r\nhere.\n"}})
			if rec.Code != http.StatusOK {
				t.Errorf("status %d", rec.Code)
			}
			has(t, rec.Body.String(), append(want,
				"<title>negative −0.50 · Explain", `value="Fibre"`, "\nNever &lt;again&gt;\nhere.</textarea>",
				`<dd class="value negative">−0.50</dd>`, "75%", "mixed: clearly", `<dd class="note">Fibre</dd>`,
				`<span class="cue negative strong turn" title="−1.000; turns “&lt;again&gt; here.”"><span class="sign">−</span>Never</span> &lt;again&gt;`+"\nhere.</bdi>",
				`<th scope="row"><bdi>Never</bdi></th><td class="n net negative">−1.000</td>`, `<rect class="negative" x="0" width="50"`,
				`<b><bdi>Never</bdi></b> <span class="how">turns</span> <bdi>“&lt;again&gt; here.”</bdi>`,
			)...)
		})
	}
}

func TestTheAnalyzersReasonsComeToThePage(t *testing.T) {
	analyzer, err := nlp.New(nlp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := explaining(t, TierExplainer{nlp.TierFast, analyzer})
	has(t, post(d, url.Values{"text": {"The staff is great, but the app is terrible."}}).Body.String(),
		"</span>great</span>", "</span>terrible</span>", "<bdi>but</bdi>", "sets", "against the rest")
	for _, text := range []string{"...", "🙂", "42", "\x00\xff", "ما وصل الطلب", strings.Repeat("not good ", 2200)} {
		if rec := post(d, url.Values{"text": {text}}); rec.Code != http.StatusOK {
			t.Errorf("%.20q: status %d", text, rec.Code)
		}
	}
}

func TestTextsInAddressesAreNotRead(t *testing.T) {
	d := explaining(t, hears(nlp.TierFast))
	if body := get(d, explainPath+"?text=Never+again").Body.String(); strings.Contains(body, "Never again") {
		t.Error("a text was taken from the address")
	}
	r := httptest.NewRequest(http.MethodPost, explainPath+"?text=Never+again", strings.NewReader(""))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	if d.ServeHTTP(rec, r); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", rec.Code)
	}
}

func TestWhatCannotBeExplainedIsSaid(t *testing.T) {
	fails := func(err error) TierExplainer {
		return TierExplainer{nlp.TierFast, explainFunc(func(context.Context, nlp.Document) (nlp.Explanation, error) {
			return nlp.Explanation{}, err
		})}
	}
	fine := hears(nlp.TierFast)
	for name, tt := range map[string]struct {
		explainer TierExplainer
		form      url.Values
		status    int
		want      string
	}{
		"no text":           {fine, url.Values{"text": {" \r\n "}}, 422, "type what a customer said"},
		"only a title":      {fine, url.Values{"title": {"Terrible"}}, 200, "Strongest cues"},
		"the longest text":  {fine, url.Values{"text": {strings.Repeat("é", textLimit/2)}}, 200, "Strongest cues"},
		"a longer text":     {fine, url.Values{"text": {strings.Repeat("x", textLimit+1)}}, 413, "The text has 20,001 bytes; up to 20,000"},
		"a far longer text": {fine, url.Values{"text": {strings.Repeat("x", 1<<20)}}, 413, "The text has more than 20,000 bytes"},
		"a longer title":    {fine, url.Values{"title": {strings.Repeat("x", titleLimit+1)}}, 413, "The title has 501 bytes; up to 500"},
		"too slow":          {fails(context.DeadlineExceeded), url.Values{"text": {"secret"}}, 503, "No explanation within 20 s"},
		"failed":            {fails(errors.New("the model <is> damaged")), url.Values{"text": {"secret"}}, 500, "the model &lt;is&gt; damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			d := newDashboard(t, Options{Store: &fakeStore{}, Explainers: []TierExplainer{tt.explainer}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			rec := post(d, tt.form)
			if rec.Code != tt.status {
				t.Errorf("status %d, want %d", rec.Code, tt.status)
			}
			if !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("the page lacks %q", tt.want)
			}
			if text := tt.form.Get("text"); len(text) < formLimit && !strings.Contains(rec.Body.String(), strings.TrimSpace(text)+"</textarea>") {
				t.Error("the text is not in the form any more")
			}
			if strings.Contains(log.String(), "secret") {
				t.Errorf("the text is logged: %s", log.String())
			}
		})
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	d := explaining(t, hears(nlp.TierFast))
	for name, tt := range map[string]struct {
		method, path string
		header       map[string]string
		want         int
	}{
		"the page's own form":                      {"POST", explainPath, map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		"an old browser, the page's own form":      {"POST", explainPath, map[string]string{"Origin": "http://example.com"}, 200},
		"no browser":                               {"POST", explainPath, nil, 200},
		"another site's form":                      {"POST", explainPath, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"another port's form":                      {"POST", explainPath, map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		"an old browser, another site's form":      {"POST", explainPath, map[string]string{"Origin": "http://evil.example"}, 403},
		"an old browser that hides where it is at": {"POST", explainPath, map[string]string{"Origin": "null"}, 403},
		"a form to the other page":                 {"POST", "/", map[string]string{"Sec-Fetch-Site": "same-origin"}, 405},
		"what is neither a read nor a form":        {"PUT", explainPath, nil, 405},
		"a read from another site":                 {"GET", explainPath, map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader("text=Never+again"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for key, value := range tt.header {
				r.Header.Set(key, value)
			}
			rec := httptest.NewRecorder()
			if d.ServeHTTP(rec, r); rec.Code != tt.want {
				t.Errorf("status %d, want %d", rec.Code, tt.want)
			}
		})
	}
	// Without it browsers would send "Origin: null" from this page, too.
	if policy := get(d, explainPath).Header().Get("Referrer-Policy"); policy != "same-origin" {
		t.Errorf("referrer policy %q", policy)
	}
}

func TestHostileTextsComeOutInert(t *testing.T) {
	live := regexp.MustCompile(`(?i)<script>|<svg onload|<img|<iframe|<!--|<b>[^&+−0]|<[^>]*\son\w+\s*=|\sstyle\s*=|<style`)
	steering := regexp.MustCompile(`[\x{202e}\x{2066}\x00\x1b]`)
	quoted := regexp.MustCompile(`="[^"]*"`)         // the value of an attribute: nothing in it acts
	form := regexp.MustCompile(`(?s)<form.*</form>`) // in which a text stands as it was typed
	for _, p := range payloads {
		t.Run(p, func(t *testing.T) {
			e := hears(p)
			d := newDashboard(t, Options{Store: &fakeStore{}, Explainers: []TierExplainer{e}, Version: p})
			body := post(d, url.Values{"tier": {p}, "title": {p}, "text": {p + " " + p}}).Body.String()
			bare := quoted.ReplaceAllString(strings.ReplaceAll(body, "<b><bdi>", ""), "=")
			if found := live.FindString(bare); found != "" {
				t.Errorf("came out alive: %q", found)
			}
			if n := strings.Count(body, "</textarea"); n != 1 {
				t.Errorf("%d ends of the text box", n)
			}
			if found := steering.FindString(form.ReplaceAllString(body, "")); found != "" {
				t.Errorf("steers what stands around it: %q", found)
			}
			if strings.Contains(body, "ZgotmplZ") || !strings.Contains(body, "</html>") {
				t.Error("the template refused a value, or the page stops in the middle")
			}
		})
	}
}

func TestOneExplanationAtATimeAndNoneAfterTheClose(t *testing.T) {
	begun := make(chan struct{}, 2)
	d := explaining(t, TierExplainer{nlp.TierDeep, explainFunc(func(ctx context.Context, _ nlp.Document) (nlp.Explanation, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nlp.Explanation{}, ctx.Err()
	})})
	status := make(chan int, 2)
	for range 2 {
		go func() { status <- post(d, url.Values{"text": {"Fine"}}).Code }()
	}
	<-begun
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code := <-status; code != http.StatusServiceUnavailable {
			t.Errorf("status %d after the close", code)
		}
	}
	if n := len(begun); n > 1 {
		t.Errorf("%d more explanations beside the first", n)
	}
}
