package service

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/cmd/config"
	"earshot/pipeline/kafka"
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
