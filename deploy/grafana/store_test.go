package grafana

import (
	"context"
	"testing"

	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/embedded"
)

// emptyStore starts an engine and migrates its database.
func emptyStore(tb testing.TB) *clickhouse.Store {
	tb.Helper()
	server, err := embedded.Start(tb.Context(), embedded.Options{Dir: tb.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close(context.Background()) })
	store, err := clickhouse.Open(clickhouse.Options{URL: "http://" + server.Addr()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	if _, err := store.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return store
}
