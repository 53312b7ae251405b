package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	alerts "earshot/deploy/prometheus"
)

const alertingFile = "provisioning/alerting/earshot.yaml"

func alertRules(t *testing.T) *Alerting {
	t.Helper()
	a, err := AlertRules()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheAlertRulesAreWhatIsGenerated(t *testing.T) {
	want, err := alertRules(t).YAML()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(alertingFile)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (%v): go run ./deploy/grafana/generate/alerting", alertingFile, err)
	}
	var read Alerting
	if err := yaml.NewDecoder(bytes.NewReader(got), yaml.Strict()).Decode(&read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alertRules(t), &read); diff != "" {
		t.Errorf("read back it is something else (-written +read):\n%s", diff)
	}
}

var uidPattern = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

func TestEveryAlertRuleIsOneThatGrafanaTakes(t *testing.T) {
	provisioned, err := os.ReadFile("provisioning/datasources/earshot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var sources struct{ Datasources []AlertSource }
	if err := yaml.Unmarshal(provisioned, &sources); err != nil {
		t.Fatal(err)
	}
	known := append(sources.Datasources, AlertSource(expressions))
	a := alertRules(t)
	if a.APIVersion != 1 {
		t.Errorf("version %d", a.APIVersion)
	}
	var uids, titles []string
	for _, g := range a.Groups {
		if d, err := time.ParseDuration(g.Interval); err != nil || d%(10*time.Second) != 0 || g.Name == "" || g.Folder != "earshot" || g.OrgID != 1 {
			t.Errorf("group %s every %s in %s: %v", g.Name, g.Interval, g.Folder, err)
		}
		for _, r := range g.Rules {
			if !uidPattern.MatchString(r.UID) || slices.Contains(uids, r.UID) || slices.Contains(titles, r.Title) {
				t.Errorf("%s: uid %s is none, or there twice", r.Title, r.UID)
			}
			uids, titles = append(uids, r.UID), append(titles, r.Title)
			if _, err := time.ParseDuration(r.For); err != nil {
				t.Errorf("%s: %v", r.Title, err)
			}
			if r.NoDataState != "OK" || !slices.Contains([]string{"Error", "KeepLast"}, r.ExecErrState) || r.IsPaused {
				t.Errorf("%s: no data %s, error %s, paused %v", r.Title, r.NoDataState, r.ExecErrState, r.IsPaused)
			}
			checkAlertQueries(t, r, known)
			for name, value := range r.Labels {
				if strings.Contains(value, "$") {
					t.Errorf("%s: Grafana takes the label %s for the name of an environment variable: %s", r.Title, name, value)
				}
			}
			for _, name := range []string{"summary", "description"} {
				if len(r.Annotations[name]) < 20 {
					t.Errorf("%s: %s %q", r.Title, name, r.Annotations[name])
				}
				checkAlertTemplate(t, r.Title, r.Annotations[name])
			}
		}
	}
}

// checkAlertQueries finds data sources that nobody provisions, macros that no test knows,
// and a condition that isn't computed.
func checkAlertQueries(t *testing.T, r AlertRule, known []AlertSource) {
	t.Helper()
	var refs []string
	for _, q := range r.Data {
		if slices.Contains(refs, q.RefID) || q.Model.RefID != q.RefID || q.Model.Datasource.UID != q.DatasourceUID || !slices.Contains(known, q.Model.Datasource) {
			t.Errorf("%s: query %s of %s, in it %s of %v", r.Title, q.RefID, q.DatasourceUID, q.Model.RefID, q.Model.Datasource)
		}
		if q.RelativeTimeRange.From <= q.RelativeTimeRange.To {
			t.Errorf("%s: query %s is of no time: %+v", r.Title, q.RefID, q.RelativeTimeRange)
		}
		for _, m := range regexp.MustCompile(`\$(\w+)`).FindAllStringSubmatch(q.Model.Expression+q.Model.RawSQL+q.Model.Expr, -1) {
			if !slices.Contains(refs, m[1]) {
				t.Errorf("%s: %s is neither a query before it nor a macro that a test knows", r.Title, m[0])
			}
		}
		refs = append(refs, q.RefID)
		said := 0
		for _, text := range []string{q.Model.RawSQL, q.Model.Expr, q.Model.Expression} {
			if text != "" {
				said++
			}
		}
		if said != 1 {
			t.Errorf("%s: query %s asks %d things", r.Title, q.RefID, said)
		}
	}
	if len(refs) == 0 || r.Condition != refs[len(refs)-1] {
		t.Errorf("%s: the condition is %s, the queries are %v", r.Title, r.Condition, refs)
	}
}

// checkAlertTemplate expands a text as Grafana does, with its functions and variables.
func checkAlertTemplate(t *testing.T, title, text string) {
	t.Helper()
	if strings.Contains(text, "${") {
		t.Errorf("%s: Grafana takes what is in ${ } for the name of an environment variable: %s", title, text)
	}
	show := func(v float64) string { return fmt.Sprint(v) }
	expanded, err := template.New(title).Funcs(template.FuncMap{"humanize": show, "humanizeDuration": show, "humanizePercentage": show}).
		Option("missingkey=zero").Parse("{{ $labels := .Labels }}{{ $values := .Values }}" + text)
	if err != nil {
		t.Errorf("%s: %v", title, err)
		return
	}
	data := map[string]any{"Labels": map[string]string{}, "Values": map[string]struct{ Value float64 }{"A": {1}}}
	if err := expanded.Execute(new(bytes.Buffer), data); err != nil {
		t.Errorf("%s: %v", title, err)
	}
}

func TestGrafanaWatchesWhatPrometheusDoes(t *testing.T) {
	groups, err := alerts.Groups()
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]AlertRule{}
	for _, g := range alertRules(t).Groups {
		for _, r := range g.Rules {
			rules[r.Title] = r
		}
	}
	for _, g := range groups {
		for _, want := range g.Rules {
			got := rules[want.Alert]
			if len(got.Data) == 0 || got.Data[0].Model.Expr != want.Expr || got.For != want.For || got.Labels["severity"] != want.Labels["severity"] {
				t.Errorf("%s: %+v", want.Alert, got)
			}
		}
	}
}

func TestEveryOpenIncidentIsOneRowOfTextAndOneNumber(t *testing.T) {
	store := emptyStore(t)
	ids := func(sql string) string {
		rows, err := store.Query(t.Context(), "SELECT arrayStringConcat(groupArray(id || ':' || owners || ':' || toString(difference)), ' ') FROM ("+sql+")")
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		defer rows.Close()
		var all string
		for rows.Next() {
			if err := rows.Scan(&all); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	types := func(sql string) string {
		rows, err := store.Query(t.Context(), "SELECT toJSONString(groupArray(type)) FROM (SELECT arrayJoin([toTypeName(id), toTypeName(kind), toTypeName(measure), toTypeName(series), toTypeName(channel), toTypeName(stage), toTypeName(topic), toTypeName(severity), toTypeName(owners), toTypeName(difference)]) AS type FROM ("+sql+") LIMIT 10)")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var found []string
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(text), &found); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return strings.Join(found, " ")
	}
	queries := alertRules(t).Queries()
	sql := queries["EarshotIncident"]
	if len(queries) != 1 || sql == "" {
		t.Fatalf("queries of ClickHouse: %v", queries)
	}
	if got := ids(sql); got != "" {
		t.Errorf("with no alert: %s", got)
	}
	insert := func(id, incident, since, resolved, expected, observed, owners string) {
		t.Helper()
		err := store.Exec(t.Context(), fmt.Sprintf("INSERT INTO alert_store (id, incident, kind, measure, series, severity, since, resolved_at, expected, observed, owners) VALUES ('%s', '%s', 'drop', 'net_sentiment', 'topic %s', 'warning', '%s', %s, %s, %s, %s)",
			id, incident, id, since, resolved, expected, observed, owners))
		if err != nil {
			t.Fatal(err)
		}
	}
	insert("a", "a", "2026-11-01 00:00:00", "NULL", "10", "-20", "['care', 'field']")
	insert("b", "a", "2026-11-02 00:00:00", "NULL", "10", "0", "[]")                    // the same incident
	insert("c", "c", "2026-11-03 00:00:00", "'2026-11-04 00:00:00'", "10", "-20", "[]") // over
	insert("d", "c", "2026-11-04 00:00:00", "NULL", "0", "nan", "[]")                   // outlasts it
	if got := ids(sql); got != "d::0 a:care,field:-30" {
		t.Errorf("open incidents: %s", got)
	}
	if got := types(sql); got != strings.Repeat("String ", 9)+"Float64" {
		t.Errorf("columns of %s", got)
	}
}
