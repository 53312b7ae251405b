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

// readAll reads what is unread, each item as holding the phrases that say finds.
func readAll(t *testing.T, s *Store, find func(*Unread) []Phrase) (ids []string) {
	t.Helper()
	for {
		items, err := s.Unread(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) == 0 {
			return ids
		}
		var read []*Read
		for _, item := range items {
			ids = append(ids, item.ID)
			read = append(read, &Read{item, find(item)})
		}
		if err := s.KeepPhrases(t.Context(), read); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryComplaintAndEveryUncoveredItemIsReadOnce(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s := newStore(t, func(o *Options) { o.Now = func() time.Time { return now } })
	covered := complaint("praised", 1, "fine")
	covered.Analysis.Sentiment.Label = nlp.Positive
	covered.Analysis.Mentions = []nlp.Mention{{Topic: "staff"}}
	uncovered := complaint("uncovered", 1, "fine")
	uncovered.Analysis.Sentiment.Label = nlp.Positive
	noise := complaint("noise", 1, "buy now")
	noise.Analysis.Noise = "advert"
	german := complaint("german", 1, "schlecht")
	german.Analysis.Language = "de"
	items := []*pipeline.Item{covered, uncovered, noise, german}
	for i := range 20 {
		items = append(items, complaint(fmt.Sprintf("c%02d", i), 1, "bad"))
	}
	write(t, s, items...)
	none := func(*Unread) []Phrase { return nil }
	if ids := readAll(t, s, none); len(ids) != 0 {
		t.Errorf("%q were read before others could be written beside them", ids)
	}
	now = now.Add(time.Minute)
	if ids := strings.Join(readAll(t, s, none), " "); strings.Count(ids, "c") != 20+1 || !strings.Contains(ids, "uncovered") || len(strings.Fields(ids)) != 21 {
		t.Errorf("read %s", ids)
	}
	write(t, s, complaint("later", 2, "bad"))
	now = now.Add(time.Minute)
	if ids := readAll(t, s, none); len(ids) != 1 || ids[0] != "later" {
		t.Errorf("then read %q", ids)
	}
}

// The engine's filter for the first rows of a sorted query fails at times where several
// columns are sorted by, the first of them a plain one.
func TestTheSampleIsSortedWithoutTheFilterThatFails(t *testing.T) {
	s := newStore(t)
	var items []*pipeline.Item
	for i := range 500 {
		items = append(items, complaint(fmt.Sprint(i), 1, "bad"))
	}
	write(t, s, items...)
	for name, tt := range map[string]struct {
		sql  string
		args []any
	}{
		"sample":  {selectUnread, []any{time.Now().UnixMilli(), 1, 100}},
		"history": {selectHistory, slices.Concat(Period{time.UnixMilli(0), time.Now()}.args(), Key{}.args(), Key{Source: "z"}.args(), []any{historyBatch})},
	} {
		rows, err := s.conn.Query(t.Context(), "EXPLAIN actions = 1 "+tt.sql, tt.args...)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			if lines++; strings.Contains(line, "__topKFilter") {
				t.Errorf("%s: %s", name, line)
			}
		}
		if err := rows.Err(); err != nil || lines == 0 {
			t.Errorf("%s: a plan of %d lines, %v", name, lines, err)
		}
		_ = rows.Close()
	}
}

func TestEmergingShowsWhatRisesAgainstItsOwnPast(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s := newStore(t, func(o *Options) { o.Now = func() time.Time { return now } })
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
	now = now.Add(time.Minute)
	readAll(t, s, func(u *Unread) (phrases []Phrase) {
		for _, p := range []string{"call centre", "parcel locker"} {
			if at := strings.Index(u.Text, p); at >= 0 {
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
