package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asEarshot, set in the environment, makes the test binary be earshot: so that
// tests can start it as a process of its own, and kill it.
const asEarshot = "EARSHOT_TEST_AS_EARSHOT"

func TestMain(m *testing.M) {
	if os.Getenv(asEarshot) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// result is what a command line has done.
type result struct {
	code     int
	out, err string
}

// earshot runs one command line in this process, with stdin to read.
func earshot(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	code := run(ctx, args, stdio{in: strings.NewReader(stdin), out: &out, err: &errs})
	return result{code, out.String(), errs.String()}
}

// succeeds fails the test unless the command line ended with 0.
func (r result) succeeds(t *testing.T) result {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	return r
}

// fails fails the test unless the command line ended with code and one line on
// standard error that has all the words.
func (r result) fails(t *testing.T, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", r.code, code, r.out, r.err)
	}
	if !strings.HasPrefix(r.err, "earshot: ") || strings.Count(r.err, "\n") != 1 || !strings.HasSuffix(r.err, "\n") {
		t.Errorf("standard error is not one line of earshot's: %q", r.err)
	}
	for _, w := range words {
		if !strings.Contains(r.err, w) {
			t.Errorf("standard error does not say %q: %s", w, r.err)
		}
	}
}

// file writes a file for the test and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
