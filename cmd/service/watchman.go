package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"slices"
	"time"

	"earshot/cmd/config"
	"earshot/pipeline"
	"earshot/pipeline/painpoints"
	"earshot/pipeline/watch"
	"earshot/sinks/clickhouse"
)

const (
	// comparedDays is how long before its beginning a change is compared with.
	comparedDays = 28
	// sampledQuotes is from how many quotes those are chosen that an alert shows.
	sampledQuotes = 60
	shownQuotes   = 5
	// shownShares is how many values of a dimension an alert names.
	shownShares = 6
	// readHours is how many hours are counted by one statement.
	readHours = 14 * 24
	// late is how old an hour is before what is written to it is history that is being
	// loaded, and manyHours how many such hours are written to between two looks only then:
	// a late item now and then is none.
	late      = 6 * time.Hour
	manyHours = 12
)

// watchman holds what is watched, counts as the store knows them, and tells what got
// worse and why. A service and a backtest have the same one.
type watchman struct {
	store   *clickhouse.Store
	config  *config.Alerts
	address string // of the dashboard, for links; empty: none
	log     *slog.Logger

	watch     *watch.Watch
	revisions map[time.Time]uint64             // of the hours that were counted
	seen      map[time.Time]uint64             // when it was last looked whether history is loaded
	counted   map[time.Time]map[watch.Key]bool // the series that each of them has
	broken    map[string]bool                  // series of the configuration that were said not to work
	alter     func([]clickhouse.Tally)         // changes what was counted, for backtests; nil: nothing
}

func newWatchman(store *clickhouse.Store, c *config.Alerts, address string, log *slog.Logger) *watchman {
	o := watch.DefaultOptions()
	o.Measures = []watch.Measure{}
	for _, m := range c.Measures {
		o.Measures = append(o.Measures, watch.Measure(m))
	}
	o.Budget, o.MinItems, o.MinEffect = c.Budget, c.MinItems, c.MinEffect
	return &watchman{
		store: store, config: c, address: address, log: log, watch: watch.New(o),
		revisions: map[time.Time]uint64{}, counted: map[time.Time]map[watch.Key]bool{}, broken: map[string]bool{},
	}
}

// loading tells whether history is being written just now, given when each hour was written
// to last: then judging waits, so that records which come in another order raise the same
// alerts.
func (w *watchman) loading(revisions map[time.Time]uint64, now time.Time) bool {
	moving := 0
	for hour, revision := range revisions {
		if hour.Before(now.Add(-late)) && w.seen[hour] != revision {
			moving++
		}
	}
	w.seen = revisions
	return moving > manyHours
}

// count counts the hours up to a time that were written to since they were counted last.
func (w *watchman) count(ctx context.Context, revisions map[time.Time]uint64, to time.Time) error {
	var changed []time.Time
	for hour, revision := range revisions {
		if hour.Before(to) && w.revisions[hour] != revision {
			changed = append(changed, hour)
		}
	}
	slices.SortFunc(changed, time.Time.Compare)
	for some := range slices.Chunk(changed, readHours) {
		if err := w.countHours(ctx, some); err != nil {
			return err
		}
		for _, hour := range some {
			w.revisions[hour] = revisions[hour]
		}
	}
	return nil
}

func (w *watchman) countHours(ctx context.Context, hours []time.Time) error {
	sums := map[time.Time]map[watch.Key]pipeline.Tally{}
	add := func(hour time.Time, k watch.Key, t *clickhouse.Tally) {
		if sums[hour] == nil {
			sums[hour] = map[watch.Key]pipeline.Tally{}
		}
		sums[hour][k] = sums[hour][k].Plus(t.Tally)
	}
	cells, err := w.store.Tallies(ctx, hours, w.config.PerCustomer)
	if err != nil {
		return err
	}
	if w.alter != nil {
		w.alter(cells)
	}
	for i := range cells {
		for _, k := range watch.SeriesOf(cells[i].Channel, cells[i].Stage, cells[i].Topic) {
			add(cells[i].Hour, k, &cells[i])
		}
	}
	for _, s := range w.config.Series {
		own, err := w.store.WatchedTallies(ctx, clickhouse.Watched{On: s.On, Where: s.Where}, hours, w.config.PerCustomer)
		if err != nil {
			if ctx.Err() != nil || pipeline.IsRetriable(err) {
				return err
			}
			if !w.broken[s.Name] {
				w.broken[s.Name] = true
				w.log.Error("alerts.series: it is not watched until its condition is mended", "series", s.Name, "where", s.Where, "error", err)
			}
			continue
		}
		for i := range own {
			add(own[i].Hour, watch.Key{Rule: s.Name}, &own[i])
		}
	}
	for _, hour := range hours {
		for k := range w.counted[hour] {
			if _, still := sums[hour][k]; !still {
				w.watch.Set(k, hour, pipeline.Tally{})
			}
		}
		w.counted[hour] = map[watch.Key]bool{}
		for k, t := range sums[hour] {
			w.watch.Set(k, hour, t)
			w.counted[hour][k] = true
		}
	}
	return nil
}

// alertOf is an episode as an alert, without what the store has to say of it.
func (w *watchman) alertOf(e *watch.Episode) *pipeline.Alert {
	a := &pipeline.Alert{
		Kind: pipeline.AlertDrop, Measure: string(e.Measure), Series: e.Key.String(),
		Channel: e.Key.Channel, Stage: e.Key.Stage, Topic: e.Key.Topic,
		Since: e.Since, SinceFrom: e.From, SinceTo: e.To, RaisedAt: e.Raised, ResolvedAt: e.Resolved,
		Expected: e.Expected, Observed: e.Observed,
		Items: int(math.Round(e.Items)), PValue: e.PValue, Severity: w.severity(e),
	}
	switch e.Measure {
	case watch.Volume:
		a.Kind = pipeline.AlertVolume
	case watch.Silence:
		a.Kind = pipeline.AlertSilence
	}
	a.ID = identity(a)
	a.URL = w.link(a)
	return a
}

// identity is what names an alert: what it is about, and when it was raised.
func identity(a *pipeline.Alert) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%d", a.Kind, a.Measure, a.Series, a.Channel, a.Stage, a.Topic, a.RaisedAt.Truncate(time.Hour).Unix()))
	return hex.EncodeToString(sum[:8])
}

// severity is critical where a series got worse by three times what is worth an alert, and
// where a channel is silent.
func (w *watchman) severity(e *watch.Episode) pipeline.AlertSeverity {
	worse := math.Abs(e.Observed.Value - e.Expected.Value)
	switch e.Measure {
	case watch.Silence:
		return pipeline.AlertCritical
	case watch.Volume:
		worse = 0 // much is said, which need not be bad
	case watch.Effort:
		worse *= 50
	}
	if worse >= 3*w.config.MinEffect {
		return pipeline.AlertCritical
	}
	return pipeline.AlertWarning
}

// link leads to the items behind an alert.
func (w *watchman) link(a *pipeline.Alert) string {
	if w.address == "" {
		return ""
	}
	to := a.RaisedAt
	if a.Resolved() {
		to = a.ResolvedAt
	}
	q := url.Values{"from": {a.Since.Format(time.RFC3339)}, "to": {to.Add(time.Hour).Format(time.RFC3339)}}
	for name, value := range map[string]string{"channel": a.Channel, "stage": a.Stage, "topic": a.Topic} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if a.Kind == pipeline.AlertDrop {
		q.Set("label", "negative")
	}
	return w.address + "/feed?" + q.Encode()
}

// explain adds what the store knows of an alert's reasons: of what the change is made, what
// customers speak of, in their words. Series of the user have figures alone.
func (w *watchman) explain(ctx context.Context, a *pipeline.Alert, through time.Time) error {
	if a.Kind != pipeline.AlertSilence && !w.own(a) {
		scope := clickhouse.Scope{Channel: a.Channel, Stage: a.Stage, Topic: a.Topic}
		p := clickhouse.Period{From: a.Since.AddDate(0, 0, -comparedDays), To: through}
		if err := w.decompose(ctx, a, scope, p); err != nil {
			return err
		}
		spoken, err := w.store.SpokenOf(ctx, scope, p, a.Since)
		if err != nil {
			return err
		}
		a.Rising = risesOf(spoken, a.Topic)
		said, err := w.store.Sayings(ctx, scope, clickhouse.Period{From: a.Since, To: through}, sampledQuotes)
		if err != nil {
			return err
		}
		a.Quotes = quotesOf(said)
	}
	a.Explanation = watch.Explain(a)
	return nil
}

// own tells whether an alert is about a series of the configuration.
func (w *watchman) own(a *pipeline.Alert) bool {
	return slices.ContainsFunc(w.config.Series, func(s config.AlertSeries) bool { return s.Name == a.Series })
}

func (w *watchman) decompose(ctx context.Context, a *pipeline.Alert, scope clickhouse.Scope, p clickhouse.Period) error {
	parts, err := w.store.Parts(ctx, scope, p, a.Since)
	if err != nil {
		return err
	}
	a.Decomposition = nil
	for _, dimension := range clickhouse.Dimensions() {
		var groups []watch.Group
		for i := range parts {
			part := &parts[i]
			if part.Dimension != dimension {
				continue
			}
			if n := len(groups); n == 0 || groups[n-1].Value != part.Value {
				groups = append(groups, watch.Group{Value: part.Value})
			}
			g := &groups[len(groups)-1]
			if part.Since {
				g.Since = part.Tally
			} else {
				g.Before = part.Tally
			}
		}
		for _, c := range watch.Decompose(watch.Measure(a.Measure), groups, a.Expected.Value, shownShares) {
			c.Dimension = dimension
			a.Decomposition = append(a.Decomposition, c)
		}
	}
	return nil
}

// risesOf are the topics and phrases whose share rose by more than chance: two proportions,
// three standard errors apart, since many are looked at.
func risesOf(spoken []clickhouse.Spoken, own string) []pipeline.Rise {
	const least, shown = 3, 5
	type rise struct {
		pipeline.Rise
		z float64
	}
	var rises []rise
	for _, s := range spoken {
		if s.ItemsBefore == 0 || s.ItemsSince == 0 || s.Text == own {
			continue
		}
		before, since := s.Before/s.ItemsBefore, s.Since/s.ItemsSince
		pooled := (s.Before + s.Since) / (s.ItemsBefore + s.ItemsSince)
		z := (since - before) / math.Sqrt(math.Max(pooled*(1-pooled), 1e-9)*(1/s.ItemsBefore+1/s.ItemsSince))
		if z >= least && s.Since >= 3 {
			rises = append(rises, rise{pipeline.Rise{Kind: s.Kind, Text: s.Text, Share: 100 * since, Before: 100 * before}, z})
		}
	}
	slices.SortStableFunc(rises, func(a, b rise) int {
		switch {
		case a.z > b.z:
			return -1
		case a.z < b.z:
			return 1
		}
		return 0
	})
	var shownRises []pipeline.Rise
	for _, r := range rises[:min(shown, len(rises))] {
		shownRises = append(shownRises, r.Rise)
	}
	return shownRises
}

// quotesOf chooses quotes that speak for the others.
func quotesOf(said []clickhouse.Said) []pipeline.Quote {
	sample := make([]painpoints.Quote, len(said))
	for i, s := range said {
		sample[i] = painpoints.Quote{Source: s.Source, ID: s.ID, Customer: s.Customer, Text: s.Quote}
	}
	var quotes []pipeline.Quote
	for _, q := range painpoints.Representative(sample, shownQuotes) {
		quotes = append(quotes, pipeline.Quote{Source: q.Source, ID: q.ID, Text: q.Text})
	}
	return quotes
}
