package clickhouse

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/nlp"
	"earshot/pipeline"
)

func TestHowFarAReplayIsComesBackAsItWasSaved(t *testing.T) {
	s := newStore(t)
	if r, err := s.Replay(t.Context(), "next"); r != nil || err != nil {
		t.Fatalf("before the first there is %v, %v", r, err)
	}
	at := time.Date(2026, 5, 1, 8, 0, 0, 123_000_000, time.UTC)
	r := &Replay{
		Shadow: "next", Period: Period{at, at.Add(time.Hour)}, OpenEnd: true, Tier: "fast", Model: "m@1", Taxonomy: "t@1", Setup: "abc",
		State: ReplayRunning, Heard: 3, Reread: 2, Of: 4, Positions: map[Place]int64{{"a/b", 3}: 7, {"c", 0}: math.MaxInt64},
		Last: Key{"shop", "it's\n\n?{'\\"}, StartedAt: at,
	}
	if err := s.SaveReplay(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Heard, r.State = 4, ReplayFinished
	if err := s.SaveReplay(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	got, err := s.Replay(t.Context(), "next")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got, cmp.AllowUnexported(Replay{}), cmpopts.EquateApproxTime(time.Millisecond)); diff != "" {
		t.Errorf("saved and read (-want +got):\n%s", diff)
	}
	compare(t, jsonRows(t, s, "SELECT shadow, state, heard, of, share, reread, positions['a/b/3'] AS a FROM replays"),
		`{"shadow":"next","state":"finished","heard":4,"of":4,"share":1,"reread":2,"a":7}`)
}

func TestOfTwoWhoSaveTheSameReplayTheLaterOneGoesOn(t *testing.T) {
	s := newStore(t)
	mine := &Replay{Shadow: "next", State: ReplayRunning, Period: always, StartedAt: time.UnixMilli(1)}
	if err := s.SaveReplay(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	theirs, err := s.Replay(t.Context(), "next")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveReplay(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	var overtaken *OvertakenError
	for what, err := range map[string]error{"holding": s.HoldReplay(t.Context(), mine), "saving": s.SaveReplay(t.Context(), mine)} {
		if !errors.As(err, &overtaken) || !strings.Contains(err.Error(), "next") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.SaveReplay(t.Context(), theirs); err != nil {
		t.Error(err)
	}
}

// recordOf is the record of an item at an offset.
func recordOf(it *pipeline.Item, offset int64) *pipeline.Item {
	it.Record = pipeline.Record{Topic: "feedback.reviews", Partition: 3, Offset: offset}
	return it
}

func TestOnlyTheRecordBehindTheStoredVersionIsHeardAgain(t *testing.T) {
	s := newStore(t)
	edited, withdrawn := heardItem("edited", nlp.Neutral), heardItem("withdrawn", nlp.Neutral)
	withdrawn.Feedback.Deleted = true
	write(t, s,
		recordOf(heardItem("plain", nlp.Neutral, ""), 1), recordOf(heardItem("odd '\n\n?\\ id", nlp.Neutral), 2),
		recordOf(heardItem("edited", nlp.Neutral), 3), recordOf(edited, 4),
		recordOf(heardItem("withdrawn", nlp.Neutral), 5), recordOf(withdrawn, 6),
		recordOf(heardItem("replayed", nlp.Neutral, ""), 7),
	)
	shadowRun(t, s, "earlier", func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
	if _, err := s.PublishShadow(t.Context(), "earlier"); err != nil {
		t.Fatal(err)
	}
	later := heardItem("plain", nlp.Neutral)
	later.Feedback.CreatedAt = always.To
	otherTime, otherTopic := heardItem("plain", nlp.Neutral), recordOf(heardItem("replayed", nlp.Neutral), 7)
	otherTime.Feedback.CreatedAt = otherTime.Feedback.CreatedAt.Add(time.Millisecond)
	otherTopic.Record.Topic = "feedback.social"
	rejected := recordOf(heardItem("plain", nlp.Neutral), 1)
	rejected.Rejection = pipeline.Rejectf(pipeline.ReasonEmpty, "")

	current, err := s.Current(t.Context(), always, []*pipeline.Item{
		recordOf(heardItem("plain", nlp.Neutral), 1), recordOf(heardItem("odd '\n\n?\\ id", nlp.Neutral), 2),
		recordOf(heardItem("edited", nlp.Neutral), 3), recordOf(edited, 4),
		recordOf(heardItem("withdrawn", nlp.Neutral), 5), recordOf(withdrawn, 6), recordOf(heardItem("replayed", nlp.Neutral), 7),
		recordOf(heardItem("nobody's", nlp.Neutral), 8), recordOf(otherTime, 1), recordOf(later, 1), otherTopic, rejected,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, it := range current {
		got[it.Feedback.ID] = it.Record.Offset
		if !it.Reread {
			t.Errorf("%s does not say that it was read again", it.Feedback.ID)
		}
	}
	if diff := cmp.Diff(map[string]int64{"plain": 1, "odd '\n\n?\\ id": 2, "edited": 4, "replayed": 7}, got); diff != "" {
		t.Errorf("items to hear again (-want +got):\n%s", diff)
	}
	extents, err := s.Extents(t.Context(), always)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Extent{{Place{"feedback.reviews", 3}, 1, 8}}, extents); diff != "" {
		t.Errorf("extents (-want +got):\n%s", diff)
	}
}

func TestManyOfTheLongestKeysAreFoundAtOnce(t *testing.T) {
	s := newStore(t)
	var items []*pipeline.Item
	for i := range 1024 {
		it := heardItem(strings.Repeat("'", 508)+fmt.Sprintf("%04d", i), nlp.Neutral)
		it.Feedback.Source = strings.Repeat("\\", 512)
		items = append(items, recordOf(it, int64(i)))
	}
	write(t, s, items...)
	current, err := s.Current(t.Context(), always, items)
	if err != nil || len(current) != len(items) {
		t.Errorf("%d of %d, %v", len(current), len(items), err)
	}
}

// rereadRun makes a shadow of items as if their records had been read again.
func rereadRun(t *testing.T, s *Store, name string, items ...*pipeline.Item) {
	t.Helper()
	current, err := s.Current(t.Context(), always, items)
	if err != nil || len(current) != len(items) {
		t.Fatalf("%d of %d items, %v", len(current), len(items), err)
	}
	for _, it := range current {
		it.Analysis.Text = it.Feedback.Text
	}
	w, err := s.ShadowWriter(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(t.Context(), current); err != nil {
		t.Fatal(err)
	}
}

func TestARecordThatWasReadAgainRenewsAllThatItSays(t *testing.T) {
	s := newStore(t)
	before := maximalItem()
	write(t, s, before, recordOf(heardItem("bystander", nlp.Negative, "billing"), 9))
	again := &pipeline.Item{Record: before.Record, Feedback: before.Feedback}
	again.Feedback.Customer, again.Feedback.Product, again.Feedback.Attributes = "c-2", "router", map[string]string{"a": "b"}
	again.Feedback.Turns, again.Feedback.Title, again.Feedback.NPS, again.Feedback.Channel = nil, "", nil, pipeline.Review
	again.Analysis = nlp.Analysis{Sentiment: nlp.Sentiment{Label: nlp.Positive}, Text: "All new.", PII: []nlp.PII{{Kind: "email", Span: nlp.Span{Start: 1, End: 2}}}, Model: "m@2"}
	again.Feedback.Text = "All new."
	kept := "source, id, version, created_at, ingested_at, kafka_topic, kafka_partition, kafka_offset"
	was := jsonRows(t, s, "SELECT "+kept+" FROM feedback ORDER BY id")
	rereadRun(t, s, "next", again)
	changes := jsonRows(t, s, "SELECT DISTINCT quote FROM shadow_changes WHERE change = 'relabelled' AND topic_after = ''")
	compare(t, changes, `{"quote":"All new."}`)
	if n, err := s.PublishShadow(t.Context(), "next"); err != nil || n != 1 {
		t.Fatalf("%d items, %v", n, err)
	}
	if diff := cmp.Diff(was, jsonRows(t, s, "SELECT "+kept+" FROM feedback ORDER BY id")); diff != "" {
		t.Errorf("what identifies and orders versions has changed (-want +got):\n%s", diff)
	}
	compare(t, jsonRows(t, s, "SELECT text, customer, product, attributes, turns, title, nps, channel, pii.1 AS pii, label, model FROM feedback WHERE id != 'bystander'"),
		`{"text":"All new.","customer":"c-2","product":"router","attributes":{"a":"b"},"turns":[],"title":"","nps":null,"channel":"review","pii":["email"],"label":"positive","model":"m@2"}`)
	compare(t, jsonRows(t, s, "SELECT label, customer FROM feedback WHERE id = 'bystander'"), `{"label":"negative","customer":"c-bystander"}`)
}

func TestAPublicationThatWasBrokenOffIsBroughtToItsEnd(t *testing.T) {
	steps := len((&publication{shadow: "next"}).steps())
	for done := range steps + 1 {
		s := newStore(t)
		write(t, s, heardItem("a", nlp.Negative, "billing"), heardItem("b", nlp.Negative, "billing"))
		shadowRun(t, s, "next", func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
		r := &Replay{Shadow: "next", State: ReplayFinished, Period: always, Heard: 2, StartedAt: time.UnixMilli(1)}
		if err := s.SaveReplay(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if n, err := s.RollUp(t.Context(), 0); n != 1 || err != nil { // cells that were computed are computed anew
			t.Fatalf("%d hours are rolled up, %v", n, err)
		}
		for _, step := range (&publication{store: s, shadow: "next", atOnce: publishAtOnce}).steps()[:done] {
			if err := step.do(t.Context()); err != nil {
				t.Fatalf("%s: %v", step.what, err)
			}
		}
		compare(t, jsonRows(t, s, "SELECT (SELECT count() FROM feedback) AS stored, (SELECT sum(items) FROM sentiment_hourly WHERE topic = '') AS rolled"),
			`{"stored":2,"rolled":2}`)
		for range 2 {
			if _, err := s.PublishShadow(t.Context(), "next"); err != nil {
				t.Fatal(err)
			}
		}
		compare(t, jsonRows(t, s, "SELECT id, label, topics FROM feedback ORDER BY id"),
			`{"id":"a","label":"positive","topics":["fees"]}`, `{"id":"b","label":"positive","topics":["fees"]}`)
		compare(t, jsonRows(t, s, "SELECT topic, items, positives, negatives FROM sentiment_hourly ORDER BY topic"),
			`{"topic":"","items":2,"positives":2,"negatives":0}`, `{"topic":"fees","items":2,"positives":2,"negatives":0}`)
		if v, err := s.VerifyRollups(t.Context(), always); err != nil || len(v.Differences) > 0 {
			t.Errorf("roll-ups: %v, %v", v.Differences, err)
		}
		compare(t, jsonRows(t, s, "SELECT state FROM replays"), `{"state":"published"}`)
		if n := count(t, s, "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name LIKE 'publish%'"); n != 0 {
			t.Errorf("broken off after %d steps: %d tables are left over", done, n)
		}
	}
}

func TestAReplayThatIsNotFinishedIsNotPublished(t *testing.T) {
	s := newStore(t)
	write(t, s, heardItem("a", nlp.Negative, "billing"))
	shadowRun(t, s, "next", func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
	r := &Replay{Shadow: "next", State: ReplayRunning, Period: always, Heard: 1, Of: 2, StartedAt: time.UnixMilli(1)}
	if err := s.SaveReplay(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var unfinished *UnfinishedError
	if _, err := s.PublishShadow(t.Context(), "next"); !errors.As(err, &unfinished) || !strings.Contains(err.Error(), "1 of 2") {
		t.Errorf("publishing it: %v", err)
	}
	if err := s.DropShadow(t.Context(), "next"); err != nil {
		t.Fatal(err)
	}
	compare(t, jsonRows(t, s, "SELECT state FROM replays"), `{"state":"dropped"}`)
	if n := count(t, s, "SELECT count() FROM shadow_store"); n != 0 {
		t.Errorf("%d rows of the shadow are left", n)
	}
}

func TestMoreItemsThanOneStatementTakesArePublished(t *testing.T) {
	s := newStore(t)
	const items = 50
	var list []*pipeline.Item
	for i := range items {
		it := recordOf(heardItem(fmt.Sprint(i%25), nlp.Negative, ""), int64(i))
		it.Feedback.Source = []string{"a", "b"}[i/25]
		list = append(list, it)
	}
	write(t, s, list...)
	shadowRun(t, s, "next", func(it *pipeline.Item) { reheard(it, nlp.Positive, "fees") })
	for _, atOnce := range []int{1, 7, 25, 50, 51} {
		for table, where := range map[string]string{"feedback_store": "1", "shadow_store": "shadow = 'next'"} {
			var last Key
			n := 0
			if err := s.stretches(t.Context(), table, where, nil, Key{"a", "3"}, atOnce, func(after, until Key) error {
				if n > 0 && after != last {
					t.Errorf("behind %v comes what lies behind %v", last, after)
				}
				last = until
				n++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if left := items - 19; n != (left+atOnce-1)/atOnce || last != (Key{"b", "9"}) { // behind "3" lie 4 to 9
				t.Errorf("%d items of %s, %d at a time, took %d stretches up to %v", left, table, atOnce, n, last)
			}
		}
	}
	p := &publication{store: s, shadow: "next", atOnce: 7}
	for _, step := range p.steps() {
		if err := step.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
	}
	if p.items != items {
		t.Errorf("%d of %d items", p.items, items)
	}
	compare(t, jsonRows(t, s, "SELECT label, count() AS items, uniqExact(source, id) AS different FROM feedback GROUP BY label"), `{"label":"positive","items":50,"different":50}`)
	compare(t, jsonRows(t, s, "SELECT topic, items, positives FROM sentiment_hourly ORDER BY topic"), `{"topic":"","items":50,"positives":50}`, `{"topic":"fees","items":50,"positives":50}`)
}
