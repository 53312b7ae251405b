package clickhouse

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/sinks/clickhouse/embedded"
)

const testUser, testPassword = "tester", "s3cret-pässword"

// engine is the ClickHouse that the tests of this binary share.
type engine struct {
	addr      string
	err       error
	databases atomic.Int64
}

var shared engine

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(upgradeChild(dir))
	}
	stop := shared.start()
	m.Run()
	stop()
}

func (e *engine) start() (stop func()) {
	dir, err := os.MkdirTemp("", "earshot-clickhouse-")
	if err != nil {
		e.err = err
		return func() {}
	}
	server, err := embedded.Start(context.Background(), embedded.Options{Dir: dir, Addr: "127.0.0.1:0", User: testUser, Password: testPassword})
	if err != nil {
		e.err = err
		return func() { _ = os.RemoveAll(dir) }
	}
	e.addr = server.Addr()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = server.Close(ctx)
		_ = os.RemoveAll(dir)
	}
}

func testOptions(tb testing.TB) Options {
	tb.Helper()
	if shared.err != nil {
		tb.Fatalf("the embedded ClickHouse did not start: %v", shared.err)
	}
	return Options{
		URL: "http://" + shared.addr, Username: testUser, Password: testPassword,
		Database: fmt.Sprintf("t%d", shared.databases.Add(1)),
	}
}

// openStore returns a store on a database that does not exist yet.
func openStore(tb testing.TB, change ...func(*Options)) *Store {
	tb.Helper()
	o := testOptions(tb)
	for _, f := range change {
		f(&o)
	}
	s, err := Open(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// newStore returns a store on a database of its own with the whole schema.
func newStore(tb testing.TB, change ...func(*Options)) *Store {
	tb.Helper()
	s := openStore(tb, change...)
	if _, err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

func exec(tb testing.TB, s *Store, sql string) {
	tb.Helper()
	if err := s.Exec(tb.Context(), sql); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

// jsonRows runs sql and returns its rows as JSON objects, by a way that shares
// no code with the store.
func jsonRows(tb testing.TB, s *Store, sql string) []map[string]any {
	tb.Helper()
	u := fmt.Sprintf("http://%s/?database=%s&default_format=JSONEachRow&output_format_json_quote_64bit_integers=0&output_format_json_named_tuples_as_objects=1", shared.addr, url.QueryEscape(s.Database()))
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, u, strings.NewReader(sql))
	if err != nil {
		tb.Fatal(err)
	}
	req.SetBasicAuth(testUser, testPassword)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(res.Body)
		tb.Fatalf("%s: HTTP %d: %s", sql, res.StatusCode, body)
	}
	var rows []map[string]any
	for d := json.NewDecoder(res.Body); ; {
		var row map[string]any
		if err := d.Decode(&row); err == io.EOF {
			return rows
		} else if err != nil {
			tb.Fatalf("%s: %v", sql, err)
		}
		rows = append(rows, row)
	}
}

// count returns the number that sql selects.
func count(tb testing.TB, s *Store, sql string) uint64 {
	tb.Helper()
	var n uint64
	if err := s.conn.QueryRow(tb.Context(), sql).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return n
}
