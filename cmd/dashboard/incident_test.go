package dashboard

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
	"earshot/pipeline/watch"
)

func TestAlertsOfOneCauseAreOneIncident(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	alert := func(id, incident, channel string, hours int) *pipeline.Alert {
		return &pipeline.Alert{ID: id, Incident: incident, Channel: channel, RaisedAt: at.Add(time.Duration(hours) * time.Hour)}
	}
	all := []*pipeline.Alert{
		alert("late", "first", "call", 9), alert("alone", "alone", "chat", 5), alert("orphan2", "over", "", 4), alert("orphan1", "over", "call", 3),
		alert("first", "first", "", 2), alert("early", "first", "chat", 1),
	}
	for _, tt := range []struct {
		name    string
		channel pipeline.Channel
		want    []string
	}{
		{"every channel: the leader leads although another one was raised before it, and the first where it is over", "", []string{"alone", "orphan1: orphan2", "first: early late"}},
		{"a channel, and all of them together", "chat", []string{"alone", "orphan2", "first: early"}},
		{"a channel of which nothing is said", "survey", []string{"orphan2", "first"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, i := range incidentsIn(incidentsOf(all), tt.channel) {
				line := i.leader.ID
				for k, o := range i.others {
					line += []string{": ", " "}[min(k, 1)] + o.ID
				}
				got = append(got, line)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestLargestPartsLeaveOutWhatTheSeriesIsAbout(t *testing.T) {
	of := func(channel, topic string, parts ...pipeline.Contribution) *pipeline.Alert {
		return &pipeline.Alert{Measure: string(watch.NetSentiment), Channel: channel, Topic: topic, Decomposition: parts}
	}
	for _, tt := range []struct {
		name  string
		alert *pipeline.Alert
		want  []alertPart
	}{
		{"none", of("", ""), nil},
		{
			"the largest, whichever way, at most five",
			of("", "", pipeline.Contribution{Dimension: "channel", Value: "chat", Mix: 1, Within: -2}, pipeline.Contribution{Dimension: "channel", Value: "call", Mix: 3, Within: 9.04},
				pipeline.Contribution{Dimension: "channel", Value: "review"}, pipeline.Contribution{Dimension: "channel", Value: "survey", Mix: 0.5},
				pipeline.Contribution{Dimension: "segment", Value: "", Within: -20}, pipeline.Contribution{Dimension: "segment", Value: watch.Rest, Within: 0.7}),
			[]alertPart{{"segment", "none", "0.0", "−20.0"}, {"channel", "call", "+3.0", "+9.0"}, {"channel", "chat", "+1.0", "−2.0"}, {"segment", watch.Rest, "0.0", "+0.7"}, {"channel", "survey", "+0.5", "0.0"}},
		},
		{
			"not its own value, nor one that is alone, nor the time of day",
			of("call", "billing", pipeline.Contribution{Dimension: "channel", Value: "call", Within: -30}, pipeline.Contribution{Dimension: "channel", Value: watch.Season, Mix: -9},
				pipeline.Contribution{Dimension: "topic", Value: "billing", Within: -30}, pipeline.Contribution{Dimension: "topic", Value: "billing.refund", Within: -3},
				pipeline.Contribution{Dimension: "product", Value: "", Within: -30}),
			[]alertPart{{"topic", "billing.refund", "0.0", "−3.0"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := largestParts(tt.alert); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestFeedBehindAnAlertIsItsOwn(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 30, 0, 0, time.UTC)
	since := now.Add(-48 * time.Hour).Truncate(time.Hour)
	const when = "from=2026-03-02T12%3A00%3A00Z&"
	for _, tt := range []struct {
		name  string
		alert pipeline.Alert
		want  *link
	}{
		{"a drop", pipeline.Alert{Kind: pipeline.AlertDrop, Channel: "call", Stage: "fulfilment", Items: 3, URL: "https://elsewhere.example"}, &link{Href: "/feed?channel=call&" + when + "label=negative&stage=fulfilment&to=2026-03-04T13%3A00%3A00Z", Text: "Read the negative feedback since then"}},
		{"much feedback", pipeline.Alert{Kind: pipeline.AlertVolume, Topic: "a&b", Items: 3}, &link{Href: "/feed?" + when + "to=2026-03-04T13%3A00%3A00Z&topic=a%26b", Text: "Read the feedback since then"}},
		{"a phrase", pipeline.Alert{Kind: pipeline.AlertEmergence, Series: "late parcel", Items: 3}, &link{Href: "/feed?" + when + "q=late+parcel&to=2026-03-04T13%3A00%3A00Z", Text: "Read the feedback since then"}},
		{"a series of the user", pipeline.Alert{Kind: pipeline.AlertDrop, Series: "families", Items: 3}, &link{Href: "/feed?" + when + "label=negative&to=2026-03-04T13%3A00%3A00Z", Text: "Read all negative feedback since then"}},
		{"silence", pipeline.Alert{Kind: pipeline.AlertSilence, Channel: "call"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.alert.Since = since
			if got := feedBehind(&tt.alert, now); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestAmountsHaveTheUnitOfTheirMeasure(t *testing.T) {
	for _, tt := range []struct {
		measure watch.Measure
		value   float64
		want    string
	}{
		{watch.NetSentiment, -12.4, "−12"},
		{watch.Effort, -0.456, "−0.46"},
		{watch.NegativeShare, 31.25, "31%"},
		{watch.ChurnShare, 4.2, "4.2%"},
		{watch.Volume, 1234.4, "1,234 items a day"},
		{watch.Silence, 0, "0.0 items a day"},
		{"new", 3.14, "3.1"},
	} {
		if got := amount(string(tt.measure), tt.value) + unit(string(tt.measure)); strings.TrimSpace(got) != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.measure, tt.value, got, tt.want)
		}
	}
}
