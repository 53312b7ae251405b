package alerting

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"earshot/pipeline"
)

// lane delivers to one receiver, one parcel after the other.
type lane struct {
	name     string
	receiver Receiver
	ledger   Ledger
	log      *slog.Logger
	metrics  *metrics
	timeout  time.Duration
	giveUp   time.Duration

	mu     sync.Mutex // of all below; never held across a delivery
	queue  queue
	merges bool          // the log has said that updates are left out
	wake   chan struct{} // there may be something to do

	// Of the goroutine of run, which changes them under the lock:
	opens     time.Time // nothing is sent to the receiver before
	waits     *backoff.ExponentialBackOff
	backlog   int       // the most that waited since
	troubled  time.Time // since when deliveries fail; zero: they don't
	unwritten time.Time // since when the ledger fails; zero: it doesn't
}

func newLane(name string, o OutboxOptions, m *metrics) *lane {
	m.prepare(name)
	return &lane{
		name: name, receiver: o.Receivers[name], ledger: o.Ledger, log: o.Log.With("receiver", name), metrics: m,
		timeout: o.Timeout, giveUp: o.GiveUp,
		queue: queue{bound: o.Waiting}, wake: make(chan struct{}, 1), waits: newWaits(),
	}
}

func (l *lane) put(p *parcel) {
	p.since = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.add(p)
	l.counted()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// counted keeps up to date what is known of the queue's length. The lock is held.
func (l *lane) counted() {
	l.metrics.waiting.WithLabelValues(l.name).Set(float64(l.queue.n))
	if !l.troubled.IsZero() {
		l.backlog = max(l.backlog, l.queue.n)
	}
	switch full := l.queue.n >= l.queue.bound; {
	case full && !l.merges:
		l.merges = true
		l.log.Warn("many notices wait for this receiver: updates of alerts are left out, what is raised and resolved is kept", "waiting", l.queue.n)
	case l.merges && l.queue.n < l.queue.bound/2:
		l.merges = false
	}
}

func (l *lane) run(ctx context.Context) {
	for ctx.Err() == nil {
		t, p, wait := l.take(time.Now())
		if t != nil {
			l.deliver(ctx, t, p)
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// take begins with the first parcel of the thread that is next; where none is due, it says how long to wait.
func (l *lane) take(now time.Time) (*thread, *parcel, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, at := l.queue.next(l.opens)
	if t == nil {
		return nil, nil, time.Hour // or until something is put in
	}
	if wait := at.Sub(now); wait > 0 {
		return nil, nil, wait
	}
	t.flying = true
	return t, t.parcels[0], 0
}

// deliver makes one attempt at the first parcel of a thread, which stays as it is meanwhile:
// at the receiver, if that hasn't got it, and then at the ledger.
func (l *lane) deliver(ctx context.Context, t *thread, p *parcel) {
	if !p.has {
		err := l.send(ctx, p)
		if err != nil && ctx.Err() != nil {
			return // the process ends; nothing more is tried
		}
		if !l.sent(t, p, err) {
			return
		}
	}
	if err := l.note(ctx, p); err == nil || ctx.Err() == nil {
		l.noted(t, p, err)
	}
}

func (l *lane) send(ctx context.Context, p *parcel) error {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	if p.digest != nil {
		return l.receiver.(DigestReceiver).SendDigest(ctx, p.digest)
	}
	return l.receiver.Send(ctx, p.notice)
}

// sent does what follows from an attempt, and reports whether the receiver has the parcel
// and the ledger is to know.
func (l *lane) sent(t *thread, p *parcel, err error) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.counted()
	p.tried = true
	switch {
	case err == nil:
		l.count(delivered)
		l.opens = time.Time{}
		l.waits.Reset()
		p.has, t.failed, t.due = true, false, time.Time{}
		t.waits.Reset()
		l.recovered(now)
		if p.reason() != Standing {
			return true
		}
		t.flying = false
		l.queue.done(t)
	case !pipeline.IsRetriable(err) && !errors.Is(err, context.DeadlineExceeded):
		l.count(refused)
		l.log.Error("a notice is refused for good and not sent again; earshot puts it in once more when it starts", "notice", p.id, "error", err)
		l.waits.Reset()
		t.flying = false
		l.queue.done(t)
	default:
		l.count(failed)
		l.failed(p, err, now)
		t.flying, t.failed = false, true
		l.queue.again(t, now)
		if p.reason() == Standing { // another follows
			l.queue.done(t)
		}
		for _, gone := range l.queue.expire(now.Add(-l.giveUp)) {
			if gone.reason() == Standing {
				continue
			}
			l.count(givenUp)
			l.log.Error("a notice is given up", "notice", gone.id, "after", now.Sub(gone.since).Round(time.Second), "error", err)
		}
	}
	return false
}

func (l *lane) count(result string) { l.metrics.deliveries.WithLabelValues(l.name, result).Inc() }

// failed leaves the receiver alone for a while. It is said once, until it has recovered.
func (l *lane) failed(p *parcel, err error, now time.Time) {
	l.opens = now.Add(max(l.waits.NextBackOff(), retryAfter(err)))
	if l.troubled.IsZero() {
		l.troubled = now
		l.log.Warn("deliveries fail, trying again", "notice", p.id, "error", err)
	}
}

// recovered is said once nothing waits any more that was tried in vain: one notice that fails
// among others that arrive does not make a line each.
func (l *lane) recovered(now time.Time) {
	if l.troubled.IsZero() || l.queue.failing() {
		return
	}
	l.log.Info("deliveries work again", "after", now.Sub(l.troubled).Round(time.Millisecond), "waited", l.backlog)
	l.troubled, l.backlog = time.Time{}, 0
}

// note tells the ledger what has arrived.
func (l *lane) note(ctx context.Context, p *parcel) error {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	if err := l.ledger.Delivered(ctx, l.name, p.id); err != nil || p.also == "" {
		return err
	}
	return l.ledger.Delivered(ctx, l.name, p.also)
}

// noted does what follows from an attempt at the ledger. Any failure may pass: the receiver
// is not to hear twice because the ledger was away.
func (l *lane) noted(t *thread, p *parcel, err error) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.counted()
	t.flying = false
	switch {
	case err == nil:
		if !l.unwritten.IsZero() {
			l.log.Info("deliveries can be noted again", "after", now.Sub(l.unwritten).Round(time.Millisecond))
			l.unwritten = time.Time{}
		}
		l.queue.done(t)
	case now.Sub(p.since) >= l.giveUp:
		l.log.Error("a delivery could not be noted: the same notice is sent again when earshot starts", "notice", p.id, "error", err)
		l.queue.done(t)
	default:
		if l.unwritten.IsZero() {
			l.unwritten = now
			l.log.Warn("a delivery could not be noted, trying again", "notice", p.id, "error", err)
		}
		l.queue.again(t, now)
	}
}
