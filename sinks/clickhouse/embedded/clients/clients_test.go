//go:build integration

// Package clients checks the embedded ClickHouse with clients that are not
// written in Go. The clients are installed into the user's cache.
package clients

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/sinks/clickhouse/embedded"
)

const (
	connectVersion = "1.12.0" // of Python's clickhouse-connect
	clientVersion  = "1.23.1" // of JavaScript's @clickhouse/client
)

func TestRealForeignClients(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	s, err := embedded.Start(ctx, embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0", User: "ear", Password: "s'ecret&"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	host, port, _ := strings.Cut(s.Addr(), ":")

	t.Run("Python", func(t *testing.T) {
		dir := installed(t, "python-"+connectVersion, func(dir string) {
			command(t, ctx, "python3", "-m", "venv", dir)
			command(t, ctx, filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check",
				"clickhouse-connect=="+connectVersion, "zstandard", "lz4", "brotli")
		})
		command(t, ctx, filepath.Join(dir, "bin", "python"), "check.py", host, port, "ear", "s'ecret&")
	})
	t.Run("JavaScript", func(t *testing.T) {
		dir := installed(t, "javascript-"+clientVersion, func(dir string) {
			command(t, ctx, "npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir, "@clickhouse/client@"+clientVersion)
		})
		command(t, ctx, "node", "check.mjs", dir, "http://"+s.Addr(), "ear", "s'ecret&")
	})
}

// installed returns the cache's directory of that name. It counts as
// installed only once install has ended well.
func installed(t *testing.T, name string, install func(dir string)) string {
	t.Helper()
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache")
	}
	dir := filepath.Join(cache, "earshot", "clients", name)
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return dir
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	install(dir)
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func command(t *testing.T, ctx context.Context, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
