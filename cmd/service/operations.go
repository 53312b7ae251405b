package service

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"earshot/cmd/dashboard"
)

// readyTimeout bounds one check of readiness.
const readyTimeout = 3 * time.Second

// operations serves metrics and health.
func (s *Service) operations() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := s.Ready(ctx); err != nil {
			http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return mux
}

// live tells the dashboard how the pipeline is doing.
func (s *Service) live(context.Context) dashboard.Live {
	activity, state := s.activity.Snapshot(), s.monitor.state()
	l := dashboard.Live{
		Since:    s.started,
		Consumed: activity.Consumed,
		Rows:     activity.Rows,
	}
	if state.err != nil {
		l.Err = "Kafka does not answer: " + state.err.Error()
	}
	for _, p := range state.lag {
		l.Lag = append(l.Lag, dashboard.PartitionLag{Topic: p.Topic, Partition: p.Partition, Records: p.Records})
	}
	for _, n := range activity.Rejected {
		l.Rejected += n
	}
	for _, r := range activity.Latest {
		l.Latest = append(l.Latest, dashboard.DeadLetter{
			At: r.Time, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset,
			Reason: string(r.Reason), Error: r.Detail, Excerpt: string(r.Excerpt),
		})
	}
	return l
}
