package prometheus

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// metric is one that the program exports: how client_golang calls its kind, and its labels.
type metric struct {
	kind   string // Counter, Gauge or Histogram
	labels []string
}

// declared finds the metrics in the program's source: calls of prometheus.NewCounterVec
// and the like, with the labels that they name.
func declared(t *testing.T) map[string]metric {
	t.Helper()
	found := map[string]metric{}
	for _, dir := range []string{"cmd", "pipeline", "sinks"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if name, m, ok := declaration(call); ok {
						found[name] = m
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// declaration reads prometheus.NewXVec(prometheus.XOpts{Name: …, ConstLabels: …}, []string{…}).
func declaration(call *ast.CallExpr) (name string, m metric, ok bool) {
	f, isSelector := call.Fun.(*ast.SelectorExpr)
	if !isSelector || len(call.Args) == 0 {
		return "", m, false
	}
	from, isName := f.X.(*ast.Ident)
	kind, isNew := strings.CutPrefix(f.Sel.Name, "New")
	if !isName || from.Name != "prometheus" || !isNew {
		return "", m, false
	}
	m.kind = strings.TrimSuffix(kind, "Vec")
	for _, arg := range call.Args {
		literal, isLiteral := arg.(*ast.CompositeLit)
		if !isLiteral {
			continue
		}
		for _, element := range literal.Elts {
			pair, isPair := element.(*ast.KeyValueExpr)
			if !isPair {
				m.labels = append(m.labels, text(element))
				continue
			}
			switch key, _ := pair.Key.(*ast.Ident); {
			case key == nil:
			case key.Name == "Name":
				name = text(pair.Value)
			case key.Name == "ConstLabels":
				if labels, isLiteral := pair.Value.(*ast.CompositeLit); isLiteral {
					for _, l := range labels.Elts {
						if of, isPair := l.(*ast.KeyValueExpr); isPair {
							m.labels = append(m.labels, text(of.Key))
						}
					}
				}
			}
		}
	}
	return name, m, name != ""
}

// text is what a literal says.
func text(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(literal.Value); err == nil {
			return s
		}
	}
	return ""
}

func TestMetricsAreFoundInTheSourceWithTheirLabels(t *testing.T) {
	found := declared(t)
	for name, want := range map[string]metric{
		"earshot_records_rejected_total":     {"Counter", []string{"topic", "reason"}},
		"earshot_commit_failures_total":      {"Counter", nil},
		"earshot_end_to_end_latency_seconds": {"Histogram", nil},
		"earshot_analysis_info":              {"Gauge", []string{"tier", "model"}},
	} {
		if got := found[name]; got.kind != want.kind || strings.Join(got.labels, ",") != strings.Join(want.labels, ",") {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
	}
}
