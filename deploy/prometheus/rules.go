// Package prometheus has the alerting rules that an operator gives Prometheus,
// earshot.rules.yml, for what is made of them elsewhere and for their tests.
package prometheus

import (
	"bytes"
	_ "embed" // earshot.rules.yml
	"fmt"

	"github.com/goccy/go-yaml"
)

//go:embed earshot.rules.yml
var rules []byte

// Group is rules that are evaluated together.
type Group struct {
	Name     string `yaml:"name"`
	Interval string `yaml:"interval"` // as Prometheus writes durations, such as 1m
	Rules    []Rule `yaml:"rules"`
}

// Rule is an alert.
type Rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"` // PromQL; every series of its answer is an alert
	For         string            `yaml:"for"`  // how long Expr answers before the alert fires
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"` // templates over $labels and $value
}

// Groups returns the rules in the order of the file. An error says where the file is not
// what Prometheus reads.
func Groups() ([]Group, error) {
	var file struct {
		Groups []Group `yaml:"groups"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(rules), yaml.Strict()).Decode(&file); err != nil {
		return nil, fmt.Errorf("earshot.rules.yml: %w", err)
	}
	return file.Groups, nil
}
