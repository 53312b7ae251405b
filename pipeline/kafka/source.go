package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/pipeline"
)

// Timing of group membership. When a coordinator dies, a member is noticed to be
// gone after sessionTimeout and the group waits at most rebalanceTimeout; with
// these values stalls stay within a few seconds.
const (
	sessionTimeout    = 6 * time.Second
	heartbeatInterval = sessionTimeout / 5
	rebalanceTimeout  = 10 * time.Second
	joinBackoff       = 500 * time.Millisecond
)

// SourceOptions say what a Source reads.
type SourceOptions struct {
	Group  string
	Topics []string // those that don't exist yet are read once they do
	Log    *slog.Logger
	// Lost is told how many records of a topic were deleted, by retention or by
	// hand, before they were read. May be nil.
	Lost func(topic string, records int64)
}

// Source fetches records as a member of a consumer group. Partitions without a
// committed offset are read from their start, and so are those whose committed
// offset lies behind the end of the log, as after a topic was made anew. Records
// that the brokers deleted before they were read are lost: they are logged and
// counted (SourceOptions.Lost).
//
// It keeps the offsets in the group: a record is delivered again, here or to
// another member, until a position at or behind it was committed. Commits go
// out under the membership that is current at that moment, only for partitions
// owned under it and only forwards, so that a member that was away does not move
// what now belongs to another, or did meanwhile.
type Source struct {
	group   *kafkago.ConsumerGroup
	topics  *topicWatch
	conn    *Connection
	log     *slog.Logger
	lost    func(topic string, records int64) // may be nil
	records chan pipeline.Record
	stop    context.CancelFunc
	stopped chan struct{}

	mu         sync.Mutex
	current    *membership // nil between memberships
	partitions map[string]map[int]*progress
}

var _ pipeline.Source = (*Source)(nil)

// NewSource joins the group. Brokers that can't be reached are tried again
// until Close.
func NewSource(conn *Connection, o SourceOptions) (*Source, error) {
	topics := newTopicWatch(conn, o.Topics, o.Log)
	// Before the group shares anything out, so that what is added from now on
	// is seen as a change.
	topics.changed(context.Background())
	debug := kafkago.LoggerFunc(func(msg string, args ...any) { o.Log.Debug("kafka group: " + fmt.Sprintf(msg, args...)) })
	group, err := kafkago.NewConsumerGroup(kafkago.ConsumerGroupConfig{
		ID:                o.Group,
		Brokers:           conn.Brokers(),
		Dialer:            conn.groupDialer(),
		Topics:            o.Topics,
		GroupBalancers:    []kafkago.GroupBalancer{balancer{topics: topics}},
		SessionTimeout:    sessionTimeout,
		HeartbeatInterval: heartbeatInterval,
		RebalanceTimeout:  rebalanceTimeout,
		JoinGroupBackoff:  joinBackoff,
		StartOffset:       kafkago.FirstOffset,
		Logger:            debug,
		ErrorLogger:       debug,
	})
	if err != nil {
		return nil, fmt.Errorf("kafka group %q: %w", o.Group, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Source{
		group:   group,
		topics:  topics,
		conn:    conn,
		log:     o.Log,
		lost:    o.Lost,
		records: make(chan pipeline.Record),
		stop:    stop,
		stopped: make(chan struct{}),

		partitions: map[string]map[int]*progress{},
	}
	go s.follow(ctx)
	return s, nil
}

// Close leaves the group, so that others take over at once. What was fetched
// and not committed will be delivered to them.
func (s *Source) Close() error {
	s.stop()
	err := s.group.Close()
	<-s.stopped
	s.topics.close()
	return err
}

// Assigned reports whether this process is a member of the group, with the
// partitions that the group gave it (which may be none).
func (s *Source) Assigned() bool { return s.membership() != nil }

// Fetch implements pipeline.Source.
func (s *Source) Fetch(ctx context.Context) (pipeline.Record, error) {
	select {
	case r := <-s.records:
		return r, nil
	case <-ctx.Done():
		return pipeline.Record{}, ctx.Err()
	}
}

// Commit implements pipeline.Source.
func (s *Source) Commit(_ context.Context, done []pipeline.Position) error {
	m := s.membership()
	if m == nil {
		s.log.Info("not committed, between memberships: the records will come again", "partitions", len(done))
		return nil
	}
	pipeline.FaultPoint("committing")
	err := m.commit(done)
	pipeline.FaultPoint("committed")
	var refused kafkago.Error
	if errors.As(err, &refused) {
		switch refused {
		case kafkago.IllegalGeneration, kafkago.UnknownMemberId, kafkago.RebalanceInProgress, kafkago.FencedInstanceID:
			s.log.Info("not committed, the group has moved on: the records will come again", "reason", refused.Title())
			return nil
		case kafkago.GroupAuthorizationFailed, kafkago.TopicAuthorizationFailed:
			return fmt.Errorf("committing offsets: %w; allow READ on group %s and its topics", err, m.GroupID)
		}
	}
	if err != nil {
		return pipeline.Retriable(fmt.Errorf("committing offsets: %w", err))
	}
	return nil
}

func (s *Source) membership() *membership {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// become makes m the current membership.
func (s *Source) become(m *membership) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = m
}

// leave ends the membership m, unless another has begun.
func (s *Source) leave(m *membership) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == m {
		s.current = nil
	}
}

// follow goes from one membership to the next until ctx ends.
func (s *Source) follow(ctx context.Context) {
	defer close(s.stopped)
	joining := trouble{log: s.log, what: "joining the consumer group"}
	for {
		generation, err := s.group.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, kafkago.ErrGroupClosed):
			return
		case err != nil:
			joining.again(err)
			continue
		}
		joining.over()
		s.serve(newMembership(generation))
	}
}

// serve reads the partitions of one membership, each in a goroutine of its own
// that ends with the membership.
func (s *Source) serve(m *membership) {
	s.become(m)
	partitions := 0
	for topic, assignments := range m.Assignments {
		for _, a := range assignments {
			partitions++
			m.Start(func(ctx context.Context) { s.read(ctx, m, topic, a) })
		}
	}
	m.Start(func(ctx context.Context) {
		<-ctx.Done()
		s.leave(m)
	})
	m.Start(s.topics.watch)
	s.log.Info("joined the consumer group", "group", m.GroupID, "generation", m.ID, "partitions", partitions)
}
