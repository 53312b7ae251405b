package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
	"earshot/sinks/clickhouse"
)

// TestOnClickHouse shows pages of what the real writer wrote to the real
// engine.
func TestOnClickHouse(t *testing.T) {
	addr := engine(t)

	now := time.Now().UTC().Truncate(time.Millisecond)
	tests := []struct {
		name   string
		items  []*pipeline.Item
		target string
		want   []string
		never  []string
	}{
		{
			name:   "an empty database shows how to send the first feedback",
			target: "/",
			want:   []string{"Nothing heard yet", "earshot send --topic feedback.reviews", ">0</dd>"},
			never:  []string{"<svg class=\"net\"", "does not answer"},
		},
		{
			name:   "an empty database, all of time",
			target: "/?window=all",
			want:   []string{"Nothing heard yet"},
			never:  []string{"does not answer"},
		},
		{
			name:   "one row makes a page",
			items:  []*pipeline.Item{feedback("1", pipeline.Review, now, "They never called back", nlp.Negative, -0.8)},
			target: "/?window=all",
			want:   []string{"They never called back", "negative", "−0.80", "−100", "All of it within", `<svg class="net"`},
			never:  []string{"Nothing heard yet", "does not answer"},
		},
		{
			name: "what lies outside the window points to all of it",
			items: []*pipeline.Item{
				feedback("1", pipeline.Review, now.Add(-100*time.Hour), "Fine, thanks", nlp.Positive, 0.5),
			},
			target: "/?window=1h",
			want:   []string{"No feedback in the last hour", "The latest came 4 days ago: show all", `href="/?window=all"`, "Fine, thanks"},
			never:  []string{"Nothing heard yet", `<svg class="net"`},
		},
		{
			name: "a channel has its own figures and its own feedback",
			items: []*pipeline.Item{
				feedback("1", pipeline.Review, now, "A review of note", nlp.Positive, 0.5),
				chat("2", now, "customer: it hurts", "agent: so sorry"),
			},
			target: "/?channel=chat",
			want:   []string{"Chats</a></dt><dd class=\"value\">1</dd>", "it hurts", "so sorry", `<li class="customer"><span class="who">Customer</span>`, `<li><span class="who">Agent</span>`},
			never:  []string{"A review of note"},
		},
		{
			name: "topics carry the label of their strongest mention",
			items: []*pipeline.Item{mentioning(feedback("1", pipeline.Ticket, now, "Support was slow but kind", nlp.Neutral, 0),
				nlp.Mention{Topic: "support", Span: nlp.Span{Start: 0, End: 7}, Score: -0.2, Label: nlp.Negative},
				nlp.Mention{Topic: "support", Span: nlp.Span{Start: 21, End: 25}, Score: 0.9, Label: nlp.Positive})},
			target: "/",
			want:   []string{`<li class="topic positive"><a href="/topic?topic=support&amp;window=24h">support<span class="unseen"> (positive)</span></a></li>`},
		},
		{
			name: "noise is shown as such and not counted",
			items: []*pipeline.Item{
				noisy(feedback("1", pipeline.Social, now, "Buy followers", nlp.Neutral, 0)),
				feedback("2", pipeline.Social, now, "Lovely", nlp.Positive, 0.9),
			},
			target: "/",
			want:   []string{"noise: advert", "Buy followers", `Feedback</a></dt><dd class="value">1</dd>`},
		},
		{
			name: "an item from the future does not stay on top, nor out of sight",
			items: []*pipeline.Item{
				feedback("1", pipeline.Review, now.AddDate(100, 0, 0), "From the future", nlp.Neutral, 0),
			},
			target: "/?window=all",
			want:   []string{"1 item dated in the future", `href="/feed?from=`},
			never:  []string{"Nothing heard yet", "From the future"},
		},
		{
			name:   "stragglers are counted, not drawn",
			items:  append(many(now, 400), feedback("old", pipeline.Review, time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), "Long ago", nlp.Neutral, 0)),
			target: "/?window=all",
			// The oldest of the many may fall out too, by where the clock stands in its five minutes.
			want: []string{"far outside this period: counted, not drawn.", `<dd class="value">401</dd>`},
		},
		{
			name:   "hostile identities",
			items:  []*pipeline.Item{feedback("a'b\\c\"`\t{x:String}?--", pipeline.Review, now, "Odd id", nlp.Neutral, 0)},
			target: "/",
			want:   []string{"Odd id", "a&#39;b\\c&#34;`"},
			never:  []string{"does not answer"},
		},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := migrated(t, addr, fmt.Sprintf("case-%d", i))
			if len(tt.items) > 0 {
				writer := store.Writer()
				if err := errors.Join(writer.Write(t.Context(), tt.items), writer.Settle(t.Context())); err != nil {
					t.Fatal(err)
				}
			}
			d := newDashboard(t, Options{Store: store, Database: store.Database()})
			body := awaitPage(t, d, tt.target)
			for _, want := range tt.want {
				if !strings.Contains(body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			for _, never := range append(tt.never, "NaN", "Inf", "ZgotmplZ") {
				if strings.Contains(body, never) {
					t.Errorf("the page has %q", never)
				}
			}
			if t.Failed() {
				t.Log(body)
			}
		})
	}
}

// TestFiguresEqualTheHourlyView keeps the page and what analysts query in
// agreement.
func TestFiguresEqualTheHourlyView(t *testing.T) {
	addr := engine(t)
	store := migrated(t, addr, "earshot")
	now := time.Now().UTC().Truncate(time.Millisecond)
	items := append(many(now, 500), noisy(feedback("noise", pipeline.Social, now, "Win", nlp.Positive, 1)))
	items = append(items, items[:50]...) // delivered twice
	writer := store.Writer()
	if err := errors.Join(writer.Write(t.Context(), items), writer.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	s, err := newStore(store, "earshot")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := s.series(t.Context(), view{Window: allTime}, byChannel, now)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := store.Query(t.Context(), `SELECT toString(channel), sum(items), sum(negatives), sum(positives)
		FROM earshot.sentiment_hourly WHERE topic = '' GROUP BY channel`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var c string
		var want tally
		if err := rows.Scan(&c, &want.Items, &want.Negatives, &want.Positives); err != nil {
			t.Fatal(err)
		}
		steps, total, outside := shown.of(c)
		if total != want {
			t.Errorf("%s: the page has %v, sentiment_hourly %v", c, total, want)
		}
		var drawn tally
		for _, s := range steps {
			drawn = drawn.plus(s)
		}
		if drawn.Items+outside != total.Items {
			t.Errorf("%s: %d drawn and %d outside of %d", c, drawn.Items, outside, total.Items)
		}
	}
	if err := rows.Err(); err != nil || n != 6 {
		t.Fatalf("%d channels, error %v", n, err)
	}
}

func migrated(t testing.TB, addr, database string) *clickhouse.Store {
	t.Helper()
	store, err := clickhouse.Open(clickhouse.Options{URL: "http://" + addr, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

// awaitPage returns the page once ClickHouse has answered for it: on a busy
// machine that can take longer than a page waits.
func awaitPage(t *testing.T, d *Dashboard, target string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		rec := httptest.NewRecorder()
		d.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "GET", target, nil))
		body := rec.Body.String()
		if rec.Code != 200 {
			t.Fatalf("status %d: %s", rec.Code, body)
		}
		if !strings.Contains(body, "Not known yet.") || ctx.Err() != nil {
			return body
		}
	}
}

func feedback(id string, c pipeline.Channel, at time.Time, text string, label nlp.Label, score float64) *pipeline.Item {
	return &pipeline.Item{
		Record:   pipeline.Record{Topic: "feedback." + string(c), Time: at},
		Feedback: pipeline.Feedback{Source: "feedback." + string(c), ID: id, Channel: c, CreatedAt: at, Text: text},
		Analysis: nlp.Analysis{Text: text, Language: "en", Sentiment: nlp.Sentiment{Score: score, Label: label, Confidence: 0.9}, Tier: "fast"},
	}
}

func chat(id string, at time.Time, lines ...string) *pipeline.Item {
	item := feedback(id, pipeline.Chat, at, strings.Join(lines, "\n"), nlp.Negative, -0.5)
	start := 0
	for _, line := range lines {
		role, _, _ := strings.Cut(line, ": ")
		item.Feedback.Turns = append(item.Feedback.Turns, pipeline.Turn{
			Role: pipeline.Role(role), Span: nlp.Span{Start: start + len(role) + 2, End: start + len(line)},
		})
		start += len(line) + 1
	}
	return item
}

func mentioning(item *pipeline.Item, mentions ...nlp.Mention) *pipeline.Item {
	item.Analysis.Mentions = mentions
	return item
}

func noisy(item *pipeline.Item) *pipeline.Item {
	item.Analysis.Noise = "advert"
	return item
}

// many makes n items within the last two hours, over all channels and labels.
func many(now time.Time, n int) []*pipeline.Item {
	labels := []nlp.Label{nlp.Negative, nlp.Neutral, nlp.Positive, nlp.Positive}
	channels := pipeline.Channels()
	var items []*pipeline.Item
	for i := range n {
		at := now.Add(-2 * time.Hour * time.Duration(i) / time.Duration(n))
		label := labels[(i/len(channels))%len(labels)]
		items = append(items, feedback(fmt.Sprintf("many-%d", i), channels[i%len(channels)], at, "Some words", label, 0))
	}
	return items
}
