package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

func TestErrorsAreRetriableUnlessABrokerMeansThemOrTheCallerHasEnded(t *testing.T) {
	late := net.Dialer{Deadline: time.Unix(1, 0)}
	_, dial := late.DialContext(t.Context(), "tcp", "127.0.0.1:9")
	if !errors.Is(dial, context.DeadlineExceeded) {
		t.Fatalf("a dial that is late is %v, no DeadlineExceeded", dial)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for _, tt := range []struct {
		name      string
		ctx       context.Context
		err       error
		retriable bool
	}{
		{"a dial that times out", t.Context(), fmt.Errorf("publishing: %w", dial), true},
		{"a deadline of the client's own", t.Context(), context.DeadlineExceeded, true},
		{"a connection that the client gave up", t.Context(), context.Canceled, true},
		{"a connection that broke", t.Context(), io.ErrUnexpectedEOF, true},
		{"no leader", t.Context(), kafkago.LeaderNotAvailable, true},
		{"a topic that is not there yet", t.Context(), kafkago.UnknownTopicOrPartition, true},
		{"no permission", t.Context(), kafkago.TopicAuthorizationFailed, false},
		{"the caller's end", ended, context.Canceled, false},
		{"a dial that times out at the caller's end", ended, dial, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := classify(tt.ctx, tt.err)
			if !errors.Is(got, tt.err) || pipeline.IsRetriable(got) != tt.retriable {
				t.Errorf("%v is retriable: %v, want %v", got, !tt.retriable, tt.retriable)
			}
		})
	}
}
