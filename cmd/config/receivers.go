package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/sinks/alerting"
)

// Receiver is somebody, or something, that hears of alerts. Which keys it takes depends on
// its type.
type Receiver struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"` // alertmanager, webhook, slack or email

	URL          string `yaml:"url"`           // of an alertmanager or a webhook
	URLFile      string `yaml:"url_file"`      // holds the address of an incoming webhook of Slack, which is a secret
	SecretFile   string `yaml:"secret_file"`   // holds what requests to a webhook are signed with
	TokenFile    string `yaml:"token_file"`    // holds an alertmanager's bearer token
	Username     string `yaml:"username"`      // of an alertmanager or a mail server
	PasswordFile string `yaml:"password_file"` // holds the password that goes with it

	Address    string   `yaml:"address"`    // host:port of a mail server
	Encryption string   `yaml:"encryption"` // to a mail server: starttls, tls or none
	From       string   `yaml:"from"`       // of e-mail
	To         []string `yaml:"to"`         // of e-mail

	Receiver alerting.Receiver `yaml:"-"` // made of the above
}

// Match chooses alerts; what is empty chooses all.
type Match struct {
	Topics     []string `yaml:"topics"` // of the first level with all below it, or first.second
	Stages     []string `yaml:"stages"`
	Channels   []string `yaml:"channels"`
	Series     []string `yaml:"series"` // patterns such as "channel *"
	Severities []string `yaml:"severities"`
	Kinds      []string `yaml:"kinds"`
}

// Route says whose alerts are.
type Route struct {
	Match     Match    `yaml:"match"`
	Owner     string   `yaml:"owner"`
	Receivers []string `yaml:"receivers"` // empty: default_receivers
	Continue  bool     `yaml:"continue"`  // the routes behind it are asked too
}

// Silence keeps alerts from being told for a time. They are kept all the same.
type Silence struct {
	Match   Match  `yaml:"match"`
	From    string `yaml:"from"` // as 2026-11-01 or 2026-11-01T08:00:00Z
	To      string `yaml:"to"`
	Comment string `yaml:"comment"`
	By      string `yaml:"by"`
}

// Digest tells once a day what there is.
type Digest struct {
	Hour      int      `yaml:"hour"`      // of the day, 0 to 23
	Timezone  string   `yaml:"timezone"`  // such as Europe/Berlin; empty: UTC
	Receivers []string `yaml:"receivers"` // empty: no digest

	Location *time.Location `yaml:"-"`
}

// ReceiverTypes lists what a receiver's type may be.
func ReceiverTypes() []string { return []string{"alertmanager", "webhook", "slack", "email"} }

// completeReceivers reads secrets and makes what tells alerts.
func (a *Alerts) completeReceivers() error {
	var names []string
	for i := range a.Receivers {
		r := &a.Receivers[i]
		field := fmt.Sprintf("alerts.receivers[%d]", i)
		switch {
		case r.Name == "":
			return fmt.Errorf("%s.name is empty: name the receiver", field)
		case slices.Contains(names, r.Name):
			return fmt.Errorf("%s.name: %q is there twice", field, r.Name)
		}
		names = append(names, r.Name)
		if err := r.complete(field); err != nil {
			return err
		}
	}
	var err error
	if a.Routing, err = alerting.NewRoutes(routesOf(a.Routes), a.DefaultReceivers, names); err != nil {
		return fmt.Errorf("alerts.%w", err)
	}
	silences := make([]alerting.Silence, len(a.Silences))
	for i, s := range a.Silences {
		silences[i] = alerting.Silence{Match: alerting.Match(s.Match), Comment: s.Comment, By: s.By}
		for _, t := range []struct {
			name, value string
			into        *time.Time
		}{{"from", s.From, &silences[i].From}, {"to", s.To, &silences[i].To}} {
			if *t.into, err = parseMoment(t.value); err != nil {
				return fmt.Errorf("alerts.silences[%d].%s: %q is no time: write it as 2026-11-01 or 2026-11-01T08:00:00Z", i, t.name, t.value)
			}
		}
	}
	if a.Silenced, err = alerting.NewSilences(silences); err != nil {
		return fmt.Errorf("alerts.%w", err)
	}
	return a.completeDigest(names)
}

func (a *Alerts) completeDigest(names []string) error {
	d := &a.Digest
	if d.Hour < 0 || d.Hour > 23 {
		return fmt.Errorf("alerts.digest.hour: %d is not within 0 to 23", d.Hour)
	}
	for i, name := range d.Receivers {
		at := slices.Index(names, name)
		if at < 0 {
			return fmt.Errorf("alerts.digest.receivers[%d]: there is no receiver %q", i, name)
		}
		if _, ok := a.Receivers[at].Receiver.(alerting.DigestReceiver); !ok {
			return fmt.Errorf("alerts.digest.receivers[%d]: %q takes no digests; name a webhook, slack or email", i, name)
		}
	}
	var err error
	if d.Location, err = time.LoadLocation(d.Timezone); err != nil {
		return fmt.Errorf("alerts.digest.timezone: %q is no time zone such as Europe/Berlin", d.Timezone)
	}
	return nil
}

// complete reads the secrets of a receiver and makes it.
func (r *Receiver) complete(field string) error {
	if err := r.checkKeys(field); err != nil {
		return err
	}
	secrets := map[string]string{}
	for name, path := range map[string]string{"url_file": r.URLFile, "secret_file": r.SecretFile, "password_file": r.PasswordFile} {
		value, err := secret(field+"."+name, path)
		if err != nil {
			return err
		}
		secrets[name] = value
	}
	var err error
	switch r.Type {
	case "alertmanager":
		r.Receiver, err = made(alerting.NewAlertmanager(alerting.AlertmanagerOptions{
			URL: r.URL, Username: r.Username, Password: secrets["password_file"], TokenFile: r.TokenFile,
		}))
	case "webhook":
		r.Receiver, err = made(alerting.NewWebhook(alerting.WebhookOptions{URL: r.URL, Secret: []byte(secrets["secret_file"])}))
	case "slack":
		r.Receiver, err = made(alerting.NewSlack(alerting.SlackOptions{URL: secrets["url_file"]}))
	case "email":
		r.Receiver, err = made(alerting.NewEmail(alerting.EmailOptions{
			Address: r.Address, Encryption: alerting.Encryption(r.Encryption), Username: r.Username, Password: secrets["password_file"], From: r.From, To: r.To,
		}))
	default:
		return fmt.Errorf("%s.type: %q is none of %s", field, r.Type, strings.Join(ReceiverTypes(), ", "))
	}
	if err != nil {
		return fmt.Errorf("%s.%w", field, err)
	}
	return nil
}

// made keeps a nil pointer from becoming a receiver.
func made[R alerting.Receiver](r R, err error) (alerting.Receiver, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// checkKeys refuses keys that the type of the receiver has no use for.
func (r *Receiver) checkKeys(field string) error {
	uses := map[string][]string{
		"alertmanager": {"url", "username", "password_file", "token_file"},
		"webhook":      {"url", "secret_file"},
		"slack":        {"url_file"},
		"email":        {"address", "encryption", "username", "password_file", "from", "to"},
	}[r.Type]
	for _, key := range []struct{ name, value string }{
		{"url", r.URL}, {"url_file", r.URLFile}, {"secret_file", r.SecretFile}, {"token_file", r.TokenFile}, {"username", r.Username},
		{"password_file", r.PasswordFile}, {"address", r.Address}, {"encryption", r.Encryption}, {"from", r.From}, {"to", strings.Join(r.To, "")},
	} {
		if key.value != "" && uses != nil && !slices.Contains(uses, key.name) {
			return fmt.Errorf("%s.%s: a receiver of type %s has no use for it; it takes %s", field, key.name, r.Type, strings.Join(uses, ", "))
		}
	}
	return nil
}

func routesOf(routes []Route) []alerting.Route {
	made := make([]alerting.Route, len(routes))
	for i, r := range routes {
		made[i] = alerting.Route{Match: alerting.Match(r.Match), Owner: r.Owner, Receivers: r.Receivers, Continue: r.Continue}
	}
	return made
}

func parseMoment(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse(time.DateOnly, s)
	}
	return t.UTC(), err
}
