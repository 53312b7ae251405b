package service

import (
	"context"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/pipeline"
	"earshot/pipeline/watch"
	"earshot/sinks/alerting"
	"earshot/sinks/clickhouse"
)

const (
	// lookInterval is how often what was written is looked at.
	lookInterval = 10 * time.Second
	// lookTimeout bounds one look; a longer one is given up and begun anew.
	lookTimeout = 5 * time.Minute
	// watchedDays is for how long back alerts are looked for after a start.
	watchedDays = 28
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
	return repeat(ctx, a.log, every(lookInterval), "watching for drops, trying again", func(ctx context.Context) error {
		began := time.Now()
		err := a.once(ctx)
		a.look.Observe(time.Since(began).Seconds())
		return err
	})
}

// once looks at what was written since the last time.
func (a *lookout) once(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, lookTimeout)
	defer cancel()
	now := a.now().UTC()
	from := watchedFrom(now)
	learnFrom := from.AddDate(0, 0, -watch.DefaultOptions().Learn)
	revisions, err := a.store.HourRevisions(ctx, learnFrom)
	if err != nil || a.guard.loading(revisions, now) {
		return err
	}
	if err := a.guard.count(ctx, revisions, now); err != nil {
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
	reasons := map[string]alerting.Reason{} // of those that have changed, by id
	change := func(alert *pipeline.Alert, reason alerting.Reason) {
		changed = append(changed, alert)
		reasons[alert.ID] = reason
	}
	for _, e := range found {
		next := a.guard.alertOf(e)
		next.UpdatedAt = now
		before := same(stored, next, matched)
		if before != nil {
			matched[before.ID] = true
			next.ID, next.Incident, next.RaisedAt = before.ID, before.Incident, before.RaisedAt
		}
		reason := reasonOf(before, next)
		if reason == "" {
			alerts = append(alerts, before)
			continue
		}
		through := now
		if next.Resolved() {
			through = next.ResolvedAt
		}
		if err := a.guard.explain(ctx, next, through); err != nil {
			return err
		}
		alerts = append(alerts, next)
		change(next, reason)
	}
	for _, gone := range stored {
		// What came later has shown that it was nothing.
		if !matched[gone.ID] && !gone.Resolved() && !gone.RaisedAt.Before(from) {
			gone.ResolvedAt, gone.UpdatedAt = now, now
			gone.Explanation = watch.Explain(gone) + " Feedback that came in since shows no change any more."
			alerts = append(alerts, gone)
			change(gone, alerting.Resolved)
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
	for _, c := range changed {
		if reasons[c.ID] != alerting.Raised {
			continue
		}
		a.raised.WithLabelValues(string(c.Kind)).Inc()
		level := slog.LevelDebug // history, or told by another one
		if !c.Resolved() && c.Incident == c.ID {
			level = slog.LevelWarn
		}
		a.log.Log(ctx, level, "alert", "series", c.Series, "measure", c.Measure, "since", c.Since.Format(time.RFC3339), "expected", round(c.Expected.Value), "observed", round(c.Observed.Value), "id", c.ID, "incident", c.Incident)
	}
	return a.teller.tell(ctx, alerts, reasons, now)
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
func reasonOf(before, next *pipeline.Alert) alerting.Reason {
	switch {
	case before == nil:
		return alerting.Raised
	case next.Resolved() && !before.Resolved():
		return alerting.Resolved
	case before.Resolved() != next.Resolved():
		return alerting.Raised
	case next.Resolved():
		return ""
	case next.Severity != before.Severity && next.Severity == pipeline.AlertCritical:
		return alerting.Updated
	}
	moved := math.Abs(next.Observed.Value - before.Observed.Value)
	if next.Measure == string(watch.Effort) {
		moved *= 50
	}
	if moved >= tellingChange && next.UpdatedAt.Sub(before.UpdatedAt) >= tellingTime {
		return alerting.Updated
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
