package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// ErrAddrInUse says that something else listens on the broker's address.
var ErrAddrInUse = errors.New("address is in use")

// errNotKafka ends a connection whose bytes are no Kafka request.
var errNotKafka = errors.New("not a Kafka request")

// listener hands out connections that let only plausible requests through, and
// knows the address that clients should dial.
type listener struct {
	net.Listener
	advertised advertised
}

// advertised is a host:port that is told to clients.
type advertised string

func (advertised) Network() string  { return "tcp" }
func (a advertised) String() string { return string(a) }

// listen takes addr, a host:port.
func listen(ctx context.Context, addr string) (*listener, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("embedded Kafka: %w: %s; stop what listens there or choose another address", ErrAddrInUse, addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q for Kafka: %w; choose another address", addr, err)
	}
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	if net.ParseIP(host).IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			return nil, errors.Join(fmt.Errorf("naming this machine to Kafka clients: %w", err), ln.Close())
		}
	}
	return &listener{ln, advertised(net.JoinHostPort(host, port))}, nil
}

// Addr is the address that the engine tells clients to dial.
func (l *listener) Addr() net.Addr { return l.advertised }

// Accept waits for the next client.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &guarded{Conn: conn}, nil
}

// guarded passes requests on if their length and kind are Kafka's. The engine
// believes both: a browser that is pointed at the port would make it allocate
// gigabytes ("GET " read as a length), and an unknown kind would make it panic.
type guarded struct {
	net.Conn
	head [6]byte // length of the request, then the first 2 of those bytes
	kept []byte  // of head, not yet read by the engine
	rest int     // bytes of the request after head
}

// Read reads requests whole or not at all; it is called by one goroutine at a
// time.
func (g *guarded) Read(p []byte) (int, error) {
	if len(g.kept) == 0 && g.rest == 0 {
		if err := g.next(); err != nil {
			return 0, err
		}
	}
	if len(g.kept) > 0 {
		n := copy(p, g.kept)
		g.kept = g.kept[n:]
		return n, nil
	}
	n, err := g.Conn.Read(p[:min(len(p), g.rest)])
	g.rest -= n
	return n, err
}

// next reads the beginning of the next request.
func (g *guarded) next() error {
	if _, err := io.ReadFull(g.Conn, g.head[:]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(g.head[:])
	kind := int16(binary.BigEndian.Uint16(g.head[4:]))
	// 8 bytes are the kind, its version and the request's number.
	if length < 8 || length > maxRequestBytes || kmsg.RequestForKey(kind) == nil {
		return errNotKafka
	}
	g.kept, g.rest = g.head[:], int(length)-2
	return nil
}
