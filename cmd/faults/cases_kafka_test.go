//go:build faults

package faults

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

func kafkaCases() []Case {
	return []Case{
		{Name: "broker killed", What: "the only broker is killed or paused, and comes back; once after 30 s", Env: &EnvOptions{}, Run: killBroker},
		{Name: "Kafka network", What: "the network to the broker is silent, slow, in pieces, or resets connections", Env: &EnvOptions{Proxied: true}, Run: badNetworkToKafka},
		{Name: "leader moved", What: "three brokers: leaders are moved; leaders and coordinators are killed, stopped, paused; dead letters lack a replica", Env: &EnvOptions{Nodes: 3}, Run: moveLeaders},
		{Name: "letters refused", What: "the topic of dead letters refuses them: it is gone, a letter is too large, or for good: then earshot ends, and is started again", Run: refuseLetters},
		{Name: "partitions added", What: "the topics gain partitions", Run: addPartitions},
	}
}

// breaks does things to servers that earshot outlives, with a recovery after each.
func (r *Rig) breaks(t *testing.T, things ...func()) {
	t.Helper()
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for _, thing := range things {
		r.Injected()
		thing()
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

func killBroker(t *testing.T, r *Rig) {
	killed := func(away time.Duration) func() {
		return func() {
			r.Kafka.Kill(1)
			time.Sleep(away)
			r.Kafka.Start(1)
		}
	}
	paused := func(away time.Duration) func() {
		return func() {
			r.Kafka.Pause(1)
			time.Sleep(away)
			r.Kafka.Continue(1)
		}
	}
	r.breaks(t, killed(0), killed(2*time.Second), paused(3*time.Second), killed(30*time.Second), paused(15*time.Second), killed(time.Second))
}

func badNetworkToKafka(t *testing.T, r *Rig) {
	network := r.Networks[0]
	r.Brokers = r.Kafka.Between()
	is := func(n Network, lasts time.Duration) func() {
		return func() {
			network.Set(n)
			time.Sleep(lasts)
			network.Set(Network{})
		}
	}
	cut := func() {
		for range 10 {
			network.Cut()
			time.Sleep(100 * time.Millisecond)
		}
	}
	r.breaks(t,
		is(Network{Silent: true}, 4*time.Second), // shorter than a member may be silent
		cut,
		is(Network{Latency: 20 * time.Millisecond, Slice: 50}, 8*time.Second),
		is(Network{Silent: true}, 15*time.Second), // longer
		is(Network{Limit: 3000}, 8*time.Second),
		cut,
		is(Network{Latency: 300 * time.Millisecond}, 10*time.Second),
		is(Network{Silent: true}, 15*time.Second),
		is(Network{Limit: 300}, 5*time.Second),
		cut,
	)
}

func moveLeaders(t *testing.T, r *Rig) {
	topics := r.Topics()
	moved := func() {
		for partition := range 2 {
			topic := topics[r.Rand.IntN(len(topics))]
			now := r.Kafka.Leader(topic, partition)
			r.Kafka.MoveLeader(topic, partition, (now+r.Rand.IntN(2))%3+1)
		}
	}
	// back is what happens to a node that leads, and how it comes back.
	leader := func(end, back func(number int), away time.Duration) func() {
		return func() {
			number := r.Kafka.Leader(topics[r.Rand.IntN(len(topics))], 0)
			end(number)
			time.Sleep(away)
			r.AwaitCommitted(t) // the others go on without it
			back(number)
		}
	}
	r.breaks(t,
		moved, moved, leader(r.Kafka.Kill, r.Kafka.Start, time.Second),
		moved, leader(r.Kafka.Stop, r.Kafka.Start, 0),
		moved, leader(r.Kafka.Pause, r.Kafka.Continue, 8*time.Second),
		moved, moved, leader(r.Kafka.Kill, r.Kafka.Start, 0),
	)
	// With a replica fewer than the topic wants, letters are refused.
	e := r.running[len(r.running)-1]
	r.configure(t, r.Letters, "min.insync.replicas", "3")
	for range 2 {
		number := 1 + r.Rand.IntN(3)
		r.refuseLetters(t, e, func() { r.Kafka.Kill(number) }, func() { r.Kafka.Start(number) })
	}
	e.mustRun(t)
}

func refuseLetters(t *testing.T, r *Rig) {
	e := r.Start(t)
	e.AwaitJoined(t)
	// Before there are letters, which would be gone with it.
	r.refuseLetters(t, e, func() {
		deleted, err := r.admin.DeleteTopics(t.Context(), r.Letters)
		if err := errors.Join(err, deleted.Error()); err != nil {
			t.Fatal(err)
		}
	}, func() { r.createTopic(t, r.Letters, 1, nil) })
	stop := r.Stream.Flow(t, flowRate)
	// Letters that are too large are shortened.
	for _, most := range []string{"2000", "1000", "600"} {
		r.configure(t, r.Letters, "max.message.bytes", most)
		r.Injected()
		r.Stream.ProducePoison(t)
		r.Recovered(t, time.Now())
	}
	r.configure(t, r.Letters, "max.message.bytes", "1048588")
	e.mustRun(t)
	// What the broker refuses for good is for an operator to mend: earshot ends, and
	// what supervises it starts it again.
	for range 3 {
		r.configure(t, r.Letters, "message.timestamp.before.max.ms", "0")
		r.Injected()
		r.Stream.ProducePoison(t)
		e.AwaitGone(t)
		if code := e.cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("earshot has ended with code %d", code)
		}
		r.configure(t, r.Letters, "message.timestamp.before.max.ms", "9223372036854775807")
		e = r.Start(t)
		r.Recovered(t, e.Started)
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

// refuseLetters makes the brokers refuse letters for a while. A letter that can't be
// published holds up what is behind it.
func (r *Rig) refuseLetters(t *testing.T, e *Earshot, begin, end func()) {
	t.Helper()
	tried := e.times(`"trying again"`, `"step":"reject"`)
	begin()
	r.Injected()
	r.Stream.ProducePoison(t)
	// The Kafka client tries for minutes before it says something, or not at all
	// where a topic is gone: it waits for the topic to come back.
	_ = tryUntil(time.Now().Add(12*time.Second), func() error {
		if e.times(`"trying again"`, `"step":"reject"`) == tried {
			return errors.New("not tried again yet")
		}
		return nil
	})
	end()
	r.Recovered(t, time.Now())
}

// configure changes one setting of a topic.
func (r *Rig) configure(t *testing.T, topic, key, value string) {
	t.Helper()
	altered, err := r.admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Op: kadm.SetConfig, Name: key, Value: &value}}, topic)
	if err == nil && len(altered) == 1 {
		err = altered[0].Err
	}
	if err != nil {
		t.Fatalf("%s = %s of %s: %v", key, value, topic, err)
	}
}

func addPartitions(t *testing.T, r *Rig) {
	var things []func()
	for partitions := 3; partitions <= 8; partitions++ {
		things = append(things, func() {
			created, err := r.admin.UpdatePartitions(t.Context(), partitions, r.Topics()...)
			if err := errors.Join(err, created.Error()); err != nil {
				t.Fatal(err)
			}
			await(t, patience, "a record in a new partition", func() error {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				ends, err := r.ends(ctx)
				if err != nil {
					return err
				}
				for at, end := range ends {
					if int(at.partition) == partitions-1 && end > 0 {
						return nil
					}
				}
				return errors.New("all of them are empty")
			})
		})
	}
	r.breaks(t, things...)
}
