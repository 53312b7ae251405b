package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// chatter makes n items over ten days, of which every one has an own moment but for
// pairs that share theirs.
func chatter(now time.Time, n int) []*pipeline.Item {
	labels := []nlp.Label{nlp.Negative, nlp.Neutral, nlp.Positive}
	topics := []string{"billing", "billing.double_charge", "staff"}
	var items []*pipeline.Item
	for i := range n {
		at := now.Add(-10 * day * time.Duration(i/2*2+1) / time.Duration(n))
		item := feedback(fmt.Sprintf("%04d", i), pipeline.Channels()[i%6], at.Truncate(time.Millisecond), fmt.Sprintf("Word%d and others", i%7), labels[i%3], 0)
		item.Feedback.Segment, item.Feedback.Customer, item.Feedback.Stage = []string{"", "family"}[i%2], fmt.Sprint("c", i%11), []string{"", "usage"}[i/3%2]
		items = append(items, mentioning(item, nlp.Mention{Topic: topics[i%5%3], Stage: "billing", Span: nlp.Span{Start: 0, End: 4}, Label: labels[i/2%3]}))
	}
	return items
}

func TestSearchFindsAllThatFitsNewestFirst(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Hour).Add(time.Hour)
	items := chatter(now, 60)
	items = append(items, feedback("old", pipeline.Review, time.Date(1971, 2, 3, 0, 0, 0, 0, time.UTC), "Once", nlp.Neutral, 0), noisy(feedback("noise", pipeline.Social, now.Add(-3*day), "Word1 win", nlp.Positive, 1)))
	store := shop(t, engine(t), "shop", items...)
	s, err := newStore(store, store.Database())
	if err != nil {
		t.Fatal(err)
	}
	mentions := func(i *pipeline.Item, keep func(*nlp.Mention) bool) bool {
		return slices.ContainsFunc(i.Analysis.Mentions, func(m nlp.Mention) bool { return keep(&m) })
	}
	for _, tt := range []struct {
		name string
		v    view
		fits func(*pipeline.Item) bool
	}{
		{"everything", view{Window: allTime}, func(*pipeline.Item) bool { return true }},
		{"a week", view{Window: lastWeek}, func(i *pipeline.Item) bool { return !i.Feedback.CreatedAt.Before(lastWeek.at(now).from) }},
		{"an own period", view{From: now.Add(-5 * day), To: now.Add(-4 * day)}, func(i *pipeline.Item) bool {
			return !i.Feedback.CreatedAt.Before(now.Add(-5*day)) && i.Feedback.CreatedAt.Before(now.Add(-4*day))
		}},
		{"a channel of a segment", view{Window: allTime, Channel: "call", Segment: "family"}, func(i *pipeline.Item) bool {
			return i.Feedback.Channel == "call" && i.Feedback.Segment == "family"
		}},
		{"a customer", view{Window: allTime, Customer: "c4"}, func(i *pipeline.Item) bool { return i.Feedback.Customer == "c4" }},
		{"words, in any case", view{Window: allTime, Search: "wORD3 AND"}, func(i *pipeline.Item) bool { return strings.HasPrefix(i.Feedback.Text, "Word3 ") }},
		{"a label of items", view{Window: allTime, Label: "negative"}, func(i *pipeline.Item) bool {
			return i.Analysis.Noise == "" && i.Analysis.Sentiment.Label == nlp.Negative
		}},
		{"items without a stage", view{Window: allTime, Stage: unknownStage}, func(i *pipeline.Item) bool {
			return i.Analysis.Noise == "" && i.Feedback.Stage == "" && !mentions(i, func(m *nlp.Mention) bool { return m.Stage != "" })
		}},
		{"a topic with those below", view{Window: allTime, Topic: "billing"}, func(i *pipeline.Item) bool {
			return mentions(i, func(m *nlp.Mention) bool { return strings.HasPrefix(m.Topic, "billing") })
		}},
		{"negative mentions of a topic", view{Window: allTime, Topic: "billing.double_charge", Label: "negative"}, func(i *pipeline.Item) bool {
			return mentions(i, func(m *nlp.Mention) bool { return m.Topic == "billing.double_charge" && m.Label == nlp.Negative })
		}},
		{"centuries", view{From: always.from, To: always.to}, func(*pipeline.Item) bool { return true }},
		{"noise alone", view{Window: allTime, Noise: true}, func(i *pipeline.Item) bool { return i.Analysis.Noise != "" }},
		{"nothing", view{Window: allTime, Search: "zebra"}, func(*pipeline.Item) bool { return false }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var want, got []string
			for _, i := range items {
				if tt.fits(i) {
					want = append(want, i.Feedback.CreatedAt.Format(time.RFC3339Nano)+" "+i.Feedback.Source+" "+i.Feedback.ID)
				}
			}
			slices.Sort(want)
			slices.Reverse(want)
			v := tt.v
			for range 400 {
				f, err := s.search(t.Context(), v, 7, now)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range f.items {
					got = append(got, i.created.Format(time.RFC3339Nano)+" "+i.source+" "+i.id)
				}
				if !f.more {
					break
				}
				if f.until.IsZero() {
					last := f.items[len(f.items)-1]
					v.Before, v.Source, v.ID = last.created, last.source, last.id
				} else {
					v.Before, v.Source, v.ID = f.until.Add(-time.Millisecond), "", ""
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d found, %d fit", len(got), len(want))
				for i := range min(len(got), len(want)) {
					if got[i] != want[i] {
						t.Fatalf("at %d: found %s, want %s", i, got[i], want[i])
					}
				}
			}
		})
	}
}

// TestPagesEqualTheViews keeps the numbers on pages and those of SQL the same.
func TestPagesEqualTheViews(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Hour).Add(time.Hour)
	store := shop(t, engine(t), "shop", chatter(now, 600)...)
	s, err := newStore(store, store.Database())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []view{{Window: lastWeek}, {Window: lastWeek, Segment: "family"}, {From: now.Add(-100 * time.Hour), To: now.Add(-20 * time.Hour), Channel: "chat"}, {Window: allTime}} {
		p := v.period(now)
		r, err := s.ranking(t.Context(), v, 2, now)
		if err != nil {
			t.Fatal(err)
		}
		over, err := s.series(t.Context(), v, byTopic, now)
		if err != nil {
			t.Fatal(err)
		}
		byChannel, err := s.series(t.Context(), v, byChannel, now)
		if err != nil {
			t.Fatal(err)
		}
		if v.Window == allTime {
			p.from = now.Add(-20 * day)
		}
		rows, err := store.Query(t.Context(), fmt.Sprintf("SELECT topic, items, negatives, positives, priority FROM shop.pain_points(period_from = '%s', period_to = '%s', channel = '%s', segment = '%s', product = '', level = 2)",
			p.from.Format(momentLayout), p.to.Format(momentLayout), v.Channel, v.Segment))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; rows.Next(); n++ {
			var (
				topic                string
				want                 tally
				negatives, positives int64
				priority             float64
			)
			if err := rows.Scan(&topic, &want.Items, &negatives, &positives, &priority); err != nil {
				t.Fatal(err)
			}
			want.Negatives, want.Positives = uint64(negatives), uint64(positives)
			if got := r.Points[n]; got.Topic != topic || got.Priority-priority > 1e-9 || priority-got.Priority > 1e-9 {
				t.Errorf("%+v: at %d the page has %s with %v, the view %s with %v", v, n, got.Topic, got.Priority, topic, priority)
			}
			if _, total, outside := over.of(topic); total != want || outside != 0 {
				t.Errorf("%+v: the chart of %s has %v (%d outside), the view %v", v, topic, total, outside, want)
			}
		}
		if err := rows.Err(); err != nil || n != 3 || n != len(r.Points) {
			t.Errorf("%+v: %d topics in the view, %d on the page: %v", v, n, len(r.Points), err)
		}
		places, err := s.places(t.Context(), v, now)
		if err != nil {
			t.Fatal(err)
		}
		var all tally
		for _, o := range places {
			all = all.plus(o.tally)
		}
		if _, total, _ := byChannel.of(); total != all || total.Items == 0 {
			t.Errorf("%+v: the chart of items has %v, the journey %v", v, total, all)
		}
	}
}
