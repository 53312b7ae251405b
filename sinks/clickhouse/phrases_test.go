package clickhouse

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// complaint is a negative item of a text, as of some day in May.
func complaint(id string, day int, text string) *pipeline.Item {
	return &pipeline.Item{
		Feedback: pipeline.Feedback{Source: "shop", ID: id, Channel: pipeline.Review, CreatedAt: time.Date(2026, 5, day, 12, 0, 0, 0, time.UTC), Text: text},
		Analysis: nlp.Analysis{Text: text, Language: "en", Sentiment: nlp.Sentiment{Label: nlp.Negative}},
	}
}

// read keeps the phrases of items, each as holding those that find finds.
func read(t *testing.T, s *Store, items []*pipeline.Item, find func(*Heard) []Phrase) {
	t.Helper()
	var all []*Read
	for _, item := range items {
		h, ok := HeardOf(item, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
		if !ok {
			t.Fatalf("%s is not looked at", item.Feedback.ID)
		}
		all = append(all, &Read{h, find(h)})
	}
	if err := s.KeepPhrases(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

func TestPhrasesAreLookedForInComplaintsAndInWhatNoTopicCovers(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*pipeline.Item)
		want   bool
	}{
		"complaint": {func(*pipeline.Item) {}, true},
		"uncovered": {func(i *pipeline.Item) { i.Analysis.Sentiment.Label = nlp.Positive }, true},
		"covered praise": {func(i *pipeline.Item) {
			i.Analysis.Sentiment.Label, i.Analysis.Mentions = nlp.Positive, []nlp.Mention{{Topic: "staff"}}
		}, false},
		"covered":      {func(i *pipeline.Item) { i.Analysis.Mentions = []nlp.Mention{{Topic: "staff"}} }, true},
		"noise":        {func(i *pipeline.Item) { i.Analysis.Noise = "advert" }, false},
		"German":       {func(i *pipeline.Item) { i.Analysis.Language = "de" }, false},
		"withdrawn":    {func(i *pipeline.Item) { i.Feedback.Deleted = true }, false},
		"rejected":     {func(i *pipeline.Item) { i.Rejection = pipeline.Rejectf(pipeline.ReasonUnwritable, "x") }, false},
		"without text": {func(i *pipeline.Item) { i.Analysis.Text = "" }, false},
	} {
		item := complaint("c", 1, "bad")
		tt.change(item)
		if _, got := HeardOf(item, time.Now()); got != tt.want {
			t.Errorf("%s: %t, want %t", name, got, tt.want)
		}
	}
}

// The engine's filter for the first rows of a sorted query fails at times where several
// columns are sorted by, the first of them a plain one.
func TestHistoryIsSortedWithoutTheFilterThatFails(t *testing.T) {
	s := newStore(t)
	var items []*pipeline.Item
	for i := range 500 {
		items = append(items, complaint(fmt.Sprint(i), 1, "bad"))
	}
	write(t, s, items...)
	args := slices.Concat(Period{time.UnixMilli(0), time.Now()}.args(), Key{}.args(), Key{Source: "z"}.args(), []any{historyBatch})
	rows, err := s.conn.Query(t.Context(), "EXPLAIN actions = 1 "+selectHistory, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	lines := 0
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if lines++; strings.Contains(line, "__topKFilter") {
			t.Error(line)
		}
	}
	if err := rows.Err(); err != nil || lines == 0 {
		t.Errorf("a plan of %d lines, %v", lines, err)
	}
}

func TestEmergingShowsWhatRisesAgainstItsOwnPast(t *testing.T) {
	s := newStore(t)
	var items []*pipeline.Item
	for day := 1; day <= 28; day++ {
		for n := range 10 {
			text := "nothing to name"
			switch {
			case n < 2:
				text = "the call centre again" // as often as ever
			case n < 6 && day > 24:
				text = "the parcel locker ate my label"
			case n == 6 && day == 3:
				text = "a parcel locker, once"
			}
			items = append(items, complaint(fmt.Sprintf("%02d-%d", day, n), day, text))
		}
	}
	write(t, s, items...)
	read(t, s, items, func(h *Heard) (phrases []Phrase) {
		for _, p := range []string{"call centre", "parcel locker"} {
			if at := strings.Index(h.Text, p); at >= 0 {
				phrases = append(phrases, Phrase{p, nlp.Span{Start: at, End: at + len(p)}})
			}
		}
		return phrases
	})
	edited := complaint("28-2", 28, "I take it back")
	edited.Feedback.Version = 1
	write(t, s, edited) // what it said is not counted any more

	rows := jsonRows(t, s, "SELECT phrase, items, items_before, round(share) AS share, growth > 10 AS grows, z > 3 AS sure, negative_share, toString(first_seen) AS first_seen, examples[1].3 AS quote FROM emerging")
	compare(t, rows, `{"phrase":"parcel locker","items":15,"items_before":1,"share":22,"grows":1,"sure":1,"negative_share":1,"first_seen":"2026-05-03 12:00:00.000","quote":"the parcel locker ate my label"}`)
}

func TestEmergingIsEmptyWithoutASample(t *testing.T) {
	if rows := jsonRows(t, newStore(t), "SELECT * FROM emerging"); len(rows) != 0 {
		t.Errorf("%v", rows)
	}
}
