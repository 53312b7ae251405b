package clickhouse

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/nlp"
	"earshot/pipeline"
)

// history makes versions of items that move between hours, are withdrawn and come
// back, in batches that hold some of them twice.
func history(random *rand.Rand, versions, batches int) [][]*pipeline.Item {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	label := func() nlp.Label { return nlp.Label(pick("negative", "neutral", "positive")) }
	start := time.Date(2026, 2, 28, 22, 30, 0, 0, time.UTC)
	all := make([][]*pipeline.Item, batches)
	for offset := range versions {
		it := &pipeline.Item{
			Record: pipeline.Record{Topic: "t", Partition: offset % 3, Offset: int64(offset)},
			Feedback: pipeline.Feedback{
				Source: pick("a", "b"), ID: fmt.Sprint(random.IntN(versions / 3)), Channel: pipeline.Channels()[random.IntN(6)], Version: int64(random.IntN(3)),
				CreatedAt: start.Add(time.Duration(random.IntN(6*3600)) * time.Second), Deleted: random.IntN(12) == 0, Customer: pick("", "c1", "c2", "c3", "c4"),
				Stage: pick("", "usage", "billing"), Text: "some words",
			},
			Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Label: label()}, Noise: pick("", "", "", "", "spam")},
		}
		for range random.IntN(3) {
			it.Analysis.Mentions = append(it.Analysis.Mentions, nlp.Mention{Topic: pick("billing", "device", "staff"), Stage: pick("usage", "billing", "support"), Label: label()})
		}
		for range 1 + random.IntN(2) {
			i := random.IntN(batches)
			all[i] = append(all[i], it)
		}
	}
	return all
}

// winners returns the version of each item that stays.
func winners(batches [][]*pipeline.Item) map[string]*pipeline.Item {
	best := map[string]*pipeline.Item{}
	for _, batch := range batches {
		for _, it := range batch {
			key := it.Feedback.Source + "/" + it.Feedback.ID
			if known := best[key]; known == nil || rankLess(known, it) {
				best[key] = it
			}
		}
	}
	return best
}

// cells computes sentiment_hourly by hand.
func cells(of map[string]*pipeline.Item) map[Cell]CellCounts {
	counts, customers := map[Cell]CellCounts{}, map[Cell]map[string]bool{}
	for _, it := range of {
		f := &it.Feedback
		if f.Deleted || it.Analysis.Noise != "" {
			continue
		}
		add := func(stage, topic string, label nlp.Label) {
			at := Cell{f.CreatedAt.Truncate(time.Hour), string(f.Channel), stage, topic}
			c := counts[at]
			c.Items++
			switch label {
			case nlp.Negative:
				c.Negatives++
			case nlp.Positive:
				c.Positives++
			case nlp.Neutral:
				c.Neutrals++
			}
			if customers[at] == nil {
				customers[at] = map[string]bool{}
			}
			if f.Customer != "" {
				customers[at][f.Customer] = true
			}
			c.Customers = int64(len(customers[at]))
			counts[at] = c
		}
		add(cmp.Or(f.Stage, prevalent(it.Analysis.Mentions, func(m *nlp.Mention) string { return m.Stage })), "", it.Analysis.Sentiment.Label)
		for _, m := range it.Analysis.Mentions {
			add(m.Stage, m.Topic, m.Label)
		}
	}
	return counts
}

// shownCells reads sentiment_hourly.
func shownCells(tb testing.TB, s *Store) map[Cell]CellCounts {
	tb.Helper()
	rows, err := s.Query(tb.Context(), "SELECT hour, channel, stage, topic, toInt64(items), toInt64(negatives), toInt64(positives), toInt64(neutrals), toInt64(customers), net_sentiment FROM sentiment_hourly")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	shown := map[Cell]CellCounts{}
	for rows.Next() {
		var at Cell
		var c CellCounts
		var net float64
		if err := rows.Scan(&at.Hour, &at.Channel, &at.Stage, &at.Topic, &c.Items, &c.Negatives, &c.Positives, &c.Neutrals, &c.Customers, &net); err != nil {
			tb.Fatal(err)
		}
		if want := 100 * float64(c.Positives-c.Negatives) / float64(c.Items); net != want {
			tb.Errorf("%v: net sentiment %g, want %g", at, net, want)
		}
		at.Hour = at.Hour.UTC()
		if _, twice := shown[at]; twice {
			tb.Errorf("two rows for %v", at)
		}
		shown[at] = c
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return shown
}

func TestViewsEqualAPlainRecomputationAfterEverySettlement(t *testing.T) {
	s := newStore(t)
	random := rand.New(rand.NewPCG(1, 2))
	writers := []*Writer{s.Writer(), s.Writer()}
	batches := history(random, 2000, 24)
	for n, batch := range batches {
		w := writers[random.IntN(len(writers))]
		if err := w.Write(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if random.IntN(3) == 0 {
			if _, err := s.RollUp(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		if random.IntN(3) > 0 && n != len(batches)-1 {
			continue
		}
		for _, w := range writers {
			if err := w.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want := winners(batches[:n+1])
		for _, state := range []string{"settled", "rolled up"} {
			if diff := gocmp.Diff(cells(want), shownCells(t, s)); diff != "" {
				t.Fatalf("%s after batch %d, sentiment_hourly differs (-want +got):\n%s", state, n, diff)
			}
			if random.IntN(2) == 0 {
				break
			}
			if _, err := s.RollUp(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		items, mentions := 0, 0
		for _, it := range want {
			if !it.Feedback.Deleted {
				items++
				mentions += len(it.Analysis.Mentions)
			}
		}
		if got := count(t, s, "SELECT count() FROM feedback"); got != uint64(items) {
			t.Errorf("feedback has %d rows, want %d", got, items)
		}
		if got := count(t, s, "SELECT count() FROM mentions"); got != uint64(mentions) {
			t.Errorf("mentions has %d rows, want %d", got, mentions)
		}
	}
	if n := len(cells(winners(batches))); n < 50 {
		t.Errorf("only %d cells to compare", n)
	}
}

func TestAnHourThatIsWrittenToWhileItIsRolledUpStaysOpen(t *testing.T) {
	s := newStore(t)
	at := time.Date(2026, 3, 1, 10, 15, 0, 0, time.UTC)
	item := func(id string) *pipeline.Item {
		return &pipeline.Item{
			Feedback: pipeline.Feedback{Source: "a", ID: id, Channel: pipeline.Review, CreatedAt: at, Text: "words"},
			Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Label: nlp.Negative}},
		}
	}
	write(t, s, item("1"))
	open, err := s.idle(t.Context(), &hourly, 0)
	if err != nil || len(open) != 1 {
		t.Fatalf("%d open hours, %v", len(open), err)
	}
	write(t, s, item("2")) // after the roll-up has read which hours are open
	if err := s.roll(t.Context(), &hourly, open); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT sum(items) FROM sentiment_hourly"); n != 2 {
		t.Errorf("%d items, want 2", n)
	}
	if open, err = s.idle(t.Context(), &hourly, 0); err != nil || len(open) != 1 {
		t.Errorf("%d hours are open, want the one that was written to; %v", len(open), err)
	}
	if n, err := s.RollUp(t.Context(), 0); n != 1 || err != nil {
		t.Errorf("%d hours rolled up, %v", n, err)
	}
	if n := count(t, s, "SELECT sum(items) FROM sentiment_hourly_store WHERE (hour, roll) IN (SELECT hour, roll FROM hours FINAL)"); n != 2 {
		t.Errorf("%d items in the cells that count, want 2", n)
	}
	if n, err := s.RollUp(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("%d hours rolled up that were left alone for less than an hour, %v", n, err)
	}
}

func TestVerifyFindsWhatIsWrongAndRepairMendsIt(t *testing.T) {
	period := Period{time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	for _, test := range []struct{ name, damage string }{
		{"an item is missing", "INSERT INTO hourly_items (hour, source, id, rank, is_deleted) SELECT hour, source, id, rank, 1 FROM hourly_items FINAL WHERE is_deleted = 0 AND notEmpty(counted) LIMIT 1"},
		{"an item counts that was withdrawn", "INSERT INTO feedback_store (source, id, version, created_at, is_deleted, channel) SELECT source, id, 9, created_at + 36000, 1, channel FROM feedback WHERE noise = '' LIMIT 1"},
		{"an item counts in two hours", "INSERT INTO feedback_store (source, id, version, created_at, channel, label) SELECT source, id, 9, created_at + 36000, channel, label FROM feedback WHERE noise = '' LIMIT 1"},
		{"an item counts as something else", "INSERT INTO hourly_items (hour, source, id, rank, channel, counted) SELECT hour, source, id, rank, channel, [('', 'exit', 'positive')] FROM hourly_items FINAL WHERE is_deleted = 0 AND notEmpty(counted) LIMIT 1"},
		{"cells count that were not computed", "INSERT INTO sentiment_hourly_store SELECT hour, roll, 'review', 'exit', 'x', 7, 7, 0, 0, 1 FROM hours FINAL WHERE revision % 2 = 0 LIMIT 1"},
		{"cells of a day count that were not computed", "INSERT INTO daily_store (day, roll, channel, stage, topic, items) SELECT day, roll, 'review', 'exit', 'x', 7 FROM days FINAL WHERE revision % 2 = 0 LIMIT 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			batches := history(rand.New(rand.NewPCG(3, 4)), 300, 3)
			for _, batch := range batches {
				write(t, s, batch...)
			}
			if _, err := s.RollUp(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			want, days := cells(winners(batches)), map[Cell]bool{}
			for at := range want {
				at.Hour = at.Hour.Truncate(24 * time.Hour)
				days[at] = true
			}
			v, err := s.compareCells(t.Context(), period)
			if err != nil || len(v.Differences) != 0 || v.Cells != int64(len(want)+len(days)) {
				t.Fatalf("before: %d cells, %v, %v", v.Cells, v.Differences, err)
			}
			if strings.HasPrefix(test.name, "an item") {
				// The damage is seen where the hours are open.
				if err := s.Exec(t.Context(), "INSERT INTO hours SELECT hour, revision + 1, 0, now64(3) FROM hours FINAL"); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Exec(t.Context(), test.damage); err != nil {
				t.Fatal(err)
			}
			if v, err = s.compareCells(t.Context(), period); err != nil || len(v.Differences) == 0 {
				t.Fatalf("after the damage nothing differs, %v", err)
			}
			if stays, err := s.VerifyRollups(t.Context(), period); err != nil || len(stays.Differences) == 0 {
				t.Fatalf("the damage is taken for something that passes, %v", err)
			}
			if err := s.RepairRollups(t.Context(), period); err != nil {
				t.Fatal(err)
			}
			if v, err = s.compareCells(t.Context(), period); err != nil || len(v.Differences) != 0 {
				t.Fatalf("after the repair %v, %v", v.Differences, err)
			}
		})
	}
}
