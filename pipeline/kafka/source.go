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

// Fetching. What is on its way within the client is bounded by partitions ×
// (queuedRecords + 1) records, beside one response of a broker a partition that
// is read as a stream.
const (
	queuedRecords = 32
	maxFetchBytes = 16 << 20
	maxFetchWait  = 500 * time.Millisecond
)

// SourceOptions say what a Source reads.
type SourceOptions struct {
	Group  string
	Topics []string
	Log    *slog.Logger
}

// Source fetches records as a member of a consumer group. Partitions without a
// committed offset are read from their start.
//
// It keeps the offsets in the group: a record is delivered again, here or to
// another member, until a position at or behind it was committed. Commits go
// out under the membership that is current at that moment and only for
// partitions owned under it, so that a member that was away does not move what
// now belongs to another.
type Source struct {
	group   *kafkago.ConsumerGroup
	conn    *Connection
	log     *slog.Logger
	records chan pipeline.Record
	stop    context.CancelFunc
	stopped chan struct{}

	mu      sync.Mutex
	current *kafkago.Generation // nil between memberships
}

var _ pipeline.Source = (*Source)(nil)

// NewSource joins the group. Brokers that can't be reached are tried again
// until Close.
func NewSource(conn *Connection, o SourceOptions) (*Source, error) {
	group, err := kafkago.NewConsumerGroup(kafkago.ConsumerGroupConfig{
		ID:                     o.Group,
		Brokers:                conn.Brokers(),
		Dialer:                 conn.dialer(),
		Topics:                 o.Topics,
		SessionTimeout:         sessionTimeout,
		HeartbeatInterval:      heartbeatInterval,
		RebalanceTimeout:       rebalanceTimeout,
		JoinGroupBackoff:       joinBackoff,
		StartOffset:            kafkago.FirstOffset,
		WatchPartitionChanges:  true,
		PartitionWatchInterval: 5 * time.Second,
		Logger:                 kafkago.LoggerFunc(func(msg string, args ...any) { o.Log.Debug("kafka group: " + fmt.Sprintf(msg, args...)) }),
		ErrorLogger:            kafkago.LoggerFunc(func(msg string, args ...any) { o.Log.Debug("kafka group: " + fmt.Sprintf(msg, args...)) }),
	})
	if err != nil {
		return nil, fmt.Errorf("kafka group %q: %w", o.Group, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Source{
		group:   group,
		conn:    conn,
		log:     o.Log,
		records: make(chan pipeline.Record),
		stop:    stop,
		stopped: make(chan struct{}),
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
	return err
}

// Assigned reports whether this process is a member of the group, with the
// partitions that the group gave it (which may be none).
func (s *Source) Assigned() bool { return s.generation() != nil }

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
	generation := s.generation()
	if generation == nil {
		s.log.Info("not committed, between memberships: the records will come again", "partitions", len(done))
		return nil
	}
	offsets := map[string]map[int]int64{}
	for _, p := range done {
		if !owns(generation, p) {
			continue
		}
		if offsets[p.Topic] == nil {
			offsets[p.Topic] = map[int]int64{}
		}
		offsets[p.Topic][p.Partition] = p.Offset + 1
	}
	err := generation.CommitOffsets(offsets)
	var refused kafkago.Error
	if errors.As(err, &refused) {
		switch refused {
		case kafkago.IllegalGeneration, kafkago.UnknownMemberId, kafkago.RebalanceInProgress, kafkago.FencedInstanceID:
			s.log.Info("not committed, the group has moved on: the records will come again", "reason", refused.Title())
			return nil
		case kafkago.GroupAuthorizationFailed, kafkago.TopicAuthorizationFailed:
			return fmt.Errorf("committing offsets: %w; allow READ on group %s and its topics", err, generation.GroupID)
		}
	}
	if err != nil {
		return pipeline.Retriable(fmt.Errorf("committing offsets: %w", err))
	}
	return nil
}

func owns(g *kafkago.Generation, p pipeline.Position) bool {
	for _, a := range g.Assignments[p.Topic] {
		if a.ID == p.Partition {
			return true
		}
	}
	return false
}

func (s *Source) generation() *kafkago.Generation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// become makes g the current membership.
func (s *Source) become(g *kafkago.Generation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = g
}

// leave ends the membership g, unless another has begun.
func (s *Source) leave(g *kafkago.Generation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == g {
		s.current = nil
	}
}

// follow goes from one membership to the next until ctx ends.
func (s *Source) follow(ctx context.Context) {
	defer close(s.stopped)
	for {
		generation, err := s.group.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, kafkago.ErrGroupClosed):
			return
		case err != nil:
			s.log.Warn("joining the consumer group, trying again", "error", err)
			continue
		}
		s.serve(ctx, generation)
	}
}

// serve reads the partitions of one membership, each in a goroutine of its own
// that ends with the membership.
func (s *Source) serve(ctx context.Context, g *kafkago.Generation) {
	s.become(g)
	partitions := 0
	for topic, assignments := range g.Assignments {
		for _, a := range assignments {
			partitions++
			g.Start(func(membership context.Context) { s.read(ctx, membership, topic, a) })
		}
	}
	g.Start(func(membership context.Context) {
		<-membership.Done()
		s.leave(g)
	})
	s.log.Info("joined the consumer group", "group", g.GroupID, "generation", g.ID, "partitions", partitions)
}

// read hands out the records of one partition until the membership ends.
func (s *Source) read(ctx, membership context.Context, topic string, a kafkago.PartitionAssignment) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A membership's context has no cause and ends no children by itself in
	// time; one goroutine a partition carries its end over.
	go func() {
		select {
		case <-membership.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers:         s.conn.Brokers(),
		Dialer:          s.conn.dialer(),
		Topic:           topic,
		Partition:       a.ID,
		QueueCapacity:   queuedRecords,
		MinBytes:        1,
		MaxBytes:        maxFetchBytes,
		MaxWait:         maxFetchWait,
		ReadBackoffMin:  20 * time.Millisecond,
		ReadBackoffMax:  time.Second,
		ReadLagInterval: -1,
		Logger:          nil,
		ErrorLogger:     kafkago.LoggerFunc(func(msg string, args ...any) { s.log.Debug("kafka: " + fmt.Sprintf(msg, args...)) }),
	})
	defer reader.Close()
	if err := reader.SetOffset(a.Offset); err != nil {
		s.log.Error("setting the offset to read from", "topic", topic, "partition", a.ID, "offset", a.Offset, "error", err)
		return
	}
	for {
		m, err := reader.FetchMessage(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			// The reader goes on by itself after an error; its own backoff
			// paces this loop.
			s.log.Warn("reading a partition, trying again", "topic", topic, "partition", a.ID, "error", err)
			continue
		}
		select {
		case s.records <- record(m):
		case <-ctx.Done():
			return
		}
	}
}

func record(m kafkago.Message) pipeline.Record {
	r := pipeline.Record{Topic: m.Topic, Partition: m.Partition, Offset: m.Offset, Key: m.Key, Value: m.Value, Time: m.Time}
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, pipeline.Header{Key: h.Key, Value: h.Value})
	}
	return r
}
