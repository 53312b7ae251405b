package grafana

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	alerts "earshot/deploy/prometheus"
)

// The alert rules are deploy/prometheus/earshot.rules.yml once more, for those who let
// Grafana watch, and one rule over the incidents that earshot itself has found. `go run
// ./deploy/grafana/generate/alerting` writes them into provisioning/alerting.
//
// Of Grafana they rely on this:
//
//   - Data that is no time series and has one column of numbers becomes one alert for each
//     row; its columns of text become the labels of that alert.
//   - An answer without rows is no data, which noDataState calls OK.
//   - Environment variables, $NAME, are replaced in labels, titles and the like, but neither
//     in annotations, as long as a name is in no braces, nor in a query's model.
//   - is_number is 1 for whatever is a number, 0 included.

// expressions is the data source of what Grafana computes itself.
var expressions = Source{"__expr__", "__expr__"}

// Alerting is the file of alert rules that Grafana provisions.
type Alerting struct {
	APIVersion int          `yaml:"apiVersion"`
	Groups     []AlertGroup `yaml:"groups"`
}

// AlertGroup is rules that are evaluated together.
type AlertGroup struct {
	OrgID    int         `yaml:"orgId"`
	Name     string      `yaml:"name"`
	Folder   string      `yaml:"folder"`
	Interval string      `yaml:"interval"`
	Rules    []AlertRule `yaml:"rules"`
}

// AlertRule is one rule; every row of its condition that isn't 0 is an alert.
type AlertRule struct {
	UID          string            `yaml:"uid"`
	Title        string            `yaml:"title"`
	Condition    string            `yaml:"condition"` // RefID of the last of Data
	Data         []AlertQuery      `yaml:"data"`
	NoDataState  string            `yaml:"noDataState"`
	ExecErrState string            `yaml:"execErrState"`
	For          string            `yaml:"for"`
	Annotations  map[string]string `yaml:"annotations"`
	Labels       map[string]string `yaml:"labels,omitempty"`
	IsPaused     bool              `yaml:"isPaused"`
}

// AlertQuery is a query of a data source, or what Grafana computes of another.
type AlertQuery struct {
	RefID             string     `yaml:"refId"`
	DatasourceUID     string     `yaml:"datasourceUid"`
	RelativeTimeRange AlertRange `yaml:"relativeTimeRange"`
	Model             AlertModel `yaml:"model"`
}

// AlertRange is a period by its ends, in seconds before now.
type AlertRange struct {
	From int `yaml:"from"`
	To   int `yaml:"to"`
}

// AlertModel is the part of a query that its data source understands.
type AlertModel struct {
	RefID      string      `yaml:"refId"`
	Datasource AlertSource `yaml:"datasource"`
	// ClickHouse
	EditorType string `yaml:"editorType,omitempty"`
	QueryType  string `yaml:"queryType,omitempty"`
	Format     int    `yaml:"format,omitempty"`
	RawSQL     string `yaml:"rawSql,omitempty"`
	// Prometheus
	Expr       string `yaml:"expr,omitempty"`
	EditorMode string `yaml:"editorMode,omitempty"`
	Instant    bool   `yaml:"instant,omitempty"`
	// what Grafana computes
	Type       string `yaml:"type,omitempty"`
	Expression string `yaml:"expression,omitempty"`
}

// AlertSource is a Source, as YAML.
type AlertSource struct {
	Type string `yaml:"type"`
	UID  string `yaml:"uid"`
}

// openIncidents are the alerts of earshot that are not over, of each incident the one that
// stands for it, or those that outlast it. The labels stay while an alert lasts, but for
// severity and owners: to Grafana an alert whose labels change is another one, which is
// told anew. What does change is left to the dashboard.
const openIncidents = `SELECT
  id,
  CAST(kind, 'String') AS kind,
  CAST(measure, 'String') AS measure,
  series,
  CAST(channel, 'String') AS channel,
  CAST(stage, 'String') AS stage,
  CAST(topic, 'String') AS topic,
  CAST(severity, 'String') AS severity,
  arrayStringConcat(owners, ',') AS owners,
  ifNotFinite(observed - expected, 0) AS difference
FROM alerts
WHERE resolved_at IS NULL
  AND (incident = id OR incident NOT IN (SELECT id FROM alerts WHERE resolved_at IS NULL))
ORDER BY since DESC, id
LIMIT 500`

// AlertRules returns all alert rules. An error says what is wrong with those for
// Prometheus, of which most are made.
func AlertRules() (*Alerting, error) {
	groups, err := alerts.Groups()
	if err != nil {
		return nil, err
	}
	all := &Alerting{APIVersion: 1, Groups: []AlertGroup{{
		OrgID: 1, Name: "earshot-incidents", Folder: "earshot", Interval: "1m", Rules: []AlertRule{incident()},
	}}}
	reports := true // that Prometheus can't be asked: one of them is enough
	for _, g := range groups {
		group := AlertGroup{OrgID: 1, Name: g.Name, Folder: "earshot", Interval: g.Interval}
		for _, r := range g.Rules {
			rule := ofPrometheus(&r)
			if reports {
				rule.ExecErrState = "Error"
			}
			reports = false
			group.Rules = append(group.Rules, rule)
		}
		all.Groups = append(all.Groups, group)
	}
	return all, nil
}

// incident fires for every alert of earshot that is not over.
func incident() AlertRule {
	r := alertRule("EarshotIncident", "0s", ask(clickHouse, AlertModel{EditorType: "sql", QueryType: "table", Format: 1, RawSQL: openIncidents}))
	r.ExecErrState = "Error"
	r.Annotations = map[string]string{
		"summary": "{{ $labels.kind }} of {{ $labels.measure }}: {{ $labels.series }}",
		"description": "{{ $labels.measure }} of {{ $labels.series }} differs by {{ humanize $values.A.Value }} from what was to be expected, more than chance explains. " +
			"The page Alerts of the local dashboard says since when, why and in whose words; so does `earshot query \"SELECT explanation FROM alerts WHERE id = '{{ $labels.id }}'\"`.",
	}
	return r
}

// ofPrometheus is the same rule in Grafana, where $value is the text of all values.
func ofPrometheus(r *alerts.Rule) AlertRule {
	rule := alertRule(r.Alert, r.For, ask(prometheus, AlertModel{Expr: r.Expr, EditorMode: "code", Instant: true}))
	rule.Labels = r.Labels
	rule.Annotations = map[string]string{}
	for name, text := range r.Annotations {
		rule.Annotations[name] = strings.ReplaceAll(text, "$value", "$values.A.Value")
	}
	return rule
}

// alertRule fires for every row of query. The rows say by being there that something is the
// matter; what number they have, 0 among them, is for people.
func alertRule(title, lasting string, query AlertQuery) AlertRule {
	condition := ask(expressions, AlertModel{Type: "math", Expression: "is_number($A)"})
	condition.RefID, condition.Model.RefID = "B", "B"
	return AlertRule{
		UID: alertUID(title), Title: title, Condition: "B", Data: []AlertQuery{query, condition},
		NoDataState: "OK", ExecErrState: "KeepLast", For: lasting,
	}
}

func ask(of Source, model AlertModel) AlertQuery {
	model.RefID, model.Datasource = "A", AlertSource(of)
	return AlertQuery{RefID: "A", DatasourceUID: of.UID, RelativeTimeRange: AlertRange{From: 600}, Model: model}
}

// alertUID makes earshot-lag-not-falling of EarshotLagNotFalling.
func alertUID(title string) string {
	var id strings.Builder
	for i, r := range title {
		if i > 0 && r >= 'A' && r <= 'Z' {
			id.WriteByte('-')
		}
		id.WriteRune(r)
	}
	return strings.ToLower(id.String())
}

// Queries returns the SQL that the rules ask ClickHouse, by the rule's title.
func (a *Alerting) Queries() map[string]string {
	queries := map[string]string{}
	for _, g := range a.Groups {
		for _, r := range g.Rules {
			for _, q := range r.Data {
				if q.Model.RawSQL != "" {
					queries[r.Title] = q.Model.RawSQL
				}
			}
		}
	}
	return queries
}

// YAML is the content of provisioning/alerting/earshot.yaml.
func (a *Alerting) YAML() ([]byte, error) {
	out := bytes.NewBufferString("# Generated by `go run ./deploy/grafana/generate/alerting`. ALERTING.md says what is in it.\n")
	if err := yaml.NewEncoder(out, yaml.UseLiteralStyleIfMultiline(true), yaml.IndentSequence(true)).Encode(a); err != nil {
		return nil, fmt.Errorf("alert rules: %w", err)
	}
	return out.Bytes(), nil
}
