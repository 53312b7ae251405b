package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// awaitQueries waits until as many queries that contain the mark run.
func awaitQueries(t *testing.T, mark string, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	query := "SELECT count() FROM system.processes WHERE query LIKE '%" + mark + "%' AND query NOT LIKE '%system.processes%'"
	for {
		got := ask(t, query)
		if got == fmt.Sprintf("%d\n", want) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s queries with %s run, want %d", strings.TrimSpace(got), mark, want)
		}
	}
}

func TestQueriesEndWithTheirClient(t *testing.T) {
	for name, query := range map[string]string{
		"streamed, no row yet": "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3",
		"streamed, sleeping":   "SELECT sleepEachRow(1) FROM numbers(1000) SETTINGS max_block_size = 1",
		"streamed, many rows":  "SELECT number FROM numbers(1000000000000)",
		"whole":                "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3 FORMAT JSON",
		"INSERT SELECT":        "INSERT INTO FUNCTION null('x UInt64') SELECT number FROM numbers(1000000000000) WHERE number % 7 = 3",
	} {
		t.Run(name, func(t *testing.T) {
			mark := "m" + strings.ReplaceAll(uuid.NewString(), "-", "")
			ctx, cancel := context.WithCancel(t.Context())
			r, err := http.NewRequestWithContext(ctx, "POST", "http://"+shared.Addr()+"/", strings.NewReader(query+" /* "+mark+" */"))
			must(t, err)
			ended := make(chan error, 1)
			go func() {
				res, err := plainTransport.RoundTrip(r)
				if err == nil {
					// The rows are left unread: the server must notice
					// though it is stuck in writing.
					<-ctx.Done()
					res.Body.Close()
				}
				ended <- err
			}()
			awaitQueries(t, mark, 1)
			cancel()
			<-ended
			awaitQueries(t, mark, 0)
		})
	}
}

func TestKillByTheClientsID(t *testing.T) {
	for _, mode := range []string{"", " ASYNC", " SYNC"} {
		id := "it's " + uuid.NewString()
		mark := "m" + strings.ReplaceAll(uuid.NewString(), "-", "")
		done := make(chan reply, 1)
		go func() {
			done <- call{query: urlquery("query_id", id), body: "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3 /* " + mark + " */"}.do(t)
		}()
		awaitQueries(t, mark, 1)
		if r := (call{query: urlquery("query_id", id), body: "SELECT 1"}).do(t); r.header.Get("X-ClickHouse-Exception-Code") != "216" {
			t.Errorf("a second query with the id: %d %s", r.status, r.body)
		}
		if got := ask(t, "KILL QUERY WHERE query_id = "+quoteString(id)+mode+" FORMAT TSV"); !strings.Contains(got, mark) {
			t.Errorf("KILL%s: %q", mode, got)
		}
		if r := <-done; r.header.Get("X-ClickHouse-Exception-Code") != "394" {
			t.Errorf("the killed query: %d %s", r.status, r.body)
		}
	}
}

func TestClickHouseGoCancels(t *testing.T) {
	c := openGo(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	mark := "m" + strings.ReplaceAll(uuid.NewString(), "-", "")
	var n uint64
	err := c.QueryRow(ctx, "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3 /* "+mark+" */").Scan(&n)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	awaitQueries(t, mark, 0)
}

func TestQueriesBeyondTheLimitWait(t *testing.T) {
	n := 2 * cap(shared.slots)
	done := make(chan reply, n)
	for range n {
		go func() { done <- call{body: "SELECT sleep(0.05)"}.do(t) }()
	}
	for range n {
		if r := <-done; r.status != 200 {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
}
