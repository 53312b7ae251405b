package service

import (
	"context"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/pipeline"
	"earshot/pipeline/watch"
	"earshot/sinks/clickhouse"
)

const (
	// lookInterval is how often what was written is looked at.
	lookInterval = 10 * time.Second
	// lookTimeout bounds one look; a longer one is given up and begun anew.
	lookTimeout = 5 * time.Minute
	// watchedDays is for how long back alerts are looked for after a start.
	watchedDays = 28
	// late is how old an hour is before what is written to it is history that is being
	// loaded, which isn't judged before it is complete.
	late = 6 * time.Hour
	// tellingChange is by how many points what an alert observes must have moved, and
	// tellingTime how long ago it must have been told, to be told again.
	tellingChange = 5
	tellingTime   = 6 * time.Hour
)

// lookout watches, keeps alerts and has them told.
type lookout struct {
	store  *clickhouse.Store
	log    *slog.Logger
	guard  *watchman
	teller *teller
	now    func() time.Time

	raised *prometheus.CounterVec
	open   *prometheus.GaugeVec
	look   prometheus.Histogram
}

func newLookout(guard *watchman, log *slog.Logger, reg prometheus.Registerer) (*lookout, error) {
	teller, err := newTeller(guard.config, guard.store, log, reg)
	if err != nil {
		return nil, err
	}
	a := &lookout{
		store: guard.store, log: log, guard: guard, teller: teller, now: time.Now,
		raised: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "earshot_alerts_raised_total", Help: "Alerts that this process raised, by what they are about.",
		}, []string{"kind"}),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "earshot_alerts_open", Help: "Alerts that last, by severity.",
		}, []string{"severity"}),
		look: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "earshot_watch_duration_seconds", Help: "Time to look once at everything that is watched.", Buckets: prometheus.ExponentialBuckets(0.01, 3, 9),
		}),
	}
	reg.MustRegister(a.raised, a.open, a.look)
	return a, nil
}

// run watches until ctx ends. A failure is said once until it is over.
func (a *lookout) run(ctx context.Context) error {
	ticks := time.NewTicker(lookInterval)
	defer ticks.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		began := time.Now()
		err := a.once(ctx)
		a.look.Observe(time.Since(began).Seconds())
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !failing {
			a.log.Warn("watching for drops, trying again", "error", err)
		}
		failing = err != nil
	}
}

// once looks at what was written since the last time.
func (a *lookout) once(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, lookTimeout)
	defer cancel()
	now := a.now().UTC()
	from := watchedFrom(now)
	learnFrom := from.AddDate(0, 0, -watch.DefaultOptions().Learn)
	loading, err := a.guard.loading(ctx, learnFrom, now)
	if err != nil || loading {
		return err
	}
	if err := a.guard.count(ctx, learnFrom, now); err != nil {
		return err
	}
	a.guard.watch.Forget(learnFrom)
	a.guard.watch.Through(now)
	return a.settle(ctx, a.guard.watch.Judge(from), from, now)
}

// watchedFrom is the Monday from which on alerts are looked for: one that stays for a week,
// so that looking again finds the same.
func watchedFrom(now time.Time) time.Time {
	day := now.Truncate(24*time.Hour).AddDate(0, 0, -watchedDays)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// settle makes the alerts that are stored those that were found.
func (a *lookout) settle(ctx context.Context, found []*watch.Episode, from, now time.Time) error {
	stored, err := a.store.Alerts(ctx, from)
	if err != nil {
		return err
	}
	matched := map[string]bool{}
	var alerts, changed []*pipeline.Alert
	reasons := map[*pipeline.Alert]string{}
	for _, e := range found {
		next := a.guard.alertOf(e)
		next.UpdatedAt = now
		before := same(stored, next, matched)
		if before != nil {
			matched[before.ID] = true
			next.ID, next.Incident, next.RaisedAt = before.ID, before.Incident, before.RaisedAt
		}
		alerts = append(alerts, next)
		reason := reasonOf(before, next)
		if reason == "" {
			*next = *before
			continue
		}
		through := now
		if next.Resolved() {
			through = next.ResolvedAt
		}
		if err := a.guard.explain(ctx, next, through); err != nil {
			return err
		}
		reasons[next] = reason
		changed = append(changed, next)
	}
	for _, before := range stored {
		// What came later has shown that it was nothing.
		if !matched[before.ID] && !before.Resolved() && a.guard.judges(before, from) {
			gone := *before
			gone.ResolvedAt, gone.UpdatedAt = now, now
			gone.Explanation = watch.Explain(&gone) + " Feedback that came in since shows no change any more."
			alerts, changed = append(alerts, &gone), append(changed, &gone)
			reasons[&gone] = "resolved"
		}
	}
	watch.Incidents(alerts)
	for _, alert := range alerts {
		alert.Owners = a.guard.config.Routing.For(alert).Owners
	}
	a.count(alerts)
	if len(changed) > 0 { // first kept, then told
		if err := a.store.SaveAlerts(ctx, changed); err != nil {
			return err
		}
	}
	updated := map[string]bool{}
	for _, c := range changed {
		updated[c.ID] = reasons[c] == "updated"
		if reasons[c] == "raised" {
			a.raised.WithLabelValues(string(c.Kind)).Inc()
			a.log.Warn("alert", "series", c.Series, "measure", c.Measure, "since", c.Since.Format(time.RFC3339), "expected", round(c.Expected.Value), "observed", round(c.Observed.Value), "id", c.ID, "incident", c.Incident)
		}
	}
	return a.teller.tell(ctx, alerts, updated, now)
}

func round(v float64) float64 { return math.Round(100*v) / 100 }

// same is the stored alert that an alert found now is: the same series and measure, at an
// overlapping time; nil: none.
func same(stored []*pipeline.Alert, a *pipeline.Alert, taken map[string]bool) *pipeline.Alert {
	for _, s := range stored {
		if taken[s.ID] || s.Kind != a.Kind || s.Measure != a.Measure || s.Series != a.Series {
			continue
		}
		if s.ID == a.ID || (!a.Resolved() || s.RaisedAt.Before(a.ResolvedAt)) && (!s.Resolved() || a.RaisedAt.Before(s.ResolvedAt)) {
			return s
		}
	}
	return nil
}

// reasonOf says why an alert is to be told, given how it is stored; empty: it is not.
func reasonOf(before, next *pipeline.Alert) string {
	switch {
	case before == nil:
		return "raised"
	case next.Resolved() && !before.Resolved():
		return "resolved"
	case before.Resolved() != next.Resolved():
		return "raised"
	case next.Resolved():
		return ""
	case next.Severity != before.Severity && next.Severity == pipeline.AlertCritical:
		return "updated"
	}
	moved := math.Abs(next.Observed.Value - before.Observed.Value)
	if next.Measure == string(watch.Effort) {
		moved *= 50
	}
	if moved >= tellingChange && next.UpdatedAt.Sub(before.UpdatedAt) >= tellingTime {
		return "updated"
	}
	return ""
}

// count sets the gauge of open alerts.
func (a *lookout) count(alerts []*pipeline.Alert) {
	a.open.Reset()
	for _, s := range []pipeline.AlertSeverity{pipeline.AlertWarning, pipeline.AlertCritical} {
		n := 0
		for _, alert := range alerts {
			if !alert.Resolved() && alert.Severity == s {
				n++
			}
		}
		a.open.WithLabelValues(string(s)).Set(float64(n))
	}
}

// loading tells whether history is being written just now: then judging waits, so that
// records which come in another order raise the same alerts.
func (w *watchman) loading(ctx context.Context, from, now time.Time) (bool, error) {
	revisions, err := w.store.HourRevisions(ctx, from)
	if err != nil {
		return false, err
	}
	moving := 0
	for hour, revision := range revisions {
		if hour.Before(now.Add(-late)) && w.seen[hour] != revision {
			moving++
		}
	}
	w.seen = revisions
	// A late item now and then is none; what is loaded writes to many hours at once.
	return moving > manyHours, nil
}

// manyHours are written to between two looks only where history is loaded.
const manyHours = 12

// judges tells whether an alert is about something that is judged now.
func (w *watchman) judges(a *pipeline.Alert, from time.Time) bool {
	return a.Kind != pipeline.AlertEmergence && !a.RaisedAt.Before(from)
}
