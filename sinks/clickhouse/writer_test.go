package clickhouse

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/nlp"
	"earshot/pipeline"
)

func write(tb testing.TB, s *Store, items ...*pipeline.Item) {
	tb.Helper()
	w := s.Writer()
	if err := w.Write(tb.Context(), items); err != nil {
		tb.Fatal(err)
	}
	if err := w.Settle(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	for _, it := range items {
		if it.Rejection != nil {
			tb.Fatalf("item %s was rejected: %v", it.Feedback.ID, it.Rejection)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// maximalItem has something in every field.
func maximalItem() *pipeline.Item {
	text := "customer: Der Techniker kam nie 😡\nagent: Sorry 🙏\ncustomer: but the modem is great"
	evidence := []nlp.Evidence{
		{Cue: "kam nie", Span: nlp.Span{Start: 24, End: 31}, Kind: "cue", Rule: "installation/17"},
		{Cue: "😡", Span: nlp.Span{Start: 32, End: 36}, Kind: "emoji", Rule: "emoji@2"},
	}
	return &pipeline.Item{
		Record: pipeline.Record{Topic: "feedback.chats", Partition: 4_000_000_000, Offset: math.MaxInt64, Time: time.Now()},
		Feedback: pipeline.Feedback{
			Source: "shop", ID: strings.Repeat("é", 256), Channel: pipeline.Chat, Version: math.MaxInt64,
			CreatedAt: time.Date(2199, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
			Title:     "Techniker 'n \"Termin\"\t\\", Text: "the text before redaction",
			Turns: []pipeline.Turn{
				{Role: pipeline.RoleCustomer, Span: nlp.Span{Start: 10, End: 36}, At: time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC)},
				{Role: pipeline.RoleAgent, Span: nlp.Span{Start: 44, End: 54}},
				{Role: pipeline.RoleCustomer, Span: nlp.Span{Start: 65, End: 87}},
			},
			Rating: ptr(1.5), RatingMax: ptr(5.0), NPS: ptr(10.0), CSAT: ptr(4.5), CES: ptr(7.0),
			Language: "de", Customer: "c-1", Segment: "business", Product: "DSL 50", Location: "Köln", Touchpoint: "field_visit",
			Stage: "fulfilment", URL: "https://example.com/?a=1&b=2", Platform: "trustpilot", ReplyTo: "parent", Likes: ptr(int64(math.MaxInt64)), Shares: ptr(int64(0)),
			Targets: []string{"modem"}, Attributes: map[string]string{"store": "7", "": "empty key", "färbe": "grün"},
			Flags: []string{"nul_removed", "text_cut"},
		},
		Analysis: nlp.Analysis{
			Text: text, Language: "de",
			Sentiment:  nlp.Sentiment{Score: -0.5, Label: nlp.Negative, Mixed: true, Confidence: 0.75},
			Trajectory: &nlp.Trajectory{First: -0.75, Last: 0.5, Worst: -1}, ScoreTextMismatch: true,
			Sentences: []nlp.Sentence{
				{Span: nlp.Span{Start: 10, End: 36}, Score: -0.75, Label: nlp.Negative},
				{Span: nlp.Span{Start: 65, End: 87}, Score: 0.5, Label: nlp.Positive},
			},
			Mentions: []nlp.Mention{
				{Topic: "installation.missed_appointment", Stage: "fulfilment", Touchpoint: "field_visit", FoundBy: nlp.EvidenceRule, Confidence: 1, Span: nlp.Span{Start: 14, End: 23}, Score: -0.75, Label: nlp.Negative, Evidence: evidence},
				{Topic: "device", Stage: "usage", FoundBy: nlp.EvidenceModel, Confidence: 0.75, Span: nlp.Span{Start: 73, End: 78}, Score: 0.5, Label: nlp.Positive, Evidence: nil},
				{Topic: "device", Stage: "usage", Span: nlp.Span{Start: 73, End: 78}, Score: 0.25, Label: nlp.Positive, Evidence: evidence[1:]},
			},
			Targets: []nlp.Target{{Term: "modem", Span: nlp.Span{Start: 73, End: 78}, Score: 0.5, Label: nlp.Positive, Evidence: evidence[:1]}},
			Intents: []string{"complaint", "churn"}, Effort: ptr(-0.5), Emotion: "anger", Emotions: map[string]float64{"joy": 0.25, "anger": 0.75},
			Urgency: []string{"fraud"}, Signals: []nlp.Signal{{Kind: "urgency", Name: "fraud", Confidence: 1, Evidence: evidence[:1]}, {Kind: "intent", Name: "churn", Confidence: 0.5}},
			PII: []nlp.PII{{Kind: "email", Span: nlp.Span{Start: 1, End: 2}}}, Noise: "spam", Tier: "deep", Model: "ear@2", Taxonomy: "telecom@3",
		},
	}
}

func TestMaximalItemComesBackThroughTheViews(t *testing.T) {
	now := time.Date(2026, 5, 6, 7, 8, 9, 123_000_000, time.UTC)
	s := newStore(t, func(o *Options) { o.Now = func() time.Time { return now } })
	it := maximalItem()
	write(t, s, it)

	evidence := func(from, to int) string {
		return "[" + strings.Join([]string{
			`{"cue":"kam nie","span_start":24,"span_end":31,"kind":"cue","rule":"installation/17"}`,
			`{"cue":"😡","span_start":32,"span_end":36,"kind":"emoji","rule":"emoji@2"}`,
		}[from:to], ",") + "]"
	}
	text, _ := json.Marshal(it.Analysis.Text)
	wantFeedback := fmt.Sprintf(`{"source":"shop","id":%q,"version":9223372036854775807,"channel":"chat",
		"created_at":"2199-12-31 23:59:59.999","ingested_at":"2026-05-06 07:08:09.123","customer":"c-1","segment":"business","product":"DSL 50","location":"Köln",
		"platform":"trustpilot","url":"https://example.com/?a=1&b=2","reply_to":"parent","language":"de","touchpoint":"field_visit","stage":"fulfilment",
		"title":"Techniker 'n \"Termin\"\t\\","text":%s,
		"turns":[{"role":"customer","span_start":10,"span_end":36,"at":"2026-01-02 03:04:05.006"},{"role":"agent","span_start":44,"span_end":54,"at":null},{"role":"customer","span_start":65,"span_end":87,"at":null}],
		"rating":1.5,"rating_max":5,"nps":10,"csat":4.5,"ces":7,"likes":9223372036854775807,"shares":0,
		"score":-0.5,"label":"negative","mixed":true,"confidence":0.75,
		"score_text_mismatch":true,"score_first":-0.75,"score_last":0.5,"score_worst":-1,
		"sentences":[{"span_start":10,"span_end":36,"score":-0.75,"label":"negative"},{"span_start":65,"span_end":87,"score":0.5,"label":"positive"}],
		"effort":-0.5,"emotion":"anger","emotions":{"anger":0.75,"joy":0.25},"intents":["complaint","churn"],
		"urgency":["fraud"],"signals":[{"kind":"urgency","name":"fraud","confidence":1,"evidence":%s},{"kind":"intent","name":"churn","confidence":0.5,"evidence":[]}],
		"topics":["installation.missed_appointment","device"],
		"targets":[{"term":"modem","score":0.5,"label":"positive","span_start":73,"span_end":78,"evidence":%s}],
		"pii":[{"kind":"email","span_start":1,"span_end":2}],"noise":"spam","flags":["nul_removed","text_cut"],
		"attributes":{"":"empty key","färbe":"grün","store":"7"},"tier":"deep","model":"ear@2","taxonomy":"telecom@3",
		"kafka_topic":"feedback.chats","kafka_partition":4000000000,"kafka_offset":9223372036854775807}`, it.Feedback.ID, text, evidence(0, 1), evidence(0, 1))
	compare(t, jsonRows(t, s, "SELECT * FROM feedback"), wantFeedback)

	mention := `{"source":"shop","id":"` + it.Feedback.ID + `","channel":"chat","created_at":"2199-12-31 23:59:59.999","customer":"c-1","segment":"business","product":"DSL 50","location":"Köln",`
	compare(t, jsonRows(t, s, "SELECT * FROM mentions ORDER BY score"),
		mention+`"topic":"installation.missed_appointment","stage":"fulfilment","touchpoint":"field_visit","found_by":"rule","confidence":1,"score":-0.75,"label":"negative","span_start":14,"span_end":23,"quote":"Der Techniker kam nie 😡","evidence":`+evidence(0, 2)+`}`,
		mention+`"topic":"device","stage":"usage","touchpoint":"","found_by":"","confidence":0,"score":0.25,"label":"positive","span_start":73,"span_end":78,"quote":"but the modem is great","evidence":`+evidence(1, 2)+`}`,
		mention+`"topic":"device","stage":"usage","touchpoint":"","found_by":"model","confidence":0.75,"score":0.5,"label":"positive","span_start":73,"span_end":78,"quote":"but the modem is great","evidence":[]}`)

	// What JSON rounds, asked of the engine itself.
	if n := count(t, s, fmt.Sprintf("SELECT count() FROM feedback WHERE version = %d AND kafka_offset = %d AND likes = %d", math.MaxInt64, math.MaxInt64, math.MaxInt64)); n != 1 {
		t.Error("a 64-bit number is not what was written")
	}
}

func TestMinimalItemHasDefaultsAndNulls(t *testing.T) {
	s := newStore(t)
	write(t, s, &pipeline.Item{
		Record:   pipeline.Record{Topic: "feedback.surveys"},
		Feedback: pipeline.Feedback{Source: "feedback.surveys", ID: "1", Channel: pipeline.Survey, CreatedAt: time.UnixMilli(0), NPS: ptr(0.0), Text: "as it came"},
	})
	compare(t, jsonRows(t, s, "SELECT source, id, created_at, nps, rating, csat, likes, effort, text, turns, sentences, emotions, intents, urgency, signals, touchpoint, topics, targets, pii, attributes, flags, score, label, mixed, score_text_mismatch, score_first, score_last, score_worst FROM feedback"),
		`{"source":"feedback.surveys","id":"1","created_at":"1970-01-01 00:00:00.000","nps":0,"rating":null,"csat":null,"likes":null,"effort":null,"text":"as it came",
		"turns":[],"sentences":[],"emotions":{},"intents":[],"urgency":[],"signals":[],"touchpoint":"survey","topics":[],"targets":[],"pii":[],"attributes":{},"flags":[],"score":0,"label":"","mixed":false,
		"score_text_mismatch":false,"score_first":null,"score_last":null,"score_worst":null}`)
}

func compare(t *testing.T, got []map[string]any, want ...string) {
	t.Helper()
	var rows []map[string]any
	for _, w := range want {
		var row map[string]any
		if err := json.Unmarshal([]byte(w), &row); err != nil {
			t.Fatalf("%v in %s", err, w)
		}
		rows = append(rows, row)
	}
	if diff := gocmp.Diff(rows, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

// version is one version of an item, best rank last.
func version(id string, version int64, createdAt int, offset int64, deleted bool) *pipeline.Item {
	return &pipeline.Item{
		Record: pipeline.Record{Topic: "t", Partition: int(offset % 3), Offset: offset},
		Feedback: pipeline.Feedback{
			Source: "s", ID: id, Channel: pipeline.Review, Version: version, CreatedAt: time.Unix(int64(createdAt), 0), Deleted: deleted,
			Text: fmt.Sprintf("v%d at %d offset %d", version, createdAt, offset),
		},
		Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Label: nlp.Negative}, Mentions: []nlp.Mention{{Topic: "billing", Label: nlp.Negative}}},
	}
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(p), at, n-1))
		}
	}
	return all
}

func TestTheHighestVersionWinsInWhateverOrder(t *testing.T) {
	// Each list goes from the lowest rank to the highest.
	for name, versions := range map[string]func(id string) []*pipeline.Item{
		"edits": func(id string) []*pipeline.Item {
			return []*pipeline.Item{
				version(id, 0, 500, 99, false),    // a later time and offset of a lower version
				version(id, 1, 100, 98, false),    // a later offset of an earlier time
				version(id, 1, 200, 5, false),     // level but for the offset
				version(id, 1, 200, 1<<40, false), // the winner
			}
		},
		"withdrawn last": func(id string) []*pipeline.Item {
			return []*pipeline.Item{
				version(id, 0, 100, 1, false),
				version(id, 0, 200, 2, false),
				version(id, 1, 50, 3, true), // the winner
			}
		},
		"withdrawn and said again": func(id string) []*pipeline.Item {
			return []*pipeline.Item{
				version(id, 0, 100, 1, false),
				version(id, 0, 100, 2, true),
				version(id, 0, 100, 3, false), // the winner
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			want := map[string]string{}
			var together []*pipeline.Item
			orders := permutations(len(versions("")))
			rounds := make([][]*pipeline.Item, len(orders[0]))
			for _, order := range orders {
				one, apart := fmt.Sprint("one block ", order), fmt.Sprint("apart ", order)
				for _, id := range []string{one, apart} {
					list := versions(id)
					if winner := list[len(list)-1].Feedback; !winner.Deleted {
						want[id] = winner.Text
					}
				}
				for round, i := range order {
					together = append(together, versions(one)[i])
					rounds[round] = append(rounds[round], versions(apart)[i])
				}
			}
			check := func(when string) {
				t.Helper()
				got := map[string]string{}
				for _, row := range jsonRows(t, s, "SELECT id, text FROM feedback") {
					if _, twice := got[row["id"].(string)]; twice {
						t.Errorf("%s: %s shows twice", when, row["id"])
					}
					got[row["id"].(string)] = row["text"].(string)
				}
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", when, diff)
				}
				if n := count(t, s, "SELECT count() FROM mentions"); n != uint64(len(want)) {
					t.Errorf("%s: %d mentions, want %d", when, n, len(want))
				}
			}
			write(t, s, together...)
			for _, round := range rounds {
				write(t, s, round...)
			}
			check("as written")
			exec(t, s, "OPTIMIZE TABLE feedback_store FINAL")
			check("merged")
			// Late duplicates of everything but the winner change nothing.
			for _, round := range rounds {
				for _, it := range round {
					list := versions(it.Feedback.ID)
					if it.Record.Offset != list[len(list)-1].Record.Offset {
						write(t, s, it)
					}
				}
			}
			check("late duplicates")
			exec(t, s, "OPTIMIZE TABLE feedback_store FINAL")
			check("merged again")
			if n := count(t, s, "SELECT count() FROM feedback_store"); n != uint64(2*len(orders)) {
				t.Errorf("%d rows stored after the merge, want %d: tombstones must stay", n, 2*len(orders))
			}
		})
	}
}

func TestWritingTwiceIsWritingOnce(t *testing.T) {
	s := newStore(t)
	items := typicalItems(1000, 2)
	write(t, s, items...)
	write(t, s, items[500:]...)
	write(t, s, append(slices.Clone(items[:10]), items[:700]...)...)
	if n := count(t, s, "SELECT count() FROM feedback"); n != 1000 {
		t.Errorf("%d items, want 1000", n)
	}
	if n := count(t, s, "SELECT count() FROM mentions"); n != 2000 {
		t.Errorf("%d mentions, want 2000", n)
	}
}

func TestCompressedInsertsAndAnswersSayTheSame(t *testing.T) {
	plain := newStore(t)
	compressed := &Store{endpoint: plain.endpoint, options: plain.options, log: plain.log, compress: true}
	var err error
	if compressed.conn, err = compressed.dial(plain.Database()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = compressed.Close() }()
	write(t, compressed, append(typicalItems(1000, 1), maximalItem())...)
	const sql = "SELECT sum(cityHash64(*)) FROM feedback"
	if a, b := count(t, plain, sql), count(t, compressed, sql); a != b || a == 0 {
		t.Errorf("%d without compression, %d with it", a, b)
	}
	compare(t, jsonRows(t, plain, "SELECT count() AS n, uniqExact(id) AS ids FROM feedback"), `{"n":1001,"ids":1001}`)
}

func TestOneWriterServesManyAtOnce(t *testing.T) {
	s := newStore(t)
	w := s.Writer()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for round := range 3 {
				items := typicalItems(200, 2)
				for n, it := range items {
					it.Feedback.ID = fmt.Sprint(i, round, n)
				}
				if err := w.Write(t.Context(), items); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	compare(t, jsonRows(t, s, "SELECT count() AS n, uniqExact(id) AS ids, countIf(length(topics) = 2) AS whole FROM feedback"), `{"n":2400,"ids":2400,"whole":2400}`)
}

func TestWithdrawnItemsKeepNothingThatAnybodySaid(t *testing.T) {
	s := newStore(t)
	it := maximalItem()
	it.Feedback.Deleted = true
	write(t, s, it)
	rows := jsonRows(t, s, "SELECT * EXCEPT (ingested_at) FROM feedback_store")
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	kept := []string{"source", "id", "version", "created_at", "is_deleted", "channel", "kafka_topic", "kafka_partition", "kafka_offset"}
	for name, value := range rows[0] {
		empty := false
		switch v := value.(type) {
		case nil:
			empty = true
		case string:
			empty = v == ""
		case float64:
			empty = v == 0
		case bool:
			empty = !v
		case []any:
			empty = len(v) == 0
		case map[string]any:
			empty = len(v) == 0
		}
		if empty == slices.Contains(kept, name) {
			t.Errorf("column %s of a tombstone is %v", name, value)
		}
	}
}

func TestOnlyUnrejectedItemsAreWrittenAndUnwritableOnesAreRejected(t *testing.T) {
	s := newStore(t)
	bad := map[string]func(*pipeline.Item){
		"id":         func(it *pipeline.Item) { it.Feedback.ID = "" },
		"version":    func(it *pipeline.Item) { it.Feedback.Version = -1 },
		"created_at": func(it *pipeline.Item) { it.Feedback.CreatedAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) },
		"before":     func(it *pipeline.Item) { it.Feedback.CreatedAt = time.Time{} },
		"likes":      func(it *pipeline.Item) { it.Feedback.Likes = ptr(int64(-1)) },
		"shares":     func(it *pipeline.Item) { it.Feedback.Shares = ptr(int64(-1)) },
		"nps":        func(it *pipeline.Item) { it.Feedback.NPS = ptr(256.0) },
		"rating":     func(it *pipeline.Item) { it.Feedback.Rating = ptr(math.NaN()) },
		"score":      func(it *pipeline.Item) { it.Analysis.Sentiment.Score = math.Inf(1) },
		"effort":     func(it *pipeline.Item) { it.Analysis.Effort = ptr(math.NaN()) },
		"mention":    func(it *pipeline.Item) { it.Analysis.Mentions[0].Score = math.NaN() },
		"trajectory": func(it *pipeline.Item) { it.Analysis.Trajectory.Worst = math.NaN() },
		"turn":       func(it *pipeline.Item) { it.Feedback.Turns[0].At = time.Date(1, 1, 1, 1, 0, 0, 0, time.UTC) },
		"offset":     func(it *pipeline.Item) { it.Record.Offset = -1 },
		"partition":  func(it *pipeline.Item) { it.Record.Partition = -1 },
	}
	items := typicalItems(3, 0)
	items[1].Rejection = pipeline.Rejectf(pipeline.ReasonMissingID, "no id")
	broken := map[string]*pipeline.Item{}
	for name, spoil := range bad {
		it := maximalItem()
		it.Feedback.ID = name
		spoil(it)
		broken[name] = it
		items = append(items, it)
	}
	if err := s.Writer().Write(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	for name, it := range broken {
		if it.Rejection == nil || it.Rejection.Reason != pipeline.ReasonUnwritable {
			t.Errorf("%s: rejection %v, want unwritable", name, it.Rejection)
		}
	}
	if items[1].Rejection.Reason != pipeline.ReasonMissingID {
		t.Errorf("an earlier rejection became %v", items[1].Rejection)
	}
	compare(t, jsonRows(t, s, "SELECT id FROM feedback ORDER BY id"), `{"id":"review-000000000"}`, `{"id":"review-000000002"}`)
}

func TestABatchWithoutRowsAsksNothingOfTheServer(t *testing.T) {
	s, err := Open(Options{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	items := typicalItems(1, 0)
	items[0].Rejection = pipeline.Rejectf(pipeline.ReasonEmpty, "nothing in it")
	if err := s.Writer().Write(t.Context(), items); err != nil {
		t.Error(err)
	}
	if err := s.Writer().Write(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestStageAndTouchpointOfAnItemThatNamesNone(t *testing.T) {
	mentions := []nlp.Mention{{Stage: "billing"}, {Stage: "usage", Touchpoint: "app"}, {Stage: "usage", Touchpoint: "call"}}
	r := newRow(&pipeline.Item{Analysis: nlp.Analysis{Mentions: mentions}}, time.Now())
	if r.stage != "usage" || r.touchpoint != "app" {
		t.Errorf("stage %q touchpoint %q, want usage and app: what most mentions have, the first of those level", r.stage, r.touchpoint)
	}
	r = newRow(&pipeline.Item{Feedback: pipeline.Feedback{Stage: "exit"}, Analysis: nlp.Analysis{Mentions: mentions}}, time.Now())
	if r.stage != "exit" {
		t.Errorf("stage %q, want the record's own", r.stage)
	}
}

func TestQuoteIsTheSentenceOfTheMention(t *testing.T) {
	sentences := []nlp.Sentence{{Span: nlp.Span{Start: 0, End: 10}}, {Span: nlp.Span{Start: 12, End: 20}}}
	for mention, want := range map[nlp.Span]nlp.Span{
		{Start: 0, End: 3}:   {Start: 0, End: 10},
		{Start: 9, End: 10}:  {Start: 0, End: 10},
		{Start: 10, End: 11}: {Start: 10, End: 11}, // between two
		{Start: 12, End: 20}: {Start: 12, End: 20},
		{Start: 8, End: 14}:  {Start: 0, End: 14}, // over the end
		{Start: 25, End: 30}: {Start: 25, End: 30},
	} {
		if got := sentenceOf(sentences, mention); got != want {
			t.Errorf("mention %v: sentence %v, want %v", mention, got, want)
		}
	}
}

// rankLess says whether b replaces a, in the words of the contract.
func rankLess(a, b *pipeline.Item) bool {
	return cmp.Or(
		cmp.Compare(a.Feedback.Version, b.Feedback.Version),
		a.Feedback.CreatedAt.Compare(b.Feedback.CreatedAt),
		cmp.Compare(a.Record.Offset, b.Record.Offset),
		cmp.Compare(a.Record.Partition, b.Record.Partition),
	) < 0
}

func BenchmarkWrite(b *testing.B) {
	for _, mentions := range []int{0, 2} {
		b.Run(fmt.Sprintf("mentions=%d", mentions), func(b *testing.B) {
			s := newStore(b)
			w := s.Writer()
			items := typicalItems(10_000, mentions)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				for i, it := range items {
					it.Feedback.ID = fmt.Sprintf("%d-%d", n, i)
				}
				n++
				if err := w.Write(b.Context(), items); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(items))/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
