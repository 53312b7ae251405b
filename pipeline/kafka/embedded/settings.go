package embedded

import (
	"net"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

const (
	// DefaultPartitions is the number of partitions of a topic that is asked
	// for without one.
	DefaultPartitions = 4

	// MaxMessageBytes is the largest batch of records, as sent (compressed if
	// the producer compresses), that the broker takes. A larger one is refused
	// with MESSAGE_TOO_LARGE.
	MaxMessageBytes = 16 << 20

	// RetentionBytes is how much a partition keeps. Once it holds more, its
	// oldest batches are deleted, within a minute or so; their space is given
	// back by whole segments of 16 MiB. The disk that a broker takes is
	// therefore at most this times its number of partitions, and a little.
	RetentionBytes = 1 << 30

	// maxRequestBytes bounds what one request may make the broker allocate,
	// as socket.request.max.bytes does in Kafka, with the same value.
	maxRequestBytes = 100 << 20

	segmentBytes      = 16 << 20
	retentionInterval = time.Minute
	minSession        = time.Second
	maxSession        = 30 * time.Minute
)

// settings are the engine's options for data in dir behind ln.
func settings(dir string, ln net.Listener, log kfake.Logger) []kfake.Opt {
	return []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.ClusterID("earshot"),
		kfake.DataDir(dir),
		kfake.SyncWrites(),
		kfake.MaxVersions(requests()),
		kfake.WithLogger(log),
		kfake.DefaultNumPartitions(DefaultPartitions),
		kfake.GroupMinSessionTimeout(minSession),
		kfake.GroupMaxSessionTimeout(maxSession),
		kfake.ListenFn(func(_, _ string) (net.Listener, error) { return ln, nil }),
		kfake.BrokerConfigs(map[string]string{
			"message.max.bytes":            strconv.Itoa(MaxMessageBytes),
			"log.segment.bytes":            strconv.Itoa(segmentBytes),
			"log.retention.ms":             "-1",
			"log.retention.bytes":          strconv.Itoa(RetentionBytes),
			"default.replication.factor":   "1",
			"group.min.session.timeout.ms": strconv.FormatInt(minSession.Milliseconds(), 10),
			"group.max.session.timeout.ms": strconv.FormatInt(maxSession.Milliseconds(), 10),
			// A month: the offsets of a pipeline that was stopped over the
			// holidays must not be forgotten.
			"offsets.retention.minutes": strconv.Itoa(30 * 24 * 60),
		}),
	}
}

// requests are the kinds and versions of requests that the broker says it
// answers: what the engine knows, but where its answer lacks lists that Kafka's
// own Java client takes for granted. The client then asks in an older way.
func requests() *kversion.Versions {
	known := kversion.Tip()
	known.SetMaxKeyVersion(kmsg.DescribeTopicPartitions.Int16(), -1) // eligible leader replicas
	known.SetMaxKeyVersion(kmsg.CreateTopics.Int16(), 4)             // the new topic's settings
	return known
}
