package grafana

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// chosen is what is chosen above the panels: the value of each variable; of one that
// isn't there, All.
type chosen map[string]string

var (
	reference = regexp.MustCompile(`\$\{(\w+)(?::(\w+))?\}`)
	macro     = regexp.MustCompile(`\$__(\w+)(?:\((\w+)\))?`)
)

// expand makes SQL of a query as Grafana and the plugin do: variables first, in the
// browser, then macros.
func expand(t testing.TB, sql string, d *Dashboard, values chosen, from, to time.Time) string {
	t.Helper()
	sql = reference.ReplaceAllStringFunc(sql, func(found string) string {
		m := reference.FindStringSubmatch(found)
		variable := d.variable(m[1])
		if variable == nil {
			t.Errorf("%s: no variable %s", d.Title, m[1])
			return found
		}
		value, isChosen := values[m[1]]
		switch {
		case !isChosen && variable.IncludeAll:
			return variable.AllValue // Grafana doesn't format it
		case !isChosen:
			value = variable.Current.Value
		}
		switch m[2] {
		case "sqlstring":
			return "'" + strings.ReplaceAll(value, "'", "''") + "'"
		case "":
			return value
		}
		t.Errorf("%s: ${%s:%s} is a format that no test knows", d.Title, m[1], m[2])
		return found
	})
	return macro.ReplaceAllStringFunc(sql, func(found string) string {
		m := macro.FindStringSubmatch(found)
		fromMilli, toMilli := fmt.Sprintf("fromUnixTimestamp64Milli(%d)", from.UnixMilli()), fmt.Sprintf("fromUnixTimestamp64Milli(%d)", to.UnixMilli())
		switch {
		case m[1] == "fromTime_ms" && m[2] == "":
			return fromMilli
		case m[1] == "toTime_ms" && m[2] == "":
			return toMilli
		case m[1] == "timeFilter_ms" && m[2] != "":
			return m[2] + " >= " + fromMilli + " AND " + m[2] + " <= " + toMilli
		}
		t.Errorf("%s: %s is a macro that no test knows", d.Title, found)
		return found
	})
}

func (d *Dashboard) variable(name string) *Variable {
	for i := range d.Templating.List {
		if d.Templating.List[i].Name == name {
			return &d.Templating.List[i]
		}
	}
	return nil
}

func TestVariablesAndMacrosExpandAsThePluginDocuments(t *testing.T) {
	d := &Dashboard{Templating: Templating{[]Variable{{Name: "topic", IncludeAll: true, AllValue: "''"}, {Name: "level", Current: &Option{Value: "1"}}}}}
	from, to := time.UnixMilli(1415792726123), time.UnixMilli(1447328726456)
	for sql, want := range map[string]string{
		"x = ${topic:sqlstring}":             "x = ''",
		"level = ${level}":                   "level = 1",
		"$__fromTime_ms":                     "fromUnixTimestamp64Milli(1415792726123)",
		"$__toTime_ms":                       "fromUnixTimestamp64Milli(1447328726456)",
		"WHERE $__timeFilter_ms(time) AND 1": "WHERE time >= fromUnixTimestamp64Milli(1415792726123) AND time <= fromUnixTimestamp64Milli(1447328726456) AND 1",
	} {
		if got := expand(t, sql, d, nil, from, to); got != want {
			t.Errorf("%s became %s, want %s", sql, got, want)
		}
	}
	if got := expand(t, "${topic:sqlstring}", d, chosen{"topic": "it's"}, from, to); got != "'it''s'" {
		t.Errorf("a value with a quote became %s", got)
	}
}
