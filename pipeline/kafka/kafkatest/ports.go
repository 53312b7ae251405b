package kafkatest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The ports of a cluster are written down before it starts, and a node comes
// back to its own after it was killed. So they are taken from below those that
// the system gives to outgoing connections (32768 on Linux), where a client's
// retry could sit on them meanwhile.
const lowestPort, highestPort = 15000, 31999

// freePorts returns n ports of loopback on which nothing listens.
func freePorts(n int) (ports []int, err error) {
	var held []net.Listener // until all are found, so that they differ
	defer func() {
		for _, ln := range held {
			err = errors.Join(err, ln.Close())
		}
	}()
	for range 100 * n {
		if len(ports) == n {
			return ports, nil
		}
		port := lowestPort + rand.IntN(highestPort-lowestPort+1)
		ln, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if err != nil {
			continue // taken
		}
		held = append(held, ln)
		ports = append(ports, port)
	}
	return nil, fmt.Errorf("no %d free ports between %d and %d", n, lowestPort, highestPort)
}
