package embedded

import "testing"

func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		header map[string]string
		status int
	}{
		{"a program", nil, 200},
		{"a page of another site", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"another origin", map[string]string{"Origin": "https://example.org"}, 403},
		{"an origin that is none", map[string]string{"Origin": "null"}, 403},
		{"a name that was made to lead here", map[string]string{"Host": "rebound.example.org:8123"}, 403},
		{"localhost", map[string]string{"Host": "localhost:8123"}, 200},
		{"its own page", map[string]string{"Host": "localhost:8123", "Origin": "http://localhost:8123"}, 200},
		{"an address", map[string]string{"Host": "[::1]:8123"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := (call{body: "SELECT 1", header: c.header}).do(t); r.status != c.status {
				t.Errorf("got %d %q, want %d", r.status, r.body, c.status)
			}
		})
	}
}

func TestNoAnswerIsAPage(t *testing.T) {
	r := call{method: "GET", path: "/%3Cscript%3E"}.do(t)
	if got := r.header.Get("Content-Type"); got != "text/plain; charset=UTF-8" || r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%q, %v", got, r.header)
	}
}
