//go:build faults

package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// window is a time in the life of a batch in which the process is killed.
type window struct {
	name, what string
	// fault says where to die: at which fault point, and how long after it.
	fault func(*rand.Rand) string
	// in and out are the fault points between which the window is, if it has an
	// end: a process that died in it has passed the first more often.
	in, out string
	// poison publishes bad inputs before each kill.
	poison bool
}

// exactly dies at one of the first passages of a fault point.
func exactly(point string) func(*rand.Rand) string {
	return func(random *rand.Rand) string { return fmt.Sprintf("%s:%d:kill", point, 1+random.IntN(2)) }
}

// within dies up to a time after the first passage of a fault point.
func within(point string, most time.Duration) func(*rand.Rand) string {
	return func(random *rand.Rand) string {
		return fmt.Sprintf("%s:1:kill+%s", point, time.Duration(1+random.Int64N(int64(most))))
	}
}

var windows = []window{
	{name: "kill after fetch", what: "SIGKILL with a batch fetched and nothing done", fault: exactly("fetched")},
	{name: "kill during analysis", what: "SIGKILL while texts are heard", fault: within("analysing", 4*time.Millisecond), in: "analysing", out: "analysed"},
	{name: "kill before insert", what: "SIGKILL with a batch analysed", fault: exactly("before_insert")},
	{name: "kill during insert", what: "SIGKILL with an insert on its way", fault: within("inserting", 8*time.Millisecond), in: "inserting", out: "inserted"},
	{name: "kill after insert", what: "SIGKILL with rows written, and nothing committed", fault: exactly("after_insert")},
	{name: "kill before commit", what: "SIGKILL with rows and dead letters written, and nothing committed", fault: exactly("before_commit")},
	{name: "kill during commit", what: "SIGKILL with a commit on its way", fault: within("committing", 2*time.Millisecond), in: "committing", out: "committed"},
	{name: "kill during dead letters", what: "SIGKILL while dead letters are published, or right after", fault: func(random *rand.Rand) string {
		return fmt.Sprintf("after_insert:1:kill+%s", time.Duration(random.Int64N(int64(8*time.Millisecond))))
	}, in: "after_insert", out: "after_reject", poison: true},
	{name: "kill after commit", what: "SIGKILL right after a commit", fault: exactly("after_commit")},
}

// kills is how often each window is hit, at least.
const kills = 20

// killPatience is how long a process may take to come by the point where it dies.
const killPatience = 40 * time.Second

func killCases() []Case {
	var all []Case
	for _, w := range windows {
		all = append(all, Case{Name: w.name, What: w.what, Run: w.run})
	}
	return append(all, Case{Name: "kill during stop", What: "SIGKILL while it finishes what is under way after SIGTERM", Run: killDuringStop})
}

func (w window) run(t *testing.T, r *Rig) {
	killAgain(t, r, func() bool {
		r.Stream.Produce(t, 20+r.Rand.IntN(60))
		if w.poison {
			r.Stream.ProducePoison(t)
		}
		e := r.StartFaulty(t, w.fault(r.Rand))
		return e.endsWithin(killPatience) && e.killed() && (w.in == "" || e.passages(w.in) > e.passages(w.out))
	})
}

// killAgain kills an earshot until it was hit often enough in its window, which kill
// reports, and lets another one recover after about every second kill.
func killAgain(t *testing.T, r *Rig, kill func() (hit bool)) {
	t.Helper()
	missed := 0
	for hits := 0; hits < kills; {
		if kill() {
			hits++
			r.Injected()
		} else if missed++; missed > 3*kills {
			t.Fatalf("%d of %d kills missed their window; the last one said:\n%s", missed, missed+hits, lastLines(r.running[len(r.running)-1].Log(), 20))
		}
		if r.Rand.IntN(2) == 0 { // who comes next is killed as well
			continue
		}
		e := r.Start(t)
		r.Recovered(t, e.Started)
		e.AwaitRunning(t) // before, a signal ends it at once
		if code := e.Terminate(t); code != 0 {
			t.Errorf("asked to stop, earshot ended with code %d:\n%s", code, lastLines(e.Log(), 20))
		}
	}
	r.Recovered(t, r.Start(t).Started)
}

// killDuringStop asks a process that is in the midst of things to stop, and kills it
// while it does.
func killDuringStop(t *testing.T, r *Rig) {
	killAgain(t, r, func() bool {
		e := r.StartFaulty(t, within("stopping", 40*time.Millisecond)(r.Rand))
		e.AwaitJoined(t)
		r.Stream.Produce(t, 150)
		await(t, patience, "earshot to fetch", func() error {
			if !e.passed("fetched") {
				return errors.New("it has fetched nothing")
			}
			return nil
		})
		e.signal(syscall.SIGTERM)
		return e.endsWithin(killPatience) && e.passed("stopping") && e.killed()
	})
}
