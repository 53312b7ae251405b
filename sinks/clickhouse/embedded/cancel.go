package embedded

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// tagSetting carries our tag of a request into the engine, where the query is
// found by it: the library gives no way to name a query. It is a setting of
// text that has no effect on any table that the grants allow.
const tagSetting = "stream_like_engine_insert_queue"

// control is the connection for our own statements. It lives as long as the
// server, which keeps the engine open.
type control struct {
	mu   sync.Mutex
	conn *conn
}

func (c *control) text(query string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return "", newException(codeLogicalError, "the engine is closed")
	}
	return c.conn.text(query)
}

func (c *control) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn.close()
	c.conn = nil
}

// killEvery is how often a kill is repeated: the first may come before the
// engine has registered the query.
const killEvery = 50 * time.Millisecond

// cancelWith kills the tagged query in the engine once ctx ends, until stop is
// called. stop returns only when no kill is under way.
func (s *Server) cancelWith(ctx context.Context, tag string) (stop func()) {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		tick := time.NewTicker(killEvery)
		defer tick.Stop()
		for {
			if _, err := s.control.text("KILL QUERY WHERE Settings['" + tagSetting + "'] = " + quoteString(tag) + " ASYNC"); err != nil {
				s.log.Warn("a query cannot be cancelled", "error", err)
			}
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(done); <-ended }
}

// running knows the queries under way by the id that their client gave.
type running struct {
	mu   sync.Mutex
	tags map[string]string
}

func newRunning() *running { return &running{tags: map[string]string{}} }

// add registers a query. Two queries with one id do not run at a time.
func (r *running) add(id string) (tag string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.tags[id]; ok {
		return "", newException(codeQueryWithSameID, "Query with id = %s is already running", id)
	}
	tag = uuid.NewString()
	r.tags[id] = tag
	return tag, nil
}

func (r *running) remove(id string) {
	r.mu.Lock()
	delete(r.tags, id)
	r.mu.Unlock()
}

func (r *running) tag(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tags[id]
}

// rewriteKill puts the engine's ids in the place of the clients' in a KILL
// QUERY statement, and has it act asynchronously: the engine's SYNC waits
// for a query that may be waiting for the same engine.
func (s *Server) rewriteKill(st *statement) string {
	var b strings.Builder
	last := 0
	for _, t := range st.strings {
		tag := s.running.tag(unquoteString(st.text[t.start:t.end]))
		if tag == "" {
			continue
		}
		id, err := s.control.text("SELECT query_id FROM system.processes WHERE Settings['" + tagSetting + "'] = " + quoteString(tag) + " LIMIT 1")
		if err != nil || id == "" {
			continue
		}
		b.WriteString(st.text[last:t.start])
		b.WriteString(quoteString(strings.TrimSpace(id)))
		last = t.end
	}
	b.WriteString(st.text[last:st.end])
	text := b.String()
	l := lexer{s: text}
	for t := l.next(); t.kind != tokenEnd; t = l.next() {
		if t.kind == tokenWord && strings.EqualFold(text[t.start:t.end], "SYNC") {
			return text[:t.start] + "ASYNC" + text[t.end:]
		}
	}
	return text
}
