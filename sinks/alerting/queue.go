package alerting

import (
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// parcel is one notice or digest on its way to one receiver.
type parcel struct {
	id     string
	notice *Notice // or digest
	digest *Digest
	since  time.Time // when it was to be delivered first

	tried bool // the receiver may have seen it
	has   bool // the receiver has acknowledged it, the ledger not yet
	// also is the ID of an update that it has taken in: delivered with it.
	also string
}

// subject is what the order is kept of: an alert or a digest.
func (p *parcel) subject() string {
	if p.digest != nil {
		return p.id
	}
	return "alert:" + p.notice.Alert.ID
}

func (p *parcel) reason() Reason {
	if p.digest != nil {
		return digestReason
	}
	return p.notice.Reason
}

// thread is what waits for one subject, in the order in which it is to be delivered: of an
// alert at most one notice of each reason, and one more that is under way.
type thread struct {
	subject string
	parcels []*parcel
	flying  bool      // the first parcel is under way: it stays as it is
	due     time.Time // the first parcel is not tried before; zero: at once
	waits   *backoff.ExponentialBackOff
	failed  bool // the first parcel was tried in vain
}

// waiting are the parcels that may still be changed.
func (t *thread) waiting() []*parcel {
	if t.flying {
		return t.parcels[1:]
	}
	return t.parcels
}

// find is the waiting parcel of that reason, or nil.
func (t *thread) find(reason Reason) *parcel {
	for _, p := range t.waiting() {
		if p.reason() == reason {
			return p
		}
	}
	return nil
}

func (t *thread) has(id string) bool {
	return slices.ContainsFunc(t.parcels, func(p *parcel) bool { return p.id == id })
}

func (t *thread) remove(p *parcel) {
	t.parcels = slices.DeleteFunc(t.parcels, func(q *parcel) bool { return q == p })
}

// queue is what waits for one receiver. The threads are in the order in which they began,
// or were tried last.
type queue struct {
	threads []*thread
	bound   int // parcels, above which no updates are kept on their own
	n       int // parcels
}

// add takes a parcel in, by itself or into one that waits, and reports whether it did:
// what is here already, or is overtaken by what is, changes nothing.
func (q *queue) add(p *parcel) bool {
	i := slices.IndexFunc(q.threads, func(t *thread) bool { return t.subject == p.subject() })
	if i < 0 {
		if q.n >= q.bound && (p.reason() == Updated || p.reason() == Standing) {
			return false
		}
		q.threads = append(q.threads, &thread{subject: p.subject(), parcels: []*parcel{p}, waits: newWaits()})
		q.n++
		return true
	}
	t := q.threads[i]
	before := len(t.parcels)
	defer func() { q.n += len(t.parcels) - before }()
	if t.has(p.id) {
		return false
	}
	switch p.reason() {
	case Standing: // whatever is here says it as well
		return false
	case Updated:
		return t.update(p, q.n >= q.bound)
	case Resolved:
		if u := t.find(Updated); u != nil && !u.has { // it holds what the update says
			t.remove(u)
			p.also = u.id
		}
	}
	if s := t.find(Standing); s != nil {
		t.remove(s)
	}
	t.parcels = append(t.parcels, p)
	return true
}

// update takes an update in. It goes into a notice that waits and that the receiver cannot
// have seen, or in the place of an earlier update.
func (t *thread) update(p *parcel, full bool) bool {
	if slices.ContainsFunc(t.parcels, func(q *parcel) bool { return q.reason() == Resolved }) {
		return false
	}
	if r := t.find(Raised); r != nil && !r.tried {
		if p.notice.Alert.UpdatedAt.Before(r.notice.Alert.UpdatedAt) {
			return false
		}
		r.notice, r.also = &Notice{Alert: p.notice.Alert, Reason: Raised}, p.id
		return true
	}
	if u := t.find(Updated); u != nil && !u.has {
		if p.notice.Alert.UpdatedAt.Before(u.notice.Alert.UpdatedAt) {
			return false
		}
		p.since = u.since
		t.parcels[slices.Index(t.parcels, u)] = p
		return true
	}
	if full {
		return false
	}
	if s := t.find(Standing); s != nil {
		t.remove(s)
	}
	t.parcels = append(t.parcels, p)
	return true
}

// next is the thread to go on with, and when: of those that are due first, the one that has
// waited longest. Before opens the receiver is left alone, though not the ledger. It is nil where
// nothing waits.
func (q *queue) next(opens time.Time) (first *thread, at time.Time) {
	for _, t := range q.threads {
		due := t.due
		if !t.parcels[0].has && opens.After(due) {
			due = opens
		}
		if first == nil || due.Before(at) {
			first, at = t, due
		}
	}
	return first, at
}

// again puts off the first parcel of a thread, behind all that are due by then.
func (q *queue) again(t *thread, now time.Time) {
	t.due = now.Add(t.waits.NextBackOff())
	q.threads = append(slices.DeleteFunc(q.threads, func(other *thread) bool { return other == t }), t)
}

// done takes out the first parcel of a thread.
func (q *queue) done(t *thread) {
	t.parcels = t.parcels[1:]
	t.due, t.failed, t.waits = time.Time{}, false, newWaits()
	q.n--
	if len(t.parcels) == 0 {
		q.threads = slices.DeleteFunc(q.threads, func(other *thread) bool { return other == t })
	}
}

// expire takes out what waits since before then and has not been acknowledged.
func (q *queue) expire(then time.Time) []*parcel {
	var gone []*parcel
	for _, t := range slices.Clone(q.threads) {
		for _, p := range slices.Clone(t.parcels) {
			if p.since.After(then) || p.has || p == t.parcels[0] && t.flying {
				continue
			}
			gone = append(gone, p)
			if p == t.parcels[0] {
				q.done(t)
				continue
			}
			t.remove(p)
			q.n--
		}
	}
	return gone
}

// failing reports whether something was tried in vain and still waits.
func (q *queue) failing() bool {
	return slices.ContainsFunc(q.threads, func(t *thread) bool { return t.failed })
}

// Bounds of the wait between two tries. They are jittered by half, so that
// receivers that broke together are not asked together.
const (
	firstWait   = time.Second
	longestWait = 200 * time.Second // before jitter: at most five minutes
)

func newWaits() *backoff.ExponentialBackOff {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = firstWait
	waits.MaxInterval = longestWait
	waits.Multiplier = 2
	waits.RandomizationFactor = 0.5
	waits.Reset()
	return waits
}
