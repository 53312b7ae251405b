package clickhouse

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// heardItem is an item of a text whose sentences speak of topics: one each, "" for
// none.
func heardItem(id string, label nlp.Label, topics ...string) *pipeline.Item {
	it := &pipeline.Item{
		Record:   pipeline.Record{Topic: "feedback.reviews", Offset: 7},
		Feedback: pipeline.Feedback{Source: "shop", ID: id, Channel: pipeline.Review, CreatedAt: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Customer: "c-" + id},
	}
	return reheard(it, label, topics...)
}

func reheard(it *pipeline.Item, label nlp.Label, topics ...string) *pipeline.Item {
	a := nlp.Analysis{Sentiment: nlp.Sentiment{Label: label}, Tier: "fast", Model: "m@1", Taxonomy: "t@1"}
	for i, topic := range topics {
		start := len(a.Text)
		a.Text += fmt.Sprintf("Sentence %d. ", i)
		span := nlp.Span{Start: start, End: len(a.Text) - 1}
		a.Sentences = append(a.Sentences, nlp.Sentence{Span: span, Label: label})
		if topic != "" {
			a.Mentions = append(a.Mentions, nlp.Mention{Topic: topic, Span: nlp.Span{Start: start, End: start + 8}, Label: label})
		}
	}
	it.Feedback.Text, it.Analysis = a.Text, a
	return it
}

// always is when any feedback was given.
var always = Period{time.UnixMilli(0), time.UnixMilli(latestMilli)}

// shadowRun hears the history of s again as hear says.
func shadowRun(t *testing.T, s *Store, name string, hear func(*pipeline.Item)) {
	t.Helper()
	w, err := s.ShadowWriter(name)
	if err != nil {
		t.Fatal(err)
	}
	err = s.History(t.Context(), always, Key{}, func(items []*Stored) error {
		for _, it := range items {
			hear(&it.Item)
			it.Analysis.Text = it.Feedback.Text
		}
		return w.Write(t.Context(), items)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHistoryComesBackAsItWasStored(t *testing.T) {
	s := newStore(t)
	it := maximalItem()
	it.Feedback.Language, it.Feedback.Stage, it.Feedback.Touchpoint = "de", "exit", "shop"
	items := []*pipeline.Item{it, heardItem("withdrawn", nlp.Negative, "billing"), {Feedback: pipeline.Feedback{Source: "scores", ID: "1", Channel: pipeline.Survey, CreatedAt: time.UnixMilli(1), NPS: ptr(3.0)}}}
	for i := range historyBatch + 3 { // more than a batch
		items = append(items, heardItem(fmt.Sprintf("%04d", i), nlp.Neutral, "delivery"))
	}
	write(t, s, items...)
	gone := heardItem("withdrawn", nlp.Negative)
	gone.Feedback.Deleted, gone.Record.Offset = true, 8
	write(t, s, gone)

	read := map[string]*Stored{}
	if err := s.History(t.Context(), always, Key{}, func(items []*Stored) error {
		for _, it := range items {
			if read[it.Feedback.ID] != nil {
				t.Errorf("%s comes twice", it.Feedback.ID)
			}
			read[it.Feedback.ID] = it
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.HistorySize(t.Context(), always); err != nil || n != historyBatch+5 || len(read) != historyBatch+5 {
		t.Fatalf("%d items of %d (%v), want %d", len(read), n, err, historyBatch+5)
	}
	got, want := read[it.Feedback.ID].Feedback, it.Feedback
	for _, pair := range [][2]any{
		{got.Text, it.Analysis.Text}, {got.Title, want.Title}, {len(got.Turns), len(want.Turns)}, {got.Turns[1].Span, want.Turns[1].Span}, {got.Turns[0].Role, want.Turns[0].Role},
		{*got.Rating, *want.Rating}, {*got.RatingMax, *want.RatingMax}, {*got.NPS, *want.NPS}, {*got.CSAT, *want.CSAT},
		{got.Language, "de"}, {got.Stage, "exit"}, {got.Touchpoint, "shop"}, {got.Channel, want.Channel}, {fmt.Sprint(got.Targets), "[modem]"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("read %v, stored %v", pair[0], pair[1])
		}
	}
	n := 0
	if err := s.History(t.Context(), Period{time.UnixMilli(2), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}, Key{}, func(items []*Stored) error {
		n += len(items)
		return nil
	}); err != nil || n != 0 {
		t.Errorf("%d items before the first (%v)", n, err)
	}
}

func TestShadowDiffNamesWhatWouldChange(t *testing.T) {
	s := newStore(t)
	write(t, s,
		heardItem("same", nlp.Negative, "billing"),
		heardItem("gained", nlp.Negative, "billing", ""),
		heardItem("lost", nlp.Negative, "billing", "support"),
		heardItem("moved", nlp.Negative, "support"),
		heardItem("moved too", nlp.Negative, "support"),
		heardItem("relabelled", nlp.Negative, "delivery"),
		heardItem("edited", nlp.Negative, "delivery"),
	)
	shadowRun(t, s, "next", func(it *pipeline.Item) {
		switch it.Feedback.ID {
		case "same":
			reheard(it, nlp.Negative, "billing")
		case "gained":
			reheard(it, nlp.Negative, "billing", "fees")
		case "lost":
			reheard(it, nlp.Negative, "billing", "")
		case "moved", "moved too":
			reheard(it, nlp.Negative, "wait_time")
		case "relabelled":
			reheard(it, nlp.Positive, "delivery")
		case "edited":
			reheard(it, nlp.Negative, "fees")
		}
	})
	edited := heardItem("edited", nlp.Negative, "delivery")
	edited.Feedback.Version = 1
	write(t, s, edited) // it was heard as it is no more

	got := jsonRows(t, s, "SELECT shadow, topic, change, topic_before, topic_after, items, negatives, arraySort(examples.2) AS ids, examples[1].3 AS quote FROM shadow_diff ORDER BY change, topic")
	compare(t, got,
		`{"shadow":"next","topic":"fees","change":"gained","topic_before":"","topic_after":"fees","items":1,"negatives":1,"ids":["gained"],"quote":"Sentence 1."}`,
		`{"shadow":"next","topic":"support","change":"lost","topic_before":"support","topic_after":"","items":1,"negatives":-1,"ids":["lost"],"quote":"Sentence 1."}`,
		`{"shadow":"next","topic":"wait_time","change":"moved","topic_before":"support","topic_after":"wait_time","items":2,"negatives":0,"ids":["moved","moved too"],"quote":"Sentence 0."}`,
		`{"shadow":"next","topic":"","change":"relabelled","topic_before":"","topic_after":"","items":1,"negatives":-1,"ids":["relabelled"],"quote":"Sentence 0. "}`,
		`{"shadow":"next","topic":"delivery","change":"relabelled","topic_before":"delivery","topic_after":"delivery","items":1,"negatives":-1,"ids":["relabelled"],"quote":"Sentence 0."}`)
}

func TestAPublishedShadowReplacesTheAnalysisAndNothingElse(t *testing.T) {
	s := newStore(t)
	write(t, s, heardItem("a", nlp.Negative, "billing"), heardItem("b", nlp.Negative, "billing"), heardItem("edited", nlp.Negative, "billing"))
	shadowRun(t, s, "next", func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
	edited := heardItem("edited", nlp.Neutral, "device")
	edited.Feedback.Version = 1
	write(t, s, edited)

	for range 2 { // publishing twice is publishing once
		if n, err := s.PublishShadow(t.Context(), "next"); err != nil || n > 2 {
			t.Fatalf("%d items, %v", n, err)
		}
	}
	write(t, s, heardItem("a", nlp.Negative, "billing")) // a late duplicate brings nothing back
	compare(t, jsonRows(t, s, "SELECT id, label, topics, customer, kafka_offset FROM feedback ORDER BY id"),
		`{"id":"a","label":"positive","topics":["fees"],"customer":"c-a","kafka_offset":7}`,
		`{"id":"b","label":"positive","topics":["fees"],"customer":"c-b","kafka_offset":7}`,
		`{"id":"edited","label":"neutral","topics":["device"],"customer":"c-edited","kafka_offset":7}`)
	if n := count(t, s, "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name LIKE 'publish%'"); n != 0 {
		t.Error("a table is left over")
	}
	// An edit that comes later wins.
	edited = heardItem("a", nlp.Neutral, "device")
	edited.Record.Offset = 8
	write(t, s, edited)
	compare(t, jsonRows(t, s, "SELECT topics FROM feedback WHERE id = 'a'"), `{"topics":["device"]}`)
}

func TestNoQuerySeesHalfOfAPublishedShadow(t *testing.T) {
	s := newStore(t)
	const items = 3000
	var list []*pipeline.Item
	for i := range items {
		list = append(list, heardItem(fmt.Sprint(i), nlp.Negative, "billing"))
	}
	for part := 0; part < items; part += 500 { // several parts
		write(t, s, list[part:part+500]...)
	}
	shadowRun(t, s, "next", func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
	done := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		for {
			rows := jsonRows(t, s, "SELECT count() AS items, countIf(label = 'positive') AS changed FROM feedback")
			if changed := rows[0]["changed"].(float64); rows[0]["items"].(float64) != items || changed != 0 && changed != items {
				t.Errorf("a query sees %v", rows[0])
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	if n, err := s.PublishShadow(t.Context(), "next"); err != nil || n != items {
		t.Errorf("%d items, %v", n, err)
	}
	close(done)
	asking.Wait()
}

func TestAShadowThatIsNotThereIsNamed(t *testing.T) {
	s := newStore(t)
	_, err := s.PublishShadow(t.Context(), "nobody")
	for _, err := range []error{err, s.DropShadow(t.Context(), "nobody")} {
		var none *NoShadowError
		if !errors.As(err, &none) || !strings.Contains(err.Error(), `"nobody"`) {
			t.Errorf("%v", err)
		}
	}
	for _, name := range []string{"", "a b", "`x`", strings.Repeat("a", 65), "-a"} {
		if _, err := s.ShadowWriter(name); err == nil {
			t.Errorf("a shadow may be named %q", name)
		}
	}
}

func TestADroppedShadowIsGone(t *testing.T) {
	s := newStore(t)
	write(t, s, heardItem("a", nlp.Negative, "billing"))
	for _, name := range []string{"one", "two"} {
		shadowRun(t, s, name, func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
	}
	if err := s.DropShadow(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	compare(t, jsonRows(t, s, "SELECT DISTINCT shadow FROM shadow_diff"), `{"shadow":"two"}`)
}
