package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Options says where the engine lives and who may talk to it.
type Options struct {
	// Dir is the data directory. It is created if it is missing.
	Dir string
	// Addr is the TCP address to listen on; "127.0.0.1:0" picks a port.
	Addr string
	// Library is the path of the engine library; "" means FindLibrary.
	Library string
	// User is whom clients log in as; "" means "default".
	User string
	// Password is what clients must know; "" means that none is asked.
	Password string
	// MaxQueries is how many queries run at a time; more wait. 0 means 32.
	MaxQueries int
	// Logger gets what goes wrong outside of requests; nil means none.
	Logger *slog.Logger
}

// Server is a running engine with its front. Its methods may be called from
// any goroutine.
type Server struct {
	log            *slog.Logger
	lib            *library
	dir            string
	user, password string
	listenName     string // host part of the address that was asked for
	version        string // of the engine, such as 26.5.1.1
	timezone       string

	listener net.Listener
	http     *http.Server
	cancel   context.CancelFunc // of every request
	handlers sync.WaitGroup
	slots    chan struct{}
	lock     *flock.Flock
	control  *control
	sessions *sessions
	running  *running

	closeOnce sync.Once
	closeErr  error
}

const lockFile = "earshot.lock"

// Start opens the data directory and serves it. The errors are one line and
// say what to do: for a library that is missing (they wrap
// ErrLibraryNotFound) or of another version, a directory that cannot be
// written or that another process uses, an address that cannot be listened
// on. ctx bounds the start alone.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	if o.Dir == "" {
		return nil, errors.New("embedded ClickHouse: no data directory given")
	}
	if o.Library == "" {
		if o.Library, err = FindLibrary(); err != nil {
			return nil, err
		}
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("embedded ClickHouse: %w", err)
	}
	s := &Server{
		log: o.Logger, dir: dir, user: o.User, password: o.Password, listenName: hostname(o.Addr),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.user == "" {
		s.user = "default"
	}
	if o.MaxQueries <= 0 {
		o.MaxQueries = 32
	}
	s.slots = make(chan struct{}, o.MaxQueries)
	var undo []func()
	defer func() {
		if err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				undo[i]()
			}
		}
	}()

	if s.lock, err = lockDir(dir); err != nil {
		return nil, err
	}
	undo = append(undo, func() { _ = s.lock.Close() })
	removeSpools(dir)
	if s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr); err != nil {
		return nil, listenError(o.Addr, err)
	}
	undo = append(undo, func() { _ = s.listener.Close() })
	config, err := writeConfig(dir)
	if err != nil {
		return nil, dirError(dir, err)
	}
	if s.lib, err = acquireLibrary(o.Library); err != nil {
		return nil, err
	}
	undo = append(undo, releaseLibrary)
	var first *conn
	keepSignals(func() { first, err = openConn(s.lib, "--path="+dir, "--config-file="+config) })
	if err != nil {
		return nil, fmt.Errorf("ClickHouse cannot open its data directory %s: %w; the engine's own words are on standard error. Data of a newer version, or a damaged directory? Another directory starts afresh", dir, err)
	}
	undo = append(undo, func() { keepSignals(first.close) })
	if err := s.identify(first, o.Library); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	s.control = &control{conn: first}
	s.sessions = newSessions(s.open)
	s.running = newRunning()
	requests, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.http = &http.Server{
		Handler:           s,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       10 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := s.http.Serve(s.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("embedded ClickHouse stopped listening", "error", err)
		}
	}()
	return s, nil
}

// identify checks the engine's version and learns its time zone.
func (s *Server) identify(c *conn, path string) error {
	text, err := c.text("SELECT version() || '\\n' || timezone()")
	if err != nil {
		return fmt.Errorf("the engine in %s does not answer: %w", path, err)
	}
	s.version, s.timezone, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if !strings.HasPrefix(s.version, engineSeries) {
		return fmt.Errorf("%s is ClickHouse %s, but earshot needs %sx (package %s): remove it and %s", path, s.version, engineSeries, EngineVersion, installHint)
	}
	return nil
}

// open makes a connection that no one has used.
func (s *Server) open() (*conn, error) {
	c, err := openConn(s.lib, "--path="+s.dir)
	if err != nil {
		return nil, newException(codeLogicalError, "%v", err)
	}
	return c, nil
}

// Addr returns the address that the server listens on, as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops accepting, waits for running queries until ctx ends, cancels
// those that still run, and closes the engine. It returns an error if queries
// had to be cancelled, or would not end: then the engine stays open.
func (s *Server) Close(ctx context.Context) error {
	s.closeOnce.Do(func() { s.closeErr = s.close(ctx) })
	return s.closeErr
}

// Close waits as long as answerPatience for cancelled queries to tell their
// clients, and then as long as cancelPatience for them to end.
const (
	answerPatience = 2 * time.Second
	cancelPatience = 15 * time.Second
)

func (s *Server) close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("embedded ClickHouse: running queries were cancelled: %w", err)
	}
	s.cancel()
	idle := make(chan struct{})
	go func() { s.handlers.Wait(); close(idle) }()
	select {
	case <-idle:
		// The handlers are done; what they answered is still on its way out.
		flushed, stop := context.WithTimeout(context.WithoutCancel(ctx), answerPatience)
		_ = s.http.Shutdown(flushed)
		stop()
	case <-time.After(answerPatience):
		// A handler may be stuck in writing to a client that does not read.
		_ = s.http.Close()
	}
	select {
	case <-idle:
	case <-time.After(cancelPatience):
		return errors.Join(err, errors.New("embedded ClickHouse: a cancelled query does not end; its data directory stays in use until the process exits"))
	}
	_ = s.http.Close()
	s.sessions.close()
	keepSignals(s.control.close)
	releaseLibrary()
	if lockErr := s.lock.Close(); lockErr != nil {
		err = errors.Join(err, lockErr)
	}
	return err
}

// lockDir creates the directory and makes sure that it is ours alone, before
// the engine touches it.
func lockDir(dir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, dirError(dir, err)
	}
	path := filepath.Join(dir, lockFile)
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, dirError(dir, err)
	}
	if !ok {
		holder := "another process"
		if b, err := os.ReadFile(path); err == nil && len(strings.TrimSpace(string(b))) > 0 {
			holder += " (pid " + strings.TrimSpace(string(b)) + ")"
		}
		return nil, fmt.Errorf("the data directory %s is in use by %s: stop it, or choose another directory", dir, holder)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600); err != nil {
		_ = l.Close()
		return nil, dirError(dir, err)
	}
	return l, nil
}

func dirError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("no space left for the data directory %s: free some, or choose another directory (%w)", dir, err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("the data directory %s cannot be written: give this user the right to, or choose another directory (%w)", dir, err)
	}
	return fmt.Errorf("the data directory %s cannot be used: choose another directory (%w)", dir, err)
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("the ClickHouse address %s is in use by another process: stop it, or choose another port (%w)", addr, err)
	}
	return fmt.Errorf("cannot listen for ClickHouse clients on %s: choose another address (%w)", addr, err)
}
