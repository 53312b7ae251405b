package service

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/cmd/config"
	"earshot/nlp"
	"earshot/pipeline"
	"earshot/sinks/alerting"
	"earshot/sinks/clickhouse"
)

// told is a notice as a webhook got it.
type told struct {
	ID     string
	Reason string
	Alert  struct {
		ID, Incident, Topic, Explanation string
		Quotes                           []pipeline.Quote
		Owners                           []string
	}
}

// listener is a webhook that hands on what it is sent, if it is signed.
func listener(t *testing.T, secret []byte) (url string, notices <-chan told) {
	t.Helper()
	heard := make(chan told, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = alerting.Verify(secret, r.Header.Get(alerting.HeaderSignature), body, time.Now(), time.Minute)
		}
		var n told
		if err == nil {
			err = json.Unmarshal(body, &n)
		}
		if err != nil {
			t.Error(err)
			return
		}
		heard <- n
	}))
	t.Cleanup(server.Close)
	return server.URL, heard
}

// chargedTwice is what customers say of billing until a time: for forty days a third of them
// complain, for the last two nearly all do.
func chargedTwice(until time.Time) []*pipeline.Item {
	random := rand.New(rand.NewPCG(1, 1))
	var items []*pipeline.Item
	for at := until.AddDate(0, 0, -40); at.Before(until); at = at.Add(20 * time.Minute) {
		angry := 0.33
		if at.After(until.AddDate(0, 0, -2)) {
			angry = 0.95
		}
		label := nlp.Positive
		if random.Float64() < angry {
			label = nlp.Negative
		}
		id := fmt.Sprint(len(items))
		items = append(items, &pipeline.Item{
			Feedback: pipeline.Feedback{Source: "a", ID: id, Channel: pipeline.Chat, CreatedAt: at, Customer: "c" + id, Stage: "billing", Text: "They charged me twice, number " + id},
			Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Label: label}, Mentions: []nlp.Mention{{Topic: "billing.double_charge", Stage: "billing", Label: label}}},
		})
	}
	return items
}

// watching looks once at a store as a process does that has just started, at a time, and
// then delivers until stop is called.
func watching(t *testing.T, store *clickhouse.Store, c *config.Alerts, now time.Time) (a *lookout, stop func()) {
	t.Helper()
	a, err := newLookout(newWatchman(store, c, "http://127.0.0.1:8080", slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	a.now = func() time.Time { return now }
	for range 2 { // at the first look all of history seems to have been written just now
		if err := a.once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		a.teller.outbox.Run(ctx)
		close(done)
	}()
	return a, func() { cancel(); <-done }
}

// awaitDelivery waits until it is noted that a receiver has taken a notice.
func awaitDelivery(t *testing.T, store *clickhouse.Store, receiver, notice string) {
	t.Helper()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.After(time.Minute); ; {
		taken, err := store.Deliveries(t.Context(), time.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if taken[[2]string{receiver, notice}] {
			return
		}
		select {
		case <-ticks.C:
		case <-deadline:
			t.Fatalf("nobody notes that %s has taken %s", receiver, notice)
		}
	}
}

func TestADropIsKeptAndToldOnceWhateverStartsAgain(t *testing.T) {
	store := newStore(t)
	secret := []byte("hush")
	url, notices := listener(t, secret)
	hook, err := alerting.NewWebhook(alerting.WebhookOptions{URL: url, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default().Alerts
	c.Measures = []string{"net_sentiment", "negative_share"}
	c.Receivers = []config.Receiver{{Name: "hook", Type: "webhook", Receiver: hook}}
	c.Routing, err = alerting.NewRoutes([]alerting.Route{{Match: alerting.Match{Topics: []string{"billing"}}, Owner: "billing team", Receivers: []string{"hook"}}}, nil, []string{"hook"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Hour)
	writer := store.Writer()
	items := chargedTwice(now)
	if err := writer.Write(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	if err := writer.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}

	_, stop := watching(t, store, &c, now)
	var n told
	select {
	case n = <-notices:
	case <-time.After(time.Minute):
		t.Fatal("nothing was told")
	}
	awaitDelivery(t, store, "hook", n.ID) // killed before it is noted, it would be told again
	stop()
	if n.Reason != "raised" || n.Alert.Topic != "billing.double_charge" && n.Alert.Topic != "billing" || n.Alert.Incident != n.Alert.ID {
		t.Errorf("told: %+v", n)
	}
	if len(n.Alert.Owners) != 1 || n.Alert.Owners[0] != "billing team" || n.Alert.Explanation == "" {
		t.Errorf("told: %+v", n.Alert)
	}
	before, err := store.Alerts(t.Context(), now.AddDate(0, 0, -7))
	if err != nil || len(before) == 0 {
		t.Fatalf("%d alerts are kept, %v", len(before), err)
	}
	for _, a := range before {
		if a.Incident != n.Alert.ID {
			t.Errorf("%s of %s is of incident %s, not of %s", a.Measure, a.Series, a.Incident, n.Alert.ID)
		}
	}

	// The same records again, heard by a process that has just started.
	if err := writer.Write(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	if err := writer.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, stop := watching(t, store, &c, now)
	// What is put behind whatever it owes comes first, since it owes nothing.
	marker := &pipeline.Alert{ID: "marker", Incident: "marker", Kind: pipeline.AlertDrop, RaisedAt: now}
	if err := again.teller.outbox.Put("hook", &alerting.Notice{Alert: marker, Reason: alerting.Raised}); err != nil {
		t.Fatal(err)
	}
	select {
	case n := <-notices:
		if n.Alert.ID != marker.ID {
			t.Errorf("told again: %+v", n)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was told")
	}
	stop()
	after, err := store.Alerts(t.Context(), now.AddDate(0, 0, -7))
	if err != nil || len(after) != len(before) {
		t.Fatalf("%d alerts are kept, %v; %d before", len(after), err, len(before))
	}
	for i := range after {
		if after[i].ID != before[i].ID {
			t.Errorf("alert %d is %s, and was %s", i, after[i].ID, before[i].ID)
		}
	}
}
