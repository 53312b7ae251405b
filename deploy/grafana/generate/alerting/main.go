// Command alerting writes the alert rules as YAML into deploy/grafana/provisioning. Run it
// in the root of the repository:
//
//	go run ./deploy/grafana/generate/alerting
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"earshot/deploy/grafana"
)

func main() {
	if err := write(filepath.Join("deploy", "grafana", "provisioning", "alerting", "earshot.yaml")); err != nil {
		fmt.Fprintln(os.Stderr, "alerting:", err)
		os.Exit(1)
	}
}

func write(file string) error {
	rules, err := grafana.AlertRules()
	if err != nil {
		return err
	}
	content, err := rules.YAML()
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
