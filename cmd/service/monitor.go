package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/cmd/config"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
)

// How often brokers and ClickHouse are asked, and for how long an answer is
// awaited.
const (
	lagInterval    = 2 * time.Second
	storeInterval  = 30 * time.Second
	monitorTimeout = 5 * time.Second
)

// monitor watches, from outside the pipeline, how far it is behind and what it
// has heard: lag as the brokers see it, net sentiment and open dead letters as the
// views show them.
type monitor struct {
	source  *kafka.Monitor
	letters *kafka.Monitor
	store   *clickhouse.Store
	log     *slog.Logger
	timeout time.Duration // of one answer

	lagGauge       *prometheus.GaugeVec
	sentimentGauge *prometheus.GaugeVec
	openGauge      *prometheus.GaugeVec

	mu   sync.Mutex
	last monitorState
}

// monitorState is what was read last.
type monitorState struct {
	lag         []kafka.PartitionLag
	deadLetters int64 // records in the dead-letter topic
	err         error // of the last attempt
}

func (s monitorState) total() int64 {
	var records int64
	for _, p := range s.lag {
		records += p.Records
	}
	return records
}

func newMonitor(conn *kafka.Connection, store *clickhouse.Store, c *config.Config, log *slog.Logger, reg prometheus.Registerer) *monitor {
	m := &monitor{
		source:  kafka.NewMonitor(conn, c.Kafka.Group, c.Topics()),
		letters: kafka.NewMonitor(conn, c.Kafka.Group, []string{c.Kafka.DeadLetters}),
		store:   store,
		log:     log,
		timeout: monitorTimeout,
		lagGauge: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "earshot_consumer_lag_records",
			Help: "Records between the group's committed offset and the end of the partition, as the broker says.",
		}, []string{"topic", "partition"}),
		sentimentGauge: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "earshot_net_sentiment",
			Help: "100 × (positives − negatives) / items of the current and the last hour of feedback, −100…+100; topic empty: items as a whole.",
		}, []string{"channel", "stage", "topic"}),
		openGauge: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "earshot_dead_letters_open",
			Help: "Records that are neither rows nor given up, by the reason of their last rejection; `earshot replay --dead-letters` brings them back.",
		}, []string{"reason"}),
	}
	reg.MustRegister(m.lagGauge, m.sentimentGauge, m.openGauge)
	return m
}

// run watches until ctx ends.
func (m *monitor) run(ctx context.Context) error {
	lag, store := time.NewTicker(lagInterval), time.NewTicker(storeInterval)
	defer lag.Stop()
	defer store.Stop()
	m.readLag(ctx)
	m.readStore(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-lag.C:
			m.readLag(ctx)
		case <-store.C:
			m.readStore(ctx)
		}
	}
}

func (m *monitor) readLag(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, m.timeout)
	defer cancel()
	lag, err := m.source.Lag(ctx)
	var letters int64
	if err == nil {
		letters, err = m.letters.Count(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		if m.last.err == nil && parent.Err() == nil { // brokers that hang end ctx, and are worth a line
			m.log.Warn("reading lag from the broker", "error", err)
		}
		m.last.err = err
		return
	}
	m.last = monitorState{lag: lag, deadLetters: letters}
	m.lagGauge.Reset() // a topic that is gone has no lag
	for _, p := range lag {
		m.lagGauge.WithLabelValues(p.Topic, strconv.Itoa(p.Partition)).Set(float64(p.Records))
	}
}

func (m *monitor) state() monitorState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

func (m *monitor) readStore(ctx context.Context) {
	m.readGauge(ctx, m.sentimentGauge, "net sentiment", `
		SELECT [toString(channel), toString(stage), toString(topic)], 100 * (sum(positives) - sum(negatives)) / sum(items)
		FROM sentiment_hourly
		WHERE hour >= toStartOfHour(now64(3, 'UTC')) - INTERVAL 1 HOUR AND hour <= now64(3, 'UTC')
		GROUP BY channel, stage, topic`)
	m.readGauge(ctx, m.openGauge, "open dead letters", `
		SELECT [toString(reason)], toFloat64(count())
		FROM dead_letters
		WHERE state = 'open'
		GROUP BY reason`)
}

// readGauge sets a gauge to what a query returns: the values of its labels, and its
// own. While ClickHouse does not answer, the gauge keeps what it had.
func (m *monitor) readGauge(parent context.Context, gauge *prometheus.GaugeVec, what, sql string) {
	ctx, cancel := context.WithTimeout(parent, m.timeout)
	defer cancel()
	rows, err := m.store.Query(ctx, sql)
	if err != nil {
		m.log.Debug("reading "+what, "error", err)
		return
	}
	defer rows.Close()
	gauge.Reset() // what is gone has no value
	for rows.Next() {
		var labels []string
		var value float64
		if err := rows.Scan(&labels, &value); err != nil {
			m.log.Warn("reading "+what, "error", err)
			return
		}
		gauge.WithLabelValues(labels...).Set(value)
	}
	if err := rows.Err(); err != nil {
		m.log.Warn("reading "+what, "error", err)
	}
}

// await waits until the lag, read anew, is at most records.
func (m *monitor) await(ctx context.Context, records int64) error {
	tick := time.NewTicker(lagInterval / 10)
	defer tick.Stop()
	for {
		m.readLag(ctx)
		if state := m.state(); state.err == nil && state.total() <= records {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d records are still waiting: %w", m.state().total(), ctx.Err())
		case <-tick.C:
		}
	}
}

// close ends the connections to the brokers.
func (m *monitor) close() error {
	return errors.Join(m.source.Close(), m.letters.Close())
}
