package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// silentFor is how long a broker is passed over that has let a request time out.
const silentFor = dialTimeout

// silence remembers which brokers have let a request time out. kafka-go asks for a
// group's coordinator at the first broker that accepts a connection, and one that
// hangs does that, too: its kernel accepts for it.
type silence struct {
	mu    sync.Mutex
	until map[string]time.Time // by address
}

// groupDialer returns a dialer that passes over brokers that hang, if there are
// others.
func (c *Connection) groupDialer() *kafkago.Dialer {
	d := c.dialer()
	if len(c.brokers) == 1 {
		return d
	}
	s := &silence{until: map[string]time.Time{}}
	d.DialFunc = s.dial
	return d
}

func (s *silence) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.lasts(address) {
		return nil, fmt.Errorf("%s has let a request time out within the last %s", address, silentFor)
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &heardConn{Conn: conn, address: address, silence: s}, nil
}

func (s *silence) lasts(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.until[address])
}

func (s *silence) begin(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until[address] = time.Now().Add(silentFor)
}

// heardConn is a connection whose reads tell when the broker is silent.
type heardConn struct {
	net.Conn
	address string
	silence *silence
}

func (c *heardConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.silence.begin(c.address)
	}
	return n, err
}
