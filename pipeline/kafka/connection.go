// Package kafka connects the pipeline to Kafka: it fetches records as a member
// of a consumer group (Source), publishes them (Producer), reads lag and dead
// letters, and finds what is wrong with a cluster before it hurts (Check).
package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// TLS says how the connection is encrypted. Its zero value: not at all.
type TLS struct {
	Enabled    bool
	CAFile     string // PEM; empty: the system's
	CertFile   string // PEM of the client's certificate, for mutual TLS
	KeyFile    string
	ServerName string // expected in the broker's certificate; empty: the address dialled
}

// SASL says how the client proves who it is. An empty Mechanism: it doesn't.
type SASL struct {
	Mechanism string // plain, scram-sha-256 or scram-sha-512
	Username  string
	Password  string
}

// Mechanisms lists what SASL.Mechanism may be.
func Mechanisms() []string { return []string{"plain", "scram-sha-256", "scram-sha-512"} }

// Connection is how brokers are reached.
type Connection struct {
	brokers   []string
	tls       *tls.Config
	mechanism sasl.Mechanism
	sasl      SASL
}

// dialTimeout bounds the time to reach a broker.
const dialTimeout = 5 * time.Second

// clientID is how brokers' logs and tools name this program.
const clientID = "earshot"

// NewConnection reads the certificates and prepares the connection; it dials
// nothing yet.
func NewConnection(brokers []string, t TLS, s SASL) (*Connection, error) {
	if len(brokers) == 0 {
		return nil, errors.New("kafka.brokers is empty: name at least one host:port")
	}
	for _, b := range brokers {
		if _, port, err := net.SplitHostPort(b); err != nil || port == "" {
			return nil, fmt.Errorf("kafka.brokers: %q is not host:port", b)
		}
	}
	c := &Connection{brokers: brokers, sasl: s}
	var err error
	if c.tls, err = t.config(); err != nil {
		return nil, err
	}
	if c.mechanism, err = s.mechanism(); err != nil {
		return nil, err
	}
	return c, nil
}

// Brokers returns the addresses from which the cluster is discovered.
func (c *Connection) Brokers() []string { return c.brokers }

func (c *Connection) dialer() *kafkago.Dialer {
	return &kafkago.Dialer{ClientID: clientID, Timeout: dialTimeout, DualStack: true, TLS: c.tls, SASLMechanism: c.mechanism}
}

func (c *Connection) transport() *kafkago.Transport {
	return &kafkago.Transport{ClientID: clientID, DialTimeout: dialTimeout, TLS: c.tls, SASL: c.mechanism, MetadataTTL: 5 * time.Second}
}

// clientOn returns a client over a transport, whose idle connections are to be
// closed after use.
func (c *Connection) clientOn(t *kafkago.Transport) *kafkago.Client {
	return &kafkago.Client{Addr: kafkago.TCP(c.brokers...), Timeout: 2 * dialTimeout, Transport: t}
}

func (t TLS) config() (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("kafka.tls.ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("kafka.tls.ca_file: no PEM certificate in %s", t.CAFile)
		}
	}
	if t.CertFile != "" || t.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("kafka.tls.cert_file and key_file: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch strings.ToLower(s.Mechanism) {
	case "":
		return nil, nil
	case "plain":
		return plain.Mechanism{Username: s.Username, Password: s.Password}, nil
	case "scram-sha-256":
		return scram.Mechanism(scram.SHA256, s.Username, s.Password)
	case "scram-sha-512":
		return scram.Mechanism(scram.SHA512, s.Username, s.Password)
	}
	return nil, fmt.Errorf("kafka.sasl.mechanism: %q is none of %s", s.Mechanism, strings.Join(Mechanisms(), ", "))
}
