// Package alerting tells people and their systems about alerts. On its way an
// alert passes, in this order:
//
//  1. [Silences], which say whether it is to be told at all now,
//  2. [Routes], which say whose it is and by which receivers it is told,
//  3. the [Outbox], which has a queue for each receiver and tries again,
//  4. a [Receiver]: [Alertmanager], [Webhook], [Slack] or [Email],
//  5. the [Ledger], which keeps what has arrived.
//
// Delivery is at least once. A notice keeps its ID however often it is delivered, and
// every receiver gets to see it, so that repeats can be dropped.
package alerting

import (
	"context"
	"strconv"

	"earshot/pipeline"
)

// Reason says why a notice is sent.
type Reason string

// The reasons. Receivers rely on them: they are never renamed.
const (
	Raised   Reason = "raised"   // the alert is new
	Updated  Reason = "updated"  // what it says has changed
	Resolved Reason = "resolved" // it is over
	// Standing says that the alert still lasts, to receivers that forget what they don't
	// hear again (see Forgetful). No other receiver gets it, and no ledger.
	Standing Reason = "standing"
)

// Notice is one thing to tell about an alert.
type Notice struct {
	// Alert is as it was then: nobody changes it once the notice is made.
	Alert  *pipeline.Alert
	Reason Reason
}

// ID is the same for the same notice, before and after a crash: an alert is raised
// and resolved once, and updated at most once a millisecond.
func (n *Notice) ID() string {
	id := n.Alert.ID + ":" + string(n.Reason)
	if n.Reason == Updated {
		id += ":" + strconv.FormatInt(n.Alert.UpdatedAt.UnixMilli(), 10)
	}
	return id
}

// Receiver delivers a notice to somebody. When Send returns nil, they have it. An error
// that is pipeline.Retriable may pass; any other won't, and says what to do about it.
// Neither holds a secret. Send may be called again with a notice that has arrived.
type Receiver interface {
	Send(ctx context.Context, n *Notice) error
}

// DigestReceiver is a Receiver that takes digests as well, under the same contract.
type DigestReceiver interface {
	SendDigest(ctx context.Context, d *Digest) error
}
