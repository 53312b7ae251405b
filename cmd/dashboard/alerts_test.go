package dashboard

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
	"earshot/sinks/clickhouse"
)

// raisedAlert is one that lasts: calls about billing make customers unhappy.
func raisedAlert(id, incident string, at time.Time) *pipeline.Alert {
	return &pipeline.Alert{
		ID: id, Incident: incident, Kind: pipeline.AlertDrop, Measure: "net_sentiment", Series: "channel call, stage billing", Channel: "call", Stage: "billing",
		Severity: pipeline.AlertCritical, Since: at.Add(-3 * time.Hour), SinceFrom: at.Add(-5 * time.Hour), SinceTo: at.Add(-2 * time.Hour), RaisedAt: at, UpdatedAt: at,
		Expected: pipeline.Estimate{Value: 20, Low: 15.4, High: 25}, Observed: pipeline.Estimate{Value: -31, Low: -40, High: -22}, Items: 1234, PValue: 0.001,
		Explanation: "Net sentiment has fallen to −31.",
		Decomposition: []pipeline.Contribution{
			{Dimension: "channel", Value: "call", Within: -51}, {Dimension: "segment", Value: "family", Mix: -1.25, Within: -40}, {Dimension: "segment", Value: "", Within: -9.75},
		},
		Rising: []pipeline.Rise{{Kind: "topic", Text: "billing.double_charge", Share: 40, Before: 5}, {Kind: "phrase", Text: "twice", Share: 12, Before: 1}},
		Quotes: []pipeline.Quote{{Source: "feedback.call", ID: "1", Text: "Charged twice"}, {Source: "feedback.call", ID: "2", Text: "And nobody <b>cares</b>"}, {Source: "feedback.call", ID: "3", Text: "Third time"}},
		URL:    "https://elsewhere.example/feed",
	}
}

// over is another alert like a that is over.
func over(a *pipeline.Alert, id string, at time.Time) *pipeline.Alert {
	o := *a
	o.ID, o.ResolvedAt = id, at
	return &o
}

func save(t *testing.T, store *clickhouse.Store, alerts ...*pipeline.Alert) {
	t.Helper()
	if err := store.SaveAlerts(t.Context(), alerts); err != nil {
		t.Fatal(err)
	}
}

// section is the part of a page that is the fragment of that name, with its plus signs
// as they are read.
func section(t *testing.T, body, name string) string {
	t.Helper()
	_, after, found := strings.Cut(body, `<section id="`+name+`"`)
	if !found {
		t.Fatalf("the page has no %s: %s", name, body)
	}
	part, _, _ := strings.Cut(after, "</section>")
	return strings.ReplaceAll(part, "&#43;", "+")
}

func TestAlertsAreOnThePage(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	leader := raisedAlert("leader", "leader", now.Add(-time.Hour))
	companion := raisedAlert("companion", "leader", now.Add(-30*time.Minute))
	companion.Measure, companion.Series, companion.Channel, companion.Stage = "negative_share", "topic billing", "", ""
	companion.Topic, companion.Expected.Value, companion.Observed.Value, companion.Explanation = "billing", 20, 55.5, "Of the companion"
	chats := raisedAlert("chats", "chats", now.Add(-2*time.Hour))
	chats.Channel, chats.Series, chats.Severity, chats.SinceTo = "chat", "channel chat", pipeline.AlertWarning, chats.SinceFrom
	before := over(raisedAlert("", "leader", now.Add(-50*time.Hour)), "before", now.Add(-40*time.Hour))
	before.Series, before.Explanation = "channel review", "It was the lift"
	long := over(raisedAlert("", "long", now.AddDate(0, 0, -20)), "long", now.Add(-41*time.Hour))
	long.Series = "channel survey"
	ancient := over(raisedAlert("", "ancient", now.AddDate(0, 0, -40)), "ancient", now.AddDate(0, 0, -39))
	ancient.Series = "channel ticket"
	var many []*pipeline.Alert
	for i := range shownPast + 9 {
		many = append(many, over(leader, fmt.Sprint("many", i), now))
	}
	addr := engine(t)
	for n, tt := range []struct {
		name       string
		alerts     []*pipeline.Alert
		query      string
		open, past []string // in this order
		never      []string
	}{
		{
			name: "nothing ever", open: []string{"Nothing is open."}, past: []string{"Nothing was raised in the last 7 days."},
		},
		{
			name: "nothing of a channel in a month", alerts: []*pipeline.Alert{chats, over(chats, "then", now)}, query: "?channel=call&window=30d",
			open: []string{"Nothing is open for calls."}, past: []string{"Nothing was raised for calls in the last 30 days."}, never: []string{"channel chat"},
		},
		{
			name: "an incident with its companion, and what its leader says", alerts: []*pipeline.Alert{companion, leader},
			open: []string{
				"<h3><bdi>channel call, stage billing</bdi>: <bdi>net sentiment</bdi></h3>", "since <time", leader.Since.Format(time.RFC3339), "4 h ago", "most likely between", `<span class="label negative">critical</span>`,
				"<b>−31</b> (−40 to −22)", "+20 (+15 to +25)", "<dd>1,234</dd>", "Net sentiment has fallen to −31.",
				"<td>segment</td>", "<bdi>family</bdi>", "−1.2", "−40.0", "none", "add up to observed minus expected",
				"topic=billing.double_charge", "40% instead of 5%", "q=twice",
				`href="/item?id=1&amp;source=feedback.call"`, "Charged twice", "And nobody &lt;b&gt;cares&lt;/b&gt;", "Third time",
				`href="/feed?channel=call&amp;from=`, "label=negative&amp;stage=billing&amp;to=", "Read the negative feedback since then",
				"Of the same cause", "<bdi>topic billing</bdi>: <bdi>negative share</bdi> 56%, expected 20%",
			},
			past: []string{"Nothing else was raised in the last 7 days."}, never: []string{"elsewhere.example", "Of the companion", "<bdi>call</bdi>"},
		},
		{
			name: "those that lasted in the period are past, the latest first", alerts: []*pipeline.Alert{chats, ancient, long, before},
			open: []string{"channel chat", `<span class="label neutral">warning</span>`},
			past: []string{"<details", "<bdi>channel review</bdi>: <bdi>net sentiment</bdi> −31, expected +20", "to <time", before.ResolvedAt.Format(time.RFC3339), "critical", "It was the lift", "channel survey"}, never: []string{"channel ticket", "most likely between"},
		},
		{
			name: "an alert that is written again is what it was last", alerts: []*pipeline.Alert{leader, func() *pipeline.Alert {
				o := over(leader, "leader", now)
				o.UpdatedAt = now.Add(time.Second)
				return o
			}()}, open: []string{"Nothing is open."}, past: []string{"channel call, stage billing"},
		},
		{
			name: "the latest fifty", alerts: many, open: []string{"Nothing is open."}, past: []string{"The latest 50."},
		},
		{
			name: "an own period, as long ago as it is", alerts: []*pipeline.Alert{ancient, long, before}, query: "?from=" + now.AddDate(0, 0, -60).Format(time.DateOnly) + "&to=" + now.AddDate(0, 0, -30).Format(time.DateOnly),
			open: []string{"Nothing is open."}, past: []string{"channel ticket"}, never: []string{"channel survey", "channel review"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := migrated(t, addr, fmt.Sprint("alerts", n))
			for _, a := range tt.alerts { // one at a time, as they come
				save(t, store, a)
			}
			d := newDashboard(t, Options{Store: store, Database: store.Database()})
			_, body := wholePage(t, d, alertsPath+tt.query)
			for name, words := range map[string][]string{"open": tt.open, "past": tt.past} {
				rest := section(t, body, name)
				for _, w := range words {
					_, after, found := strings.Cut(rest, w)
					if !found {
						t.Fatalf("%s lacks %q, or has it elsewhere: %s", name, w, section(t, body, name))
					}
					rest = after
				}
			}
			for _, never := range tt.never {
				if strings.Contains(section(t, body, "open")+section(t, body, "past"), never) {
					t.Errorf("the page has %q", never)
				}
			}
		})
	}
}

func TestOverviewCountsIncidents(t *testing.T) {
	now := time.Now().UTC()
	chats := raisedAlert("chats", "chats", now)
	chats.Channel, chats.Severity = "chat", pipeline.AlertWarning
	store := migrated(t, engine(t), "shop")
	save(t, store, raisedAlert("leader", "leader", now), raisedAlert("companion", "leader", now), chats, over(chats, "then", now))
	d := newDashboard(t, Options{Store: store, Database: store.Database()})
	for target, want := range map[string]string{
		"/":                `<dt><a href="/alerts">Open incidents</a></dt><dd class="value">2</dd><dd class="note">1 critical</dd>`,
		"/?channel=chat":   `<dt><a href="/alerts?channel=chat">Open incidents</a></dt><dd class="value">1</dd><dd class="note">none critical</dd>`,
		"/?channel=survey": `<dt><a href="/alerts?channel=survey">Open incidents</a></dt><dd class="value">0</dd><dd class="note">nothing is raised</dd>`,
	} {
		if _, body := wholePage(t, d, target); !strings.Contains(body, want) {
			t.Errorf("%s lacks %s: %s", target, want, section(t, body, "figures"))
		}
	}
}

func TestAlertComesToWhoeverLooks(t *testing.T) {
	now := time.Now().UTC()
	store := migrated(t, engine(t), "shop")
	d := newDashboard(t, Options{Store: store, Database: store.Database(), Refresh: 20 * time.Millisecond})
	d.sheetAt(t, alertsPath).refresh = 20 * time.Millisecond
	server := httptest.NewServer(d)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := stream(t, ctx, server.URL, "/events/alerts")
	await(t, events, `id="open"`, "Nothing is open.")
	save(t, store, raisedAlert("leader", "leader", now))
	await(t, events, `id="open"`, "channel call, stage billing", "critical")
	resolved := over(raisedAlert("", "leader", now), "leader", now)
	resolved.UpdatedAt = now.Add(time.Second)
	save(t, store, resolved)
	await(t, events, `id="past"`, "channel call, stage billing")
	cancel()
	ended(t, events)
}
