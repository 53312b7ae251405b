package embedded

import (
	"strings"
	"sync"
	"time"
)

// sessions keeps a connection for each session_id, so that temporary tables,
// SET and USE last from one request to the next.
type sessions struct {
	open func() (*conn, error)

	mu  sync.Mutex
	all map[string]*session
}

type session struct {
	busy  bool
	conn  *conn
	timer *time.Timer // closes the session
	db    string      // the database as the last USE wrote it, quoted
	sets  map[string]string
}

const (
	defaultSessionTimeout = 60 * time.Second
	maxSessionTimeout     = time.Hour
)

func newSessions(open func() (*conn, error)) *sessions {
	return &sessions{open: open, all: map[string]*session{}}
}

// acquire takes the session, which one request at a time may use. With check
// it must exist already.
func (s *sessions) acquire(id string, check bool) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.all[id]
	switch {
	case ok && x.busy:
		return nil, newException(codeSessionIsLocked, "Session %s is locked by a concurrent client", id)
	case !ok && check:
		return nil, newException(codeSessionNotFound, "Session %s not found", id)
	case !ok:
		c, err := s.open()
		if err != nil {
			return nil, err
		}
		x = &session{conn: c, db: "default", sets: map[string]string{}}
		s.all[id] = x
	}
	if x.timer != nil {
		x.timer.Stop()
	}
	x.busy = true
	return x, nil
}

// release gives the session back; it ends after timeout without a request.
func (s *sessions) release(id string, x *session, timeout time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.busy = false
	x.timer = time.AfterFunc(timeout, func() { s.expire(id, x) })
}

func (s *sessions) expire(id string, x *session) {
	s.mu.Lock()
	defer s.mu.Unlock() // held over closing: the engine must not be closed before
	if x.busy || s.all[id] != x {
		return
	}
	delete(s.all, id)
	x.conn.close()
}

func (s *sessions) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, x := range s.all {
		if x.timer != nil {
			x.timer.Stop()
		}
		x.conn.close()
		delete(s.all, id)
	}
}

// remember notes what a statement changed for the rest of the session.
func (x *session) remember(st *statement) {
	switch st.kind {
	case statementUse:
		x.db = st.name
	case statementSet:
		for _, a := range st.assignments {
			x.sets[a.name] = a.value
		}
	}
}

// restore takes back what a request set for itself alone.
func (x *session) restore(settings []assignment, database bool) {
	if database {
		_ = x.conn.exec("USE " + x.db)
	}
	var sets []string
	for _, a := range settings {
		value, ok := x.sets[a.name]
		if !ok {
			value, ok = profileValue(a.name)
		}
		if !ok {
			value = "DEFAULT"
		}
		sets = append(sets, a.name+" = "+value)
	}
	if len(sets) > 0 {
		_ = x.conn.exec("SET " + strings.Join(sets, ", "))
	}
}
