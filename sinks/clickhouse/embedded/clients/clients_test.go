//go:build integration

// Package clients checks the embedded ClickHouse with clients that are not
// written in Go. The clients are installed into the user's cache.
package clients

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/deploy/cached"
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
		dir := cached.Dir(t, "clients/python-"+connectVersion, func(dir string) error {
			command(t, ctx, "python3", "-m", "venv", dir)
			command(t, ctx, filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check",
				"clickhouse-connect=="+connectVersion, "zstandard", "lz4", "brotli")
			return nil
		})
		command(t, ctx, filepath.Join(dir, "bin", "python"), "check.py", host, port, "ear", "s'ecret&")
	})
	t.Run("JavaScript", func(t *testing.T) {
		modules := cached.NPM(ctx, t, "clients/javascript-"+clientVersion, "@clickhouse/client@"+clientVersion)
		command(t, ctx, "node", "check.mjs", filepath.Dir(modules), "http://"+s.Addr(), "ear", "s'ecret&")
	})
}

func command(t *testing.T, ctx context.Context, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
