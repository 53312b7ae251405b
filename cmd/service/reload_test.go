package service

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"earshot/nlp"
)

const (
	firstPack  = "pack: mine\nversion: 1\ndescription: Ours.\ntopics:\n  gizmo:\n    label: Gizmo\n    stage: usage\n    touchpoint: home\n    include: [gizmo]\n    \"yes\": [My gizmo broke.]\n    \"no\": [It broke.]\n"
	brokenPack = "pack: mine\nversion: 2\ntopics: {gizmo: {label: Gizmo, stage: usage, include: [gizmo NEAR]}}\n"
)

// reloading is a reloader over a pack file, and what it logs.
func reloading(t *testing.T) (r *reloader, pack string, said func() string) {
	t.Helper()
	pack = filepath.Join(t.TempDir(), "mine.yaml")
	writePack(t, pack, firstPack)
	subjects := nlp.Subjects{Taxonomy: []string{pack}}
	analyzer, err := nlp.New(nlp.Options{Subjects: subjects})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = analyzer.Close() })
	var log syncBuffer
	r = newReloader(analyzer, subjects, slog.New(slog.NewTextHandler(&log, nil)), prometheus.NewRegistry())
	r.every = 5 * time.Millisecond
	return r, pack, log.String
}

func writePack(t *testing.T, pack, body string) {
	t.Helper()
	next := pack + ".next" // swapped in, as mounted configuration is
	if err := os.WriteFile(next, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, pack); err != nil {
		t.Fatal(err)
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func TestAChangedPackIsReadAndABrokenOneLeavesTheLastGoodOne(t *testing.T) {
	r, pack, said := reloading(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = r.run(ctx) })
	defer running.Wait()
	defer stop()

	writePack(t, pack, strings.Replace(firstPack, "version: 1", "version: 2", 1))
	eventually(t, "the changed pack is not read", func() bool { return r.name() == "mine@2" })
	if testutil.ToFloat64(r.healthy) != 1 {
		t.Error("the metric says that it could not be read")
	}

	writePack(t, pack, brokenPack)
	eventually(t, "nothing says that the pack is broken", func() bool { return testutil.ToFloat64(r.healthy) == 0 })
	if r.name() != "mine@2" || strings.Count(said(), "the last good one stays in use") != 1 || !strings.Contains(said(), "mine.yaml:3:") {
		t.Errorf("%s is in use, and the log says\n%s", r.name(), said())
	}

	if err := os.Remove(pack); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing says that the pack is missing", func() bool { return testutil.ToFloat64(r.loaded.WithLabelValues("failed")) == 2 })

	writePack(t, pack, strings.Replace(firstPack, "version: 1", "version: 3", 1))
	eventually(t, "the mended pack is not read", func() bool { return r.name() == "mine@3" && testutil.ToFloat64(r.healthy) == 1 })
}

func TestAReloadReachesEveryAnalyzer(t *testing.T) {
	r, _, _ := reloading(t)
	var told []string
	r.also(func(s nlp.Subjects) error { told = append(told, s.Taxonomy...); return nil })
	if err := r.reload(&nlp.Subjects{Taxonomy: []string{"core"}}); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0] != "core" || !strings.HasPrefix(r.name(), "core@") || r.now().Taxonomy[0] != "core" {
		t.Errorf("told %q, %s is in use", told, r.name())
	}
}
