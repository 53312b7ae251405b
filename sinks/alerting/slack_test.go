package alerting

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"earshot/pipeline"
)

func TestSlackLimitsAreKept(t *testing.T) {
	long := strings.Repeat("<é&>@channel ", 2000)
	a := drop()
	a.Explanation, a.Series, a.URL, a.ID = long, long, "http://a/?"+strings.Repeat("x", 5000), long
	a.Owners = []string{long}
	a.Quotes = nil
	for range 50 {
		a.Quotes = append(a.Quotes, pipeline.Quote{Text: long})
	}
	d := &Digest{From: noon, To: noon}
	for range 200 {
		d.Open = append(d.Open, Incident{Alert: a, Also: []*pipeline.Alert{a}})
		d.Resolved = append(d.Resolved, Incident{Alert: a})
	}
	for name, m := range map[string]slackMessage{"notice": slackNotice(&Notice{a, Raised}), "digest": slackDigest(d)} {
		if len(m.Blocks) > slackBlockLimit {
			t.Errorf("%s has %d blocks", name, len(m.Blocks))
		}
		for i, b := range m.Blocks {
			limit := slackSectionLimit
			if b.Type == "header" {
				limit = slackHeaderLimit
			}
			if b.Text == nil {
				continue
			}
			if n := utf8.RuneCountInString(b.Text.Text); n > limit || n == 0 {
				t.Errorf("%s, block %d has %d characters", name, i, n)
			}
		}
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "@channel") {
			t.Errorf("%s calls everybody", name)
		}
	}
}

func TestSlackEscapesWithoutCuttingEntities(t *testing.T) {
	for _, tt := range []struct {
		text    string
		longest int
		want    string
	}{
		{"a < b & c > d", 100, "a &lt; b &amp; c &gt; d"},
		{"<!here>", 100, "&lt;!here&gt;"},
		{"@all", 100, "@\u200ball"},
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abcde…"},
		{"ab&cd", 6, "ab…"},
		{"ab&", 7, "ab&amp;"},
		{"ab&c", 7, "ab…"},
		{"éèê", 2, "é…"},
	} {
		if got := slackEscape(tt.text, tt.longest); got != tt.want || utf8.RuneCountInString(got) > tt.longest {
			t.Errorf("%q in %d: %q, want %q", tt.text, tt.longest, got, tt.want)
		}
	}
}
