package dashboard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/embedded"
)

// engine starts an engine and returns its address.
func engine(t *testing.T) string {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(context.Background()) })
	return server.Addr()
}

// shop is a store with items that were written and settled.
func shop(t *testing.T, addr, database string, items ...*pipeline.Item) *clickhouse.Store {
	t.Helper()
	store := migrated(t, addr, database)
	put(t, store, items...)
	return store
}

func put(t *testing.T, store *clickhouse.Store, items ...*pipeline.Item) {
	t.Helper()
	writer := store.Writer()
	if err := errors.Join(writer.Write(t.Context(), items), writer.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// wholePage is a page once everything on it is known.
func wholePage(t testing.TB, d *Dashboard, target string) (status int, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		rec := httptest.NewRecorder()
		d.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, target, nil))
		status, body = rec.Code, rec.Body.String()
		if !strings.Contains(body, "Not known yet.") && !strings.Contains(body, "Asking ClickHouse") || ctx.Err() != nil {
			return status, body
		}
	}
}

// TestOddDataMakesSensiblePages looks at every page of stores that hold what nobody
// thinks of.
func TestOddDataMakesSensiblePages(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	about := func(item *pipeline.Item, topic string, label nlp.Label) *pipeline.Item {
		return mentioning(item, nlp.Mention{Topic: topic, Stage: "billing", Span: nlp.Span{Start: 0, End: 4}, Score: -0.5, Label: label})
	}
	rating := feedback("rated", pipeline.Review, now, "", nlp.Negative, -1)
	one, best := 1.0, 5.0
	rating.Feedback.Rating, rating.Feedback.RatingMax, rating.Analysis.Tier = &one, &best, "score"
	var faithful []*pipeline.Item
	for i := range 10_000 {
		item := feedback(fmt.Sprint("f", i), pipeline.Chat, now.Add(-time.Duration(i)*time.Minute), "Here again", nlp.Neutral, 0)
		item.Feedback.Customer, item.Feedback.Stage = "c", "usage"
		faithful = append(faithful, item)
	}
	hostile := about(feedback("<script>'\\", pipeline.Social, now, "Words </script> of 'mine'", nlp.Negative, -0.9), "bill'ing.\\x", nlp.Negative)
	hostile.Feedback.Segment, hostile.Feedback.Product, hostile.Feedback.Customer = `a'b\`, `{x:String}`, `c"d`
	odd := raisedAlert("odd", "", now)
	odd.Kind, odd.Measure, odd.Severity, odd.Series, odd.Explanation = "ode", `me'a\x`, "<b>", "<script>'\\", "</details>"+strings.Repeat("long ", 9999)
	odd.Channel, odd.Stage, odd.Topic, odd.Items = "fax", `{x:String}`, "a'b", -1
	odd.Since, odd.SinceFrom, odd.SinceTo = now.AddDate(50, 0, 0), time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	odd.Expected, odd.Observed = pipeline.Estimate{Value: math.NaN(), Low: math.Inf(-1), High: math.Inf(1)}, pipeline.Estimate{Value: 1e300}
	odd.Decomposition = []pipeline.Contribution{{Value: "<b>", Mix: math.NaN()}, {Value: "", Within: math.Inf(1)}, {Dimension: "topic", Value: "a"}}
	odd.Rising, odd.Quotes = []pipeline.Rise{{Share: math.NaN(), Before: math.Inf(1)}}, []pipeline.Quote{{}}
	bare := &pipeline.Alert{ID: "bare", Incident: "gone", Since: now, SinceFrom: now, SinceTo: now, RaisedAt: now, UpdatedAt: now}
	stores := []struct {
		name   string
		items  []*pipeline.Item
		alerts []*pipeline.Alert
	}{
		{name: "no data"},
		{"one row, one topic", []*pipeline.Item{about(feedback("1", pipeline.Review, now.Add(-time.Minute), "They charged me twice", nlp.Negative, -0.8), "billing.double_charge", nlp.Negative)}, nil},
		{"a rating without text", []*pipeline.Item{rating}, nil},
		{"times in the future, and long ago", []*pipeline.Item{
			about(feedback("1", pipeline.Review, now.AddDate(50, 0, 0), "Soon", nlp.Positive, 0.8), "a", nlp.Positive),
			about(feedback("2", pipeline.Review, time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), "Once", nlp.Positive, 0.8), "b.c", nlp.Negative),
		}, nil},
		{"a customer with 10,000 items", faithful, nil},
		{"hostile names", []*pipeline.Item{hostile}, nil},
		{name: "odd alerts", alerts: []*pipeline.Alert{odd, bare, over(odd, "odd and over", now), over(bare, "bare and over", now)}},
	}
	queries := []string{"", "from=2026-01-01&to=2026-01-01", "window=all&topics=broad&rows=all",
		"window=all&" + url.Values{"channel": {"social"}, "segment": {`a'b\`}, "product": {`{x:String}`}, "stage": {"unknown"}, "label": {"negative"}, "q": {`'mine'`}}.Encode()}
	const names = "&topic=billing.double_charge&customer=c&source=feedback.review&id=1"
	addr := engine(t)
	for n, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			store := shop(t, addr, fmt.Sprint("odd", n), s.items...)
			if err := store.SaveAlerts(t.Context(), s.alerts); err != nil {
				t.Fatal(err)
			}
			d := newDashboard(t, Options{Store: store, Database: store.Database()})
			for _, sheet := range d.sheets {
				for _, q := range queries {
					target := sheet.path + "?" + q
					if sheet.name == "" {
						target += names
					}
					status, body := wholePage(t, d, target)
					if status != http.StatusOK && (status != http.StatusNotFound || sheet.name != "") {
						t.Errorf("%s: status %d", target, status)
					}
					for _, never := range []string{"NaN", "Inf", "<nil>", "ZgotmplZ", "does not answer", "%!", "Not known yet"} {
						if strings.Contains(body, never) {
							t.Errorf("%s has %q: %s", target, never, surroundings(body, never))
						}
					}
				}
			}
		})
	}
}

func surroundings(body, word string) string {
	i := strings.Index(body, word)
	return body[max(i-80, 0):min(i+200, len(body))]
}
