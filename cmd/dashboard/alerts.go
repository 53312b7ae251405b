package dashboard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
	"earshot/pipeline/painpoints"
)

const alertsPath = "/alerts"

func alertsSheet() *sheet {
	return &sheet{
		path: alertsPath, name: "Alerts", file: "alerts.html", usual: usualWindow(alertsPath), refresh: 10 * time.Second,
		fragments: []string{"open", "past", "worse", "rising"}, model: alertsModel,
	}
}

// alertsPage says what was raised and lasts, what is over, what got worse by more than
// chance, and which words are new.
type alertsPage struct {
	frame
	Open     []incidentRow
	OpenMore string // how many incidents are left out
	Resting  string // nothing is open
	Past     []pastRow
	PastMore string // there are more
	Peaceful string // nothing is over
	Rows     []painRow
	Calm     string // nothing got worse
	Compared string
	Rising   []risingRow
	Quiet    string // nothing rises
}

// risingRow is a phrase that no topic covers and that is said more than before.
type risingRow struct {
	Phrase, Items, Before, Share, Negative string
	Since                                  moment
	Examples                               []quoteLink
	Feed                                   string
}

type rising struct {
	phrase              string
	items, before       uint64
	growth, negative, z float64
	first               time.Time
	sources, ids, texts []string
}

// leastZ is from where on a phrase among many hardly rises by chance.
const leastZ = 3

func (s *store) rising(ctx context.Context) (all []rising, err error) {
	err = s.rows(ctx, s.sql["rising"], []any{clickhouse.Named("least", float64(leastZ))}, func(rows driver.Rows) error {
		var (
			r     rising
			first int64
		)
		if err := rows.Scan(&r.phrase, &r.items, &r.before, &r.growth, &r.negative, &r.z, &first, &r.sources, &r.ids, &r.texts); err != nil {
			return err
		}
		r.first = time.UnixMilli(first).UTC()
		all = append(all, r)
		return nil
	})
	return all, err
}

func alertsModel(v *visit) framed {
	d, scope := v.dashboard, v.view.common()
	ranking := d.fetchPains(v, scope)
	open, past := v.fetchIncidents(), v.fetchPastAlerts()
	words := fetchEvery(v, time.Minute, "rising", d.store.rising)
	choices := v.fetchChoices()
	v.wait()

	p := &alertsPage{frame: frame{Title: "Alerts", Class: "alerts", Windows: v.switches(lastDay, lastWeek, lastMonth, lastQuarter)}}
	p.Filters = v.filters(choices.value, filterChannel, filterSegment, filterProduct)
	p.raised(v, open, past)
	p.Compared = v.view.before(v.now)
	if r := ranking.answer(); r != nil {
		for i := range r.Points {
			if r.Points[i].Direction == painpoints.Worse {
				p.Rows = append(p.Rows, newPainRow(&r.Points[i], r, scope))
			}
		}
		if len(p.Rows) == 0 {
			p.Calm = fmt.Sprintf("Of %s none is worse than in %s by more than chance.", things(uint64(len(r.Points)), "topic"), p.Compared)
		}
	}
	if !words.at.IsZero() && len(words.value) == 0 {
		p.Quiet = "No phrase that no topic covers rises by more than chance."
	}
	for _, w := range words.value {
		row := risingRow{
			Phrase: excerpt(w.phrase, nameRunes), Items: count(w.items), Before: count(w.before), Share: fmt.Sprintf("×%.1f", w.growth), Negative: percentOf(w.negative),
			Since: newMoment(w.first, v.now), Feed: scope.with(func(o *view) { o.Search = w.phrase }).on(feedPath),
		}
		for i := range min(len(w.sources), len(w.ids), len(w.texts)) {
			row.Examples = append(row.Examples, quoteLink{view{Window: lastWeek, Source: w.sources[i], ID: w.ids[i]}.on(itemPath), excerpt(w.texts[i], quotedRunes)})
		}
		p.Rising = append(p.Rising, row)
	}
	return p
}

// raised shows the alerts that last, and those that are over.
func (p *alertsPage) raised(v *visit, open *reading[[]incident], past *reading[[]*pipeline.Alert]) {
	of := ""
	if c := channelTitles[v.view.Channel]; c != "" {
		of = " for " + strings.ToLower(c)
	}
	lasting := incidentsIn(open.value, v.view.Channel)
	for i := range lasting[:min(len(lasting), shownIncidents)] {
		p.Open = append(p.Open, newIncidentRow(&lasting[i], v.now))
	}
	if more := len(lasting) - len(p.Open); more > 0 {
		p.OpenMore = "And " + things(uint64(more), "more incident") + ", raised before these."
	}
	for _, a := range past.value[:min(len(past.value), shownPast)] {
		p.Past = append(p.Past, newPastRow(a, v.now))
	}
	if len(past.value) > shownPast {
		p.PastMore = fmt.Sprintf("The latest %d.", shownPast)
	}
	if open.at.IsZero() {
		return
	}
	if len(lasting) == 0 {
		p.Resting = "Nothing is open" + of + "."
	}
	if past.at.IsZero() || len(p.Past) > 0 {
		return
	}
	phrase := v.view.phrase()
	if v.view.Window == allTime {
		phrase = "so far"
	}
	p.Peaceful = "Nothing was raised" + of + " " + phrase + "."
	if len(lasting) > 0 {
		p.Peaceful = "Nothing else was raised" + of + " " + phrase + "."
	}
}
