//go:build faults

package faults

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// TCPProxy stands between earshot and a server, knows nothing of what they say,
// and lets it pass, late, slowly, in pieces, in part or not at all.
type TCPProxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	changed chan struct{} // closed when what is below has changed
	network Network
	conns   map[net.Conn]bool
}

// Network is how a network behaves. The zero value: as it should.
type Network struct {
	Silent  bool          // nothing passes; connections stay
	Latency time.Duration // of each piece
	Slice   int           // pieces have at most so many bytes; 0: any
	Limit   int64         // a connection is reset after so many bytes from the server; 0: never
}

// startTCPProxy starts a proxy to host:port; it ends with the test.
func startTCPProxy(t testing.TB, target string) *TCPProxy {
	t.Helper()
	listener, err := net.Listen("tcp", freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	p := &TCPProxy{listener: listener, target: target, changed: make(chan struct{}), conns: map[net.Conn]bool{}}
	go p.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		p.Set(Network{})
		p.Cut()
	})
	return p
}

// Addr is where the proxy listens.
func (p *TCPProxy) Addr() string { return p.listener.Addr().String() }

// Set changes the network from now on, for connections that there are and others.
func (p *TCPProxy) Set(n Network) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.network = n
	close(p.changed)
	p.changed = make(chan struct{})
}

// Cut resets every connection.
func (p *TCPProxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		reset(c)
	}
	clear(p.conns)
}

// reset ends a connection as a crash of the other side does.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // that it is closed already is as good
	}
	_ = c.Close()
}

func (p *TCPProxy) accept() {
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		go p.serve(client)
	}
}

// serve connects a client to the server until one of them ends.
func (p *TCPProxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		reset(client)
		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[server] = true, true
	p.mu.Unlock()
	end := func() {
		p.mu.Lock()
		delete(p.conns, client)
		delete(p.conns, server)
		p.mu.Unlock()
		_ = client.Close()
		_ = server.Close()
	}
	var answered int64
	var both sync.WaitGroup
	both.Go(func() { defer end(); p.pass(server, client, func(int) bool { return true }) })
	both.Go(func() {
		defer end()
		p.pass(client, server, func(n int) bool {
			answered += int64(n)
			limit := p.now().Limit
			if limit > 0 && answered > limit {
				reset(client)
				return false
			}
			return true
		})
	})
	both.Wait()
}

func (p *TCPProxy) now() Network {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.network
}

// pass copies from one side to the other while more says so.
func (p *TCPProxy) pass(to io.Writer, from io.Reader, more func(n int) bool) {
	buffer := make([]byte, 32<<10)
	for {
		size := len(buffer)
		if slice := p.now().Slice; slice > 0 {
			size = min(size, slice)
		}
		n, err := from.Read(buffer[:size])
		if n > 0 {
			p.delay()
			if !more(n) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// delay waits as long as the network takes.
func (p *TCPProxy) delay() {
	for {
		p.mu.Lock()
		n, changed := p.network, p.changed
		p.mu.Unlock()
		switch {
		case n.Silent:
			<-changed
		case n.Latency > 0:
			time.Sleep(n.Latency)
			return
		default:
			return
		}
	}
}
