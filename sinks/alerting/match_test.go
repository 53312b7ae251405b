package alerting

import (
	"testing"

	"earshot/pipeline"
)

func TestAMatchFitsWhereEveryFieldDoes(t *testing.T) {
	alert := pipeline.Alert{
		Kind: pipeline.AlertDrop, Severity: pipeline.AlertWarning, Series: "call, 24/7 support [gold]",
		Channel: "call", Stage: "support", Topic: "billing.refund",
	}
	for _, tt := range []struct {
		name  string
		match Match
		want  bool
	}{
		{"nothing asked", Match{}, true},
		{"first level", Match{Topics: []string{"billing"}}, true},
		{"second level", Match{Topics: []string{"network", "billing.refund"}}, true},
		{"another second level", Match{Topics: []string{"billing.invoice"}}, false},
		{"the beginning of a name", Match{Topics: []string{"bill"}}, false},
		{"stage and channel", Match{Stages: []string{"support"}, Channels: []string{"call", "chat"}}, true},
		{"stage, but not channel", Match{Stages: []string{"support"}, Channels: []string{"chat"}}, false},
		{"a pattern over a slash", Match{Series: []string{"call, *support*"}}, true},
		{"a bracket that means itself", Match{Series: []string{`* \[gold]`}}, true},
		{"a part of the series", Match{Series: []string{"call"}}, false},
		{"severity and kind", Match{Severities: []string{"warning"}, Kinds: []string{"drop", "volume"}}, true},
		{"another severity", Match{Severities: []string{"critical"}}, false},
		{"another kind", Match{Kinds: []string{"silence"}}, false},
	} {
		if got := tt.match.Fits(&alert); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if (&Match{Topics: []string{"billing"}}).Fits(&pipeline.Alert{}) {
		t.Error("an alert without a topic fits one")
	}
}

func TestWhatIsWrongWithAMatchIsSaid(t *testing.T) {
	for want, m := range map[string]Match{
		`m.topics[1]: "a.b.c" is no topic; give one of the first level, as in billing, or with its second, as in billing.refund`:          {Topics: []string{"a", "a.b.c"}},
		`m.topics[0]: "billing." is no topic; give one of the first level, as in billing, or with its second, as in billing.refund`:       {Topics: []string{"billing."}},
		`m.stages[0]: "biling" is no stage; take one of discovery, inquiry, purchase, fulfilment, usage, billing, support, renewal, exit`: {Stages: []string{"biling"}},
		`m.channels[0]: "phone" is no channel; take one of review, social, chat, survey, ticket, call`:                                    {Channels: []string{"phone"}},
		`m.series[0]: "call [" is no pattern; * stands for any characters, ? for one, and a bracket that means itself is \[`:              {Series: []string{"call ["}},
		`m.severities[0]: "info" is no severity; take one of warning, critical`:                                                           {Severities: []string{"info"}},
		`m.kinds[0]: "rise" is no kind of alert; take one of drop, volume, silence, emergence`:                                            {Kinds: []string{"rise"}},
	} {
		if err := m.validate("m"); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
