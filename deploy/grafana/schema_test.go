//go:build integration

package grafana

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/deploy/cached"
)

// Grafana's own types, and what checks them.
const (
	schemaVersionOnNPM = "13.2.3"
	compilerVersion    = "5.9.3"
)

const compilerOptions = `{
	"compilerOptions": {"noEmit": true, "strict": true, "skipLibCheck": true, "module": "nodenext", "moduleResolution": "nodenext", "target": "es2022", "types": []},
	"include": ["*.ts"]
}`

func TestRealGrafanaTypesFitTheDashboards(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	modules := cached.NPM(ctx, t, "grafana-schema/"+schemaVersionOnNPM+"-"+compilerVersion, "@grafana/schema@"+schemaVersionOnNPM, "typescript@"+compilerVersion)
	compile := func(t *testing.T, change *strings.Replacer) (string, error) {
		dir := t.TempDir()
		if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
			t.Fatal(err)
		}
		write := func(name, content string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		written, err := os.ReadFile("testdata/written.ts")
		if err != nil {
			t.Fatal(err)
		}
		write("written.ts", string(written))
		write("tsconfig.json", compilerOptions)
		for _, d := range Dashboards() {
			content, err := d.JSON()
			if err != nil {
				t.Fatal(err)
			}
			write(d.file+".ts", "import type { Dashboard } from './written';\nexport const dashboard: Dashboard = "+change.Replace(string(content)))
		}
		out, err := exec.CommandContext(ctx, filepath.Join(modules, ".bin", "tsc"), "-p", dir).CombinedOutput()
		return string(out), err
	}
	if out, err := compile(t, strings.NewReplacer()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for right, wrong := range map[string]string{ // a value, a name, one of the plugin's, one of an override
		`"cellHeight": "sm"`:   `"cellHeight": "huge"`,
		`"drawStyle": "line"`:  `"drawStyl": "line"`,
		`"format": 1`:          `"format": 7`,
		`"id": "custom.width"`: `"id": "custom.breadth"`,
	} {
		t.Run("notices "+wrong, func(t *testing.T) {
			if _, err := compile(t, strings.NewReplacer(right, wrong)); err == nil {
				t.Error("it fits all the same")
			}
		})
	}
}
