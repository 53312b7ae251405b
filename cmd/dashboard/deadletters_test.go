package dashboard

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/embedded"
)

func TestOpenDeadLettersAreShownUntilTheyAreClosed(t *testing.T) {
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(context.Background()) })
	store := migrated(t, server.Addr(), "earshot")
	states := store.DeadLetterWriter("v1")
	item := func(offset int64, reason pipeline.Reason) *pipeline.Item {
		return &pipeline.Item{
			Record:    pipeline.Record{Topic: "shop.reviews", Offset: offset, Time: time.Now()},
			Rejection: pipeline.Rejectf(reason, "<b>%d</b> is wrong", offset),
		}
	}
	items := []*pipeline.Item{item(1, pipeline.ReasonMissingID), item(2, pipeline.ReasonMissingID), item(3, pipeline.ReasonTombstone)}
	live := Live{Consumed: 10, Rejected: 3, Latest: []DeadLetter{{Topic: "shop.reviews", Offset: 2, Excerpt: "what it said"}}}
	show := func(want, never []string) {
		t.Helper()
		d := newDashboard(t, Options{Store: store, Live: func(context.Context) Live { return live }})
		body := awaitPage(t, d, "/pipeline")
		_, section, _ := strings.Cut(body, `id="deadletters"`)
		section, _, _ = strings.Cut(section, "</section>")
		figures, _, _ := strings.Cut(body, `id="trend"`)
		for _, w := range want {
			if !strings.Contains(section, w) && !strings.Contains(figures, w) {
				t.Errorf("the page lacks %q:\n%s", w, section)
			}
		}
		for _, n := range never {
			if strings.Contains(section, n) {
				t.Errorf("the page has %q:\n%s", n, section)
			}
		}
	}
	show([]string{"None open.", `<dt>Dead letters</dt><dd class="value">0</dd>`}, []string{"earshot replay"})

	if err := states.Reject(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	show([]string{
		`<code>missing_id</code> <span class="meaning">no id</span></th><td class="n">2</td>`, `<td class="n">1</td>`,
		"earshot replay --dead-letters", "shop.reviews/0@3", "&lt;b&gt;2&lt;/b&gt; is wrong", "what it said",
		`<dt>Dead letters</dt><dd class="value">3</dd><dd class="note">open: 2 reasons, 3 rejected since the start</dd>`,
	}, []string{"<b>", "attempts"})

	open, err := store.DeadLetters(t.Context(), []pipeline.Position{
		{Topic: "shop.reviews", Offset: 1}, {Topic: "shop.reviews", Offset: 2}, {Topic: "shop.reviews", Offset: 3},
	})
	if err != nil || len(open) != 3 {
		t.Fatalf("%d states, %v", len(open), err)
	}
	for i, d := range open {
		a := clickhouse.Attempt{At: time.Now(), By: "v2"}
		if d.Offset == 3 {
			a.Reason, a.Error = "tombstone", "still nothing"
		}
		open[i] = d.Tried(a)
	}
	if err := states.Keep(t.Context(), open); err != nil {
		t.Fatal(err)
	}
	show([]string{"<code>tombstone</code>", "still nothing", "2 attempts", `<dd class="value">1</dd>`}, []string{"missing_id", "what it said"})
}
