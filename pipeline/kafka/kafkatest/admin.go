package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The calls below are the test's oracle: they go through another client library
// than the one under test, and over the listener that needs no password.

// admin makes a call with a client of its own, which remembers nothing from
// before a node was killed.
func (c *Cluster) admin(ctx context.Context, call func(context.Context, *kadm.Client) error) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(c.internal...))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx, kadm.NewClient(client))
}

// must makes a call and fails the test if it fails.
//
// Calls that may be repeated are wrapped in until: soon after a node has started
// or ended the cluster answers that it is not ready yet.
func (c *Cluster) must(what string, call func(context.Context, *kadm.Client) error) {
	c.tb.Helper()
	if err := c.admin(c.tb.Context(), call); err != nil {
		c.tb.Fatalf("%s: %v", what, err)
	}
}

// CreateTopic creates a topic, with as many replicas as the cluster has nodes,
// and returns when each of its partitions has a leader.
func (c *Cluster) CreateTopic(name string, partitions int, configs map[string]string) {
	c.tb.Helper()
	values := map[string]*string{}
	for key, value := range configs {
		values[key] = &value
	}
	c.must("creating topic "+name, func(ctx context.Context, client *kadm.Client) error {
		if _, err := client.CreateTopic(ctx, int32(partitions), -1, values, name); err != nil {
			return err
		}
		return until(ctx, func() error {
			leaders, err := leaders(ctx, client, name)
			if err == nil && len(leaders) < partitions {
				err = fmt.Errorf("%d of %d partitions have a leader", len(leaders), partitions)
			}
			return err
		})
	})
}

// Leader is the number of the node that leads a partition.
func (c *Cluster) Leader(topic string, partition int) int {
	c.tb.Helper()
	var number int
	c.must("finding the leader of "+topic, func(ctx context.Context, client *kadm.Client) error {
		return until(ctx, func() error {
			leaders, err := leaders(ctx, client, topic)
			if err != nil {
				return err
			}
			var ok bool
			if number, ok = leaders[partition]; !ok {
				return fmt.Errorf("partition %d has no leader", partition)
			}
			return nil
		})
	})
	return number
}

// leaders are the numbers of the nodes that lead the partitions of a topic.
// Partitions without one are left out.
func leaders(ctx context.Context, client *kadm.Client, topic string) (map[int]int, error) {
	meta, err := client.Metadata(ctx, topic)
	if err != nil {
		return nil, err
	}
	if err := meta.Topics[topic].Err; err != nil {
		return nil, err
	}
	found := map[int]int{}
	for _, p := range meta.Topics[topic].Partitions {
		if p.Err == nil && p.Leader > 0 {
			found[int(p.Partition)] = int(p.Leader)
		}
	}
	return found, nil
}

// MoveLeader gives a partition to another node, which must have a replica in sync,
// and returns when it leads.
func (c *Cluster) MoveLeader(topic string, partition, to int) {
	c.tb.Helper()
	c.must(fmt.Sprintf("moving %s/%d to node %d", topic, partition, to), func(ctx context.Context, client *kadm.Client) error {
		return until(ctx, func() error {
			leaders, err := leaders(ctx, client, topic)
			if err != nil || leaders[partition] == to {
				return err
			}
			// The first of the replicas is the preferred one.
			replicas := []int32{int32(to)}
			for number := range c.nodes {
				if number+1 != to {
					replicas = append(replicas, int32(number+1))
				}
			}
			var assign kadm.AlterPartitionAssignmentsReq
			assign.Assign(topic, int32(partition), replicas)
			assigned, err := client.AlterPartitionAssignments(ctx, assign)
			if err := errors.Join(err, assigned.Error()); err != nil {
				return err
			}
			var elect kadm.TopicsSet
			elect.Add(topic, int32(partition))
			if _, err := client.ElectLeaders(ctx, kadm.ElectPreferredReplica, elect); err != nil {
				return err
			}
			return fmt.Errorf("node %d leads", leaders[partition])
		})
	})
}

// StartOffsets are the offsets of the first records that each partition still has.
func (c *Cluster) StartOffsets(topic string) map[int]int64 {
	c.tb.Helper()
	return c.offsets("reading the start offsets of "+topic, func(ctx context.Context, client *kadm.Client) (kadm.ListedOffsets, error) {
		return client.ListStartOffsets(ctx, topic)
	})
}

// EndOffsets are the offsets that the next record of each partition will get.
func (c *Cluster) EndOffsets(topic string) map[int]int64 {
	c.tb.Helper()
	return c.offsets("reading the end offsets of "+topic, func(ctx context.Context, client *kadm.Client) (kadm.ListedOffsets, error) {
		return client.ListEndOffsets(ctx, topic)
	})
}

// offsets are what list answers, by partition.
func (c *Cluster) offsets(what string, list func(context.Context, *kadm.Client) (kadm.ListedOffsets, error)) map[int]int64 {
	c.tb.Helper()
	offsets := map[int]int64{}
	c.must(what, func(ctx context.Context, client *kadm.Client) error {
		return until(ctx, func() error {
			listed, err := list(ctx, client)
			if err := errors.Join(err, listed.Error()); err != nil {
				return err
			}
			listed.Each(func(o kadm.ListedOffset) { offsets[int(o.Partition)] = o.Offset })
			return nil
		})
	})
	return offsets
}

// CommittedOffsets are the offsets that a group has committed, without the
// partitions for which it has committed none.
func (c *Cluster) CommittedOffsets(group, topic string) map[int]int64 {
	c.tb.Helper()
	committed := map[int]int64{}
	c.must("reading the offsets committed by "+group, func(ctx context.Context, client *kadm.Client) error {
		return until(ctx, func() error {
			fetched, err := client.FetchOffsets(ctx, group)
			if errors.Is(err, kerr.GroupIDNotFound) {
				return nil // it never committed
			}
			if err := errors.Join(err, fetched.Error()); err != nil {
				return err
			}
			fetched.Each(func(o kadm.OffsetResponse) {
				if o.Topic == topic && o.At >= 0 {
					committed[int(o.Partition)] = o.At
				}
			})
			return nil
		})
	})
	return committed
}

// waitFor returns once the cluster counts n among its brokers and n itself
// answers.
func (c *Cluster) waitFor(ctx context.Context, n *node) error {
	err := until(ctx, func() error {
		if !n.alive() {
			return fatal{fmt.Errorf("it ended by itself:\n%s", lastLines(n.log(), 20))}
		}
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		client, err := kgo.NewClient(kgo.SeedBrokers(n.addr))
		if err != nil {
			return err
		}
		defer client.Close()
		meta, err := kadm.NewClient(client).BrokerMetadata(ctx)
		if err != nil {
			return err
		}
		for _, b := range meta.Brokers {
			if int(b.NodeID) == n.number {
				return nil
			}
		}
		return errors.New("it is not among the cluster's brokers yet")
	})
	if err != nil {
		return fmt.Errorf("waiting for Kafka node %d: %w", n.number, err)
	}
	return nil
}

// fatal is an error that waiting does not cure.
type fatal struct{ error }

// until calls try until it succeeds.
func until(ctx context.Context, try func() error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		var hopeless fatal
		if err == nil || errors.As(err, &hopeless) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}
