package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// DefaultData is where embedded servers keep their data unless told otherwise.
const DefaultData = "earshot-data"

// KeyFile is the name of the key of the customers' pseudonyms where no other is
// given: beside the configuration file, or in the directory of embedded data.
const KeyFile = "earshot.key"

// Brokers is a list of broker addresses, or the embedded broker.
type Brokers struct {
	Addresses []string
	Dir       string // data directory of the embedded broker; empty: Addresses are meant
}

// UnmarshalYAML accepts a list of addresses, one address, "embedded" and
// "embedded:DIR".
func (b *Brokers) UnmarshalYAML(data []byte) error {
	var list []string
	if err := yaml.Unmarshal(data, &list); err == nil {
		*b = Brokers{Addresses: list}
		return nil
	}
	var one string
	if err := yaml.Unmarshal(data, &one); err != nil {
		return fmt.Errorf("kafka.brokers: want a list of host:port, or %s", Embedded)
	}
	if dir, ok := embeddedDir(one); ok {
		if dir == "" {
			dir = DefaultData + "/kafka"
		}
		*b = Brokers{Dir: dir}
		return nil
	}
	*b = Brokers{Addresses: []string{one}}
	return nil
}

// EmbeddedDir returns the data directory of the embedded ClickHouse, if c asks
// for that.
func (c ClickHouse) EmbeddedDir() (dir string, embedded bool) {
	dir, embedded = embeddedDir(c.URL)
	if embedded && dir == "" {
		dir = DefaultData + "/clickhouse"
	}
	return dir, embedded
}

func embeddedDir(s string) (string, bool) {
	if s == Embedded {
		return "", true
	}
	return strings.CutPrefix(s, Embedded+":")
}
