package pipeline

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
)

// Metrics counts what passes through a Pipeline. Its names are part of the
// product's contract.
type Metrics struct {
	recordsConsumed *prometheus.CounterVec
	rowsWritten     *prometheus.CounterVec
	recordsRejected *prometheus.CounterVec
	commitFailures  prometheus.Counter
	stageDuration   *prometheus.HistogramVec
	endToEnd        prometheus.Histogram

	activity *Activity
}

// NewMetrics registers the pipeline's metrics with reg and keeps activity, which
// may be nil, up to date as well.
func NewMetrics(reg prometheus.Registerer, activity *Activity) *Metrics {
	m := &Metrics{
		recordsConsumed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "earshot_records_consumed_total",
			Help: "Records fetched from Kafka, redeliveries included.",
		}, []string{"topic"}),
		rowsWritten: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "earshot_rows_written_total",
			Help: "Rows acknowledged by ClickHouse, rewrites included.",
		}, []string{"table"}),
		recordsRejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "earshot_records_rejected_total",
			Help: "Records acknowledged as dead letters.",
		}, []string{"topic", "reason"}),
		commitFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "earshot_commit_failures_total",
			Help: "Commits of offsets that failed; each is tried again or left to the partition's next owner.",
		}),
		stageDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "earshot_stage_duration_seconds",
			Help:    "Time that a batch spends in a stage: fetch (filling), write, reject; all cores' time for it in decode, redact, analyse; and that of a settle and a commit, of one batch or several.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 14),
		}, []string{"stage"}),
		endToEnd: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "earshot_end_to_end_latency_seconds",
			Help:    "Time from the Kafka timestamp of a record to the acknowledgement of its row.",
			Buckets: []float64{0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800, 3600, 86400},
		}),
		activity: activity,
	}
	if reg != nil {
		reg.MustRegister(m.recordsConsumed, m.rowsWritten, m.recordsRejected, m.commitFailures, m.stageDuration, m.endToEnd)
	}
	if m.activity == nil {
		m.activity = NewActivity()
	}
	return m
}

// stage times one batch in one stage.
func (m *Metrics) stage(name string) *prometheus.Timer {
	return prometheus.NewTimer(m.stageDuration.WithLabelValues(name))
}

// work is the time that goroutines spend on the stages of one batch.
type work struct {
	metrics *Metrics
	stages  []string
	spent   []atomic.Int64 // ns
}

func (m *Metrics) work(stages ...string) *work {
	return &work{m, stages, make([]atomic.Int64, len(stages))}
}

// of does a part of the i-th stage.
func (w *work) of(i int, do func()) {
	began := time.Now()
	do()
	w.spent[i].Add(int64(time.Since(began)))
}

// observe is called once, when the batch is through.
func (w *work) observe() {
	for i, stage := range w.stages {
		w.metrics.stageDuration.WithLabelValues(stage).Observe(time.Duration(w.spent[i].Load()).Seconds())
	}
}

func (m *Metrics) consumed(items batch) {
	byTopic := map[string]float64{}
	for _, item := range items {
		byTopic[item.Record.Topic]++
	}
	for topic, n := range byTopic {
		m.recordsConsumed.WithLabelValues(topic).Add(n)
	}
	m.activity.consumed(len(items))
}

func (m *Metrics) written(items []*Item) {
	now := time.Now()
	var rows, negatives, positives uint64
	for _, item := range items {
		if item.Rejection != nil {
			continue // by the writer
		}
		rows++
		m.endToEnd.Observe(max(0, now.Sub(item.Record.Time).Seconds()))
		switch item.Analysis.Sentiment.Label {
		case nlp.Negative:
			negatives++
		case nlp.Positive:
			positives++
		}
	}
	m.rowsWritten.WithLabelValues("feedback_store").Add(float64(rows))
	m.activity.written(rows, negatives, positives)
}

func (m *Metrics) rejected(items []*Item, conceal func(string) string) {
	for _, item := range items {
		m.recordsRejected.WithLabelValues(item.Record.Topic, string(item.Rejection.Reason)).Inc()
	}
	m.activity.rejected(items, conceal)
}
