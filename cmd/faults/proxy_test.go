//go:build faults

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy stands between earshot and ClickHouse's HTTP, and breaks what passes as
// it is told to. Statements that read, such as the dashboard's, pass unbroken.
type Proxy struct {
	addr string
	next *httputil.ReverseProxy

	mu     sync.Mutex
	server *http.Server // nil while the listener is closed
	toxic  *Toxic       // nil: everything passes
}

// Toxic is what is done to writes: to inserts and to whatever else changes data.
type Toxic struct {
	// Break does something to a write, and is told how to let it pass. It runs in
	// the goroutine of the request.
	Break func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc)
	// Times is how many writes are broken before all pass again; 0: all, until
	// something else is asked for.
	Times int

	met  atomic.Int64
	done chan struct{} // closed when Times were broken
	once sync.Once
}

// startProxy starts a proxy in front of a server; it ends with the test.
func startProxy(t *testing.T, server string) *Proxy {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{addr: freeAddress(t)}
	p.next = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		// Connections of its own, so that a server that was killed and started
		// again is not asked on a dead one.
		Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {
			panic(http.ErrAbortHandler) // the client is to see what the server did: nothing
		},
	}
	p.Open(t)
	t.Cleanup(p.Close)
	return p
}

// URL is where the proxy listens.
func (p *Proxy) URL() string { return "http://" + p.addr }

// Open lets the proxy listen.
func (p *Proxy) Open(t *testing.T) {
	t.Helper()
	var listener net.Listener
	// Another program on the machine may be sitting on the port for a moment.
	await(t, patience, "the proxy's port", func() (err error) {
		listener, err = net.Listen("tcp", p.addr)
		return err
	})
	server := &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
	p.mu.Lock()
	p.server = server
	p.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // until Close
}

// Close cuts every connection and refuses new ones.
func (p *Proxy) Close() {
	p.mu.Lock()
	server := p.server
	p.server = nil
	p.mu.Unlock()
	if server != nil {
		_ = server.Close()
	}
}

// Set breaks writes from now on; nil lets everything pass.
func (p *Proxy) Set(toxic *Toxic) {
	if toxic != nil {
		toxic.done = make(chan struct{})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.toxic = toxic
}

// AwaitMet waits until as many writes were broken as was asked for.
func (x *Toxic) AwaitMet(t *testing.T) {
	t.Helper()
	select {
	case <-x.done:
	case <-time.After(patience):
		t.Fatalf("only %d of %d writes came to be broken", x.met.Load(), x.Times)
	}
}

// Met is how many writes were broken.
func (x *Toxic) Met() int { return int(x.met.Load()) }

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	toxic := p.toxic
	p.mu.Unlock()
	if toxic == nil || !isWrite(r) || !toxic.take() {
		p.next.ServeHTTP(w, r)
		return
	}
	defer toxic.broken()
	toxic.Break(w, r, p.next.ServeHTTP)
}

// take tells whether another write is to be broken.
func (x *Toxic) take() bool {
	n := x.met.Add(1)
	if x.Times > 0 && n > int64(x.Times) {
		x.met.Add(-1)
		return false
	}
	return true
}

// broken is called when a write was broken.
func (x *Toxic) broken() {
	if x.Times > 0 && x.met.Load() >= int64(x.Times) {
		x.once.Do(func() { close(x.done) })
	}
}

// isWrite tells whether a statement changes data. What the driver sends has the
// statement in the URL where the body holds an insert's rows, else in the body.
func isWrite(r *http.Request) bool {
	statement := r.URL.Query().Get("query")
	if statement == "" && r.Body != nil {
		head := make([]byte, 64)
		n, err := io.ReadFull(r.Body, head)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return false
		}
		statement = string(head[:n])
		r.Body = rejoined{io.MultiReader(bytes.NewReader(head[:n]), r.Body), r.Body}
	}
	word, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(statement)), " ")
	return word == "INSERT" || word == "OPTIMIZE"
}

// rejoined is a body whose beginning was read.
type rejoined struct {
	io.Reader
	io.Closer
}

// drop ends the client's connection without a word.
func drop(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// delayed lets writes pass after a while, as a server under load would.
func delayed(d time.Duration) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
		pass(w, r)
	}
}

// applied lets the server do it, and then cuts the connection instead of handing
// the answer on.
func applied(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
	pass(&answer{}, detached(r))
	drop(w)
}

// unanswered lets the server do it, and then says nothing for as long as the client
// cares to wait.
func unanswered(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
	pass(&answer{}, detached(r))
	<-r.Context().Done()
	drop(w)
}

// detached is r without its end: the server goes on where the client has gone.
func detached(r *http.Request) *http.Request {
	return r.WithContext(context.WithoutCancel(r.Context()))
}

// refusedHalfway cuts the connection in the middle of what the client sends, and
// the server sees the cut too.
func refusedHalfway(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		drop(w)
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), failing{}))
	r.ContentLength = int64(len(body))
	defer drop(w)
	defer func() { _ = recover() }() // the proxy's own word for the cut
	pass(&answer{}, r)
}

// failing is a body that breaks.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("cut by the fault suite") }

// asked adds settings to the statement, so that the engine itself fails.
func asked(settings ...string) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
		query := r.URL.Query()
		for i := 0; i < len(settings); i += 2 {
			query.Set(settings[i], settings[i+1])
		}
		r.URL.RawQuery = query.Encode()
		pass(w, r)
	}
}

// excepted answers with an exception of ClickHouse's that the engine can't be made
// to raise here.
func excepted(code int, text string) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body) // a client that is gone needs no answer
		w.Header().Set("X-ClickHouse-Exception-Code", fmt.Sprint(code))
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "Code: %d. DB::Exception: %s\n", code, text)
	}
}

// garbled lets the server do it and hands on an answer that goes wrong half-way:
// its length is a lie, or its bytes are another protocol's.
func garbled(how int) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, r *http.Request, pass http.HandlerFunc) {
		pass(&answer{}, detached(r))
		raw := []string{
			"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of an ans",                        // cut
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\nhalf of a chunk",          // cut
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a length\r\n0\r\n\r\n", // garbage
			"HTTP/1.1 20", // half a status line
			"\x15\x03\x01\x00\x02\x02\x28\x00\x00\xff\xfe garbage",                                                        // not HTTP
			"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n<html>a proxy's own</html>", // somebody else
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-ClickHouse-Exception-Code: 241\r\n\r\n",                            // an exception under a good status
		}[how%7]
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			drop(w)
		}
		_, _ = io.WriteString(conn, raw) // a client that is gone needs no answer
		_ = conn.Close()
	}
}

// answer keeps what a server said.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
