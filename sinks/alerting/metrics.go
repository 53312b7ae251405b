package alerting

import "github.com/prometheus/client_golang/prometheus"

// Results of an attempt, or of all of them. They are part of the product's contract.
const (
	delivered = "delivered" // the receiver has it
	failed    = "failed"    // an attempt; another follows
	refused   = "refused"   // for good
	givenUp   = "given_up"  // tried in vain for too long
)

type metrics struct {
	deliveries *prometheus.CounterVec
	waiting    *prometheus.GaugeVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "earshot_alert_deliveries_total",
			Help: "Attempts to deliver a notice or digest: delivered, failed (another follows) and refused; and what was given_up after failing for too long.",
		}, []string{"receiver", "result"}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "earshot_alerts_waiting",
			Help: "Notices and digests that a receiver has not acknowledged yet.",
		}, []string{"receiver"}),
	}
	if reg != nil {
		reg.MustRegister(m.deliveries, m.waiting)
	}
	return m
}

// prepare shows a receiver before anything was sent to it.
func (m *metrics) prepare(receiver string) {
	m.waiting.WithLabelValues(receiver).Set(0)
	for _, result := range []string{delivered, failed, refused, givenUp} {
		m.deliveries.WithLabelValues(receiver, result)
	}
}
