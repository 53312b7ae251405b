package service

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/cmd/config"
	"earshot/pipeline"
	"earshot/sinks/alerting"
	"earshot/sinks/clickhouse"
)

const (
	// toldFor is how long after an alert is over somebody is still told.
	toldFor = 24 * time.Hour
	// ledgerDays is how far back it is remembered who has heard what.
	ledgerDays = 60
	// standingEvery is how often receivers that forget are told that an alert lasts.
	standingEvery = time.Minute
)

// teller has alerts told. What is owed to whom follows from the alerts and from what
// receivers have taken, both of which are stored: a process that starts again owes the
// same as the one that died.
type teller struct {
	config *config.Alerts
	store  *clickhouse.Store
	outbox *alerting.Outbox

	told     map[[2]string]bool // receiver and notice: taken, or on their way
	standing time.Time          // when it was last said what lasts
	digest   time.Time          // when the next one is due
}

func newTeller(c *config.Alerts, store *clickhouse.Store, log *slog.Logger, reg prometheus.Registerer) (*teller, error) {
	receivers := map[string]alerting.Receiver{}
	for _, r := range c.Receivers {
		receivers[r.Name] = r.Receiver
	}
	outbox, err := alerting.NewOutbox(alerting.OutboxOptions{Receivers: receivers, Ledger: store, Log: log, Registry: reg})
	if err != nil {
		return nil, err
	}
	return &teller{config: c, store: store, outbox: outbox}, nil
}

// tell puts what is owed of the alerts into the outbox. changed says, by id, what is new.
func (t *teller) tell(ctx context.Context, alerts []*pipeline.Alert, changed map[string]alerting.Reason, now time.Time) error {
	if t.told == nil {
		told, err := t.store.Deliveries(ctx, now.AddDate(0, 0, -ledgerDays))
		if err != nil {
			return err
		}
		t.told = told
	}
	again := now.Sub(t.standing) >= standingEvery
	for _, a := range alerts {
		if a.Incident != a.ID || a.Resolved() && a.ResolvedAt.Before(now.Add(-toldFor)) {
			continue // another alert stands for it, or it is history
		}
		for _, receiver := range t.config.Routing.For(a).Receivers {
			if err := t.owe(receiver, a, changed[a.ID] == alerting.Updated, again, now); err != nil {
				return err
			}
		}
	}
	if again {
		t.standing = now
	}
	return t.summarise(alerts, now)
}

// owe puts what a receiver is to hear of an alert into the outbox: first that it was raised,
// then what is new, then that it is over. Who has not heard of it when it is over is not
// told.
func (t *teller) owe(receiver string, a *pipeline.Alert, updated, standing bool, now time.Time) error {
	raised := &alerting.Notice{Alert: a, Reason: alerting.Raised}
	heard := t.told[[2]string{receiver, raised.ID()}]
	switch {
	case a.Resolved() && !heard:
		return nil
	case a.Resolved():
		return t.put(receiver, &alerting.Notice{Alert: a, Reason: alerting.Resolved})
	case t.config.Silenced.Of(a, now) != nil:
		return nil
	case !heard:
		return t.put(receiver, raised)
	case updated:
		return t.put(receiver, &alerting.Notice{Alert: a, Reason: alerting.Updated})
	case standing:
		return t.outbox.Put(receiver, &alerting.Notice{Alert: a, Reason: alerting.Standing})
	}
	return nil
}

// put puts a notice into the outbox, once.
func (t *teller) put(receiver string, n *alerting.Notice) error {
	key := [2]string{receiver, n.ID()}
	if t.told[key] {
		return nil
	}
	t.told[key] = true
	return t.outbox.Put(receiver, n)
}

// summarise puts the daily digest into the outbox when it is due. One that was due while no
// process ran is left out.
func (t *teller) summarise(alerts []*pipeline.Alert, now time.Time) error {
	d := &t.config.Digest
	if len(d.Receivers) == 0 {
		return nil
	}
	due := t.digest
	if due.IsZero() || !now.Before(due) {
		t.digest = alerting.NextDigest(now, d.Hour, d.Location)
	}
	if due.IsZero() || now.Before(due) {
		return nil
	}
	ordered := slices.Clone(alerts)
	slices.SortFunc(ordered, func(a, b *pipeline.Alert) int {
		return cmp.Or(a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(a.ID, b.ID))
	})
	digest := alerting.NewDigest(ordered, due)
	for _, receiver := range d.Receivers {
		if err := t.outbox.PutDigest(receiver, digest); err != nil {
			return err
		}
	}
	return nil
}
