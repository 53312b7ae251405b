package clickhouse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"earshot/pipeline"
)

func TestErrorsAreRetriableWhereTheSameCallMayPassLater(t *testing.T) {
	s, err := Open(Options{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	native := func(code int32) error { return &ch.Exception{Code: code, Name: "DB::Exception", Message: "text"} }
	overHTTP := func(status int, code int32) error {
		return fmt.Errorf("sendQuery: %w", &ch.HTTPError{StatusCode: status, Err: native(code)})
	}
	plain := func(status int) error {
		return &ch.HTTPError{StatusCode: status, Err: errors.New(`response body: "<html>"`)}
	}
	for name, tc := range map[string]struct {
		err       error
		retriable bool
		says      string
	}{
		"timeout on the server":  {native(159), true, "code 159"},
		"too many queries":       {native(202), true, ""},
		"network":                {native(210), true, ""},
		"out of memory":          {overHTTP(500, 241), true, "code 241"},
		"table read-only":        {native(242), true, ""},
		"disk full":              {overHTTP(500, 243), true, ""},
		"too many parts":         {native(252), true, ""},
		"unknown status":         {native(319), true, ""},
		"system error":           {native(425), true, ""},
		"keeper":                 {native(999), true, ""},
		"shutting down":          {native(236), true, ""},
		"quota":                  {native(201), true, ""},
		"file not opened":        {native(76), true, ""},
		"file not read":          {native(74), true, ""},
		"memory not allocated":   {native(173), true, ""},
		"not on the disk":        {native(204), true, ""},
		"deadlock":               {native(473), true, ""},
		"a library's exception":  {overHTTP(500, 1000), true, "code 1000"},
		"C++'s own exception":    {overHTTP(500, 1001), true, "code 1001"},
		"unknown table":          {overHTTP(404, 60), false, "earshot migrate"},
		"unknown database":       {native(81), false, "clickhouse.database"},
		"no such column":         {native(16), false, "earshot migrate"},
		"type mismatch":          {native(53), false, "earshot check"},
		"readonly user":          {overHTTP(500, 164), false, "readonly"},
		"wrong password":         {overHTTP(403, 516), false, "clickhouse.username"},
		"no grant":               {overHTTP(403, 497), false, "grant"},
		"syntax error":           {native(62), false, "code 62"},
		"gateway":                {plain(502), true, "HTTP status 502"},
		"too many requests":      {plain(429), true, ""},
		"not found":              {plain(404), false, "is this a ClickHouse"},
		"forbidden by a proxy":   {plain(403), false, "clickhouse.password_file"},
		"refused":                {&url.Error{Op: "Post", URL: "http://u:p@h/?q", Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}, true, "refused"},
		"reset":                  {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true, ""},
		"end of file":            {fmt.Errorf("read: %w", io.EOF), true, ""},
		"cut off":                {io.ErrUnexpectedEOF, true, ""},
		"timeout of a read":      {&net.OpError{Op: "read", Err: context.DeadlineExceeded}, true, ""},
		"no free connection":     {ch.ErrAcquireConnTimeout, true, ""},
		"native on HTTP":         {errors.New("[handshake] unexpected packet [72] from server"), false, ""},
		"something of the codec": {errors.New("unsupported column type"), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.classify(t.Context(), "insert", tc.err)
			if pipeline.IsRetriable(got) != tc.retriable {
				t.Errorf("retriable is %v, want %v: %v", !tc.retriable, tc.retriable, got)
			}
			if text := got.Error(); !strings.Contains(text, tc.says) || strings.Contains(text, "\n") || strings.Contains(text, "u:p@") {
				t.Errorf("error %q lacks %q, or shows too much", text, tc.says)
			}
		})
	}
	if s.classify(t.Context(), "insert", nil) != nil {
		t.Error("no error became one")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.classify(gone, "insert", io.EOF); !errors.Is(err, context.Canceled) || pipeline.IsRetriable(err) {
		t.Errorf("after the caller's end: %v", err)
	}
}

func TestAServerThatRefusesTheClientsTLSIsNotTriedForEver(t *testing.T) {
	for name, tc := range map[string]struct {
		server    *tls.Config
		retriable bool
		says      string
	}{
		"no certificate of the client": {&tls.Config{ClientAuth: tls.RequireAnyClientCert}, false, "handshake failure"},
		"an old version of TLS":        {&tls.Config{MinVersion: tls.VersionTLS13}, false, "protocol version"},
		"an error of its own": {&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return nil, errors.New("overloaded")
		}}, true, "internal error"},
	} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // that the handshake fails is what is tested
		server.TLS = tc.server
		server.StartTLS()
		t.Cleanup(server.Close)
		for _, scheme := range []string{"https", "clickhouses"} {
			t.Run(name+" over "+scheme, func(t *testing.T) {
				s, err := Open(Options{
					URL: scheme + "://" + server.Listener.Addr().String(),
					TLS: &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}, // later versions tell after the handshake
				})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = s.Close() }()
				err = s.Ping(t.Context())
				if err == nil || pipeline.IsRetriable(err) != tc.retriable || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("got %v, retriable: %v; want %q, %v", err, pipeline.IsRetriable(err), tc.says, tc.retriable)
				}
			})
		}
	}
}

func TestErrorsOfARealServer(t *testing.T) {
	item := typicalItems(1, 1)
	for name, tc := range map[string]struct {
		store func(*testing.T) *Store
		code  int32
		says  string
	}{
		"missing database": {func(t *testing.T) *Store { return openStore(t) }, codeUnknownDatabase, "earshot migrate"},
		"missing table": {func(t *testing.T) *Store {
			s := newStore(t)
			exec(t, s, "DROP TABLE feedback_store")
			return s
		}, codeUnknownTable, "earshot migrate"},
		"missing column": {func(t *testing.T) *Store {
			s := newStore(t)
			exec(t, s, "ALTER TABLE feedback_store DROP COLUMN title")
			return s
		}, 16, "earshot migrate"},
		"wrong password": {func(t *testing.T) *Store {
			return openStore(t, func(o *Options) { o.Password = "wr0ng" })
		}, codeAuthentication, "clickhouse.username"},
	} {
		t.Run(name, func(t *testing.T) {
			s := tc.store(t)
			err := s.Writer().Write(t.Context(), item)
			var e *Exception
			if !errors.As(err, &e) || e.Code != tc.code || pipeline.IsRetriable(err) {
				t.Fatalf("error %v, want a permanent one of code %d", err, tc.code)
			}
			if text := err.Error(); !strings.Contains(text, tc.says) || strings.Contains(text, testPassword) || strings.Contains(text, "wr0ng") || strings.Contains(text, "\n") {
				t.Errorf("error %q lacks %q, or shows too much", text, tc.says)
			}
			if item[0].Rejection != nil {
				t.Errorf("the item was blamed: %v", item[0].Rejection)
			}
		})
	}
}

// front stands before the engine and answers instead of it where answer does.
func front(t *testing.T, answer func(w http.ResponseWriter, r *http.Request) bool) *Store {
	t.Helper()
	o := testOptions(t)
	target, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer(w, r) {
			return
		}
		r.URL.Scheme, r.URL.Host, r.RequestURI = target.Scheme, target.Host, ""
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer func() { _ = res.Body.Close() }()
		for name, values := range res.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	t.Cleanup(server.Close)
	o.URL = server.URL
	o.WriteTimeout = 200 * time.Millisecond
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func isInsert(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Query().Get("query"), "INSERT INTO feedback_store")
}

// raw answers with bytes and hangs up.
func raw(answer string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}
}

func TestAnInsertThatIsNotAcknowledgedIsAnErrorToTryAgain(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"overloaded": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"hangs up": func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		},
		"says nothing": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"cuts its answer":      raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of an ans"),
		"cuts a chunk":         raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\nhalf of a chunk"),
		"cuts its status line": raw("HTTP/1.1 20"),
		"garbles a chunk":      raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a length\r\n0\r\n\r\n"),
		"garbles its status":   raw("HTTP/1.1 OK 200 what\r\n\r\n"),
		"answers with garbage": raw("\x15\x03\x01\x00\x02\x02\x28\x00\x00\xff\xfe"),
		"fails after its headers": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "\r\n__exception__\r\nabcdefghijklmnop\r\nCode: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)\n95 abcdefghijklmnop\r\n__exception__\r\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := front(t, func(w http.ResponseWriter, r *http.Request) bool {
				if isInsert(r) {
					answer(w, r)
					return true
				}
				return false
			})
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			err := s.Writer().Write(t.Context(), typicalItems(3, 0))
			if !pipeline.IsRetriable(err) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "INSERT") {
				t.Errorf("error %v, want one line to try again", err)
			}
		})
	}
}

func TestEveryInsertAsksToBeAnsweredWhenStored(t *testing.T) {
	seen := 0
	s := front(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if isInsert(r) {
			seen++
			q := r.URL.Query()
			if q.Get("async_insert") != "0" || q.Get("wait_end_of_query") != "1" {
				t.Errorf("async_insert=%q wait_end_of_query=%q, want 0 and 1", q.Get("async_insert"), q.Get("wait_end_of_query"))
			}
		}
		return false
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.options.WriteTimeout = time.Minute
	write(t, s, typicalItems(5000, 2)...)
	if seen != 1 {
		t.Errorf("%d inserts for one batch, want 1", seen)
	}
}
