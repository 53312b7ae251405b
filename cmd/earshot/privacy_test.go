package main

import (
	"strings"
	"testing"
)

func TestAnalyzeHidesPersonalDataUnlessToldOtherwise(t *testing.T) {
	const input = "Please write to ann@example.org about it\n"
	for _, tt := range []struct {
		args []string
		text string
		pii  string
	}{
		{nil, "Please write to [email] about it", `"pii":[{"kind":"email","start":16,"end":23}]`},
		{[]string{"--no-redact"}, "Please write to ann@example.org about it", `"pii":[{"kind":"email","start":16,"end":31}]`},
	} {
		got := earshot(t, input, append([]string{"analyze", "--tier", "fast"}, tt.args...)...).succeeds(t).out
		if text := analyses(t, got)[0]["text"]; text != tt.text {
			t.Errorf("%v: text %q, want %q", tt.args, text, tt.text)
		}
		if !strings.Contains(got, tt.pii) {
			t.Errorf("%v: %s does not tell %s", tt.args, got, tt.pii)
		}
	}
}

func TestAnalyzeHidesTheNamesThatARecordGives(t *testing.T) {
	const input = `{"text":"Then Zuleyka hung up","attributes":{"agent_name":"Zuleyka Quipp"}}` + "\n"
	got := earshot(t, input, "analyze", "--tier", "fast", "--input", "ndjson").succeeds(t).out
	if text := analyses(t, got)[0]["text"]; text != "Then [name] hung up" {
		t.Errorf("text %q", text)
	}
}

func TestAnalyzeQuotesNoPersonalDataInItsErrors(t *testing.T) {
	r := earshot(t, `{"text":"a","rating":"ann@example.org"}`+"\n", "analyze", "--tier", "fast", "--input", "ndjson")
	said := r.err
	if r.code != 1 || strings.Contains(said, "ann@example.org") || !strings.Contains(said, "[email]") {
		t.Errorf("said %q", said)
	}
}
