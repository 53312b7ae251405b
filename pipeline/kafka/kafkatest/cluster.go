// Package kafkatest starts Apache Kafka itself, in KRaft mode, for tests that
// must not take an imitation's word for it.
//
// The jars are fetched once by deploy/get-kafka.sh (`make kafka`). Each cluster
// listens on loopback, keeps its data below the test's temporary directory and
// ends with the test, or with the process of the test.
package kafkatest

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Security is how a cluster's listener for clients is protected.
type Security int

const (
	Plaintext Security = iota
	// SASLSSL is TLS with a certificate of the cluster's own authority, and
	// a user and password by SCRAM-SHA-512.
	SASLSSL
)

// ClusterOptions says what cluster to start.
type ClusterOptions struct {
	Nodes int // 1, which 0 means too, or 3; with 3, topics have 3 replicas, 2 of them in sync

	Security       Security
	User, Password string // of SASLSSL

	Properties map[string]string // of the brokers, instead of the rig's own

	// Between puts something between clients and a further, plaintext listener of
	// each node: it is told where the node is going to listen and returns the
	// host:port that clients shall dial instead. See Between.
	Between func(number int, listens string) (dial string)
}

// Cluster is a running cluster. Its methods fail the test instead of returning
// errors, so they may be called from the test's own goroutine only.
type Cluster struct {
	tb       testing.TB
	options  ClusterOptions
	nodes    []*node // node i has the number i+1
	caFile   string  // "" without TLS
	internal []string
	clients  []string
	between  []string
}

const (
	startTimeout = 2 * time.Minute // of a machine that has much else to do
	callTimeout  = 30 * time.Second
	attempts     = 3 // at starting a cluster, when its ports are taken meanwhile
)

// StartCluster starts a cluster and returns when it answers. It fails the test
// where the jars or Java are missing: a test of the real thing that is skipped
// in silence proves nothing.
func StartCluster(tb testing.TB, o ClusterOptions) *Cluster {
	tb.Helper()
	if o.Nodes == 0 {
		o.Nodes = 1
	}
	if o.Nodes != 1 && o.Nodes != 3 {
		tb.Fatalf("a cluster of %d nodes is asked for, want 1 or 3", o.Nodes)
	}
	install, err := findKafka()
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir() // before the cleanup, so that it is removed after it
	c := &Cluster{tb: tb, options: o}
	tb.Cleanup(c.end)
	for attempt := 1; ; attempt++ {
		err := c.start(install, filepath.Join(dir, fmt.Sprint("kafka-", attempt)))
		if err == nil {
			return c
		}
		if attempt == attempts || !c.portTaken() {
			tb.Fatal(err)
		}
		c.killAll()
	}
}

// start lays the cluster out below dir and starts it.
func (c *Cluster) start(install installation, dir string) error {
	ports, err := freePorts(portsPerNode * c.options.Nodes)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var keyStore string
	if c.options.Security == SASLSSL {
		if c.caFile, keyStore, err = writeCertificates(dir); err != nil {
			return err
		}
	}
	l := layout{options: c.options, ports: ports, keyStore: keyStore}
	c.nodes, c.internal, c.clients, c.between = nil, nil, nil, nil
	for number := 1; number <= c.options.Nodes; number++ {
		if c.options.Between != nil {
			c.between = append(c.between, c.options.Between(number, l.indirect(number)))
		}
	}
	l.between = c.between
	for number := 1; number <= c.options.Nodes; number++ {
		c.nodes = append(c.nodes, &node{
			install: install, number: number, addr: l.internal(number), dir: filepath.Join(dir, fmt.Sprint("node-", number)),
		})
		c.internal = append(c.internal, l.internal(number))
		c.clients = append(c.clients, l.client(number))
	}
	errs := make([]error, len(c.nodes))
	var all sync.WaitGroup
	for i, n := range c.nodes {
		all.Go(func() {
			if errs[i] = n.format(l); errs[i] == nil {
				errs[i] = n.start()
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for _, n := range c.nodes {
		if err := c.waitFor(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Brokers are the host:port of every node's listener for clients.
func (c *Cluster) Brokers() []string { return c.clients }

// Between are the addresses that ClusterOptions.Between chose; who starts there
// is told of no others.
func (c *Cluster) Between() []string { return c.between }

// CAFile is the path of the PEM certificate that a SASLSSL cluster's own are
// signed by, "" of a Plaintext cluster.
func (c *Cluster) CAFile() string { return c.caFile }

// TLS is what a client needs to trust a SASLSSL cluster, nil for Plaintext.
func (c *Cluster) TLS() *tls.Config {
	if c.caFile == "" {
		return nil
	}
	config, err := trusting(c.caFile)
	if err != nil {
		c.tb.Fatal(err)
	}
	return config
}

// Kill ends a node, numbered from 1, with SIGKILL.
func (c *Cluster) Kill(number int) {
	c.tb.Helper()
	c.node(number).kill()
}

// Pause stops a node, numbered from 1, with SIGSTOP: its connections stay, and it
// says nothing.
func (c *Cluster) Pause(number int) {
	c.tb.Helper()
	c.node(number).pause()
}

// Continue lets a node go on that was paused, and returns when the cluster counts
// it in.
func (c *Cluster) Continue(number int) {
	c.tb.Helper()
	n := c.node(number)
	n.resume()
	ctx, cancel := context.WithTimeout(c.tb.Context(), startTimeout)
	defer cancel()
	if err := c.waitFor(ctx, n); err != nil {
		c.tb.Fatal(err)
	}
}

// Stop ends a node, numbered from 1, with SIGTERM and returns when it has handed
// its partitions over and is gone.
func (c *Cluster) Stop(number int) {
	c.tb.Helper()
	if err := c.node(number).stop(); err != nil {
		c.tb.Fatal(err)
	}
}

// Start starts a node, numbered from 1, again on the data and the ports that it
// had, and returns when the cluster counts it in.
func (c *Cluster) Start(number int) {
	c.tb.Helper()
	n := c.node(number)
	if err := n.start(); err != nil {
		c.tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(c.tb.Context(), startTimeout)
	defer cancel()
	if err := c.waitFor(ctx, n); err != nil {
		c.tb.Fatal(err)
	}
}

// node returns the node of that number.
func (c *Cluster) node(number int) *node {
	c.tb.Helper()
	if number < 1 || number > len(c.nodes) {
		c.tb.Fatalf("there is no node %d in a cluster of %d", number, len(c.nodes))
	}
	return c.nodes[number-1]
}

// portTaken tells whether a node could not start because of its port.
func (c *Cluster) portTaken() bool {
	for _, n := range c.nodes {
		if strings.Contains(n.log(), "Address already in use") {
			return true
		}
	}
	return false
}

// end is the cleanup: it says what the nodes said if the test failed.
func (c *Cluster) end() {
	c.killAll()
	if !c.tb.Failed() {
		return
	}
	for _, n := range c.nodes {
		c.tb.Logf("the log of Kafka node %d ends with:\n%s", n.number, lastLines(n.log(), 60))
	}
}

// killAll ends every node.
func (c *Cluster) killAll() {
	for _, n := range c.nodes {
		n.kill()
	}
}

// lastLines are the last n lines of s.
func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
