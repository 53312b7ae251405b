//go:build bench

package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/nlp"
	"earshot/nlp/privacy"
	"earshot/pipeline"
	"earshot/pipeline/decode"
	"earshot/pipeline/kafka"
)

// consume returns how many records a second a bare kafka-go group member counts.
func consume(b *testing.B, brokers string, n int) float64 {
	b.Helper()
	c := config.Default()
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: []string{brokers}, GroupID: "bare", GroupTopics: c.Topics(), StartOffset: kafkago.FirstOffset, MaxWait: time.Second,
	})
	defer reader.Close()
	if _, err := reader.FetchMessage(b.Context()); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for range n - 1 {
		if _, err := reader.FetchMessage(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

// insertAlone makes the rows of all records, and returns how many of them a second
// the driver inserts into the database bare, column by column, in the batches in
// which they came.
func insertAlone(b *testing.B, brokers string, engine *asked, key string, n int) float64 {
	b.Helper()
	rows := collect(b, brokers, key, n)
	bare := ask(b, engine.url, "bare")
	if _, err := bare.store.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	writer := bare.store.Writer()
	count := 0
	began := time.Now()
	for _, batch := range rows {
		if err := writer.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		count += len(batch)
	}
	return float64(count) / time.Since(began).Seconds()
}

// collect hears n records, and returns what would be written of them.
func collect(b *testing.B, brokers, key string, n int) [][]*pipeline.Item {
	b.Helper()
	c := config.Default()
	source, err := kafka.NewSource(connect(b, brokers), kafka.SourceOptions{Group: "rows", Topics: c.Topics(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	analyzer, err := nlp.New(nlp.Options{Tier: nlp.TierFast, Subjects: service.SubjectsOf(&c)})
	if err != nil {
		b.Fatal(err)
	}
	defer analyzer.Close()
	finder, err := privacy.New(c.Privacy.Options())
	if err != nil {
		b.Fatal(err)
	}
	pseudonyms, made, err := privacy.MakeKey(key)
	if err != nil || made {
		b.Fatalf("the key of the run: %v, missing: %v", err, made)
	}
	decoders := decoders{}
	for _, s := range c.Sources {
		decoders[s.Topic] = decode.New(decode.Source{Topic: s.Topic, Channel: s.Channel})
	}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	all := &collector{stop: stop}
	all.left.Store(int64(n))
	flow := pipeline.Pipeline{
		Source: source, Decoder: decoders, Analyzer: analyzer, Writer: all, DeadLetters: all,
		Privacy: pipeline.Privacy{Redactor: finder, Pseudonym: privacy.NewPseudonyms(pseudonyms).Of},
		Limits:  pipeline.DefaultLimits(),
		Log:     slog.New(slog.DiscardHandler), Metrics: pipeline.NewMetrics(nil, nil),
	}
	if err := flow.Run(ctx); err != nil {
		b.Fatal(err)
	}
	return all.batches
}

var (
	_ pipeline.Writer   = (*collector)(nil)
	_ pipeline.Rejecter = (*collector)(nil)
)

// decoders decodes the records of each topic by its source.
type decoders map[string]*decode.Decoder

// Decode implements pipeline.Decoder.
func (d decoders) Decode(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
	return d[r.Topic].Decode(r)
}

// collector keeps what it is to write, and stops the flow after the last record.
type collector struct {
	batches [][]*pipeline.Item
	left    atomic.Int64
	stop    context.CancelFunc
}

// Write implements pipeline.Writer.
func (c *collector) Write(_ context.Context, items []*pipeline.Item) error {
	c.batches = append(c.batches, items)
	c.settled(len(items))
	return nil
}

// Reject implements pipeline.Rejecter.
func (c *collector) Reject(_ context.Context, items []*pipeline.Item) error {
	c.settled(len(items))
	return nil
}

func (c *collector) settled(n int) {
	if c.left.Add(-int64(n)) <= 0 {
		c.stop()
	}
}

// digestOf sums up all rows of a view, but for the moment of writing.
func digestOf(view string) string {
	return fmt.Sprintf("SELECT concat(toString(count()), ' rows, digest ', hex(groupBitXor(cityHash64(formatRow('RowBinary', * EXCEPT ('ingested_at')))))) FROM %s", view)
}

// cells are what sentiment_hourly says, for a sum over its rows.
const cells = "concat(toString(count()), ' cells, digest ', hex(groupBitXor(cityHash64(hour, toString(channel), toString(stage), toString(topic), items, negatives, positives, neutrals, customers))))"

// hourlyOf sums up the view sentiment_hourly of a database.
func hourlyOf(database string) string {
	return fmt.Sprintf("SELECT %s FROM %s.sentiment_hourly", cells, database)
}

// grouped sums up what sentiment_hourly must say.
func grouped(database string) string {
	return fmt.Sprintf(`SELECT %[1]s FROM
(
    SELECT
        fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour, channel, stage, topic,
        count() AS items, countIf(label = 'negative') AS negatives, countIf(label = 'positive') AS positives, countIf(label = 'neutral') AS neutrals,
        uniqExactIf(customer, customer != '') AS customers
    FROM
    (
        SELECT created_at, toString(channel) AS channel, toString(stage) AS stage, '' AS topic, toString(label) AS label, customer FROM %[2]s.feedback WHERE noise = ''
        UNION ALL
        SELECT created_at, toString(channel) AS channel, toString(stage) AS stage, topic, toString(label) AS label, customer FROM %[2]s.mentions
    )
    GROUP BY hour, channel, stage, topic
)`, cells, database)
}
