package clickhouse

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/nlp"
	"earshot/pipeline"
	"earshot/pipeline/painpoints"
)

// painPoint is a row of pain_points. The tags are its columns.
type painPoint struct {
	Topic               string   `ch:"topic"`
	Stage               string   `ch:"stage"`
	Items               uint64   `ch:"items"`
	Customers           uint64   `ch:"customers"`
	Negatives           int64    `ch:"negatives"`
	Positives           int64    `ch:"positives"`
	NegativeShare       float64  `ch:"negative_share"`
	NegativeLow         float64  `ch:"negative_low"`
	NegativeHigh        float64  `ch:"negative_high"`
	NetSentiment        float64  `ch:"net_sentiment"`
	Impact              float64  `ch:"impact"`
	Trend               *float64 `ch:"trend"`
	TrendP              *float64 `ch:"trend_p"`
	TrendQ              *float64 `ch:"trend_q"`
	Direction           string   `ch:"direction"`
	ItemsBefore         *uint64  `ch:"items_before"`
	NetSentimentBefore  *float64 `ch:"net_sentiment_before"`
	Effort              *float64 `ch:"effort"`
	EffortItems         uint64   `ch:"effort_items"`
	ChurnShare          float64  `ch:"churn_share"`
	Reach               uint64   `ch:"reach"`
	Stages              []string `ch:"stages"`
	AllItems            uint64   `ch:"all_items"`
	AllNetSentiment     float64  `ch:"all_net_sentiment"`
	PriorVoices         float64  `ch:"prior_voices"`
	NegativeShareShrunk float64  `ch:"negative_share_shrunk"`
	NetSentimentShrunk  float64  `ch:"net_sentiment_shrunk"`
	ChurnShareShrunk    float64  `ch:"churn_share_shrunk"`
	PointsImpact        float64  `ch:"points_impact"`
	PointsNegative      float64  `ch:"points_negative"`
	PointsChurn         float64  `ch:"points_churn"`
	PointsEffort        float64  `ch:"points_effort"`
	PointsTrend         float64  `ch:"points_trend"`
	PointsReach         float64  `ch:"points_reach"`
	Priority            float64  `ch:"priority"`
}

// asked are the parameters of views over a period.
type asked struct {
	from, to                  time.Time
	channel, segment, product string
	level                     int
}

// args are the arguments of a view, without the level where it is 0.
func (a *asked) args() string {
	const layout = "2006-01-02 15:04:05.000"
	s := fmt.Sprintf("period_from = '%s', period_to = '%s', channel = '%s', segment = '%s', product = '%s'",
		a.from.Format(layout), a.to.Format(layout), a.channel, a.segment, a.product)
	if a.level > 0 {
		s += fmt.Sprint(", level = ", a.level)
	}
	return s
}

func (a *asked) covers(f *pipeline.Feedback) bool {
	return (a.channel == "" || a.channel == string(f.Channel)) && (a.segment == "" || a.segment == f.Segment) && (a.product == "" || a.product == f.Product)
}

func shownPainPoints(tb testing.TB, s *Store, a *asked) []painPoint {
	tb.Helper()
	rows, err := s.Query(tb.Context(), "SELECT * EXCEPT quotes FROM pain_points("+a.args()+")")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var all []painPoint
	for rows.Next() {
		var p painPoint
		if err := rows.ScanStruct(&p); err != nil {
			tb.Fatal(err)
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// voiced is what was said of a topic, added up by hand.
type voiced struct {
	items, negatives, positives, effortItems, churns, unknown float64
	effort                                                    float64
	customers                                                 map[string]bool
	byStage                                                   map[string]int
	stages                                                    map[string]bool
}

// tallied adds up what items say of topics within a period.
func tallied(items map[string]*pipeline.Item, a *asked, from, to time.Time) map[string]*voiced {
	topics := map[string]*voiced{}
	for _, it := range items {
		f := &it.Feedback
		if f.Deleted || it.Analysis.Noise != "" || f.CreatedAt.Before(from) || !f.CreatedAt.Before(to) || !a.covers(f) {
			continue
		}
		for _, m := range it.Analysis.Mentions {
			topic := m.Topic
			if a.level == 1 {
				topic, _, _ = strings.Cut(topic, ".")
			}
			v := topics[topic]
			if v == nil {
				v = &voiced{customers: map[string]bool{}, byStage: map[string]int{}, stages: map[string]bool{}}
				topics[topic] = v
			}
			v.items++
			switch m.Label {
			case nlp.Negative:
				v.negatives++
			case nlp.Positive:
				v.positives++
			}
			if e := it.Analysis.Effort; e != nil {
				v.effort += *e
				v.effortItems++
			}
			if slices.Contains(it.Analysis.Intents, "churn") || slices.Contains(it.Analysis.Intents, "cancel") {
				v.churns++
			}
			if f.Customer == "" {
				v.unknown++
			} else {
				v.customers[f.Customer] = true
			}
			v.byStage[m.Stage]++
			if stage := cmp.Or(f.Stage, prevalent(it.Analysis.Mentions, func(m *nlp.Mention) string { return m.Stage })); stage != "" {
				v.stages[stage] = true
			}
		}
	}
	return topics
}

// tally is the same as painpoints counts it, beside what was said before.
func (v *voiced) tally(topic string, before *voiced) painpoints.Tally {
	t := painpoints.Tally{
		Topic: topic, Items: uint64(v.items), Negatives: int64(v.negatives), Positives: int64(v.positives), Customers: uint64(len(v.customers)),
		Voices: uint64(len(v.customers)) + uint64(v.unknown), EffortSum: v.effort, EffortItems: uint64(v.effortItems), Churns: uint64(v.churns),
		Stages: slices.Sorted(maps.Keys(v.stages)),
		Stage: slices.MinFunc(slices.Collect(maps.Keys(v.byStage)), func(a, b string) int {
			return cmp.Or(cmp.Compare(v.byStage[b], v.byStage[a]), cmp.Compare(a, b))
		}),
	}
	if before != nil {
		t.ItemsBefore, t.NegativesBefore, t.PositivesBefore = uint64(before.items), int64(before.negatives), int64(before.positives)
	}
	return t
}

// painPoints adds up items by hand and has them ranked by the formulas in Go.
func painPoints(items map[string]*pipeline.Item, a *asked) []painPoint {
	now := tallied(items, a, a.from, a.to)
	before := tallied(items, a, a.from.Add(a.from.Sub(a.to)), a.from)
	var tallies []painpoints.Tally
	for topic, v := range now {
		tallies = append(tallies, v.tally(topic, before[topic]))
	}
	ranking := painpoints.Rank(tallies)
	var rows []painPoint
	for i := range ranking.Points {
		p := &ranking.Points[i]
		row := painPoint{
			Topic: p.Topic, Stage: p.Stage, Items: p.Items, Customers: p.Customers, Negatives: p.Negatives, Positives: p.Positives,
			NegativeShare: p.NegativeShare, NegativeLow: p.NegativeLow, NegativeHigh: p.NegativeHigh, NetSentiment: p.NetSentiment, Impact: p.Impact,
			Direction: string(p.Direction), Effort: p.Effort, EffortItems: p.EffortItems, ChurnShare: p.ChurnShare, Reach: uint64(len(p.Stages)), Stages: p.Stages,
			AllItems: ranking.Items, AllNetSentiment: ranking.NetSentiment, PriorVoices: ranking.PriorVoices,
			NegativeShareShrunk: p.NegativeShareShrunk, NetSentimentShrunk: p.NetSentimentShrunk, ChurnShareShrunk: p.ChurnShareShrunk,
			PointsImpact: p.Points.Impact, PointsNegative: p.Points.Negative, PointsChurn: p.Points.Churn, PointsEffort: p.Points.Effort,
			PointsTrend: p.Points.Trend, PointsReach: p.Points.Reach, Priority: p.Priority,
		}
		if t := p.Trend; t != nil {
			row.Trend, row.TrendP, row.TrendQ, row.ItemsBefore, row.NetSentimentBefore = &t.Points, &t.P, &t.Q, &p.ItemsBefore, &t.Before
		}
		rows = append(rows, row)
	}
	return rows
}

// heard makes items of three weeks from a start. Billing gets worse in the third.
func heard(random *rand.Rand, start time.Time, n int) []*pipeline.Item {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	items := make([]*pipeline.Item, n)
	for i := range items {
		at := start.Add(time.Duration(random.Int64N(int64(21 * 24 * time.Hour)))).Truncate(time.Millisecond)
		it := &pipeline.Item{
			Record: pipeline.Record{Topic: "t", Offset: int64(i)},
			Feedback: pipeline.Feedback{
				Source: "a", ID: fmt.Sprint(i), Channel: pipeline.Channels()[random.IntN(6)], CreatedAt: at, Customer: pick("", "c1", "c2", "c3", "c4", "c5", "c6"),
				Segment: pick("", "family", "business"), Product: pick("fibre", "mobile"), Stage: pick("", "usage", "billing", "fulfilment"), Text: "some words of a customer",
			},
			Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Label: nlp.Label(pick("negative", "neutral", "positive"))}, Noise: pick("", "", "", "", "", "", "", "spam")},
		}
		if random.IntN(3) == 0 {
			effort := float64(random.IntN(9)-4) / 4 // exact as float32
			it.Analysis.Effort = &effort
		}
		if random.IntN(6) == 0 {
			it.Analysis.Intents = []string{pick("churn", "cancel", "complaint")}
		}
		for range random.IntN(3) {
			m := nlp.Mention{
				Topic: pick("billing.double_charge", "billing.invoice", "staff", "device.router", "device.phone"), Stage: pick("usage", "billing"),
				Label: nlp.Label(pick("negative", "neutral", "positive")),
			}
			if strings.HasPrefix(m.Topic, "billing") && at.After(start.AddDate(0, 0, 14)) {
				m.Label = nlp.Label(pick("negative", "negative", "negative", "negative", "neutral"))
			}
			it.Analysis.Mentions = append(it.Analysis.Mentions, m)
		}
		items[i] = it
	}
	return items
}

func TestPainPointsEqualAPlainRecomputation(t *testing.T) {
	s := newStore(t)
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	items := heard(rand.New(rand.NewPCG(7, 7)), start, 3000)
	write(t, s, items...)
	all := winners([][]*pipeline.Item{items})
	day := func(n int) time.Time { return start.AddDate(0, 0, n) }
	questions := map[string]*asked{
		"a week":               {from: day(14), to: day(21), level: 2},
		"first-level topics":   {from: day(14), to: day(21), level: 1},
		"within days":          {from: day(13).Add(7*time.Hour + 31*time.Minute), to: day(20).Add(90 * time.Minute), level: 2},
		"of a channel":         {from: day(14), to: day(21), channel: "chat", level: 2},
		"of a segment":         {from: day(7), to: day(14), segment: "family", level: 2},
		"of a product, a hour": {from: day(15), to: day(15).Add(time.Hour), product: "fibre", level: 2},
		"nothing before":       {from: day(0), to: day(20), level: 2},
	}
	compare := func(t *testing.T, names ...string) {
		for _, name := range names {
			a := questions[name]
			t.Run(name, func(t *testing.T) {
				want, got := painPoints(all, a), shownPainPoints(t, s, a)
				if len(want) == 0 {
					t.Fatal("nothing to compare")
				}
				if diff := gocmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 1e-9), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("pain_points differ (-plain +view):\n%s", diff)
				}
			})
		}
	}
	every := slices.Sorted(maps.Keys(questions))
	t.Run("all days open", func(t *testing.T) { compare(t, every...) })
	if _, err := s.RollUp(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count() FROM days FINAL WHERE revision % 2 = 0"); n < 20 {
		t.Fatalf("only %d days are rolled up", n)
	}
	t.Run("rolled up", func(t *testing.T) { compare(t, every...) })

	moved := *items[0] // from one day to another, which opens both
	moved.Feedback.Version, moved.Feedback.CreatedAt = 1, day(17)
	write(t, s, &moved)
	all[moved.Feedback.Source+"/"+moved.Feedback.ID] = &moved
	t.Run("some written to again", func(t *testing.T) { compare(t, "a week", "within days") })
	if got := painPoints(all, questions["a week"])[0]; !strings.HasPrefix(got.Topic, "billing") || got.Direction != "worse" {
		t.Errorf("what got worse is not on top: %+v", got)
	}
}
