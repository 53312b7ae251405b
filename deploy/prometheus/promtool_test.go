//go:build integration

package prometheus

import (
	"os/exec"
	"path/filepath"
	"testing"

	"earshot/deploy/cached"
)

// promtool is the one that deploy/get-promtool.sh has built, or $PROMTOOL.
func promtool(t *testing.T) string {
	t.Helper()
	return cached.Tool(t, "../get-promtool.sh")
}

func TestRealPromtoolAcceptsTheRules(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), promtool(t), "check", "rules", "--lint=all", "--lint-fatal", "earshot.rules.yml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestRealPromtoolFindsThatAlertsFireWhenTheyMust(t *testing.T) {
	tool := promtool(t)
	files, err := filepath.Glob("*_test.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if out, err := exec.CommandContext(t.Context(), tool, "test", "rules", file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
