package alerting

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

var update = flag.Bool("update", false, "write the golden renderings of testdata anew")

// golden compares what was rendered with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// noon is now, to tests.
var noon = time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)

// drop is an alert with all that one can say, and customers who would like to do harm.
func drop() *pipeline.Alert {
	return &pipeline.Alert{
		ID: "topic installation/net_sentiment/2026-03-04T06:00:00Z", Incident: "call, fulfilment/volume/2026-03-04T05:00:00Z",
		Kind: pipeline.AlertDrop, Measure: "net_sentiment", Series: "topic installation",
		Channel: "call", Stage: "fulfilment", Topic: "installation", Severity: pipeline.AlertCritical,
		Since: noon.Add(-9 * time.Hour), SinceFrom: noon.Add(-10 * time.Hour), SinceTo: noon.Add(-8 * time.Hour),
		RaisedAt: noon.Add(-6 * time.Hour), UpdatedAt: noon.Add(-5*time.Hour + 7*time.Millisecond),
		Expected: pipeline.Estimate{Value: 24, Low: 18.25, High: 30}, Observed: pipeline.Estimate{Value: -12.4, Low: -20, High: -4.75},
		Items: 1312, PValue: 0.0004,
		Explanation: "Net sentiment of installation fell by 36 points since 03:00, most of it in <calls> & \"chats\".",
		Decomposition: []pipeline.Contribution{
			{Dimension: "channel", Value: "call", Mix: -2.5, Within: -30.25, Before: 400, After: 512},
			{Dimension: "channel", Value: "other", Mix: 0.5, Within: 0, Before: 700, After: 800},
		},
		Rising: []pipeline.Rise{{Kind: "phrase", Text: "missed <appointment>", Share: 31, Before: 4.2}},
		Quotes: []pipeline.Quote{
			{Source: "feedback.calls", ID: "c-1", Text: "<!channel> @here the technician\nnever came <script>alert(1)</script> &c."},
			{Source: "feedback.calls", ID: "c-2", Text: "*third* appointment\r\nBcc: all@example.com"},
		},
		URL:    "http://earshot.example:8080/?topic=installation&channel=call",
		Owners: []string{"field service"},
	}
}

// emergence is an alert whose series is a customer's words.
func emergence() *pipeline.Alert {
	return &pipeline.Alert{
		ID: "phrase/=?utf-8?q?router?= <b>reboots</b>/2026-03-04", Kind: pipeline.AlertEmergence, Measure: "phrase",
		Series: "=?utf-8?q?router?= <b>reboots</b>\r\nBcc: a@b.c @channel дом", Severity: pipeline.AlertWarning,
		Since: noon.Add(-26 * time.Hour), RaisedAt: noon.Add(-2 * time.Hour), UpdatedAt: noon,
		Expected: pipeline.Estimate{Value: 0.1, Low: 0, High: 0.3}, Observed: pipeline.Estimate{Value: 4.2, Low: 3, High: 5.5}, Items: 41,
	}
}

// resolved is the alert when it is over.
func resolved(a *pipeline.Alert) *pipeline.Alert {
	a.ResolvedAt = noon.Add(-time.Hour)
	return a
}

// renderings are the notices of the golden files.
func renderings() map[string]*Notice {
	return map[string]*Notice{
		"raised":    {drop(), Raised},
		"updated":   {drop(), Updated},
		"resolved":  {resolved(drop()), Resolved},
		"emergence": {emergence(), Raised},
	}
}

func TestANoticeKeepsItsID(t *testing.T) {
	a := drop()
	for reason, want := range map[Reason]string{
		Raised:   a.ID + ":raised",
		Updated:  a.ID + ":updated:1772607600007",
		Resolved: a.ID + ":resolved",
		Standing: a.ID + ":standing",
	} {
		if got := (&Notice{a, reason}).ID(); got != want {
			t.Errorf("%s: %q, want %q", reason, got, want)
		}
	}
}

func TestHeadlines(t *testing.T) {
	for _, tt := range []struct {
		alert pipeline.Alert
		want  string
	}{
		{*drop(), "topic installation: net sentiment fell to −12, expected 24"},
		{pipeline.Alert{Kind: pipeline.AlertDrop, Measure: "churn_share", Series: "chat", Observed: pipeline.Estimate{Value: 9.96}, Expected: pipeline.Estimate{Value: 3.25}},
			"chat: share that speaks of leaving rose to 10 %, expected 3.2 %"},
		{pipeline.Alert{Kind: pipeline.AlertDrop, Measure: "effort", Observed: pipeline.Estimate{Value: -0.421}, Expected: pipeline.Estimate{Value: 0.1}},
			"all feedback: effort fell to −0.42, expected 0.1"},
		{pipeline.Alert{Kind: pipeline.AlertVolume, Measure: "volume", Series: "call,\nbilling", Observed: pipeline.Estimate{Value: 1312.4}, Expected: pipeline.Estimate{Value: 400}},
			"call, billing: volume rose to 1312 items a day, expected 400 items a day"},
		{pipeline.Alert{Kind: pipeline.AlertSilence, Measure: "volume", Series: "survey", Expected: pipeline.Estimate{Value: 35}}, "survey: no feedback, expected 35 items a day"},
		{pipeline.Alert{Kind: pipeline.AlertEmergence, Measure: "phrase", Series: "blue light"}, "“blue light” is spoken of more and more, and no topic covers it"},
	} {
		if got := headline(&tt.alert); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
