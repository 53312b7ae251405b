//go:build faults

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// process is a program that may be killed, paused and started again. What it says
// goes to a file.
type process struct {
	cmd  *exec.Cmd
	log  string        // path
	gone chan struct{} // closed when it has ended
}

// launch starts a program that ends with this process, however that ends.
func launch(cmd *exec.Cmd, log string) (*process, error) {
	out, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{cmd: cmd, log: log, gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel ends the child with the thread that started it, so the
		// thread is kept for as long as the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.gone)
		defer out.Close()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // its state says the rest
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Pid is the process's number.
func (p *process) Pid() int { return p.cmd.Process.Pid }

// Gone is closed when the process has ended.
func (p *process) Gone() <-chan struct{} { return p.gone }

// Running tells whether the process has not ended.
func (p *process) Running() bool {
	select {
	case <-p.gone:
		return false
	default:
		return true
	}
}

// Kill ends the process with SIGKILL, if it lives, and waits for its end.
func (p *process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.gone
}

// Pause stops the process with SIGSTOP: it lives, and does nothing.
func (p *process) Pause() { p.signal(syscall.SIGSTOP) }

// Continue lets a paused process go on.
func (p *process) Continue() { p.signal(syscall.SIGCONT) }

// signal sends s; a process that has ended takes none.
func (p *process) signal(s syscall.Signal) {
	if p.Running() {
		_ = p.cmd.Process.Signal(s)
	}
}

// Paused tells whether the process was stopped by a signal.
func (p *process) Paused() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "T")
}

// Log is what the process has said so far.
func (p *process) Log() string {
	said, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(said)
}
