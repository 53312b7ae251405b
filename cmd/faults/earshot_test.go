//go:build faults

package faults

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Earshot is a process of `earshot run` on a rig.
type Earshot struct {
	*process
	Started time.Time
}

// StartOptions say what is other than usual about a process.
type StartOptions struct {
	Env []string // NAME=value
	// Faulty takes the binary that was built with the tag faults, which knows
	// fault points and another clock.
	Faulty bool
}

// faultVariable tells the binary built with the tag faults what to do where; see
// pipeline.FaultPoint.
const faultVariable = "EARSHOT_FAULT"

// Start starts bin/earshot. It does not wait until it works.
func (r *Rig) Start(t *testing.T) *Earshot {
	t.Helper()
	return r.StartWith(t, StartOptions{})
}

// StartFaulty starts an earshot that does at a fault point what the text says, such
// as "before_insert:3:kill"; see pipeline.FaultPoint.
func (r *Rig) StartFaulty(t *testing.T, fault string) *Earshot {
	t.Helper()
	return r.StartWith(t, StartOptions{Faulty: true, Env: []string{faultVariable + "=" + fault}})
}

// StartWith starts an earshot that ends with the test.
func (r *Rig) StartWith(t *testing.T, o StartOptions) *Earshot {
	t.Helper()
	path := *binary
	if o.Faulty {
		path = *faultBinary
	}
	cmd := exec.Command(path, "run", "--config", r.configFile(t))
	cmd.Env = append(os.Environ(), o.Env...)
	e := &Earshot{Started: time.Now()}
	var err error
	if e.process, err = launch(cmd, filepath.Join(r.dir, fmt.Sprintf("earshot-%d.log", len(r.running)+1))); err != nil {
		t.Fatal(err)
	}
	r.running = append(r.running, e)
	t.Cleanup(e.Kill)
	return e
}

// Terminate asks the process to end, with SIGTERM, and returns its exit code.
func (e *Earshot) Terminate(t *testing.T) int {
	t.Helper()
	e.signal(syscall.SIGTERM)
	e.AwaitGone(t)
	return e.cmd.ProcessState.ExitCode()
}

// AwaitGone waits until the process has ended.
func (e *Earshot) AwaitGone(t *testing.T) {
	t.Helper()
	select {
	case <-e.gone:
	case <-time.After(patience):
		t.Fatalf("earshot does not end:\n%s", lastLines(e.Log(), 20))
	}
}

// killed tells whether the process, which has ended, was ended by a signal.
func (e *Earshot) killed() bool { return e.cmd.ProcessState.ExitCode() < 0 }

// endsWithin waits for the end of the process, and ends it if that takes too long.
func (e *Earshot) endsWithin(d time.Duration) bool {
	select {
	case <-e.gone:
		return true
	case <-time.After(d):
		e.Kill()
		return false
	}
}

// AwaitRunning waits until the process says that it has connected to everything.
func (e *Earshot) AwaitRunning(t *testing.T) {
	t.Helper()
	await(t, patience, "earshot to run", func() error {
		if !e.Running() {
			return fatal{fmt.Errorf("it has ended:\n%s", lastLines(e.Log(), 20))}
		}
		return e.said("running")
	})
}

// AwaitJoined waits until the process has partitions.
func (e *Earshot) AwaitJoined(t *testing.T) {
	t.Helper()
	await(t, patience, "earshot to join its group", func() error {
		if !e.Running() {
			return fatal{fmt.Errorf("it has ended:\n%s", lastLines(e.Log(), 20))}
		}
		return e.said("joined the consumer group")
	})
}

// said returns nil once the process has logged a message.
func (e *Earshot) said(message string) error {
	if _, ok := e.entry(message); ok {
		return nil
	}
	return fmt.Errorf("it did not say %q", message)
}

// entry is the last log entry with a message.
func (e *Earshot) entry(message string) (entry map[string]any, ok bool) {
	lines := bufio.NewScanner(strings.NewReader(e.Log()))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one map[string]any
		if json.Unmarshal(lines.Bytes(), &one) == nil && one["msg"] == message {
			entry, ok = one, true
		}
	}
	return entry, ok
}

// Operations is the URL of the running process's metrics and health.
func (e *Earshot) Operations(t *testing.T) string {
	t.Helper()
	e.AwaitRunning(t)
	running, _ := e.entry("running")
	addresses, _ := running["addresses"].(map[string]any)
	return fmt.Sprint("http://", addresses["Operations"])
}

// points are the fault points that the process has passed, the last one last.
func (e *Earshot) points() []string {
	var all []string
	for line := range strings.Lines(e.Log()) {
		if name, ok := strings.CutPrefix(line, "fault point: "); ok {
			all = append(all, strings.TrimSpace(name))
		}
	}
	return all
}

// passages is how often the process has passed a fault point.
func (e *Earshot) passages(point string) int {
	n := 0
	for _, passed := range e.points() {
		if passed == point {
			n++
		}
	}
	return n
}

// passed tells whether the process has passed a fault point.
func (e *Earshot) passed(point string) bool { return slices.Contains(e.points(), point) }
