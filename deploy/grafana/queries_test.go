package grafana

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// asked is a query of a dashboard, and who asks.
type asked struct {
	dashboard *Dashboard
	by        string
	sql       string
	panel     *Panel // nil: a variable or an annotation
	text      bool   // a variable's
}

// questions are all queries of ClickHouse.
func questions() []asked {
	var all []asked
	for _, d := range Dashboards() {
		for _, v := range d.Templating.List {
			if t, ok := v.Query.(Target); ok {
				all = append(all, asked{dashboard: d, by: "variable " + v.Name, sql: t.RawSQL, text: true})
			}
		}
		for _, a := range d.Annotations.List {
			all = append(all, asked{dashboard: d, by: "annotation " + a.Name, sql: a.Target.RawSQL})
		}
		for _, p := range d.Panels {
			for _, t := range p.Targets {
				if t.Datasource == clickHouse {
					all = append(all, asked{dashboard: d, by: p.Title, sql: t.RawSQL, panel: p})
				}
			}
		}
	}
	return all
}

var notANumber = regexp.MustCompile(`(?i)^"?-?(nan|inf)"?$`)

func TestEveryQueryAnswersOnAnEmptyStoreAndOnTheDemosHistory(t *testing.T) {
	e := start(t)
	month := func() (from, to time.Time) { now := time.Now(); return now.Add(-28 * 24 * time.Hour), now }
	ask := func(t *testing.T, q asked, values chosen, from, to time.Time) *answer {
		t.Helper()
		a, err := e.ask(t.Context(), expand(t, q.sql, q.dashboard, values, from, to))
		if err != nil {
			t.Fatalf("%s, %s: %v", q.dashboard.Title, q.by, err)
		}
		for _, row := range a.Data {
			for i, value := range row {
				if notANumber.Match(value) {
					t.Errorf("%s, %s: %s is %s", q.dashboard.Title, q.by, a.Meta[i].Name, value)
				}
			}
		}
		return a
	}
	e.computesDrivers(t)
	for _, q := range questions() {
		t.Run("empty/"+q.dashboard.Title+"/"+q.by, func(t *testing.T) {
			from, to := month()
			a := ask(t, q, nil, from, to)
			if i := a.index("driver"); i >= 0 {
				for _, row := range a.Data {
					if text := string(row[i]); !strings.HasPrefix(text, `"too few answers in `) || !strings.HasSuffix(text, ` days: 0 of 200"`) {
						t.Errorf("a driver of no answers is %s", text)
					}
				}
			} else if len(a.Data) > 0 {
				t.Errorf("%d rows of nothing: %s", len(a.Data), a.Data)
			}
		})
	}
	e.hears(t, 18_000) // of which about 580 answers of CSAT, where 20 topics need 400
	e.hearsOfANewThing(t)
	e.computesDrivers(t)
	for _, q := range questions() {
		t.Run("demo/"+q.dashboard.Title+"/"+q.by, func(t *testing.T) {
			from, to := month()
			a := ask(t, q, nil, from, to)
			if len(a.Data) == 0 {
				t.Error("no row")
			}
			if q.panel != nil {
				checkColumns(t, q.panel, a)
			}
			if i := a.index("driver"); i >= 0 && (len(a.Data) < 4 || strings.Contains(fmt.Sprintf("%s", a.Data), "too few")) {
				t.Errorf("drivers of the demo: %s", a.Data)
			}
			if q.text && len(a.Meta) != 1 {
				t.Errorf("a variable has %d columns", len(a.Meta))
			}
		})
		t.Run("one topic in one stage/"+q.dashboard.Title+"/"+q.by, func(t *testing.T) {
			from, to := month()
			ask(t, q, chosen{"channel": "call", "stage": "fulfilment", "topic": "installation", "level": "2"}, from, to)
		})
		t.Run("filters that match nothing, in no time/"+q.dashboard.Title+"/"+q.by, func(t *testing.T) {
			_, to := month()
			ask(t, q, chosen{"channel": "a pigeon's", "segment": `'`, "product": "nothing", "stage": "no'where", "topic": "' OR 1"}, to, to)
		})
	}
}

func TestFiguresAreThoseOfThePeriodWhateverTheTimeZone(t *testing.T) {
	e := start(t)
	e.hears(t, 2_000)
	d := channelHealth()
	now := time.Now().UTC()
	from, to := now.Add(-9*24*time.Hour), now.Add(-2*24*time.Hour-90*time.Minute)
	a, err := e.ask(t.Context(), expand(t, d.Panels[0].Targets[0].RawSQL, d, nil, from, to))
	if err != nil {
		t.Fatal(err)
	}
	const stamp = "2006-01-02 15:04:05.000"
	want, err := e.ask(t.Context(), fmt.Sprintf("SELECT count() FROM feedback WHERE noise = '' AND created_at >= toDateTime64('%s', 3, 'UTC') AND created_at < toDateTime64('%s', 3, 'UTC')", from.Format(stamp), to.Format(stamp)))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(a.Data[0][a.index("items")]); got != string(want.Data[0][0]) || got == `"0"` {
		t.Errorf("%s items in the panel, %s rows", got, want.Data[0][0])
	}
}

var fieldReference = regexp.MustCompile(`\$\{__data\.fields\.(\w+)`)

// checkColumns finds what a panel refers to and the answer hasn't, and rows that a
// chart could not draw.
func checkColumns(t *testing.T, p *Panel, a *answer) {
	t.Helper()
	for _, o := range p.FieldConfig.Overrides {
		if o.Matcher.ID != "byName" || !a.has(o.Matcher.Options) {
			t.Errorf("an override is for the column %q, which isn't there", o.Matcher.Options)
		}
	}
	content, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fieldReference.FindAllStringSubmatch(string(content), -1) {
		if !a.has(m[1]) {
			t.Errorf("a link names the column %s, which isn't there", m[1])
		}
	}
	if label, ok := strings.CutPrefix(p.FieldConfig.Defaults.DisplayName, "${__field.labels."); ok && !a.has(strings.TrimSuffix(label, "}")) {
		t.Errorf("lines are named by %s, which isn't there", label)
	}
	switch p.Type {
	case "barchart":
		if x, _ := p.Options["xField"].(string); !a.has(x) {
			t.Errorf("bars are named by %q, which isn't there", x)
		}
	case "timeseries":
		checkTimes(t, p, a)
	case "stat":
		if len(a.Data) != 1 {
			t.Errorf("%d rows of figures", len(a.Data))
		}
	case "table":
		for _, m := range a.Meta {
			if strings.Contains(m.Type, "Tuple") || strings.Contains(m.Type, "Array") {
				t.Errorf("%s is a %s, which a cell can't show", m.Name, m.Type)
			}
			if !slices.ContainsFunc(p.FieldConfig.Overrides, func(o Override) bool { return o.Matcher.Options == m.Name }) {
				t.Errorf("%s has no title and no unit", m.Name)
			}
		}
	}
}

func checkTimes(t *testing.T, p *Panel, a *answer) {
	t.Helper()
	if a.Meta[0].Name != "time" || !strings.HasPrefix(a.Meta[0].Type, "DateTime") {
		t.Fatalf("the first column is %s %s, not a time", a.Meta[0].Name, a.Meta[0].Type)
	}
	texts := 0
	for _, m := range a.Meta[1:] {
		if strings.Contains(m.Type, "String") {
			texts++
		}
	}
	if long := len(p.Transformations) == 1 && p.Transformations[0].ID == "prepareTimeSeries"; long != (texts == 1) {
		t.Errorf("%d columns of text, and transformations %v", texts, p.Transformations)
	}
	if !slices.IsSortedFunc(a.Data, func(x, y []json.RawMessage) int { return strings.Compare(string(x[0]), string(y[0])) }) {
		t.Error("not in the order of time")
	}
}
