package prometheus

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/prometheus/promql/parser"
)

func groups(t *testing.T) []Group {
	t.Helper()
	g, err := Groups()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestEveryAlertSaysHowBadItIsAndWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range groups(t) {
		if _, err := time.ParseDuration(g.Interval); err != nil {
			t.Errorf("%s: interval: %v", g.Name, err)
		}
		for _, r := range g.Rules {
			if !strings.HasPrefix(r.Alert, "Earshot") || seen[r.Alert] {
				t.Errorf("%s: no name of an alert of ours, or there twice", r.Alert)
			}
			seen[r.Alert] = true
			if d, err := time.ParseDuration(r.For); err != nil || d <= 0 {
				t.Errorf("%s: for %q: %v", r.Alert, r.For, err)
			}
			if s := r.Labels["severity"]; len(r.Labels) != 1 || s != "warning" && s != "critical" {
				t.Errorf("%s: labels %v", r.Alert, r.Labels)
			}
			if summary, description := r.Annotations["summary"], r.Annotations["description"]; len(r.Annotations) != 2 || len(summary) < 20 || len(description) < 100 || strings.Contains(summary, "\n") {
				t.Errorf("%s: annotations %q", r.Alert, r.Annotations)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("%d alerts", len(seen))
	}
}

// fromScrapes are the labels and metrics that every scraped process has.
var fromScrapes = map[string]metric{"up": {kind: "Gauge"}, "process_start_time_seconds": {kind: "Gauge"}}

// named finds the metrics that a text names, wherever it does.
var named = regexp.MustCompile(`earshot_[a-z_]+`)

func TestEveryMetricOfTheRulesIsExportedWithTheLabelsThatTheyUse(t *testing.T) {
	exported := declared(t)
	for name, m := range fromScrapes {
		exported[name] = m
	}
	find := func(name string) (metric, bool) {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, ok := strings.CutSuffix(name, suffix); ok && exported[base].kind == "Histogram" {
				labels := exported[base].labels
				if suffix == "_bucket" {
					labels = append(slices.Clone(labels), "le")
				}
				return metric{"Counter", labels}, true
			}
		}
		m, ok := exported[name]
		return m, ok && m.kind != "Histogram"
	}
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			for _, name := range named.FindAllString(r.Expr, -1) {
				if _, ok := find(name); !ok {
					t.Errorf("%s: nothing exports %s", r.Alert, name)
				}
			}
			expr, err := parser.ParseExpr(r.Expr)
			if err != nil {
				t.Errorf("%s: %v", r.Alert, err)
				continue
			}
			has := func(s *parser.VectorSelector, label string) bool {
				m, _ := find(s.Name)
				return slices.Contains(append([]string{"job", "instance", "__name__"}, m.labels...), label)
			}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				switch n := node.(type) {
				case *parser.VectorSelector:
					if _, ok := find(n.Name); !ok {
						t.Errorf("%s: nothing exports %s", r.Alert, n.Name)
					}
					for _, matcher := range n.LabelMatchers {
						if !has(n, matcher.Name) {
							t.Errorf("%s: %s has no label %s", r.Alert, n.Name, matcher.Name)
						}
					}
				case *parser.AggregateExpr:
					parser.Inspect(n.Expr, func(below parser.Node, _ []parser.Node) error {
						for _, label := range n.Grouping {
							if s, ok := below.(*parser.VectorSelector); ok && !has(s, label) {
								t.Errorf("%s: %s has no label %s to group by", r.Alert, s.Name, label)
							}
						}
						return nil
					})
				case *parser.Call:
					if s := counted(n); s != nil {
						if m, _ := find(s.Name); m.kind != "Counter" {
							t.Errorf("%s: %s of %s, which is no counter", r.Alert, n.Func.Name, s.Name)
						}
					}
				}
				return nil
			})
		}
	}
}

// counted is what a function of counters is given; nil: it is no such function.
func counted(call *parser.Call) *parser.VectorSelector {
	if call.Func.Name != "rate" && call.Func.Name != "increase" {
		return nil
	}
	if m, ok := call.Args[0].(*parser.MatrixSelector); ok {
		s, _ := m.VectorSelector.(*parser.VectorSelector)
		return s
	}
	return nil
}

// scenario is a test of promtool: series, and which alerts fire when.
type scenario struct {
	Name        string `yaml:"name"`
	Interval    string `yaml:"interval"`
	InputSeries []struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	} `yaml:"input_series"`
	AlertRuleTest []struct {
		Alertname string `yaml:"alertname"`
		EvalTime  string `yaml:"eval_time"`
		ExpAlerts []struct {
			Labels      map[string]string `yaml:"exp_labels"`
			Annotations map[string]string `yaml:"exp_annotations"`
		} `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

func scenarios(t *testing.T) []scenario {
	t.Helper()
	files, err := filepath.Glob("*_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all []scenario
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			RuleFiles          []string   `yaml:"rule_files"`
			EvaluationInterval string     `yaml:"evaluation_interval"`
			Tests              []scenario `yaml:"tests"`
		}
		if err := yaml.NewDecoder(bytes.NewReader(content), yaml.Strict()).Decode(&file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if fmt.Sprint(file.RuleFiles) != "[earshot.rules.yml]" {
			t.Errorf("%s tests %v", name, file.RuleFiles)
		}
		all = append(all, file.Tests...)
	}
	return all
}

func TestEveryAlertIsSeenToFireToResolveAndToKeepQuiet(t *testing.T) {
	type proof struct{ fires, resolves, quiet bool }
	proofs := map[string]*proof{}
	for _, g := range groups(t) {
		for _, r := range g.Rules {
			proofs[r.Alert] = &proof{}
		}
	}
	for _, s := range scenarios(t) {
		fired := map[string]time.Duration{}
		last := map[string]time.Duration{} // at which it does not fire
		for _, check := range s.AlertRuleTest {
			p := proofs[check.Alertname]
			if p == nil {
				t.Errorf("%s: there is no %s", s.Name, check.Alertname)
				continue
			}
			at, err := time.ParseDuration(check.EvalTime)
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
			if len(check.ExpAlerts) == 0 {
				last[check.Alertname] = max(last[check.Alertname], at)
				continue
			}
			fired[check.Alertname] = at
			p.fires = true
		}
		for alert, at := range last {
			when, did := fired[alert]
			switch {
			case !did && strings.HasPrefix(s.Name, alert+" "):
				proofs[alert].quiet = true
			case did && at > when:
				proofs[alert].resolves = true
			}
		}
	}
	for alert, p := range proofs {
		if !p.fires || !p.resolves || !p.quiet {
			t.Errorf("%s: tested are %+v", alert, *p)
		}
	}
}
