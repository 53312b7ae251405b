package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
)

// secretPath is a part of an address that nobody is to read.
const secretPath = "/services/T0SECRET/B0SECRET/hush-hush"

// posts are the receivers that post, to one server.
func posts(t *testing.T, server string) map[string]Receiver {
	t.Helper()
	am, err1 := NewAlertmanager(AlertmanagerOptions{URL: server + secretPath})
	hook, err2 := NewWebhook(WebhookOptions{URL: server + secretPath, Secret: []byte("hmac-secret")})
	slack, err3 := NewSlack(SlackOptions{URL: server + secretPath})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return map[string]Receiver{"alertmanager": am, "webhook": hook, "slack": slack}
}

func TestAnAnswerSaysWhetherItMayPass(t *testing.T) {
	for _, tt := range []struct {
		name      string
		answer    func(http.ResponseWriter, *http.Request)
		retriable bool
		after     time.Duration
		want      string // in the error; "": none
	}{
		{name: "accepted", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }},
		{name: "broken", retriable: true, want: "answered 500 (Internal Server Error): out of order",
			answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "out of order\nstack", 500) }},
		{name: "a page", retriable: true, want: "answered 502 (Bad Gateway)",
			answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>…", http.StatusBadGateway) }},
		{name: "busy", retriable: true, after: 17 * time.Second, want: "answered 429 (Too Many Requests)",
			answer: func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "17"); w.WriteHeader(429) }},
		{name: "busy for days", retriable: true, after: time.Hour, want: "answered 503",
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "200000")
				w.WriteHeader(503)
			}},
		{name: "refused", want: "answered 400 (Bad Request): invalid_payload; ",
			answer: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "invalid_payload", 400) }},
		{name: "an answer that repeats the address", want: "answered 404 (Not Found); ",
			answer: func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no "+r.URL.Path+" here", 404) }},
		{name: "redirected", want: "answered 302 (Found), which sends elsewhere",
			answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }},
		{name: "cut off", retriable: true, want: "no answer: ",
			answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(tt.answer))
			defer server.Close()
			for name, r := range posts(t, server.URL) {
				err := r.Send(t.Context(), &Notice{drop(), Raised})
				if tt.want == "" {
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), strings.TrimPrefix(server.URL, "http://")) {
					t.Fatalf("%s: %v, want the host and %q", name, err, tt.want)
				}
				if pipeline.IsRetriable(err) != tt.retriable || retryAfter(err) != tt.after {
					t.Errorf("%s: retriable %v after %v: %v", name, pipeline.IsRetriable(err), retryAfter(err), err)
				}
				if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "hmac-secret") {
					t.Errorf("%s tells the secret: %v", name, err)
				}
			}
		})
	}
}

func TestAServerThatHangsIsLeftInTime(t *testing.T) {
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-released
	}))
	defer server.Close()
	defer close(released)
	for name, r := range posts(t, server.URL) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := r.Send(ctx, &Notice{drop(), Raised})
		cancel()
		if !pipeline.IsRetriable(err) || !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerThatIsDownMayComeBack(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	for name, r := range posts(t, server.URL) {
		if err := r.Send(t.Context(), &Notice{drop(), Raised}); !pipeline.IsRetriable(err) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRetryAfterIsSecondsOrATime(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0, "99999999999999999999": 0,
		noon.Add(time.Minute).Format(http.TimeFormat): time.Minute, noon.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := parseRetryAfter(value, noon); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// request is what a server was sent.
type request struct {
	path   string
	header http.Header
	body   []byte
}

// record starts a server that accepts everything and hands it out.
func record(t *testing.T) (server *httptest.Server, received chan request) {
	received = make(chan request, 10)
	server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- request{r.URL.Path, r.Header, body}
	}))
	t.Cleanup(server.Close)
	return server, received
}

// pretty is JSON as the golden files have it.
func pretty(t *testing.T, body []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

func TestWebhooksGetEverythingSigned(t *testing.T) {
	server, received := record(t)
	w, err := NewWebhook(WebhookOptions{URL: server.URL + "/hook", Secret: []byte("s3cret")})
	if err != nil {
		t.Fatal(err)
	}
	w.now = func() time.Time { return noon }
	check := func(name string) {
		r := <-received
		golden(t, "webhook."+name+".golden", pretty(t, r.body))
		if err := Verify([]byte("s3cret"), r.header.Get(HeaderSignature), r.body, noon, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r.header.Get("Content-Type") != "application/json" || r.header.Get(HeaderNotice) == "" {
			t.Errorf("%s: headers %v", name, r.header)
		}
	}
	for name, n := range renderings() {
		if err := w.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		check(name)
	}
	if err := w.SendDigest(t.Context(), day(t)); err != nil {
		t.Fatal(err)
	}
	check("digest")
}

func TestSlackGetsBlocks(t *testing.T) {
	server, received := record(t)
	s, err := NewSlack(SlackOptions{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range renderings() {
		if err := s.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		golden(t, "slack."+name+".golden", pretty(t, (<-received).body))
	}
	if err := s.SendDigest(t.Context(), day(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "slack.digest.golden", pretty(t, (<-received).body))
}

func TestAlertmanagerGetsLabelsThatStay(t *testing.T) {
	server, received := record(t)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("t0ken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := NewAlertmanager(AlertmanagerOptions{URL: server.URL + "/am/", TokenFile: token})
	if err != nil {
		t.Fatal(err)
	}
	a.now = func() time.Time { return noon }
	for name, n := range renderings() {
		if err := a.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		r := <-received
		golden(t, "alertmanager."+name+".golden", pretty(t, r.body))
		if r.path != "/am/api/v2/alerts" || r.header.Get("Authorization") != "Bearer t0ken" {
			t.Errorf("%s: posted to %s with %v", name, r.path, r.header)
		}
	}
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	if err := a.Send(t.Context(), &Notice{drop(), Raised}); !pipeline.IsRetriable(err) || !strings.Contains(err.Error(), "token_file") {
		t.Errorf("without its token: %v", err)
	}
	if a, err = NewAlertmanager(AlertmanagerOptions{URL: server.URL, Username: "u", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Send(t.Context(), &Notice{drop(), Raised}); err != nil {
		t.Fatal(err)
	}
	if got := (<-received).header.Get("Authorization"); got != "Basic dTpw" {
		t.Errorf("authorization %q", got)
	}
}

func TestWhatIsWrongWithAReceiverIsSaid(t *testing.T) {
	am := func(o AlertmanagerOptions) error { _, err := NewAlertmanager(o); return err }
	for want, err := range map[string]error{
		"url: not an address":    am(AlertmanagerOptions{URL: "alertmanager:9093"}),
		"resend: -1s":            am(AlertmanagerOptions{URL: "http://a", Resend: -time.Second}),
		"token_file: there is a": am(AlertmanagerOptions{URL: "http://a", TokenFile: "t", Username: "u"}),
		"username: empty":        am(AlertmanagerOptions{URL: "http://a", Password: "p"}),
		"secret_file: ":          func() error { _, err := NewWebhook(WebhookOptions{URL: "http://a"}); return err }(),
		"url: not an address of": func() error { _, err := NewWebhook(WebhookOptions{Secret: []byte("s")}); return err }(),
		"url_file: not an address of": func() error {
			_, err := NewSlack(SlackOptions{URL: "hooks.slack.example" + secretPath})
			return err
		}(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
