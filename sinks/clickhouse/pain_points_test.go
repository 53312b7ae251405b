package clickhouse

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/nlp"
	"earshot/pipeline"
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

func (v *voiced) voices() float64 { return float64(len(v.customers)) + v.unknown }
func (v *voiced) net() float64    { return 100 * (v.positives - v.negatives) / v.items }

// variance is that of the labels as -1, 0 and +1, with one more of each.
func (v *voiced) variance() float64 {
	mean := (v.positives - v.negatives) / (v.items + 3)
	return (v.positives+v.negatives+2)/(v.items+3) - mean*mean
}

// painPoints computes pain_points by hand: the formulas of deploy/INSIGHT.md, one after
// the other.
func painPoints(items map[string]*pipeline.Item, a *asked) []painPoint {
	now := tallied(items, a, a.from, a.to)
	before := tallied(items, a, a.from.Add(a.from.Sub(a.to)), a.from)
	var all voiced
	var voices, squares, voicedShare, voicedSquares float64
	for _, v := range now {
		all.items += v.items
		all.positives += v.positives
		all.negatives += v.negatives
		all.churns += v.churns
		share := v.negatives / v.items
		voices += v.voices()
		squares += v.voices() * v.voices()
		voicedShare += v.voices() * share
		voicedSquares += v.voices() * share * share
	}
	prior, churn := voicedShare/voices, all.churns/all.items
	priorVoices := 1000.0
	k := float64(len(now))
	if between := (voicedSquares - voices*prior*prior - (k-1)*prior*(1-prior)) / max(voices-squares/voices, 1e-9); between > 0 {
		priorVoices = min(1000, max(1, prior*(1-prior)/between-1))
	}
	var points []painPoint
	for topic, v := range now {
		share := v.negatives / v.items
		p := painPoint{
			Topic: topic, Items: uint64(v.items), Customers: uint64(len(v.customers)), Negatives: int64(v.negatives), Positives: int64(v.positives),
			NegativeShare: share, NetSentiment: v.net(), EffortItems: uint64(v.effortItems), ChurnShare: v.churns / v.items,
			Stages: slices.Sorted(maps.Keys(v.stages)), Reach: uint64(len(v.stages)), AllItems: uint64(all.items), AllNetSentiment: all.net(), PriorVoices: priorVoices,
		}
		p.Stage = slices.MinFunc(slices.Collect(maps.Keys(v.byStage)), func(a, b string) int {
			return cmp.Or(cmp.Compare(v.byStage[b], v.byStage[a]), cmp.Compare(a, b))
		})
		const z = 1.959963984540054
		middle, half := share+z*z/2/v.items, z*math.Sqrt(share*(1-share)/v.items+z*z/4/v.items/v.items)
		p.NegativeLow, p.NegativeHigh = (middle-half)/(1+z*z/v.items), (middle+half)/(1+z*z/v.items)
		others := max(1, all.items-v.items)
		p.Impact = v.items * (v.net() - all.net()) / others
		if b := before[topic]; b != nil {
			n, net, trend := uint64(b.items), b.net(), v.net()-b.net()
			chance := math.Erfc(math.Abs(trend) / 100 / math.Sqrt2 / math.Sqrt(v.variance()/v.voices()+b.variance()/(b.items*v.voices()/v.items)))
			p.ItemsBefore, p.NetSentimentBefore, p.Trend, p.TrendP = &n, &net, &trend, &chance
		}
		if v.effortItems > 0 {
			effort := v.effort / v.effortItems
			p.Effort = &effort
		}
		shrink := func(own, everybody float64) float64 {
			return (own*v.voices() + everybody*priorVoices) / (v.voices() + priorVoices)
		}
		p.NegativeShareShrunk, p.NetSentimentShrunk, p.ChurnShareShrunk = shrink(share, prior), shrink(v.net(), all.net()), shrink(p.ChurnShare, churn)
		unit := func(x float64) float64 { return min(1, max(0, x)) }
		p.PointsImpact = 40 * unit(1-math.Exp(min(0, v.items*(p.NetSentimentShrunk-all.net())/others)/2))
		heard := 1 - math.Exp(-100*v.items/all.items)
		p.PointsNegative = heard * 20 * unit((p.NegativeShareShrunk-prior)/max(1-prior, 1e-9))
		p.PointsChurn = heard * 15 * unit(p.ChurnShareShrunk/0.2)
		p.PointsEffort = heard * 10 * unit(-v.effort/(v.effortItems+10))
		p.PointsReach = heard * 5 * unit(p.NegativeShareShrunk*(float64(p.Reach)-1)/8)
		points = append(points, p)
	}
	// Benjamini and Hochberg, as their paper has it: from the largest p down.
	var tested []*painPoint
	for i := range points {
		points[i].Direction = "new"
		if points[i].TrendP != nil {
			tested = append(tested, &points[i])
		}
	}
	slices.SortFunc(tested, func(a, b *painPoint) int { return cmp.Compare(*a.TrendP, *b.TrendP) })
	least := 1.0
	for rank := len(tested); rank > 0; rank-- {
		p := tested[rank-1]
		least = min(least, *p.TrendP*float64(len(tested))/float64(rank))
		q := least
		p.TrendQ = &q
		p.Direction = "steady"
		if q < 0.05 && *p.Trend < 0 {
			p.Direction = "worse"
			p.PointsTrend = 10 * min(1, -*p.Trend/20) * (1 - math.Exp(-100*float64(p.Items)/all.items))
		} else if q < 0.05 {
			p.Direction = "better"
		}
	}
	for i := range points {
		p := &points[i]
		p.Priority = p.PointsImpact + p.PointsNegative + p.PointsChurn + p.PointsEffort + p.PointsTrend + p.PointsReach
	}
	slices.SortFunc(points, func(a, b painPoint) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Topic, b.Topic))
	})
	return points
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
