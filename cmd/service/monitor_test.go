package service

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"earshot/cmd/config"
	"earshot/pipeline"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/embedded"
)

func TestABrokerThatHangsIsLoggedOnce(t *testing.T) {
	hanging, err := net.Listen("tcp", "127.0.0.1:0") // the system connects, nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hanging.Close() }()
	conn, err := kafka.NewConnection([]string{hanging.Addr().String()}, kafka.TLS{}, kafka.SASL{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		stopped bool
		lines   int
	}{
		{"while earshot runs", false, 1},
		{"while earshot stops", true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(slog.NewTextHandler(&out, nil))
			m := newMonitor(conn, nil, &config.Config{}, log, prometheus.NewRegistry())
			defer func() { _ = m.close() }()
			m.timeout = 20 * time.Millisecond
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if tt.stopped {
				stop()
			}
			for range 2 {
				m.readLag(ctx)
			}
			if got := strings.Count(out.String(), "reading lag from the broker"); got != tt.lines || m.state().err == nil {
				t.Errorf("%d lines and the error %v, want %d and one:\n%s", got, m.state().err, tt.lines, &out)
			}
		})
	}
}

// newStore starts the engine, of which there is one a process, and migrates a database.
func newStore(t *testing.T) *clickhouse.Store {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(context.Background()) })
	store, err := clickhouse.Open(clickhouse.Options{URL: "http://" + server.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestOpenDeadLettersAreMeasuredByReason(t *testing.T) {
	store := newStore(t)
	conn, err := kafka.NewConnection([]string{"127.0.0.1:1"}, kafka.TLS{}, kafka.SASL{})
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	m := newMonitor(conn, store, &config.Config{}, slog.New(slog.DiscardHandler), registry)
	defer func() { _ = m.close() }()
	open := func() string {
		m.readStore(t.Context())
		recorded := httptest.NewRecorder()
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(recorded, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		var lines []string
		for line := range strings.Lines(recorded.Body.String()) {
			if strings.HasPrefix(line, "earshot_dead_letters_open") {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "")
	}
	if got := open(); got != "" {
		t.Errorf("with none open:\n%s", got)
	}
	var items []*pipeline.Item
	for i, reason := range []pipeline.Reason{pipeline.ReasonMissingID, pipeline.ReasonTombstone, pipeline.ReasonMissingID} {
		items = append(items, &pipeline.Item{
			Record: pipeline.Record{Topic: "t", Offset: int64(i), Time: time.UnixMilli(1)}, Rejection: pipeline.Rejectf(reason, "wrong"),
		})
	}
	if err := store.DeadLetterWriter("v1").Reject(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	if got := open(); got != "earshot_dead_letters_open{reason=\"missing_id\"} 2\nearshot_dead_letters_open{reason=\"tombstone\"} 1\n" {
		t.Errorf("with three open:\n%s", got)
	}
	if _, err := store.DiscardDeadLetters(t.Context(), pipeline.ReasonTombstone, "v1"); err != nil {
		t.Fatal(err)
	}
	if got := open(); got != "earshot_dead_letters_open{reason=\"missing_id\"} 2\n" {
		t.Errorf("with two open:\n%s", got)
	}
}
