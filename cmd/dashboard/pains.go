package dashboard

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline/painpoints"
)

const painsPath = "/pain-points"

func painsSheet() *sheet {
	return &sheet{
		path: painsPath, name: "Pain points", file: "pains.html", usual: usualWindow(painsPath), refresh: 10 * time.Second,
		fragments: []string{"summary", "pains"}, model: painsModel,
	}
}

// pains are the topics of a period by what hurts most, and how each went.
type pains struct {
	painpoints.Ranking
	over *series // by topic
}

// askedPains are pain points that are asked for.
type askedPains struct {
	ranking *reading[*painpoints.Ranking]
	over    *reading[*series]
}

// fetchPains asks for the pain points of a view.
func (d *Dashboard) fetchPains(v *visit, of view) askedPains {
	by, level := byTopic, uint8(2)
	if of.Broad {
		by, level = byBroadTopic, 1
	}
	const every = 10 * time.Second
	return askedPains{
		fetchEvery(v, every, "pain points "+of.key(), func(ctx context.Context) (*painpoints.Ranking, error) {
			return d.store.ranking(ctx, of, level, time.Now())
		}),
		fetchEvery(v, every, "topics "+of.key(), func(ctx context.Context) (*series, error) {
			return d.store.series(ctx, of, by, time.Now())
		}),
	}
}

// answer is what was asked for; nil: it isn't there yet.
func (a askedPains) answer() *pains {
	if a.ranking.value == nil || a.over.value == nil {
		return nil
	}
	return &pains{*a.ranking.value, a.over.value}
}

// ranking reads what is said of every topic and ranks it.
func (s *store) ranking(ctx context.Context, v view, level uint8, now time.Time) (*painpoints.Ranking, error) {
	p := v.period(now)
	if v.Window == allTime { // of centuries there is no period before
		e, err := s.extent(ctx, v, now)
		if err != nil || e.items == 0 {
			return &painpoints.Ranking{}, err
		}
		p = period{e.first, e.last.Add(time.Millisecond)}
	}
	tallies, err := s.tallies(ctx, v, p, level)
	if err != nil {
		return nil, err
	}
	r := painpoints.Rank(tallies)
	return &r, nil
}

// tallies counts what is said of topics in a period and in the one before it.
func (s *store) tallies(ctx context.Context, v view, p period, level uint8) (tallies []painpoints.Tally, err error) {
	err = s.rows(ctx, s.sql["topics"], append(within(v, p), clickhouse.Named("level", level)), func(rows driver.Rows) error {
		var (
			t                            painpoints.Tally
			sources, ids, people, quotes []string
		)
		err := rows.Scan(&t.Topic, &t.Stage, &t.Items, &t.Negatives, &t.Positives, &t.Customers, &t.Voices, &t.EffortSum, &t.EffortItems, &t.Churns,
			&t.Stages, &t.ItemsBefore, &t.NegativesBefore, &t.PositivesBefore, &sources, &ids, &people, &quotes)
		if err != nil {
			return err
		}
		for i := range quotes {
			t.Sample = append(t.Sample, painpoints.Quote{Source: sources[i], ID: ids[i], Customer: people[i], Text: quotes[i]})
		}
		tallies = append(tallies, t)
		return nil
	})
	return tallies, err
}

// painsPage ranks topics.
type painsPage struct {
	frame
	Summary  string
	Voices   string // that shrinkage adds
	Rows     []painRow
	More     *link // to all of them
	Levels   []link
	Compared string // what the trend compares with
}

// painRow is a topic and how much it hurts.
type painRow struct {
	Key, Href, Topic, Stage string
	Priority                string
	Width                   float64 // of its bar, 0 to 100
	Parts                   []painPart
	Items, Customers        string
	Share, Interval         string // negative share, and its 95 % interval
	ShareX, LowX, SpanX     float64
	Net, Tone               string
	Impact                  string
	Direction               string // new, steady, worse, better
	Trend, Chance           string // points against the period before; how probable by chance
	Spark                   string
	Effort, Churn           string
	Reach                   string
	Quotes                  []quoteLink
	Feed                    string // address of its negative mentions
}

// painPart is a part of a priority. X and Width are of 100 points.
type painPart struct {
	Name, Class, Points string
	X, Width            float64
}

// quoteLink is what a customer said, and the item that has it.
type quoteLink struct{ Href, Text string }

// shownPains are as many as somebody reads; all are one link away.
const shownPains = 25

func painsModel(v *visit) framed {
	scope := v.view.common().with(func(o *view) { o.Broad = v.view.Broad })
	ranking := v.dashboard.fetchPains(v, scope)
	choices := v.fetchChoices()
	v.wait()

	p := &painsPage{frame: frame{Title: "Pain points", Class: "pains", Windows: v.switches(lastDay, lastWeek, lastMonth, lastQuarter, allTime)}}
	p.Filters = v.filters(choices.value, filterChannel, filterSegment, filterProduct)
	p.Levels = []link{
		{v.view.with(func(o *view) { o.Broad = false }).on(painsPath), "As mentioned", !v.view.Broad},
		{v.view.with(func(o *view) { o.Broad = true }).on(painsPath), "Broad", v.view.Broad},
	}
	limit := shownPains
	if v.view.All {
		limit = math.MaxInt
	}
	r := ranking.answer()
	p.Rows = painRows(r, scope, limit)
	if r == nil || len(r.Points) == 0 {
		return p
	}
	p.Summary = fmt.Sprintf("%s of %s. Net sentiment of all: %s.", things(r.Items, "mention"), things(uint64(len(r.Points)), "topic"), signed(r.NetSentiment, 0))
	p.Voices = fmt.Sprintf("%.0f", r.PriorVoices)
	if v.view.Window != allTime {
		p.Compared = v.view.before(v.now)
	}
	if len(r.Points) > len(p.Rows) {
		p.More = &link{Href: v.view.with(func(o *view) { o.All = true }).on(painsPath), Text: fmt.Sprintf("All %d topics", len(r.Points))}
	}
	return p
}

// painRows shows the first of a ranking; none where there is none yet.
func painRows(r *pains, v view, limit int) []painRow {
	if r == nil {
		return nil
	}
	var rows []painRow
	for i := range r.Points[:min(len(r.Points), limit)] {
		rows = append(rows, newPainRow(&r.Points[i], r, v))
	}
	return rows
}

func newPainRow(p *painpoints.Point, r *pains, v view) painRow {
	of := v.common().with(func(o *view) { o.Topic = p.Topic })
	steps, _, _ := r.over.of(p.Topic)
	row := painRow{
		Key: elementID("pain", p.Topic), Href: of.on(topicPath), Topic: excerpt(p.Topic, nameRunes), Stage: excerpt(p.Stage, nameRunes),
		Priority: fmt.Sprintf("%.0f", p.Priority), Width: round(p.Priority), Parts: painParts(p),
		Items: count(p.Items), Customers: count(p.Customers),
		Share: percentOf(p.NegativeShare), Interval: percentOf(p.NegativeLow) + " to " + percentOf(p.NegativeHigh),
		ShareX: round(100 * p.NegativeShare), LowX: round(100 * p.NegativeLow), SpanX: round(100 * (p.NegativeHigh - p.NegativeLow)),
		Net: signed(p.NetSentiment, 0), Tone: tone(p.NetSentiment), Impact: signed(p.Impact, 1),
		Direction: string(p.Direction), Spark: spark(steps, 100),
		Effort: "–", Churn: percentOf(p.ChurnShare), Reach: things(uint64(len(p.Stages)), "stage"),
		Feed: of.with(func(o *view) { o.Label = "negative" }).on(feedPath),
	}
	if p.Effort != nil {
		row.Effort = signed(*p.Effort, 2)
	}
	if p.Trend != nil {
		row.Trend, row.Chance = signed(p.Trend.Points, 0), chance(p.Trend.Q)
	}
	for _, q := range p.Quotes {
		row.Quotes = append(row.Quotes, quoteLink{view{Window: lastWeek, Source: q.Source, ID: q.ID}.on(itemPath), excerpt(q.Text, quotedRunes)})
	}
	return row
}

const quotedRunes = 240

// painParts are what a priority is made of, in the order of the page's legend.
func painParts(p *painpoints.Point) []painPart {
	var parts []painPart
	x := 0.0
	for _, part := range []struct {
		name, class string
		points      float64
	}{
		{"impact", "impact", p.Points.Impact}, {"negative", "bad", p.Points.Negative}, {"churn", "churn", p.Points.Churn},
		{"effort", "effort", p.Points.Effort}, {"worse", "worse", p.Points.Trend}, {"reach", "reach", p.Points.Reach},
	} {
		parts = append(parts, painPart{part.name, part.class, fmt.Sprintf("%.1f", part.points), round(x), round(part.points)})
		x += part.points
	}
	return parts
}

// chance tells a probability in words.
func chance(q float64) string {
	switch {
	case q < 0.001:
		return "hardly chance (q under 0.001)"
	case q < 0.05:
		return fmt.Sprintf("hardly chance (q %.3f)", q)
	default:
		return fmt.Sprintf("may be chance (q %.2f)", q)
	}
}
