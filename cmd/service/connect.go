package service

import (
	"log/slog"

	"earshot/cmd/config"
	"earshot/pipeline"
	"earshot/pipeline/decode"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
)

// OpenStore connects to ClickHouse at url as c says.
func OpenStore(c *config.Config, url string, log *slog.Logger) (*clickhouse.Store, error) {
	return clickhouse.Open(clickhouse.Options{
		URL:      url,
		Database: c.ClickHouse.Database,
		Username: c.ClickHouse.Username,
		Password: c.ClickHouse.Password,
		Now:      pipeline.Now,
		Logger:   log,
	})
}

// Connect prepares the connection to Kafka at brokers as c says.
func Connect(c *config.Config, brokers []string) (*kafka.Connection, error) {
	var sasl kafka.SASL
	if c.Kafka.SASL.Username != "" {
		sasl = kafka.SASL{Mechanism: c.Kafka.SASL.Mechanism, Username: c.Kafka.SASL.Username, Password: c.Kafka.SASL.Password}
	}
	return kafka.NewConnection(brokers, kafka.TLS{
		Enabled:    c.Kafka.TLS.Enabled,
		CAFile:     c.Kafka.TLS.CAFile,
		CertFile:   c.Kafka.TLS.CertFile,
		KeyFile:    c.Kafka.TLS.KeyFile,
		ServerName: c.Kafka.TLS.ServerName,
	}, sasl)
}

// decoders decodes the records of every source, each by its own rules.
type decoders map[string]*decode.Decoder

func newDecoders(c *config.Config) decoders {
	d := decoders{}
	for _, s := range c.Sources {
		d[s.Topic] = decode.New(decode.Source{Topic: s.Topic, Name: s.Name, Channel: s.Channel, Mapping: s.Mapping})
	}
	return d
}

// Decode implements pipeline.Decoder.
func (d decoders) Decode(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
	source, ok := d[r.Topic]
	if !ok {
		return pipeline.Feedback{}, pipeline.Rejectf(pipeline.ReasonNoSource, "no source names the topic %s", r.Topic)
	}
	return source.Decode(r)
}

// warnOfMissing says which settings this version accepts and cannot honour yet.
func warnOfMissing(c *config.Config, log *slog.Logger) {
	if c.Kafka.SASL.Mechanism != "" && c.Kafka.SASL.Username == "" {
		log.Warn("kafka.sasl.mechanism without a username: connecting without SASL", "mechanism", c.Kafka.SASL.Mechanism)
	}
	if c.Analysis.Tier == "adaptive" {
		log.Warn("analysis.tier adaptive: this version does not choose by load yet and hears with the fast tier; feedback.tier says so")
	}
}
