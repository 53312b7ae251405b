// Package earshottest runs earshot in a process of its own, for tests that look at the
// program as its users do.
package earshottest

import (
	"bytes"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/cmd/service"
)

// Patience bounds every wait for a process, and what is polled meanwhile is
// asked this Often.
const (
	Patience = 90 * time.Second
	Often    = 50 * time.Millisecond
)

// Process is an earshot in a process of its own.
type Process struct {
	service.Addresses
	Exited <-chan struct{} // closed when it has ended

	cmd *exec.Cmd

	mu     sync.Mutex
	output bytes.Buffer // standard output and error
}

// Write implements io.Writer.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Write(b)
}

// Said is what it has written to standard output and error.
func (p *Process) Said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// Launch starts a command of earshot, and kills it with the test if it still runs then.
func Launch(t *testing.T, cmd *exec.Cmd) *Process {
	t.Helper()
	exited := make(chan struct{})
	p := &Process{cmd: cmd, Exited: exited}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(exited)
		_ = p.cmd.Wait() // its state says the rest
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("earshot %s said:\n%s", strings.Join(cmd.Args[1:], " "), p.Said())
		}
	})
	return p
}

// Kill ends the process with SIGKILL.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // gone already is good, too
	<-p.Exited
}

// Terminate asks the process to end and returns its exit code.
func (p *Process) Terminate(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p.ExitCode(t)
}

// ExitCode waits for the end of the process.
func (p *Process) ExitCode(t *testing.T) int {
	t.Helper()
	select {
	case <-p.Exited:
	case <-time.After(Patience):
		t.Fatal("earshot does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// AnywhereFree are the flags by which `up` and `demo` listen on free ports and keep their
// data in dir.
func AnywhereFree(dir string) []string {
	const free = "127.0.0.1:0"
	return []string{"--data", dir, "--http", free, "--kafka", free, "--clickhouse", free, "--listen", free}
}

// AwaitUp waits until an `up` or `demo` works, and notes where it listens.
func (p *Process) AwaitUp(t *testing.T) {
	t.Helper()
	p.Await(t, "it says that it runs", func() bool { return strings.Contains(p.Said(), "Ctrl-C stops.") })
	address := func(name string) string {
		m := regexp.MustCompile(name + ` +(?:http://)?([0-9.:]+)`).FindStringSubmatch(p.Said())
		if m == nil {
			return ""
		}
		return m[1]
	}
	p.Addresses = service.Addresses{
		Dashboard: address("dashboard"), ClickHouse: address("ClickHouse"), Kafka: address("Kafka"), Operations: address("metrics"),
	}
	p.AwaitReady(t)
}

// AwaitReady waits until /readyz says that the pipeline works.
func (p *Process) AwaitReady(t *testing.T) {
	t.Helper()
	p.Await(t, "it is ready", func() bool {
		status, _ := Request(t, http.MethodGet, "http://"+p.Operations+"/readyz", "")
		return status == http.StatusOK
	})
}

// Await waits until a condition is true, and not longer than the process lives.
func (p *Process) Await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for !condition() {
		select {
		case <-p.Exited:
			t.Fatalf("earshot has ended, code %d, before %s", p.cmd.ProcessState.ExitCode(), what)
		case <-time.After(Often):
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
