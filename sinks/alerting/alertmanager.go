package alerting

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"earshot/pipeline"
)

// AlertmanagerOptions says where a Prometheus Alertmanager is.
type AlertmanagerOptions struct {
	URL string // its root, for example http://alertmanager:9093

	// Username and Password, or TokenFile with a bearer token; all empty: neither. The
	// file is read for every request, so that a token may be replaced in it.
	Username, Password string
	TokenFile          string

	// Resend is how often Alertmanager is to hear of an alert that lasts, a minute
	// if 0. After three times as long without a word it takes the alert for over.
	Resend time.Duration

	Client *http.Client // nil: one of its own
}

// Alertmanager posts alerts to a Prometheus Alertmanager (API v2).
//
// To Alertmanager an alert is its labels. Ours hold the alert's id, so that an alert is
// the same one as long as it lasts, and two of one series never meet; of what else is in
// them only the severity changes. It is a label all the same, since that is what
// people route by: a notice that is no first one therefore ends the alert
// of the other severity in the same request. Group by the label incident to hear
// once of alerts that have one cause.
type Alertmanager struct {
	options AlertmanagerOptions
	alerts  *endpoint
	now     func() time.Time
}

var (
	_ Receiver  = (*Alertmanager)(nil)
	_ Forgetful = (*Alertmanager)(nil)
)

// NewAlertmanager returns a receiver. The error names the option that is wrong.
func NewAlertmanager(o AlertmanagerOptions) (*Alertmanager, error) {
	o.Resend = cmp.Or(o.Resend, time.Minute)
	switch {
	case o.Resend < 0:
		return nil, fmt.Errorf("resend: %v; give a duration above 0", o.Resend)
	case o.TokenFile != "" && (o.Username != "" || o.Password != ""):
		return nil, errors.New("token_file: there is a username or a password as well; give one of the two")
	case o.Password != "" && o.Username == "":
		return nil, errors.New("username: empty, although there is a password; give both")
	}
	e, err := newEndpoint("url", o.URL, o.Client, "check url and credentials, and what Alertmanager's log says")
	if err != nil {
		return nil, err
	}
	e.url = e.url.JoinPath("api/v2/alerts")
	return &Alertmanager{o, e, time.Now}, nil
}

// Resend implements Forgetful.
func (a *Alertmanager) Resend() time.Duration { return a.options.Resend }

// postedAlert is an alert as Alertmanager takes it.
type postedAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     string            `json:"startsAt"`
	EndsAt       string            `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// Send implements Receiver.
func (a *Alertmanager) Send(ctx context.Context, n *Notice) error {
	body, err := json.Marshal(a.posted(n))
	if err != nil {
		return fmt.Errorf("alert %s: %w", n.Alert.ID, err)
	}
	header := http.Header{HeaderNotice: {headerID(n.ID())}}
	if err := a.authorize(header); err != nil {
		return err
	}
	return a.alerts.post(ctx, body, header)
}

func (a *Alertmanager) authorize(header http.Header) error {
	switch o := a.options; {
	case o.TokenFile != "":
		token, err := os.ReadFile(o.TokenFile)
		if err != nil { // it may be about to be replaced
			return pipeline.Retriable(fmt.Errorf("token_file: %w", err))
		}
		header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	case o.Username != "":
		r := http.Request{Header: header}
		r.SetBasicAuth(o.Username, o.Password)
	}
	return nil
}

// posted is what a notice is to Alertmanager.
func (a *Alertmanager) posted(n *Notice) []postedAlert {
	alert, now := n.Alert, a.now()
	ends := now.Add(3 * a.options.Resend)
	if n.Reason == Resolved {
		ends = over(alert, now)
	}
	posted := []postedAlert{describe(alert, alert.Severity, ends)}
	if n.Reason != Updated && n.Reason != Resolved {
		return posted
	}
	for _, other := range []pipeline.AlertSeverity{pipeline.AlertWarning, pipeline.AlertCritical} {
		if other != alert.Severity {
			posted = append(posted, describe(alert, other, over(alert, now)))
		}
	}
	return posted
}

// over is an end of the alert that Alertmanager accepts, and takes for one: not before
// the beginning, and not in the future, as event time may be.
func over(alert *pipeline.Alert, now time.Time) time.Time {
	ends := alert.ResolvedAt
	if ends.IsZero() || ends.After(now) {
		ends = now
	}
	if ends.Before(alert.Since) {
		ends = alert.Since
	}
	return ends
}

// describe gives an alert labels, which say which it is, and annotations for people.
func describe(alert *pipeline.Alert, severity pipeline.AlertSeverity, ends time.Time) postedAlert {
	quotes := make([]string, len(alert.Quotes))
	for i, q := range alert.Quotes {
		quotes[i] = fmt.Sprintf("“%s” (%s/%s)", oneLine(q.Text), q.Source, q.ID)
	}
	return postedAlert{
		Labels: filled(map[string]string{
			"alertname": "Earshot" + capital(string(alert.Kind)),
			"id":        alert.ID,
			"incident":  alert.Incident,
			"severity":  string(severity),
			"measure":   alert.Measure,
			"series":    alert.Series,
			"channel":   alert.Channel,
			"stage":     alert.Stage,
			"topic":     alert.Topic,
		}),
		Annotations: filled(map[string]string{
			"summary":     headline(alert),
			"description": alert.Explanation,
			"quotes":      strings.Join(quotes, "\n"),
			"dashboard":   alert.URL,
		}),
		StartsAt:     stamp(alert.Since),
		EndsAt:       stamp(ends),
		GeneratorURL: alert.URL,
	}
}

// filled drops what is empty: to Alertmanager it is the same as absent.
func filled(m map[string]string) map[string]string {
	for name, value := range m {
		if value == "" {
			delete(m, name)
		}
	}
	return m
}
