package service

import "github.com/prometheus/client_golang/prometheus"

// countLost returns what counts the records of a topic that were deleted before
// they were read. Every topic has a counter from the start, at 0, so that an
// alert sees the first loss as an increase.
func countLost(topics []string, reg prometheus.Registerer) func(topic string, records int64) {
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "earshot_records_lost_total",
		Help: "Records that retention, or somebody, deleted from the topic before they were read.",
	}, []string{"topic"})
	reg.MustRegister(lost)
	for _, topic := range topics {
		lost.WithLabelValues(topic)
	}
	return func(topic string, records int64) { lost.WithLabelValues(topic).Add(float64(records)) }
}
