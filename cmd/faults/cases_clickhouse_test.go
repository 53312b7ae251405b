//go:build faults

package faults

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// flowRate is how many messages a second a case publishes while it breaks things.
const flowRate = 12

// breaking does something to a write on its way to ClickHouse.
type breaking = func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc)

func clickhouseCases() []Case {
	always := func(b breaking) func(int) breaking { return func(int) breaking { return b } }
	// What waits meanwhile is to be worked off as it would be: in batches that are
	// not as small as those of other cases.
	large := func(c Case) Case {
		c.Rig.Pipeline = map[string]string{"batch_records": "500"}
		return c
	}
	return []Case{
		large(Case{Name: "ClickHouse refused", What: "ClickHouse refuses connections, once for 60 s and five times for 2 s", Run: refuse}),
		{Name: "ClickHouse killed", What: "ClickHouse is killed in the middle of an insert, and started again", Run: killClickHouse},
		writes("ClickHouse applied", "an insert is applied, and the connection ends without an answer", 12, 1, always(applied)),
		large(writes("ClickHouse unanswered", "an insert is applied, and the answer never comes", 2, 1, always(unanswered))),
		writes("ClickHouse cut", "the connection breaks in the middle of an insert, once or thrice in a row", 6, 2, always(refusedHalfway)),
		writes("ClickHouse garbled", "an insert is applied, and its answer goes wrong half-way", 14, 1, garbled),
		large(writes("ClickHouse slow", "an insert takes 5 s", 2, 3, always(delayed(5*time.Second)))),
		writes("ClickHouse memory", "the engine refuses an insert: memory limit", 4, 2, always(asked("max_memory_usage", "100000"))),
		writes("ClickHouse disk", "the engine refuses an insert: not enough space", 4, 2, always(asked("min_free_disk_bytes_to_perform_insert", "1000000000000000"))),
		writes("ClickHouse read only table", "an insert meets a table that is read-only (a made-up answer)", 3, 2, always(excepted(242, "Table is in readonly mode (TABLE_IS_READ_ONLY)"))),
		{Name: "ClickHouse read only user", What: "the engine refuses an insert: the user may only read; earshot ends, and is started again", Run: readOnlyUser},
		{Name: "ClickHouse parts", What: "the engine refuses inserts: too many parts", Run: tooManyParts},
		{Name: "ClickHouse network", What: "the network to ClickHouse is silent, slow, in pieces, or resets connections", Run: badNetwork},
	}
}

// writes is a case that breaks so many writes in a row, again and again.
func writes(name, what string, times, row int, how func(i int) breaking) Case {
	return Case{Name: name, What: what, Run: func(t *testing.T, r *Rig) {
		proxy := r.proxied(t)
		e := r.Start(t)
		e.AwaitJoined(t)
		stop := r.Stream.Flow(t, flowRate)
		for i := range times {
			r.breakWrites(t, proxy, &Toxic{Times: row, Break: how(i)})
			r.Recovered(t, time.Now())
		}
		stop()
		r.AwaitCommitted(t)
		e.mustRun(t)
	}}
}

// proxied puts a proxy between the next earshot and ClickHouse.
func (r *Rig) proxied(t *testing.T) *Proxy {
	t.Helper()
	proxy := startProxy(t, r.ClickHouse.URL())
	r.ClickHouseURL = proxy.URL()
	return proxy
}

// breakWrites breaks as many writes as x says.
func (r *Rig) breakWrites(t *testing.T, proxy *Proxy, x *Toxic) {
	t.Helper()
	proxy.Set(x)
	x.AwaitMet(t)
	proxy.Set(nil)
	for range x.Met() {
		r.Injected()
	}
}

// mustRun fails the test if the process has ended: whatever was done to it passes by
// itself, and is no reason to.
func (e *Earshot) mustRun(t *testing.T) {
	t.Helper()
	if !e.Running() {
		t.Errorf("earshot has ended:\n%s", lastLines(e.Log(), 20))
	}
}

func refuse(t *testing.T, r *Rig) {
	proxy := r.proxied(t)
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for _, away := range []time.Duration{2, 2, 60, 2, 2, 2} {
		proxy.Close()
		r.Injected()
		time.Sleep(away * time.Second)
		proxy.Open(t)
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

func killClickHouse(t *testing.T, r *Rig) {
	// A server of its own beside the shared Kafka.
	dir := filepath.Join(t.TempDir(), "clickhouse")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	server := startClickHouse(t, dir)
	r.Env = &Env{Kafka: r.Kafka, ClickHouse: server}
	proxy := r.proxied(t)
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for _, how := range []breaking{
		killedHalfway(server), killedAfter(server, 0), killedAfter(server, time.Millisecond), killedAfter(server, 3*time.Millisecond),
		killedAfter(server, 5*time.Millisecond), killedAfter(server, 10*time.Millisecond), killedAfter(server, 20*time.Millisecond), killedHalfway(server),
	} {
		r.breakWrites(t, proxy, &Toxic{Times: 1, Break: how})
		server.Start(t)
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

// killedHalfway kills the server when it has half of what the client sends.
func killedHalfway(server *Server) breaking {
	return func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			drop(w)
		}
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), killing{server}))
		r.ContentLength = int64(len(body))
		pass(w, r)
	}
}

// killing is a body whose rest kills the server.
type killing struct{ server *Server }

func (k killing) Read([]byte) (int, error) {
	k.server.Kill()
	return 0, io.ErrUnexpectedEOF
}

// killedAfter kills the server a while after it has got everything.
func killedAfter(server *Server, d time.Duration) breaking {
	return func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			drop(w)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		timer := time.AfterFunc(d, server.Kill)
		defer timer.Stop()
		pass(w, r)
		<-server.Gone() // also where it was quicker than its end
	}
}

// readOnlyUser has the engine refuse everything that changes data, as a settings
// profile that somebody has tightened would. That is for an operator to mend, so
// earshot ends; what supervises it starts it again.
func readOnlyUser(t *testing.T, r *Rig) {
	proxy := r.proxied(t)
	stop := r.Stream.Flow(t, flowRate)
	for range 5 {
		e := r.Start(t)
		e.AwaitJoined(t)
		proxy.Set(&Toxic{Break: asked("readonly", "1")})
		r.Injected()
		e.AwaitGone(t)
		if code := e.cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("earshot has ended with code %d:\n%s", code, lastLines(e.Log(), 5))
		}
		proxy.Set(nil)
		since := time.Now()
		e = r.Start(t)
		r.Recovered(t, since)
		if code := e.Terminate(t); code != 0 {
			t.Errorf("earshot has stopped with code %d:\n%s", code, lastLines(e.Log(), 5))
		}
	}
	e := r.Start(t)
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

// tooManyParts lowers the number of parts that the tables may have below what they
// have.
func tooManyParts(t *testing.T, r *Rig) {
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	r.AwaitCommitted(t)
	for i := range 6 {
		tried := e.times(`"trying again"`, "TOO_MANY_PARTS")
		table := []string{"feedback_store", "hourly_items"}[i%2]
		r.ClickHouse.Exec(t, r.Database, "ALTER TABLE "+table+" MODIFY SETTING parts_to_throw_insert = 1, parts_to_delay_insert = 1")
		r.Injected()
		e.awaitSaid(t, tried+1, `"trying again"`, "TOO_MANY_PARTS")
		r.ClickHouse.Exec(t, r.Database, "ALTER TABLE "+table+" RESET SETTING parts_to_throw_insert, parts_to_delay_insert")
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

func badNetwork(t *testing.T, r *Rig) {
	proxy := startTCPProxy(t, r.ClickHouse.addr)
	r.ClickHouseURL = "http://" + proxy.Addr()
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for i := range 12 {
		r.Injected()
		switch i % 4 {
		case 0:
			proxy.Set(Network{Silent: true})
			time.Sleep(6 * time.Second)
		case 1:
			proxy.Set(Network{Latency: 50 * time.Millisecond, Slice: 100})
			time.Sleep(6 * time.Second)
		case 2:
			proxy.Set(Network{Limit: 150}) // less than an answer has
			time.Sleep(4 * time.Second)
		case 3:
			for range 10 {
				proxy.Cut()
				time.Sleep(100 * time.Millisecond)
			}
		}
		proxy.Set(Network{})
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

// times is how many lines of the process's log hold all the words.
func (e *Earshot) times(words ...string) int {
	n := 0
	for line := range strings.Lines(e.Log()) {
		all := true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			n++
		}
	}
	return n
}

// awaitSaid waits until n lines of the process's log hold all the words.
func (e *Earshot) awaitSaid(t *testing.T, n int, words ...string) {
	t.Helper()
	await(t, patience, fmt.Sprintf("%d lines with %q", n, words), func() error {
		if !e.Running() {
			return fatal{fmt.Errorf("it has ended:\n%s", lastLines(e.Log(), 20))}
		}
		if got := e.times(words...); got < n {
			return fmt.Errorf("there are %d:\n%s", got, lastLines(e.Log(), 5))
		}
		return nil
	})
}
