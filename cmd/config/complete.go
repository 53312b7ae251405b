package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"earshot/nlp/privacy"
	"earshot/pipeline"
	"earshot/pipeline/decode"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
)

// complete parses what needs parsing, reads secrets, and refuses values that
// cannot work, naming the field and the value.
func (c *Config) complete() error {
	for _, check := range []func() error{c.completeKafka, c.completeSources, c.checkAddresses, c.completeClickHouse, c.checkAnalysis, c.checkPrivacy, c.checkPipeline, c.checkAlerts} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) completeKafka() error {
	k := &c.Kafka
	switch {
	case k.Brokers.Dir == "" && len(k.Brokers.Addresses) == 0:
		return fmt.Errorf("kafka.brokers is empty: name at least one host:port, or %s", Embedded)
	case k.Group == "":
		return errors.New("kafka.group is empty: name the consumer group")
	case k.DeadLetters == "":
		return errors.New("kafka.dead_letters is empty: name the topic that keeps what cannot become a row")
	case slices.Contains(c.Topics(), k.DeadLetters):
		return fmt.Errorf("kafka.dead_letters: %q is also a source; dead letters would come round again", k.DeadLetters)
	}
	for i, address := range k.Brokers.Addresses {
		if err := checkAddress(address); err != nil {
			return fmt.Errorf("kafka.brokers[%d]: %w", i, err)
		}
	}
	if err := k.SASL.check(); err != nil {
		return err
	}
	if (k.TLS.CertFile == "") != (k.TLS.KeyFile == "") {
		return errors.New("kafka.tls: cert_file and key_file go together; name both or neither")
	}
	k.TLS.Enabled = k.TLS.Enabled || k.TLS.CAFile != "" || k.TLS.CertFile != "" || k.TLS.ServerName != ""
	var err error
	k.SASL.Password, err = secret("kafka.sasl.password_file", k.SASL.PasswordFile)
	return err
}

func (s SASL) check() error {
	switch {
	case s.Mechanism == "" && s.Username != "":
		return fmt.Errorf("kafka.sasl.mechanism is empty: choose one of %s", strings.Join(kafka.Mechanisms(), ", "))
	case s.Mechanism == "":
		return nil
	case !slices.Contains(kafka.Mechanisms(), strings.ToLower(s.Mechanism)):
		return fmt.Errorf("kafka.sasl.mechanism: %q is none of %s", s.Mechanism, strings.Join(kafka.Mechanisms(), ", "))
	}
	return nil
}

func (c *Config) completeSources() error {
	if len(c.Sources) == 0 {
		return errors.New("sources is empty: name at least one {topic: …, channel: …}")
	}
	seen := map[string]bool{}
	for i := range c.Sources {
		s := &c.Sources[i]
		field := fmt.Sprintf("sources[%d]", i)
		switch {
		case s.Topic == "":
			return fmt.Errorf("%s.topic is empty: name a Kafka topic", field)
		case seen[s.Topic]:
			return fmt.Errorf("%s.topic: %q is there twice", field, s.Topic)
		case !s.Channel.Valid():
			return fmt.Errorf("%s.channel: %q is none of %s", field, s.Channel, pipeline.ChannelNames())
		}
		seen[s.Topic] = true
		if s.RawMap == nil {
			continue
		}
		mapping, err := decode.ParseMapping(s.RawMap)
		if err == nil {
			err = mapping.CheckStream()
		}
		if err != nil {
			return fmt.Errorf("%s.mapping: %w", field, err)
		}
		s.Mapping = mapping
	}
	return nil
}

func (c *Config) completeClickHouse() error {
	switch {
	case c.ClickHouse.URL == "":
		return fmt.Errorf("clickhouse.url is empty: give http://host:8123, clickhouse://host:9000 or %s:DIR", Embedded)
	case c.ClickHouse.Database == "":
		return errors.New("clickhouse.database is empty")
	}
	var err error
	if c.ClickHouse.Password, err = secret("clickhouse.password_file", c.ClickHouse.PasswordFile); err != nil {
		return err
	}
	options := clickhouse.Options{URL: c.ClickHouse.URL, Database: c.ClickHouse.Database}
	if _, embedded := c.ClickHouse.EmbeddedDir(); embedded {
		options.URL = Default().ClickHouse.URL // where it will listen is not known yet
	}
	store, err := clickhouse.Open(options) // connects to nothing, and knows which URLs it can
	if err != nil {
		return err
	}
	return store.Close()
}

// Tiers lists what analysis.tier may be.
func Tiers() []string { return []string{"fast", "deep", "adaptive"} }

func (c *Config) checkAnalysis() error {
	if !slices.Contains(Tiers(), c.Analysis.Tier) {
		return fmt.Errorf("analysis.tier: %q is none of %s", c.Analysis.Tier, strings.Join(Tiers(), ", "))
	}
	return nil
}

func (c *Config) checkPrivacy() error {
	if _, err := privacy.New(c.Privacy.Options()); err != nil {
		return fmt.Errorf("privacy.%w", err)
	}
	return nil
}

// Options returns the options of a finder that p asks for.
func (p Privacy) Options() privacy.Options {
	var o privacy.Options
	for _, own := range p.Patterns {
		o.Patterns = append(o.Patterns, privacy.Pattern{Name: own.Name, Kind: own.Kind, Regexp: own.Pattern})
	}
	return o
}

func (c *Config) checkPipeline() error {
	p := c.Pipeline
	switch {
	case p.BatchRecords < 1:
		return fmt.Errorf("pipeline.batch_records: %d is below 1", p.BatchRecords)
	case p.BatchBytes < 1:
		return fmt.Errorf("pipeline.batch_bytes: %d is below 1", p.BatchBytes)
	case p.Workers < 1:
		return fmt.Errorf("pipeline.workers: %d is below 1", p.Workers)
	case p.Flush <= 0:
		return fmt.Errorf("pipeline.flush: %s is not a positive duration such as 1s", p.Flush)
	case p.Drain <= 0:
		return fmt.Errorf("pipeline.drain: %s is not a positive duration such as 30s", p.Drain)
	case p.Commit < 0:
		return fmt.Errorf("pipeline.commit: %s is negative; 0s commits each batch by itself", p.Commit)
	}
	return nil
}

func (c *Config) checkAddresses() error {
	for _, a := range []struct{ field, address string }{
		{"listen", c.Listen}, {"dashboard", c.Dashboard}, {"kafka.listen", c.Kafka.Listen}, {"clickhouse.listen", c.ClickHouse.Listen},
	} {
		if a.address == "" {
			continue
		}
		if err := checkAddress(a.address); err != nil {
			return fmt.Errorf("%s: %w", a.field, err)
		}
	}
	return nil
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return fmt.Errorf("%q is not host:port", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q: the port is not within 0 to 65535", address)
	}
	return nil
}

// secret reads a secret from its file, without the line break at its end.
func secret(field, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", field, err)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}
