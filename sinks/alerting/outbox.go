package alerting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Ledger keeps what was delivered. Delivered is called after the receiver has acknowledged
// the notice or digest of that ID; where it fails, it is called again, and the receiver is not.
// What a ledger lacks after a crash is to be put into the Outbox again: that, with IDs
// that don't change, is at least once.
type Ledger interface {
	Delivered(ctx context.Context, receiver, id string) error
}

// Forgetful is a Receiver that takes an alert for over when it doesn't hear of it again:
// a notice with the reason Standing is due as often as Resend says.
type Forgetful interface {
	Resend() time.Duration
}

// OutboxOptions says what an Outbox delivers to, and how patiently.
type OutboxOptions struct {
	Receivers map[string]Receiver // by the name that routes, metrics, the log and the ledger use
	Ledger    Ledger
	Log       *slog.Logger
	Registry  prometheus.Registerer // nil: nobody looks at the metrics

	Timeout time.Duration // of one attempt, 10 s if 0
	GiveUp  time.Duration // after which a notice is no longer tried, 24 h if 0
	Waiting int           // notices for one receiver, above which updates are merged or left out, 1000 if 0
}

// Outbox delivers notices and digests at least once, to each receiver by a queue of its own,
// so that one that hangs or refuses delays no other.
//
// What belongs to one alert arrives in the order in which it was put in. What fails and
// may pass is tried again, at first after a second, later every few minutes; meanwhile
// other alerts go ahead. Until then a later update takes the place of an earlier one, a
// resolution that of an update, and an alert that was never told is told as it is by then.
//
// Memory is bounded by the number of alerts: at most three notices of one alert wait, and
// above Waiting only what was raised or resolved. It lives in memory alone: see Ledger.
type Outbox struct {
	lanes   map[string]*lane
	ordered []*lane
}

// NewOutbox returns an Outbox. The error says what is missing.
func NewOutbox(o OutboxOptions) (*Outbox, error) {
	if o.Ledger == nil || o.Log == nil {
		return nil, errors.New("an outbox needs a ledger and a log")
	}
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	o.GiveUp = cmp.Or(o.GiveUp, 24*time.Hour)
	o.Waiting = cmp.Or(o.Waiting, 1000)
	m := newMetrics(o.Registry)
	outbox := &Outbox{lanes: map[string]*lane{}}
	for _, name := range slices.Sorted(maps.Keys(o.Receivers)) {
		l := newLane(name, o, m)
		outbox.lanes[name] = l
		outbox.ordered = append(outbox.ordered, l)
	}
	return outbox, nil
}

// Put takes a notice to be delivered by the receiver of that name, at once and without
// waiting, whether or not Run runs. The same notice may be put in again. The error says
// that there is no such receiver.
func (o *Outbox) Put(receiver string, n *Notice) error {
	l, err := o.lane(receiver)
	if err != nil {
		return err
	}
	if _, forgets := l.receiver.(Forgetful); n.Reason == Standing && !forgets {
		return nil
	}
	l.put(&parcel{id: n.ID(), notice: n})
	return nil
}

// PutDigest takes a digest to be delivered, as Put takes a notice. The error says that
// there is no such receiver, or that it takes no digests.
func (o *Outbox) PutDigest(receiver string, d *Digest) error {
	l, err := o.lane(receiver)
	if err != nil {
		return err
	}
	if _, ok := l.receiver.(DigestReceiver); !ok {
		return fmt.Errorf("receiver %q takes no digests; name a webhook, Slack or e-mail", receiver)
	}
	l.put(&parcel{id: d.ID(), digest: d})
	return nil
}

func (o *Outbox) lane(receiver string) (*lane, error) {
	l, ok := o.lanes[receiver]
	if !ok {
		return nil, fmt.Errorf("there is no receiver %q, but: %s", receiver, strings.Join(slices.Sorted(maps.Keys(o.lanes)), ", "))
	}
	return l, nil
}

// Run delivers until ctx ends. What then waits is for the next process to put in again.
func (o *Outbox) Run(ctx context.Context) {
	var lanes sync.WaitGroup
	for _, l := range o.ordered {
		lanes.Go(func() { l.run(ctx) })
	}
	lanes.Wait()
}
