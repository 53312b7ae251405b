package clickhouse

import (
	"strings"
	"testing"
)

func TestURLSchemesAndPorts(t *testing.T) {
	for raw, want := range map[string]string{
		"http://host":                     "http://host:8123",
		"https://host":                    "https://host:8443",
		"clickhouse://host":               "clickhouse://host:9000",
		"tcp://host":                      "clickhouse://host:9000",
		"native://host":                   "clickhouse://host:9000",
		"clickhouses://host":              "clickhouses://host:9440",
		"clickhouse://host?secure=true":   "clickhouses://host:9440",
		"clickhouse://host?secure=false":  "clickhouse://host:9000",
		"http://host?secure=1":            "https://host:8443",
		"http://127.0.0.1:9999/":          "http://127.0.0.1:9999",
		"https://[::1]:8123":              "https://[::1]:8123",
		"HTTP://host":                     "http://host:8123",
		"http://user:p%40ss@host:1/":      "http://host:1",
		"clickhouses://h:1?secure=true":   "clickhouses://h:1",
		"http://some-host.example.com:80": "http://some-host.example.com:80",
	} {
		e, err := parseURL(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
		} else if got := e.String(); got != want {
			t.Errorf("%s is read as %s, want %s", raw, got, want)
		}
	}
}

func TestBadURLsNameTheFieldAndTheForms(t *testing.T) {
	for raw, want := range map[string]string{
		"":                          "empty",
		"   ":                       "empty",
		"127.0.0.1:8123":            "http://HOST:8123",
		"host":                      "unknown scheme",
		"ftp://host":                `unknown scheme "ftp"`,
		"http://":                   "no host",
		"http://:8123":              "no host",
		"http://host:0":             "port 0",
		"http://host:65536":         "port 65536",
		"http://host/earshot":       "clickhouse.database",
		"http://host?user=x":        `unknown parameter "user"`,
		"http://host?secure=maybe":  "secure=maybe",
		"http://user:secret@ho st/": "cannot be read",
		"http://user:secret@h:port": "cannot be read",
	} {
		_, err := Open(Options{URL: raw})
		if err == nil {
			t.Errorf("%q is accepted", raw)
			continue
		}
		text := err.Error()
		if !strings.Contains(text, "clickhouse.url") || !strings.Contains(text, want) || strings.Contains(text, "\n") {
			t.Errorf("%q: error %q lacks clickhouse.url or %q", raw, text, want)
		}
		if strings.Contains(text, "secret") {
			t.Errorf("%q: error %q shows the password", raw, text)
		}
	}
}

func TestOptionsWinOverTheURLAndNothingShowsThePassword(t *testing.T) {
	s, err := Open(Options{URL: "http://urluser:urlpass@127.0.0.1:1", Username: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if s.options.Username != "u" || s.options.Password != "p" {
		t.Errorf("user %s with password %s, want those of the options", s.options.Username, s.options.Password)
	}
	s, err = Open(Options{URL: "http://urluser:urlpass@127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if s.options.Username != "urluser" || s.options.Password != "urlpass" {
		t.Errorf("user %s with password %s, want those of the URL", s.options.Username, s.options.Password)
	}
	err = s.Ping(t.Context())
	if err == nil {
		t.Fatal("something answers on port 1")
	}
	if text := err.Error() + s.Addr() + s.options.URL; strings.Contains(text, "urlpass") {
		t.Errorf("%q shows the password", text)
	}
}

func TestDatabaseNamesThatNeedMoreThanQuotingAreRefused(t *testing.T) {
	for _, name := range []string{"a`b", `a"b`, "a'b", `a\b`, "a/b", "a\nb", "a\x00b", strings.Repeat("d", 129)} {
		if _, err := Open(Options{URL: "http://h", Database: name}); err == nil || !strings.Contains(err.Error(), "clickhouse.database") {
			t.Errorf("%q: %v, want an error that names clickhouse.database", name, err)
		}
	}
	for _, name := range []string{"earshot", "ear-shot", "Ear shot", "été"} {
		if _, err := Open(Options{URL: "http://h", Database: name}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
