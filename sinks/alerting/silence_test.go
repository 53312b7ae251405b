package alerting

import (
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
)

func TestASilenceHoldsFromItsBeginningToItsEnd(t *testing.T) {
	billing := Match{Topics: []string{"billing"}}
	silences, err := NewSilences([]Silence{
		{Match: billing, From: noon, To: noon.Add(time.Hour), Comment: "short"},
		{Match: billing, From: noon, To: noon.Add(2 * time.Hour), Comment: "long"},
	})
	if err != nil {
		t.Fatal(err)
	}
	alert := &pipeline.Alert{Topic: "billing.refund"}
	for after, want := range map[time.Duration]string{
		-time.Nanosecond: "", 0: "long", time.Hour: "long", 2*time.Hour - 1: "long", 2 * time.Hour: "",
	} {
		got := ""
		if s := silences.Of(alert, noon.Add(after)); s != nil {
			got = s.Comment
		}
		if got != want {
			t.Errorf("after %v: %q, want %q", after, got, want)
		}
	}
	if silences.Of(&pipeline.Alert{Topic: "network"}, noon) != nil {
		t.Error("another topic is silent too")
	}
}

func TestWhatIsWrongWithASilenceIsSaid(t *testing.T) {
	good := Silence{Match: Match{Series: []string{"*"}}, From: noon, To: noon.Add(time.Hour), Comment: "works"}
	for want, spoil := range map[string]func(*Silence){
		`silences[1].match: empty; say what to silence`:                                  func(s *Silence) { s.Match = Match{} },
		`silences[1].match.stages[0]: "x" is no stage`:                                   func(s *Silence) { s.Match.Stages = []string{"x"} },
		`silences[1].from: missing`:                                                      func(s *Silence) { s.From = time.Time{} },
		`silences[1].to: missing`:                                                        func(s *Silence) { s.To = time.Time{} },
		`silences[1].to: 2026-03-04T12:00:00Z is not after from, 2026-03-04T12:00:00Z; `: func(s *Silence) { s.To = s.From },
		`silences[1].comment: missing`:                                                   func(s *Silence) { s.Comment = "" },
	} {
		bad := good
		spoil(&bad)
		if _, err := NewSilences([]Silence{good, bad}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
