//go:build faults

package faults

import (
	"fmt"
	"testing"
	"time"
)

func poisonCases() []Case {
	return []Case{{
		Name: "poison", What: "every bad input there is, one of them beyond all limits, and SIGKILL around the dead letters",
		Rig: RigOptions{TopicConfigs: map[string]string{"max.message.bytes": "20000000"}},
		Run: poisoned,
	}}
}

// poisonRounds is how often all bad inputs are published.
const poisonRounds = 10

func poisoned(t *testing.T, r *Rig) {
	for range poisonRounds {
		r.Stream.Produce(t, 20)
		r.Stream.ProducePoison(t)
		r.Stream.ProducePoison(t, hugePoison())
		r.Stream.Produce(t, 20)
		point := []string{"after_insert", "after_reject", "before_commit"}[r.Rand.IntN(3)]
		e := r.StartFaulty(t, fmt.Sprintf("%s:%d:kill+%s", point, 1+r.Rand.IntN(2), time.Duration(r.Rand.Int64N(int64(10*time.Millisecond)))))
		e.endsWithin(killPatience)
		r.Injected()
		e = r.Start(t)
		r.Recovered(t, e.Started)
		e.AwaitRunning(t)
		e.Terminate(t)
	}
	r.Start(t)
}
