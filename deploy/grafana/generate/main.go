// Command generate writes the dashboards as JSON into deploy/grafana/dashboards. Run it
// in the root of the repository:
//
//	go run ./deploy/grafana/generate
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"earshot/deploy/grafana"
)

func main() {
	if err := write(filepath.Join("deploy", "grafana", "dashboards")); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	for _, d := range grafana.Dashboards() {
		content, err := d.JSON()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, d.File()), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
