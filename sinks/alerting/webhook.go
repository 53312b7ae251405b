package alerting

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"earshot/pipeline"
)

// WebhookOptions says where a webhook is.
type WebhookOptions struct {
	URL    string
	Secret []byte       // requests are signed with it; see Verify
	Client *http.Client // nil: one of its own
}

// Webhook posts notices and digests as JSON to any address, signed (see Verify).
//
// The body is {"version": 1, "id", "reason", "alert"}, or "digest" instead of
// "alert". The same id means the same notice: whoever has seen it drops it. Fields may
// be added within a version.
type Webhook struct {
	endpoint *endpoint
	secret   []byte
	now      func() time.Time
}

var (
	_ Receiver       = (*Webhook)(nil)
	_ DigestReceiver = (*Webhook)(nil)
)

// NewWebhook returns a receiver. The error names the option that is wrong.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	if len(o.Secret) == 0 {
		return nil, errors.New("secret_file: there is no secret to sign with; give a file that holds one")
	}
	e, err := newEndpoint("url", o.URL, o.Client, "check url, the secret and what the receiver's log says")
	if err != nil {
		return nil, err
	}
	return &Webhook{e, o.Secret, time.Now}, nil
}

// message is the body of a request.
type message struct {
	Version int         `json:"version"`
	ID      string      `json:"id"`
	Reason  Reason      `json:"reason"`
	Alert   *alertJSON  `json:"alert,omitempty"`
	Digest  *digestJSON `json:"digest,omitempty"`
}

const messageVersion = 1

// Send implements Receiver.
func (w *Webhook) Send(ctx context.Context, n *Notice) error {
	return w.send(ctx, message{Version: messageVersion, ID: n.ID(), Reason: n.Reason, Alert: newAlertJSON(n.Alert)})
}

// SendDigest implements DigestReceiver.
func (w *Webhook) SendDigest(ctx context.Context, d *Digest) error {
	return w.send(ctx, message{Version: messageVersion, ID: d.ID(), Reason: digestReason, Digest: newDigestJSON(d)})
}

func (w *Webhook) send(ctx context.Context, m message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("notice %s: %w", m.ID, err)
	}
	return w.endpoint.post(ctx, body, http.Header{
		HeaderNotice:    {headerID(m.ID)},
		HeaderSignature: {sign(w.secret, body, w.now())},
	})
}

// JSON is an alert as webhooks get it, to be encoded.
func JSON(a *pipeline.Alert) any { return newAlertJSON(a) }

// alertJSON is an alert as webhooks get it. Its names are part of the contract.
type alertJSON struct {
	ID            string                  `json:"id"`
	Incident      string                  `json:"incident"`
	Kind          pipeline.AlertKind      `json:"kind"`
	Severity      pipeline.AlertSeverity  `json:"severity"`
	Summary       string                  `json:"summary"`
	Explanation   string                  `json:"explanation"`
	Measure       string                  `json:"measure"`
	Series        string                  `json:"series"`
	Channel       string                  `json:"channel"`
	Stage         string                  `json:"stage"`
	Topic         string                  `json:"topic"`
	Since         instant                 `json:"since"`
	SinceFrom     instant                 `json:"since_from"`
	SinceTo       instant                 `json:"since_to"`
	RaisedAt      instant                 `json:"raised_at"`
	UpdatedAt     instant                 `json:"updated_at"`
	ResolvedAt    instant                 `json:"resolved_at"`
	Expected      pipeline.Estimate       `json:"expected"`
	Observed      pipeline.Estimate       `json:"observed"`
	Items         int                     `json:"items"`
	PValue        float64                 `json:"p_value"`
	Decomposition []pipeline.Contribution `json:"decomposition"`
	Rising        []pipeline.Rise         `json:"rising"`
	Quotes        []pipeline.Quote        `json:"quotes"`
	URL           string                  `json:"url"`
	Owners        []string                `json:"owners"`
}

// newAlertJSON has lists where the alert has none, so that receivers may rely on them.
func newAlertJSON(a *pipeline.Alert) *alertJSON {
	return &alertJSON{
		ID: a.ID, Incident: cmp.Or(a.Incident, a.ID), Kind: a.Kind, Severity: a.Severity,
		Summary: headline(a), Explanation: a.Explanation,
		Measure: a.Measure, Series: a.Series, Channel: a.Channel, Stage: a.Stage, Topic: a.Topic,
		Since: instant(a.Since), SinceFrom: instant(a.SinceFrom), SinceTo: instant(a.SinceTo),
		RaisedAt: instant(a.RaisedAt), UpdatedAt: instant(a.UpdatedAt), ResolvedAt: instant(a.ResolvedAt),
		Expected: a.Expected, Observed: a.Observed, Items: a.Items, PValue: a.PValue,
		Decomposition: listed(a.Decomposition), Rising: listed(a.Rising), Quotes: listed(a.Quotes),
		URL: a.URL, Owners: listed(a.Owners),
	}
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// instant is a time in UTC to the millisecond; null, if it is none.
type instant time.Time

// MarshalJSON implements json.Marshaler.
func (i instant) MarshalJSON() ([]byte, error) {
	if time.Time(i).IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + stamp(time.Time(i)) + `"`), nil
}
