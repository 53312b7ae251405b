package service

import (
	"context"
	"fmt"
	"log/slog"

	"earshot/cmd/config"
	"earshot/pipeline"
	"earshot/pipeline/kafka"
)

// Check looks for what would make a pipeline with this configuration unsafe:
// in the configuration itself, in Kafka at brokers, in ClickHouse at url. An
// error means that nothing could be looked at.
func Check(ctx context.Context, c *config.Config, brokers []string, url string, log *slog.Logger) ([]pipeline.Finding, error) {
	findings := append(checkMappings(c), checkAnalysis(c)...)
	conn, err := Connect(c, brokers)
	if err != nil {
		return nil, err
	}
	findings = append(findings, kafka.Check(ctx, conn, kafka.Plan{
		Group: c.Kafka.Group, Topics: c.Topics(), DeadLetters: c.Kafka.DeadLetters,
	})...)
	store, err := OpenStore(c, url, log)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return append(findings, store.Check(ctx)...), nil
}

// checkMappings finds mappings whose records could only become dead letters.
func checkMappings(c *config.Config) []pipeline.Finding {
	findings := []pipeline.Finding{{Severity: pipeline.OK, Subject: "configuration", Detail: fmt.Sprintf("%d sources", len(c.Sources))}}
	for i, s := range c.Sources {
		if s.Mapping != nil && !s.Mapping.NamesID() {
			findings = append(findings, pipeline.Finding{
				Severity: pipeline.Unsafe,
				Subject:  fmt.Sprintf("sources[%d].mapping", i),
				Detail:   fmt.Sprintf("names no id: every record of %s would become a dead letter", s.Topic),
				Fix:      `add "id: PATH", where PATH leads to what identifies a record, or "id: '@hash'"`,
			})
		}
	}
	return findings
}
