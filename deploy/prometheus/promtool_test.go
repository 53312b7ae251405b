//go:build integration

package prometheus

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// promtool is the one that deploy/get-promtool.sh has built, or $PROMTOOL.
func promtool(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("PROMTOOL"); path != "" {
		return path
	}
	script, err := os.ReadFile("../get-promtool.sh")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^version=(v\S+)`).FindSubmatch(script)
	if version == nil {
		t.Fatal("deploy/get-promtool.sh names no version")
	}
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache")
	}
	path := filepath.Join(cache, "earshot", "promtool", string(version[1]), "promtool")
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("promtool is missing: run make promtool (%v)", err)
	}
	return path
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
