// Package config reads earshot's configuration: one YAML file, strict, whose
// errors name the file, the line and the field.
package config

import (
	"time"

	"earshot/pipeline"
	"earshot/pipeline/decode"
)

// Embedded, in place of an address, selects the server that earshot brings.
const Embedded = "embedded"

// Config is a whole configuration.
type Config struct {
	Kafka      Kafka      `yaml:"kafka"`
	Sources    []Source   `yaml:"sources"`
	ClickHouse ClickHouse `yaml:"clickhouse"`
	Analysis   Analysis   `yaml:"analysis"`
	Privacy    Privacy    `yaml:"privacy"`
	Pipeline   Pipeline   `yaml:"pipeline"`
	Alerts     Alerts     `yaml:"alerts"`
	Listen     string     `yaml:"listen"`    // address of metrics and health; empty: none
	Dashboard  string     `yaml:"dashboard"` // address of the local dashboard; empty: none
}

// Kafka says where records come from.
type Kafka struct {
	Brokers     Brokers `yaml:"brokers"` // addresses, "embedded" or "embedded:DIR"
	Group       string  `yaml:"group"`
	DeadLetters string  `yaml:"dead_letters"` // topic of dead letters
	TLS         TLS     `yaml:"tls"`
	SASL        SASL    `yaml:"sasl"`
	Listen      string  `yaml:"listen"` // address of the embedded broker
}

// TLS of the brokers. Naming any file, or enabled: true, turns it on.
type TLS struct {
	Enabled    bool   `yaml:"enabled"`
	CAFile     string `yaml:"ca_file"`
	CertFile   string `yaml:"cert_file"`
	KeyFile    string `yaml:"key_file"`
	ServerName string `yaml:"server_name"`
}

// SASL is how earshot proves to the brokers who it is. Without a username it is
// off, whatever the mechanism.
type SASL struct {
	Mechanism    string `yaml:"mechanism"`
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`

	Password string `yaml:"-"` // read from PasswordFile
}

// Source is one Kafka topic of feedback.
type Source struct {
	Topic   string           `yaml:"topic"`
	Name    string           `yaml:"source"` // feedback.source; default: the topic
	Channel pipeline.Channel `yaml:"channel"`
	RawMap  map[string]any   `yaml:"mapping"`

	Mapping *decode.Mapping `yaml:"-"` // parsed from RawMap; nil where there is none
}

// ClickHouse says where rows go.
type ClickHouse struct {
	URL          string `yaml:"url"` // http, https, clickhouse or clickhouses URL, or "embedded:DIR"
	Database     string `yaml:"database"`
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`
	Listen       string `yaml:"listen"` // address of the embedded server

	Password string `yaml:"-"` // read from PasswordFile
}

// Analysis says how texts are heard.
type Analysis struct {
	Tier     string   `yaml:"tier"`     // fast, deep or adaptive, which counts as fast for now
	Taxonomy []string `yaml:"taxonomy"` // packs: built-in ones by name, others by the path of their file
	Models   []string `yaml:"models"`   // files of learned topics, which `earshot train --task topics` writes
	Targets  []string `yaml:"targets"`  // terms whose own sentiment is wanted, beside each record's
}

// Privacy says what becomes of personal data before anything is stored.
type Privacy struct {
	// KeyFile holds the key of the customers' pseudonyms. Empty: earshot.key
	// beside the configuration file, made where it is absent. Replicas must share
	// it; whoever loses it knows no customer again.
	KeyFile  string    `yaml:"key_file"`
	Redact   bool      `yaml:"redact"`   // false: texts are stored as they are
	Patterns []Pattern `yaml:"patterns"` // what is personal data beyond what earshot knows
}

// Pattern finds personal data of the user's own kind, such as account numbers.
type Pattern struct {
	Name    string `yaml:"name"`
	Kind    string `yaml:"kind"`    // a kind of personal data, see package privacy; empty: account
	Pattern string `yaml:"pattern"` // a regular expression; of one with a group the group is hidden
}

// Pipeline tunes batches; see pipeline.Limits. With the deep tier, which takes far
// longer over each text, batches are smaller than this where they must be.
type Pipeline struct {
	BatchRecords int           `yaml:"batch_records"`
	BatchBytes   int           `yaml:"batch_bytes"`
	Flush        time.Duration `yaml:"flush"`
	Workers      int           `yaml:"workers"`
	Drain        time.Duration `yaml:"drain"`
	Commit       time.Duration `yaml:"commit"`
}

// Limits returns the batch limits that p asks for.
func (p Pipeline) Limits() pipeline.Limits { return pipeline.Limits(p) }

// Default returns what a file's omissions mean: servers on this machine, the
// six topics of the contract.
func Default() Config {
	return Config{
		Kafka: Kafka{
			Brokers:     Brokers{Addresses: []string{"127.0.0.1:9092"}},
			Group:       "earshot",
			DeadLetters: "feedback.deadletters",
			Listen:      "127.0.0.1:9092",
		},
		Sources:    DefaultSources(),
		ClickHouse: ClickHouse{URL: "http://127.0.0.1:8123", Database: "earshot", Listen: "127.0.0.1:8123"},
		Analysis:   Analysis{Tier: "fast", Taxonomy: []string{"core", "telecom"}},
		Privacy:    Privacy{Redact: true},
		Pipeline:   Pipeline(pipeline.DefaultLimits()),
		Alerts:     defaultAlerts(),
		Listen:     "127.0.0.1:9600",
		Dashboard:  "127.0.0.1:8080",
	}
}

// DefaultSources returns the topics of the contract with their channels.
func DefaultSources() []Source {
	return []Source{
		{Topic: "feedback.reviews", Channel: pipeline.Review},
		{Topic: "feedback.social", Channel: pipeline.Social},
		{Topic: "feedback.chats", Channel: pipeline.Chat},
		{Topic: "feedback.surveys", Channel: pipeline.Survey},
		{Topic: "feedback.tickets", Channel: pipeline.Ticket},
		{Topic: "feedback.calls", Channel: pipeline.Call},
	}
}

// Topics returns the topics of the sources.
func (c *Config) Topics() []string {
	topics := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		topics[i] = s.Topic
	}
	return topics
}
