package service

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"earshot/cmd/config"
	"earshot/pipeline"
	"earshot/pipeline/watch"
	"earshot/sinks/clickhouse"
)

// Backtest is a look at history as it would have been looked at then.
type Backtest struct {
	Period clickhouse.Period
	Inject *Injection // a drop to be heard that there never was; nil: none
	// Explain asks the store for the reasons of every alert.
	Explain bool
}

// Injection makes a topic worse in history: some of what was not negative is counted as
// if it had been. Nothing is stored.
type Injection struct {
	Topic string
	Drop  float64 // points of net sentiment, > 0
	At    time.Time
}

// Report is what a backtest found.
type Report struct {
	Period clickhouse.Period
	Series int               // that there are
	Alerts []*pipeline.Alert // in the order in which they would have been raised
	// HeardAfter is how long after its beginning the injected drop would have been heard;
	// negative: it would not.
	HeardAfter time.Duration
	Heard      *pipeline.Alert
}

// Backtest runs the detector over a period of a store's history. What it says of an hour
// depends on nothing after it.
func (b *Backtest) Run(ctx context.Context, store *clickhouse.Store, c *config.Config, log *slog.Logger) (*Report, error) {
	if c.Alerts.Budget <= 0 {
		return nil, errors.New("a budget of 0 false alerts watches nothing: give --budget, or alerts.budget")
	}
	guard := newWatchman(store, &c.Alerts, c.Alerts.DashboardURL, log)
	from := b.Period.From.Truncate(24 * time.Hour)
	learn := from.AddDate(0, 0, -watch.DefaultOptions().Learn)
	if b.Inject != nil {
		alter, err := b.Inject.alteration(ctx, store, b.Period)
		if err != nil {
			return nil, err
		}
		guard.alter = alter
	}
	revisions, err := store.HourRevisions(ctx, learn)
	if err != nil {
		return nil, err
	}
	if err := guard.count(ctx, revisions, b.Period.To); err != nil {
		return nil, err
	}
	guard.watch.Through(b.Period.To)
	r := &Report{Period: b.Period, Series: guard.watch.Series(), HeardAfter: -1}
	for _, e := range guard.watch.Judge(from) {
		a := guard.alertOf(e)
		a.UpdatedAt = a.RaisedAt
		if b.Explain {
			if err := guard.explain(ctx, a, a.RaisedAt); err != nil {
				return nil, err
			}
		} else {
			a.Explanation = watch.Explain(a)
		}
		r.Alerts = append(r.Alerts, a)
		if i := b.Inject; i != nil && r.Heard == nil && (a.Topic == i.Topic || strings.HasPrefix(a.Topic, i.Topic+".")) && a.Kind == pipeline.AlertDrop && a.RaisedAt.After(i.At) {
			r.Heard, r.HeardAfter = a, a.RaisedAt.Sub(i.At)
		}
	}
	watch.Incidents(r.Alerts)
	return r, nil
}

// alteration makes cells of the topic worse from At on: each item that is not negative
// becomes so with the probability that brings the drop about on average. Chance depends on
// the cell alone, so that a backtest gives the same again.
func (i *Injection) alteration(ctx context.Context, store *clickhouse.Store, p clickhouse.Period) (func([]clickhouse.Tally), error) {
	var hours []time.Time
	for hour := p.From.Truncate(time.Hour); hour.Before(p.To); hour = hour.Add(time.Hour) {
		hours = append(hours, hour)
	}
	var items, above float64 // above: how many points could be lost, in items
	for some := range slices.Chunk(hours, readHours) {
		cells, err := store.Tallies(ctx, some, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		for k := range cells {
			if c := &cells[k]; i.about(c) {
				items += c.Items
				above += c.Items - c.Negatives + c.Positives
			}
		}
	}
	switch chance := i.Drop / 100 * items / above; {
	case items == 0:
		return nil, fmt.Errorf("--inject: nothing is said of topic %q in the period", i.Topic)
	case chance > 1:
		return nil, fmt.Errorf("--inject: %s has a net sentiment of %.0f and can lose %.0f points at most, not %.0f", i.Topic, 100*(above/items-1), 100*above/items, i.Drop)
	default:
		return func(cells []clickhouse.Tally) {
			for k := range cells {
				if c := &cells[k]; i.about(c) && !c.Hour.Before(i.At.Truncate(time.Hour)) {
					worsen(c, chance)
				}
			}
		}, nil
	}
}

func (i *Injection) about(c *clickhouse.Tally) bool {
	return c.Topic == i.Topic || strings.HasPrefix(c.Topic, i.Topic+".")
}

// worsen makes items of a cell negative by chance.
func worsen(c *clickhouse.Tally, chance float64) {
	h := fnv.New64a()
	_, _ = io.WriteString(h, strings.Join([]string{c.Hour.String(), c.Channel, c.Stage, c.Topic}, "\x00"))
	rng := rand.New(rand.NewPCG(h.Sum64(), 1))
	turn := func(n float64) (turned float64) {
		for ; n > 0; n-- {
			if rng.Float64() < chance {
				turned += math.Min(1, n)
			}
		}
		return turned
	}
	neutrals := turn(c.Items - c.Negatives - c.Positives)
	positives := turn(c.Positives)
	c.Positives -= positives
	c.Negatives += positives + neutrals
}
