package grafana

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// grafanas are what Grafana puts into a query of Prometheus, with a value for each.
var grafanas = strings.NewReplacer("$__rate_interval", "1m", "$__range", "1h", "$instance", ".*")

func TestEveryMetricThatIsAskedForIsExported(t *testing.T) {
	e := start(t)
	e.hears(t, 2_000) // some metrics have no line before their first label
	response, err := http.Get("http://" + e.Addresses().Operations + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	// Of these no line is there while nothing has gone wrong, or before ClickHouse was
	// asked again, half a minute later.
	exported := string(page) + "\nearshot_dead_letters_open{reason=\nearshot_records_rejected_total{reason=,topic=\nearshot_net_sentiment{channel=,stage=,topic=\n"
	asked := 0
	for _, d := range Dashboards() {
		for _, v := range d.Templating.List {
			if q, ok := v.Query.(string); ok && v.Type == "query" && !strings.HasPrefix(q, "label_values(earshot_analysis_info, ") {
				t.Errorf("%s: %s is %s", d.Title, v.Name, q)
			}
		}
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				if target.Datasource != prometheus {
					continue
				}
				asked++
				expr, err := parser.ParseExpr(grafanas.Replace(target.Expr))
				if err != nil {
					t.Errorf("%s: %s: %v", p.Title, target.Expr, err)
					continue
				}
				parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
					if s, ok := node.(*parser.VectorSelector); ok && !strings.Contains(exported, "\n"+s.Name+"{") && !strings.Contains(exported, "\n"+s.Name+" ") {
						t.Errorf("%s: nothing exports %s", p.Title, s.Name)
					}
					if a, ok := node.(*parser.AggregateExpr); ok {
						checkLabels(t, p, a, exported)
					}
					return nil
				})
			}
		}
	}
	if asked < 20 {
		t.Errorf("%d queries of Prometheus", asked)
	}
}

// checkLabels finds labels that are grouped by and that a metric doesn't have.
func checkLabels(t *testing.T, p *Panel, a *parser.AggregateExpr, exported string) {
	t.Helper()
	parser.Inspect(a.Expr, func(node parser.Node, _ []parser.Node) error {
		s, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		_, labels, _ := strings.Cut(exported, "\n"+s.Name+"{")
		labels, _, _ = strings.Cut(labels, "\n")
		for _, label := range a.Grouping {
			if !strings.Contains(labels, label+"=") && !slices.Contains([]string{"instance", "job"}, label) {
				t.Errorf("%s: %s has no label %s", p.Title, s.Name, label)
			}
		}
		return nil
	})
}
