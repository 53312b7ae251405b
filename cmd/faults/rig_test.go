//go:build faults

package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/pipeline"
)

// RigOptions say what is other than usual about a rig.
type RigOptions struct {
	Partitions   int               // of each topic; 0: 2
	TopicConfigs map[string]string // of the topics of feedback, beside no retention
	LetterTopic  map[string]string // configuration of the topic of dead letters
	// Pipeline holds settings of the section pipeline of the configuration, instead
	// of the rig's own: small batches, and commits that soon follow.
	Pipeline map[string]string
}

// Rig is what one case works on: topics, a consumer group and a database of its
// own on the servers of an Env, a stream of feedback into them, and what counts
// the faults.
type Rig struct {
	*Env
	Rand     *rand.Rand
	Stream   *Stream
	Group    string
	Letters  string // topic of dead letters
	Database string
	// ClickHouseURL is where the next earshot finds ClickHouse: a proxy's address
	// where a case puts one between.
	ClickHouseURL string
	// Brokers are where the next earshot finds Kafka.
	Brokers []string

	oracle  *oracle
	options RigOptions
	dir     string
	client  *kgo.Client
	admin   *kadm.Client
	running []*Earshot
	// supervise starts what has ended and should not have, as a supervisor would.
	// It is called while the rig waits. nil: nobody does.
	supervise func()
	tally     Tally
}

// Tally is what happened on a rig.
type Tally struct {
	Faults     int
	Recoveries []time.Duration
}

// sources are the topics of the contract with their channels.
var sources = []struct {
	name    string
	channel pipeline.Channel
}{
	{"reviews", pipeline.Review},
	{"social", pipeline.Social},
	{"chats", pipeline.Chat},
	{"surveys", pipeline.Survey},
	{"tickets", pipeline.Ticket},
	{"calls", pipeline.Call},
}

// newRig makes a rig on the servers of e. name must differ from that of any other
// rig on them.
func newRig(t *testing.T, e *Env, with *oracle, name string, random *rand.Rand, o RigOptions) *Rig {
	t.Helper()
	if o.Partitions == 0 {
		o.Partitions = 2
	}
	r := &Rig{
		Env: e, oracle: with, Rand: random, Group: name, Letters: name + ".deadletters", Database: name,
		ClickHouseURL: e.ClickHouse.URL(), Brokers: e.Kafka.Brokers(), options: o, dir: t.TempDir(),
	}
	var err error
	if r.client, err = kgo.NewClient(kgo.SeedBrokers(e.Kafka.Brokers()...), kgo.MetadataMinAge(100*time.Millisecond), kgo.MetadataMaxAge(5*time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.Close)
	r.admin = kadm.NewClient(r.client)
	for _, topic := range r.Topics() {
		configs := map[string]string{"retention.ms": "-1"}
		for key, value := range o.TopicConfigs {
			configs[key] = value
		}
		r.createTopic(t, topic, o.Partitions, configs)
	}
	r.createTopic(t, r.Letters, 1, o.LetterTopic)
	r.Stream = newStream(t, r)
	t.Cleanup(func() {
		if t.Failed() {
			r.tell(t)
		}
	})
	return r
}

// tell logs what the last processes have said.
func (r *Rig) tell(t *testing.T) {
	for i, e := range r.running[max(0, len(r.running)-2):] {
		t.Logf("of the last 2 of %d processes, number %d began at %s, runs: %t, and said:\n%s",
			len(r.running), i+1, e.Started.UTC().Format(time.TimeOnly), e.Running(), lastLines(e.Log(), 15))
	}
}

// Topics are the topics of feedback.
func (r *Rig) Topics() []string {
	topics := make([]string, len(sources))
	for i, s := range sources {
		topics[i] = r.Group + "." + s.name
	}
	return topics
}

func (r *Rig) createTopic(t *testing.T, name string, partitions int, configs map[string]string) {
	t.Helper()
	values := map[string]*string{}
	for key, value := range configs {
		values[key] = &value
	}
	await(t, patience, "the topic "+name, func() error {
		_, err := r.admin.CreateTopic(t.Context(), int32(partitions), -1, values, name)
		if errors.Is(err, kerr.TopicAlreadyExists) {
			err = nil
		}
		if err != nil {
			return err
		}
		ends, err := r.admin.ListEndOffsets(t.Context(), name)
		return errors.Join(err, ends.Error())
	})
}

// remove takes the rig's topics and database from servers that others use too.
func (r *Rig) remove(t *testing.T) {
	t.Helper()
	for _, e := range r.running {
		e.Kill()
	}
	r.ClickHouse.Exec(t, "default", "DROP DATABASE "+r.Database)
	_, err := r.admin.DeleteTopics(t.Context(), append(r.Topics(), r.Letters)...)
	if err != nil {
		t.Log(err)
	}
}

// Injected counts a fault.
func (r *Rig) Injected() { r.tally.Faults++ }

// configFile writes the configuration for the next earshot.
func (r *Rig) configFile(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "kafka: {brokers: [%s], group: %s, dead_letters: %s}\nsources:\n", strings.Join(r.Brokers, ", "), r.Group, r.Letters)
	for i, topic := range r.Topics() {
		fmt.Fprintf(&b, "  - {topic: %s, channel: %s}\n", topic, sources[i].channel)
	}
	fmt.Fprintf(&b, "clickhouse: {url: %q, database: %s}\nanalysis: {tier: fast, taxonomy: [core], targets: [%s]}\n", r.ClickHouseURL, r.Database, target)
	fmt.Fprintf(&b, "privacy: {key_file: %s}\npipeline:\n", r.keyFile())
	settings := map[string]string{"batch_records": "32", "flush": "100ms", "drain": "10s", "commit": "50ms"}
	for key, value := range r.options.Pipeline {
		settings[key] = value
	}
	for key, value := range settings {
		fmt.Fprintf(&b, "  %s: %s\n", key, value)
	}
	b.WriteString("listen: 127.0.0.1:0\ndashboard:\n")
	path := filepath.Join(r.dir, "earshot.yaml")
	// Put in its place whole: the process that was started before may be reading it.
	next := path + ".next"
	if err := os.WriteFile(next, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// keyFile holds the key of the pseudonyms, which the oracle reads too.
func (r *Rig) keyFile() string { return filepath.Join(r.dir, "earshot.key") }

// position is a place in a partition.
type position struct {
	topic     string
	partition int32
}

// ends are the offsets that the next records will get, from the brokers.
func (r *Rig) ends(ctx context.Context) (map[position]int64, error) {
	listed, err := r.admin.ListEndOffsets(ctx, r.Topics()...)
	if err := errors.Join(err, listed.Error()); err != nil {
		return nil, err
	}
	ends := map[position]int64{}
	listed.Each(func(o kadm.ListedOffset) { ends[position{o.Topic, o.Partition}] = o.Offset })
	return ends, nil
}

// committed are the offsets that the group has committed, from the brokers.
func (r *Rig) committed(ctx context.Context) (map[position]int64, error) {
	fetched, err := r.admin.FetchOffsets(ctx, r.Group)
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil // it never committed
	}
	if err := errors.Join(err, fetched.Error()); err != nil {
		return nil, err
	}
	committed := map[position]int64{}
	fetched.Each(func(o kadm.OffsetResponse) { committed[position{o.Topic, o.Partition}] = o.At })
	return committed, nil
}

// AwaitCommitted waits until the group has committed everything that the topics
// hold now, and returns how long that took.
func (r *Rig) AwaitCommitted(t *testing.T) time.Duration {
	t.Helper()
	since := time.Now()
	r.awaitCommitted(t, since)
	return time.Since(since)
}

// Recovered waits until the group has committed everything that the topics hold
// now, and notes how long that took since the cause of the last fault had ended.
func (r *Rig) Recovered(t *testing.T, since time.Time) {
	t.Helper()
	r.awaitCommitted(t, since)
	r.tally.Recoveries = append(r.tally.Recoveries, time.Since(since))
}

func (r *Rig) awaitCommitted(t *testing.T, since time.Time) {
	t.Helper()
	var ends map[position]int64
	await(t, patience, "the ends of the topics", func() (err error) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		ends, err = r.ends(ctx)
		return err
	})
	await(t, patience, fmt.Sprintf("the group to commit all that there was after the fault's end at %s", since.UTC().Format(time.TimeOnly)), func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if r.supervise != nil {
			r.supervise()
		}
		committed, err := r.committed(ctx)
		if err != nil {
			return err
		}
		for at, end := range ends {
			if end > 0 && committed[at] < end {
				return fmt.Errorf("%s/%d: committed %d of %d", at.topic, at.partition, committed[at], end)
			}
		}
		return nil
	})
}
