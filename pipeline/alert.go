package pipeline

import "time"

// AlertKind says what an alert is about.
type AlertKind string

// The kinds of alerts.
const (
	AlertDrop      AlertKind = "drop"      // a measure got worse: net sentiment or effort fell, a share rose
	AlertVolume    AlertKind = "volume"    // far more feedback than usual
	AlertSilence   AlertKind = "silence"   // no feedback where there always was some
	AlertEmergence AlertKind = "emergence" // a phrase rises that no topic covers
)

// AlertSeverity is how bad an alert is.
type AlertSeverity string

// The severities of alerts.
const (
	AlertWarning  AlertSeverity = "warning"
	AlertCritical AlertSeverity = "critical"
)

// Alert is what was noticed in one series of one measure, and why. It is the same
// alert, under the same ID, from when it is raised until it is resolved; what it says
// evolves meanwhile.
type Alert struct {
	ID       string // stable: made of the series, the measure and the event time at which it was raised
	Incident string // ID of the alert that stands for the incident: its own, or that of one with the same cause
	Kind     AlertKind
	Measure  string // net_sentiment, negative_share, volume, effort, churn_share or phrase
	Series   string // for people and silences: "topic installation", "call, fulfilment", a rule's name, a phrase
	Channel  string // of the series; empty: all
	Stage    string
	Topic    string
	Severity AlertSeverity

	Since     time.Time // when it most likely began, in event time
	SinceFrom time.Time // 90 % interval of Since
	SinceTo   time.Time
	RaisedAt  time.Time // event time up to which the evidence was needed
	UpdatedAt time.Time // when what it says was last computed
	// ResolvedAt is the event time at which it was over; zero while it lasts.
	ResolvedAt time.Time

	// Expected and Observed are over Since to UpdatedAt, in the measure's unit, with their
	// 90 % intervals: points of net sentiment (-100 to +100), percent of items for
	// shares, items a day for volume, -1 to +1 for effort.
	Expected Estimate
	Observed Estimate
	Items    int     // in the series since Since
	PValue   float64 // of so strong an evidence anywhere in a month, were nothing the matter; see package watch

	Explanation   string // one paragraph for people
	Decomposition []Contribution
	Rising        []Rise
	Quotes        []Quote
	URL           string   // of the local dashboard with these filters; empty: no dashboard
	Owners        []string // who is to hear it, by the configuration's routes; empty: the default receivers
}

// Estimate is a number with its 90 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Contribution is the part that one value of one dimension has in the change of a
// measure. Of one dimension, all mixes and withins add up to observed minus expected.
type Contribution struct {
	Dimension string  `json:"dimension"` // channel, stage, topic, segment, product or location
	Value     string  `json:"value"`     // of the dimension, for example "chat"; "other": the small ones together
	Mix       float64 `json:"mix"`       // by its share of the feedback having changed, in the measure's unit
	Within    float64 `json:"within"`    // by itself having changed, in the measure's unit
	Before    int     `json:"before"`    // its items in the time compared with
	After     int     `json:"after"`     // its items since the change
}

// Rise is a topic or phrase that is spoken of more than before.
type Rise struct {
	Kind   string  `json:"kind"` // topic or phrase
	Text   string  `json:"text"`
	Share  float64 `json:"share"`  // percent of the series' items since the change
	Before float64 `json:"before"` // percent of them before
}

// Quote is a customer's words, redacted, and where they are.
type Quote struct {
	Source string `json:"source"`
	ID     string `json:"id"`
	Text   string `json:"text"`
}

// Resolved tells whether the alert is over.
func (a *Alert) Resolved() bool { return !a.ResolvedAt.IsZero() }
