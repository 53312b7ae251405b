//go:build faults

package faults

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

func mixCases() []Case {
	return []Case{{
		Name: "mix", What: "a random mix of the others: processes, members, ClickHouse, Kafka, networks",
		Env: &EnvOptions{Proxied: true}, Run: func(t *testing.T, r *Rig) {
			m := &mix{Rig: r, proxy: r.proxied(t)}
			r.Brokers = r.Kafka.Between()
			m.run(t)
		},
	}}
}

// mixed is how many faults a mix has.
const mixed = 40

// mix breaks what comes to its mind.
type mix struct {
	*Rig
	proxy   *Proxy
	members []*Earshot
}

func (m *mix) run(t *testing.T) {
	m.supervise = func() { m.restart(t) }
	stop := m.Stream.Flow(t, 15)
	for range mixed {
		m.restart(t)
		m.fault(t)
		m.Injected()
		if m.Rand.IntN(3) == 0 { // the next fault comes before this one is over
			continue
		}
		m.Recovered(t, time.Now())
	}
	stop()
	m.Recovered(t, time.Now())
}

// restart starts a member where none is left: they are killed, and one that starts
// while a server is away gives up.
func (m *mix) restart(t *testing.T) {
	var alive []*Earshot
	for _, e := range m.members {
		if e.Running() {
			alive = append(alive, e)
		}
	}
	if len(alive) == 0 {
		alive = append(alive, m.Start(t))
	}
	m.members = alive
}

// fault does one thing, chosen at random.
func (m *mix) fault(t *testing.T) {
	member := m.members[m.Rand.IntN(len(m.members))]
	shortly := func(most time.Duration) { time.Sleep(time.Duration(m.Rand.Int64N(int64(most)))) }
	things := []func(){
		func() { shortly(2 * time.Second); member.Kill() },
		func() { member.Terminate(t) },
		func() { // asked to stop, and killed meanwhile
			member.signal(syscall.SIGTERM)
			shortly(300 * time.Millisecond)
			member.Kill()
		},
		func() { // killed by itself at a fault point
			point := []string{"fetched", "analysing", "before_insert", "inserting", "after_insert", "before_commit", "committing", "after_commit"}[m.Rand.IntN(8)]
			e := m.StartFaulty(t, fmt.Sprintf("%s:%d:kill+%s", point, 1+m.Rand.IntN(3), time.Duration(m.Rand.Int64N(int64(5*time.Millisecond)))))
			e.endsWithin(15 * time.Second)
		},
		func() { // a zombie
			shortly(time.Second)
			member.Pause()
			time.Sleep(longerThanSession)
			member.Continue()
		},
		func() {
			if len(m.members) < 3 {
				m.members = append(m.members, m.Start(t))
			}
		},
		func() { m.Stream.ProducePoison(t) },
		func() { m.proxy.Set(&Toxic{Times: 3, Break: applied}); shortly(2 * time.Second); m.proxy.Set(nil) },
		func() {
			m.proxy.Set(&Toxic{Times: 3, Break: refusedHalfway})
			shortly(2 * time.Second)
			m.proxy.Set(nil)
		},
		func() { m.proxy.Set(&Toxic{Break: garbled(m.Rand.IntN(7))}); shortly(time.Second); m.proxy.Set(nil) },
		func() {
			m.proxy.Set(&Toxic{Break: delayed(2 * time.Second)})
			shortly(5 * time.Second)
			m.proxy.Set(nil)
		},
		func() { m.proxy.Close(); shortly(4 * time.Second); m.proxy.Open(t) },
		func() { m.ClickHouse.Kill(); shortly(2 * time.Second); m.ClickHouse.Start(t) },
		func() { m.Kafka.Kill(1); shortly(3 * time.Second); m.Kafka.Start(1) },
		func() { m.Networks[0].Cut() },
		func() {
			m.Networks[0].Set(Network{Silent: true})
			shortly(9 * time.Second)
			m.Networks[0].Set(Network{})
		},
		func() {
			m.Networks[0].Set(Network{Latency: 100 * time.Millisecond, Slice: 200})
			shortly(5 * time.Second)
			m.Networks[0].Set(Network{})
		},
	}
	things[m.Rand.IntN(len(things))]()
}
