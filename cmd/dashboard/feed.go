package dashboard

import (
	"context"
	"time"
)

const (
	feedPath  = "/feed"
	feedItems = 25
)

func feedSheet() *sheet {
	return &sheet{
		path: feedPath, name: "Feed", file: "feed.html", usual: usualWindow(feedPath), refresh: 5 * time.Second,
		fragments: []string{"latest"}, model: feedModel,
	}
}

// feedPage lists items.
type feedPage struct {
	frame
	Entries []entry
	Nothing string // that was found, and what to do
	Older   *link
	Newest  *link // back to the first page
	Noise   link
	About   string // what the list is narrowed to beyond its form
}

func feedModel(v *visit) framed {
	d, scope := v.dashboard, v.view
	list := fetch(v, "feed "+scope.key(), func(ctx context.Context) (*found, error) { return d.store.search(ctx, scope, feedItems, time.Now()) })
	choices := v.fetchChoices()
	v.wait()

	p := &feedPage{frame: frame{Title: "Feed", Class: "feed", Windows: v.switches(lastDay, lastWeek, lastMonth, lastQuarter, allTime)}}
	p.Filters = v.filters(choices.value, filterSearch, filterChannel, filterStage, filterTopic, filterSegment, filterProduct, filterLabel)
	p.Noise = link{v.view.with(func(o *view) { o.Noise, o.Before, o.Source, o.ID = !o.Noise, time.Time{}, "", "" }).on(feedPath), "Noise alone", v.view.Noise}
	if scope.Customer != "" {
		p.About = "Of customer " + pseudonym(scope.Customer) + "."
	}
	if !scope.Before.IsZero() {
		p.Newest = &link{Href: v.view.with(func(o *view) { o.Before, o.Source, o.ID = time.Time{}, "", "" }).on(feedPath), Text: "Back to the latest"}
	}
	p.list(list.value, v)
	return p
}

// list shows what was found, and how to go on.
func (p *feedPage) list(f *found, v *visit) {
	if f == nil {
		return
	}
	for _, i := range f.items {
		p.Entries = append(p.Entries, newEntry(i, v.view, v.now, inList))
	}
	older := v.view
	switch {
	case !f.until.IsZero():
		older.Before, older.Source, older.ID = f.until.Add(-time.Millisecond), "", ""
		p.Older = &link{Href: older.on(feedPath), Text: "Search further back than " + newMoment(f.until, v.now).UTC}
	case f.more && len(f.items) > 0:
		last := f.items[len(f.items)-1]
		older.Before, older.Source, older.ID = last.created, last.source, last.id
		p.Older = &link{Href: older.on(feedPath), Text: "Older"}
	}
	if len(p.Entries) > 0 {
		return
	}
	p.Nothing = "Nothing " + v.view.phrase() + " fits."
	if p.Filters.Reset != "" {
		p.Nothing = "Nothing " + v.view.phrase() + " fits these filters."
	}
}
