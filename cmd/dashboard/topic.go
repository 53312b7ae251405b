package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/pipeline/painpoints"
)

const topicPath = "/topic"

func topicSheet() *sheet {
	return &sheet{
		path: topicPath, file: "topic.html", usual: usualWindow(topicPath), refresh: 10 * time.Second,
		fragments: []string{"figures", "trend", "components", "channels", "latest"}, model: topicModel,
	}
}

// topicPage is what customers say of one topic.
type topicPage struct {
	frame
	Topic     string
	Nothing   string
	Figures   []figure
	Trend     chart
	Elsewhere *link
	Pain      *painRow // nil: nothing was said of it
	Voices    string
	Channels  []channelRow
	Entries   []entry
	FeedHref  string
	Parent    *link
	Below     []link // topics below it
	Channel   string
}

func topicModel(v *visit) framed {
	d := v.dashboard
	scope := v.view.common().with(func(o *view) { o.Topic = v.view.Topic })
	if scope.Topic == "" {
		p := &topicPage{frame: frame{Title: "Topic", Class: "topic", Missing: true}, Nothing: "Which topic? Choose one on the page of pain points."}
		p.Parent = &link{Href: v.view.common().on(painsPath), Text: "Pain points"}
		return p
	}
	// All topics are asked for, as on the page of pain points: how much one hurts is
	// told against the others.
	all := v.view.common().with(func(o *view) { o.Broad = !strings.Contains(scope.Topic, ".") })
	ranking := d.fetchPains(v, all)
	over := fetch(v, "trend "+scope.key(), func(ctx context.Context) (*series, error) {
		return d.store.series(ctx, scope, byChannel, time.Now())
	})
	list := fetch(v, "feed "+scope.key(), func(ctx context.Context) (*found, error) {
		return d.store.search(ctx, scope, latestItems, time.Now())
	})
	choices := v.fetchChoices()
	v.wait()

	p := &topicPage{frame: frame{Title: excerpt(scope.Topic, nameRunes), Class: "topic", Windows: v.switches(lastDay, lastWeek, lastMonth, lastQuarter, allTime)}, Topic: excerpt(scope.Topic, nameRunes)}
	p.Filters = v.filters(choices.value, filterChannel, filterSegment, filterProduct)
	p.FeedHref = scope.on(feedPath)
	p.family(v, choices.value["topic"])
	if s := over.value; s != nil {
		steps, total, outside := s.of()
		p.Trend = newChart(s.axis, steps)
		if outside > 0 {
			p.Trend.Outside = things(outside, "mention") + " far outside this period: counted, not drawn."
		}
		p.Channels = p.channels(v, s)
		p.Figures = []figure{{Name: "Mentions", Value: count(total.Items), Note: v.view.phrase(), Href: p.FeedHref}, netFigure(total)}
		if total.Items == 0 {
			p.Nothing = "Nobody speaks of it " + v.view.phrase() + "."
			p.Elsewhere = &link{Href: v.view.withWindow(allTime).on(topicPath), Text: "Look at all of time"}
		}
	}
	if r := ranking.answer(); r != nil {
		p.pain(r, scope)
	}
	if list.value != nil {
		for _, i := range list.value.items {
			p.Entries = append(p.Entries, newEntry(i, scope, v.now, inList))
		}
	}
	return p
}

// pain shows how much the topic hurts.
func (p *topicPage) pain(r *pains, v view) {
	at := slices.IndexFunc(r.Points, func(o painpoints.Point) bool { return o.Topic == v.Topic })
	if at < 0 {
		return
	}
	point := &r.Points[at]
	row := newPainRow(point, r, v)
	p.Pain, p.Voices = &row, fmt.Sprintf("%.0f", r.PriorVoices)
	p.Figures = append(p.Figures,
		figure{Name: "Priority", Value: row.Priority, Note: fmt.Sprintf("%d of %d topics", at+1, len(r.Points))},
		figure{Name: "Impact", Value: row.Impact, Note: "points of the whole net sentiment", Tone: tone(5 * point.Impact)},
		figure{Name: "Customers", Value: row.Customers, Note: "who are known"})
}

func (p *topicPage) channels(v *visit, s *series) []channelRow {
	var names []string
	for name := range s.totals {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.totals[b].Items, s.totals[a].Items), cmp.Compare(a, b))
	})
	var rows []channelRow
	for _, name := range names {
		steps, total, _ := s.of(name)
		title := name
		for c, t := range channelTitles {
			if string(c) == name {
				title = t
			}
		}
		href := v.view.common().with(func(o *view) { o.Topic = v.view.Topic; o.Channel = channelOf(name) }).on(feedPath)
		rows = append(rows, newChannelRow(link{Href: href, Text: excerpt(title, nameRunes)}, steps, total, 100))
	}
	return rows
}

// family links the topic above and those below.
func (p *topicPage) family(v *visit, topics []string) {
	to := func(topic string) string {
		return v.view.common().with(func(o *view) { o.Topic = topic }).on(topicPath)
	}
	if above, _, below := strings.Cut(v.view.Topic, "."); below {
		p.Parent = &link{Href: to(above), Text: excerpt(above, nameRunes)}
	}
	for _, t := range topics {
		if strings.HasPrefix(t, v.view.Topic+".") {
			p.Below = append(p.Below, link{Href: to(t), Text: excerpt(t, nameRunes)})
		}
	}
}
