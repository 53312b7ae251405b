// Package embedded runs a Kafka broker inside the process: one node that
// speaks Kafka's protocol over TCP, so that any Kafka client can connect to
// it, and that keeps its data in a directory.
//
// What a client was told is done is on disk when it is told: records,
// committed group offsets and topics survive the death of the process,
// SIGKILL included. A batch that was being written at that moment was not
// acknowledged yet; it is either there whole or cut off at the next start.
//
// It is meant for one machine: a demonstration, a test, a small installation.
// What it does not do, and what Kafka itself does:
//   - There is one node, so nothing is replicated.
//   - Topics are not created by being mentioned. A misspelt name would
//     otherwise swallow feedback that no pipeline reads. Clients that ask for
//     a topic with CreateTopics get it, and it stays.
//   - Old records are deleted by size alone (see RetentionBytes), never by
//     age: feedback often carries the time it was written, years ago, as its
//     record's timestamp, and would be deleted on arrival.
//   - After a crash an idempotent producer's unacknowledged batch may be
//     stored twice, since the numbers that would tell are kept in memory.
//   - A partition whose every record was deleted by a client (DeleteRecords,
//     or a topic that it gave a retention.ms) counts from offset 0 again after
//     a restart.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/twmb/franz-go/pkg/kfake"
)

// Topic is a topic that should be there once the broker has started.
type Topic struct {
	Name       string
	Partitions int // 0 means DefaultPartitions
}

// Options says where a broker keeps its data and where it listens.
type Options struct {
	// Dir holds the data and is created if it is missing. One process at a
	// time may use it.
	Dir string

	// Addr is the host:port to listen on. Port 0 picks a free one. An address
	// that listens on every interface (":9092", "0.0.0.0:9092") is told to
	// clients under the machine's host name, since they need a name that they
	// can dial.
	Addr string

	// Topics are created where they are missing. Those that exist keep their
	// partitions, their records and their settings.
	Topics []Topic

	// Logger gets the broker's log: what concerns the stored data at its own
	// level, everything else at debug. Nil discards it.
	Logger *slog.Logger
}

// Broker is a running broker. Its methods may be called from any goroutine.
type Broker struct {
	addr    string
	cluster *kfake.Cluster
	log     *logger
	lock    *flock.Flock

	stopRetention chan struct{}
	retentionDone chan struct{}

	closing  sync.Once
	closeErr error
}

// Start opens the data directory and listens. When it returns, the topics of o
// exist and clients may connect.
//
// Errors are ErrDirInUse, ErrAddrInUse and those of the file system and the
// network, each with what to do about it. ctx bounds the start alone: ending
// it later does not stop the broker, Close does.
func Start(ctx context.Context, o Options) (*Broker, error) {
	if o.Dir == "" {
		return nil, errors.New("the embedded Kafka needs a data directory")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	lock, err := openDir(o.Dir)
	if err != nil {
		return nil, err
	}
	b, err := start(ctx, o)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	b.lock = lock
	return b, nil
}

// start does what Start does once the directory belongs to this process.
func start(ctx context.Context, o Options) (*Broker, error) {
	// The port is taken before the data is read, which is the slower part.
	ln, err := listen(ctx, o.Addr)
	if err != nil {
		return nil, err
	}
	log := &logger{to: o.Logger}
	if err := prepare(ctx, o.Dir, log); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	cluster, err := kfake.NewCluster(settings(o.Dir, ln, log)...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the data in %s: %w", o.Dir, err), ln.Close())
	}
	b := &Broker{
		addr:          ln.Addr().String(),
		cluster:       cluster,
		log:           log,
		stopRetention: make(chan struct{}),
		retentionDone: make(chan struct{}),
	}
	go b.applyRetention(retentionInterval)
	if err := errors.Join(ctx.Err(), forgetSequences(o.Dir), b.createTopics(o.Topics)); err != nil {
		return nil, errors.Join(err, b.stop())
	}
	return b, nil
}

// topicName is what Kafka allows, but for "." and "..". The engine takes any.
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// createTopics creates those of topics that do not exist.
func (b *Broker) createTopics(topics []Topic) error {
	for _, t := range topics {
		if !topicName.MatchString(t.Name) || t.Name == "." || t.Name == ".." {
			return fmt.Errorf("topic %q: a name has 1 to 249 letters, digits, dots, underscores and hyphens", t.Name)
		}
		if t.Partitions < 0 {
			return fmt.Errorf("topic %s: %d partitions, want at least 1", t.Name, t.Partitions)
		}
		if b.cluster.TopicInfo(t.Name) != nil {
			continue
		}
		if err := b.cluster.CreateTopic(t.Name, int32(t.Partitions), nil); err != nil {
			return fmt.Errorf("creating topic %q: %w", t.Name, err)
		}
	}
	return nil
}

// Addr is the host:port under which clients reach the broker.
func (b *Broker) Addr() string { return b.addr }

// Brokers is Addr as the list that Kafka clients want.
func (b *Broker) Brokers() []string { return []string{b.addr} }

// Close ends all connections, writes what makes the next start quick, and
// gives the directory back. Further calls return what the first one did.
func (b *Broker) Close() error {
	b.closing.Do(func() { b.closeErr = errors.Join(b.stop(), b.lock.Unlock()) })
	return b.closeErr
}

// stop ends everything but the hold on the directory.
func (b *Broker) stop() error {
	close(b.stopRetention)
	<-b.retentionDone
	b.cluster.Close()
	return b.log.storageError()
}

// applyRetention deletes what exceeds the limits, at every interval. The
// engine by itself looks only at topics with limits of their own.
func (b *Broker) applyRetention(every time.Duration) {
	defer close(b.retentionDone)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-b.stopRetention:
			return
		case <-tick.C:
			b.cluster.ApplyRetention()
		}
	}
}
