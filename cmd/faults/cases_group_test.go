//go:build faults

package faults

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func groupCases() []Case {
	return []Case{
		{Name: "members come and go", What: "members join, leave and are killed while feedback flows", Run: comeAndGo},
		{Name: "zombies at fault points", What: "a member is paused before or in a write or commit until others have its partitions, then goes on", Run: zombies},
		{Name: "zombies at any time", What: "a member is paused at any moment for longer than its session, then goes on", Run: pausedAnywhere},
	}
}

// changes is how often the membership of the group changes, in comeAndGo.
const changes = 24

// comeAndGo keeps one to four members and changes them.
func comeAndGo(t *testing.T, r *Rig) {
	defer r.watchCommits(t)()
	defer r.Stream.Flow(t, 30)()
	members := []*Earshot{r.Start(t)}
	members[0].AwaitJoined(t)
	for range changes {
		which := r.Rand.IntN(len(members))
		since := time.Now()
		switch what := r.Rand.IntN(3); {
		case what == 0 && len(members) > 1, len(members) == 4:
			members[which].AwaitRunning(t) // before, a signal ends it at once
			if code := members[which].Terminate(t); code != 0 {
				t.Errorf("asked to leave, a member ended with code %d:\n%s", code, lastLines(members[which].Log(), 20))
			}
			members = append(members[:which], members[which+1:]...)
		case what == 1 && len(members) > 1:
			members[which].Kill()
			members = append(members[:which], members[which+1:]...)
		default:
			members = append(members, r.Start(t))
		}
		r.Injected()
		if r.Rand.IntN(2) == 0 { // the next change comes before this one is over
			time.Sleep(time.Duration(r.Rand.IntN(1500)) * time.Millisecond)
			continue
		}
		r.Recovered(t, since)
	}
	r.Recovered(t, time.Now())
}

// zombieRounds is how many members are paused past their session, in each case.
const zombieRounds = 12

// zombies pauses a member at a fault point until another has taken over and has
// committed, and lets it go on: to write and to commit what is no longer its own.
func zombies(t *testing.T, r *Rig) {
	defer r.watchCommits(t)()
	points := []string{"before_insert", "inserting", "after_insert", "after_reject", "before_commit", "committing"}
	for range zombieRounds {
		r.Stream.Produce(t, 30+r.Rand.IntN(40))
		zombie := r.StartFaulty(t, fmt.Sprintf("%s:1:stop", points[r.Rand.IntN(len(points))]))
		awaitPaused(t, zombie)
		r.Injected()
		other := r.Start(t)
		r.Recovered(t, other.Started)
		r.Stream.Produce(t, 10) // newer versions of what the zombie is about to write
		r.AwaitCommitted(t)
		since := time.Now()
		zombie.Continue()
		if r.Rand.IntN(3) == 0 { // it dies while it writes
			time.Sleep(time.Duration(r.Rand.Int64N(int64(100 * time.Millisecond))))
			zombie.Kill()
			r.Injected()
		}
		r.Stream.Produce(t, 10)
		await(t, patience, "the zombie to write and commit", func() error {
			if zombie.Running() && !zombie.passed("after_commit") {
				return errors.New("it did not commit")
			}
			return nil
		})
		r.Recovered(t, since)
		if zombie.Running() && zombie.Terminate(t) != 0 || other.Terminate(t) != 0 {
			t.Error("asked to stop, a member failed")
		}
	}
	r.Recovered(t, r.Start(t).Started)
}

func awaitPaused(t *testing.T, e *Earshot) {
	t.Helper()
	await(t, patience, "earshot to pause itself", func() error {
		switch {
		case !e.Running():
			return fatal{fmt.Errorf("it has ended:\n%s", lastLines(e.Log(), 20))}
		case !e.Paused():
			return errors.New("it runs")
		}
		return nil
	})
}

// longerThanSession is for how long a member is paused that is to lose its place:
// its session is 6 seconds.
const longerThanSession = 8 * time.Second

// pausedAnywhere pauses one of two members while feedback flows.
func pausedAnywhere(t *testing.T, r *Rig) {
	defer r.watchCommits(t)()
	defer r.Stream.Flow(t, 30)()
	members := []*Earshot{r.Start(t), r.Start(t)}
	for _, m := range members {
		m.AwaitJoined(t)
	}
	for range zombieRounds {
		m := members[r.Rand.IntN(len(members))]
		time.Sleep(time.Duration(r.Rand.IntN(1000)) * time.Millisecond)
		m.Pause()
		r.Injected()
		time.Sleep(longerThanSession) // the others can do nothing about it for as long as the session lasts
		m.Continue()
		r.Recovered(t, time.Now())
	}
}
