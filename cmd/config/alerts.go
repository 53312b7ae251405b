package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"earshot/pipeline/watch"
	"earshot/sinks/alerting"
)

// Alerts says what is watched, and how often it may be wrong.
type Alerts struct {
	// Budget is how many false alerts a month the whole installation may raise. 0: nothing
	// is watched.
	Budget float64 `yaml:"budget"`
	// Measures are those that are watched.
	Measures []string `yaml:"measures"`
	// MinItems is how many items a week a series must have to be watched.
	MinItems int `yaml:"min_items"`
	// MinEffect is by how many points of net sentiment, or percent of a share, a series must
	// have got worse to be worth an alert.
	MinEffect float64 `yaml:"min_effect"`
	// PerCustomer is how many items of a customer count in an hour of a channel, stage and
	// topic: of somebody who writes more, each counts less.
	PerCustomer int           `yaml:"per_customer"`
	Series      []AlertSeries `yaml:"series"`
	// DashboardURL is where people reach the dashboard, for links; empty: the address of
	// dashboard, if it is one that can be reached.
	DashboardURL string `yaml:"dashboard_url"`

	Receivers        []Receiver `yaml:"receivers"`
	DefaultReceivers []string   `yaml:"default_receivers"` // of what no route fits
	Routes           []Route    `yaml:"routes"`            // the first that fits decides
	Silences         []Silence  `yaml:"silences"`
	Digest           Digest     `yaml:"digest"`

	Routing  *alerting.Routes   `yaml:"-"` // made of receivers and routes
	Silenced *alerting.Silences `yaml:"-"` // made of silences
}

// AlertSeries is a series of the user's own.
type AlertSeries struct {
	Name  string `yaml:"name"`
	On    string `yaml:"on"`    // the view feedback or mentions; empty: feedback
	Where string `yaml:"where"` // a condition on its columns, in ClickHouse's SQL
}

// defaultAlerts are those of an installation that has somebody on call.
func defaultAlerts() Alerts {
	o := watch.DefaultOptions()
	measures := make([]string, len(watch.Measures()))
	for i, m := range watch.Measures() {
		measures[i] = string(m)
	}
	return Alerts{
		Routing: new(alerting.Routes), Silenced: new(alerting.Silences), Digest: Digest{Location: time.UTC},
		Measures: measures, Budget: o.Budget, MinItems: o.MinItems, MinEffect: o.MinEffect, PerCustomer: 3,
	}
}

func (c *Config) checkAlerts() error {
	a := &c.Alerts
	switch {
	case a.Budget < 0:
		return fmt.Errorf("alerts.budget: %v is negative; 0 watches nothing", a.Budget)
	case a.MinItems < 1:
		return fmt.Errorf("alerts.min_items: %d is below 1", a.MinItems)
	case a.MinEffect <= 0 || a.MinEffect >= 100:
		return fmt.Errorf("alerts.min_effect: %v is not within 0 to 100 points", a.MinEffect)
	case a.PerCustomer < 1:
		return fmt.Errorf("alerts.per_customer: %d is below 1", a.PerCustomer)
	}
	if u, err := url.Parse(a.DashboardURL); a.DashboardURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("alerts.dashboard_url: %q is no address such as https://earshot.example.com", a.DashboardURL)
	}
	a.DashboardURL = strings.TrimSuffix(a.DashboardURL, "/")
	for i, m := range a.Measures {
		if !slices.Contains(watch.Measures(), watch.Measure(m)) {
			return fmt.Errorf("alerts.measures[%d]: %q is none of %s", i, m, strings.Join(defaultAlerts().Measures, ", "))
		}
	}
	var names []string
	for i := range a.Series {
		s := &a.Series[i]
		field := fmt.Sprintf("alerts.series[%d]", i)
		if s.On == "" {
			s.On = "feedback"
		}
		switch {
		case s.Name == "":
			return fmt.Errorf("%s.name is empty: name the series", field)
		case slices.Contains(names, s.Name):
			return fmt.Errorf("%s.name: %q is there twice", field, s.Name)
		case s.On != "feedback" && s.On != "mentions":
			return fmt.Errorf("%s.on: %q is none of feedback, mentions", field, s.On)
		case strings.TrimSpace(s.Where) == "":
			return fmt.Errorf("%s.where is empty: write a condition such as product = 'fibre'", field)
		}
		names = append(names, s.Name)
	}
	return a.completeReceivers()
}
