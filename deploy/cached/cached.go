// Package cached keeps what tests install, outside the clone and by its version.
package cached

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Dir returns the directory of that name in the user's cache. What it holds counts as
// installed only once install has ended well; what a failed one left is removed before the
// next.
func Dir(t testing.TB, name string, install func(dir string) error) string {
	t.Helper()
	dir, err := ensure(name, install)
	if err != nil {
		t.Fatalf("installing %s: %v", name, err)
	}
	return dir
}

// NPM returns the folder of modules with these packages, each with its version, in the
// directory of that name.
func NPM(ctx context.Context, t testing.TB, name string, packages ...string) string {
	t.Helper()
	dir := Dir(t, name, func(dir string) error {
		args := append([]string{"install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir}, packages...)
		out, err := exec.CommandContext(ctx, "npm", args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("npm: %w\n%s", err, out)
		}
		return nil
	})
	return filepath.Join(dir, "node_modules")
}

func ensure(name string, install func(dir string) error) (string, error) {
	cache, err := root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, filepath.FromSlash(name))
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := install(dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(done, nil, 0o644)
}
