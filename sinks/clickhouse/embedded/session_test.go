package embedded

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestRequestsAreIndependent(t *testing.T) {
	for _, q := range []string{"USE system", "SET max_threads = 1", "CREATE TEMPORARY TABLE leak (x Int8)", "SET param_leak = 'x'"} {
		ask(t, q)
	}
	if got := ask(t, "SELECT currentDatabase()"); got != "default\n" {
		t.Errorf("USE leaks: %q", got)
	}
	if got := ask(t, "SELECT value LIKE '%auto%' FROM system.settings WHERE name = 'max_threads'"); got != "1\n" {
		t.Errorf("SET leaks: %q", got)
	}
	if r := (call{body: "SELECT * FROM leak"}).do(t); r.status != 404 {
		t.Errorf("temporary tables leak: %d %s", r.status, r.body)
	}
	if r := (call{body: "SELECT {leak:String}"}).do(t); r.status == 200 {
		t.Errorf("parameters leak: %s", r.body)
	}
}

func TestSessionsKeepTheirState(t *testing.T) {
	id := "session_id=" + uuid.NewString()
	ask(t, "CREATE TEMPORARY TABLE mine (x Int8)", id)
	ask(t, "INSERT INTO mine VALUES (1),(2)", id)
	ask(t, "SET max_block_size = 1234, max_threads = 1", id)
	ask(t, "USE system", id)
	for _, c := range []struct{ query, params, want string }{
		{"SELECT sum(x) FROM mine", "", "3\n"},
		{"SELECT getSetting('max_block_size'), currentDatabase()", "", "1234\tsystem\n"},
		// What the URL sets ends with the request.
		{"SELECT getSetting('max_block_size'), currentDatabase()", "&max_block_size=99&database=default", "99\tdefault\n"},
		{"SELECT getSetting('max_block_size'), currentDatabase()", "", "1234\tsystem\n"},
		{"SELECT getSetting('max_result_rows')", "&max_result_rows=77", "77\n"},
		{"SELECT getSetting('max_result_rows')", "", "0\n"},
		{"SELECT getSetting('async_insert')", "&async_insert=1", "true\n"},
		{"SELECT getSetting('async_insert')", "", "false\n"},
	} {
		if got := ask(t, c.query, id+c.params); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.query, c.params, got, c.want)
		}
	}
	r := call{method: http.MethodGet, query: id + "&" + urlquery("query", "CREATE TABLE x (a Int8) ENGINE = Memory")}.do(t)
	if r.header.Get("X-ClickHouse-Exception-Code") != "164" {
		t.Errorf("GET in a session: %d %s", r.status, r.body)
	}
	if got := ask(t, "SELECT 1", id); got != "1\n" {
		t.Error("the session is stuck in read-only mode")
	}
	ask(t, "CREATE TEMPORARY TABLE after_get (x Int8)", id)
}

func TestASessionServesOneRequestAtATime(t *testing.T) {
	id := "session_id=" + uuid.NewString()
	mark := "m" + strings.ReplaceAll(uuid.NewString(), "-", "")
	done := make(chan reply, 1)
	queryID := uuid.NewString()
	go func() {
		done <- call{query: id + "&query_id=" + queryID, body: "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3 /* " + mark + " */"}.do(t)
	}()
	awaitQueries(t, mark, 1)
	r := call{query: id, body: "SELECT 1"}.do(t)
	if r.header.Get("X-ClickHouse-Exception-Code") != "373" || !strings.Contains(r.body, "is locked") {
		t.Errorf("%d %s", r.status, r.body)
	}
	ask(t, "KILL QUERY WHERE query_id = '"+queryID+"'")
	<-done
	if got := ask(t, "SELECT 1", id); got != "1\n" {
		t.Errorf("%q", got)
	}
}

func TestSessionsExpire(t *testing.T) {
	id := uuid.NewString()
	ask(t, "CREATE TEMPORARY TABLE mine (x Int8)", "session_timeout=1&session_id="+id)
	for {
		shared.sessions.mu.Lock()
		_, ok := shared.sessions.all[id]
		shared.sessions.mu.Unlock()
		if !ok {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("the session does not end")
		}
		ask(t, "SELECT sleep(0.1)")
	}
	if r := (call{query: "session_check=1&session_id=" + id, body: "SELECT 1"}).do(t); r.status != 404 {
		t.Errorf("%d %s", r.status, r.body)
	}
}
