package alerting

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

func TestTheFirstRouteThatFitsDecidesUnlessItContinues(t *testing.T) {
	routes, err := NewRoutes([]Route{
		{Match: Match{Severities: []string{"critical"}}, Receivers: []string{"pager"}, Continue: true},
		{Match: Match{Topics: []string{"billing"}}, Owner: "billing", Receivers: []string{"mail", "pager"}},
		{Match: Match{Topics: []string{"billing", "network"}}, Owner: "network"},
		{Match: Match{Stages: []string{"exit"}}, Owner: "loyalty", Receivers: []string{"mail"}, Continue: true},
	}, []string{"chat"}, []string{"chat", "mail", "pager"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		alert pipeline.Alert
		want  Destination
	}{
		{"no route", pipeline.Alert{}, Destination{Receivers: []string{"chat"}}},
		{"one that ends", pipeline.Alert{Topic: "billing.refund"}, Destination{[]string{"billing"}, []string{"mail", "pager"}}},
		{"one that continues", pipeline.Alert{Topic: "billing", Severity: pipeline.AlertCritical}, Destination{[]string{"billing"}, []string{"pager", "mail"}}},
		{"an owner alone", pipeline.Alert{Topic: "network"}, Destination{[]string{"network"}, []string{"chat"}}},
		{"one that continues to the end", pipeline.Alert{Stage: "exit"}, Destination{[]string{"loyalty"}, []string{"mail"}}},
	} {
		if diff := cmp.Diff(tt.want, routes.For(&tt.alert)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestWhatIsWrongWithRoutesIsSaid(t *testing.T) {
	names := []string{"chat", "mail"}
	for _, tt := range []struct {
		want      string
		routes    []Route
		defaults  []string
		receivers []string
	}{
		{`routes[0].receivers[0]: there is no receiver "pager"; take one of chat, mail`, []Route{{Receivers: []string{"pager"}}}, nil, names},
		{`default_receivers[1]: there is no receiver "x"; take one of chat, mail`, nil, []string{"chat", "x"}, names},
		{`default_receivers[0]: there is no receiver "x"; add one to receivers`, nil, []string{"x"}, nil},
		{`routes[0].match.kinds[0]: "x" is no kind`, []Route{{Owner: "a", Match: Match{Kinds: []string{"x"}}}}, []string{"chat"}, names},
		{`routes[0]: neither an owner nor receivers`, []Route{{}}, []string{"chat"}, names},
		{`routes[0].receivers: empty, and there are no default_receivers`, []Route{{Owner: "a"}}, nil, names},
		{`routes[1]: never asked`, []Route{{Owner: "a"}, {Owner: "b"}}, []string{"chat"}, names},
	} {
		if _, err := NewRoutes(tt.routes, tt.defaults, tt.receivers); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
	}
}
