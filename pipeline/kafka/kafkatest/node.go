package kafkatest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// clusterID is what storage is formatted with; any 16 bytes in base64 will do.
const clusterID = "4L6g3nShT-eMCtK--X86sw"

const stopTimeout = 30 * time.Second

// node is one process of Kafka, that may be ended and started again.
type node struct {
	install installation
	number  int
	dir     string
	addr    string // plaintext

	mu      sync.Mutex
	process *os.Process   // nil unless it was started
	gone    chan struct{} // closed when the process has ended
}

func (n *node) configFile() string    { return filepath.Join(n.dir, "server.properties") }
func (n *node) logConfigFile() string { return filepath.Join(n.dir, "log4j2.properties") }
func (n *node) logFile() string       { return filepath.Join(n.dir, "log") }

// format writes the configuration and prepares the directory of data.
func (n *node) format(l layout) error {
	if err := os.MkdirAll(n.dir, 0o755); err != nil {
		return err
	}
	if err := errors.Join(
		os.WriteFile(n.configFile(), []byte(l.properties(n.number, n.dir)), 0o600),
		os.WriteFile(n.logConfigFile(), []byte(logConfig), 0o600),
	); err != nil {
		return err
	}
	args := []string{"format", "-t", clusterID, "-c", n.configFile()}
	if l.options.Security == SASLSSL {
		args = append(args, "--add-scram",
			fmt.Sprintf("SCRAM-SHA-512=[name=%s,password=%s]", l.options.User, l.options.Password))
	}
	out, err := n.install.command(n.logConfigFile(), "kafka.tools.StorageTool", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("formatting the storage of Kafka node %d: %w\n%s", n.number, err, out)
	}
	return nil
}

// start starts the process. It does not wait until the node answers.
func (n *node) start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		return fmt.Errorf("node %d is already running", n.number)
	}
	log, err := os.OpenFile(n.logFile(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd := n.install.command(n.logConfigFile(), "kafka.Kafka", n.configFile())
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = ownGroup()

	started := make(chan error)
	gone := make(chan struct{})
	go func() {
		// The kernel ends the child with the thread that started it, so the
		// thread is kept for as long as the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(gone)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // that it was killed is no news
		}
		_ = log.Close() // written by the child alone
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("starting Kafka node %d: %w", n.number, err)
	}
	n.process, n.gone = cmd.Process, gone
	return nil
}

// running tells whether the process lives; n.mu is held.
func (n *node) running() bool {
	if n.process == nil {
		return false
	}
	select {
	case <-n.gone:
		return false
	default:
		return true
	}
}

// alive is running for others.
func (n *node) alive() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.running()
}

// kill ends the process at once, if it lives.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		n.signal(syscall.SIGKILL)
		<-n.gone
	}
}

// pause stops the process, if it lives.
func (n *node) pause() { n.signalIfRunning(syscall.SIGSTOP) }

// resume lets a paused process go on.
func (n *node) resume() { n.signalIfRunning(syscall.SIGCONT) }

func (n *node) signalIfRunning(s syscall.Signal) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		n.signal(s)
	}
}

// stop asks the process to end, and waits for it.
func (n *node) stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.running() {
		return nil
	}
	n.signal(syscall.SIGTERM)
	select {
	case <-n.gone:
		return nil
	case <-time.After(stopTimeout):
		return fmt.Errorf("node %d did not stop within %s", n.number, stopTimeout)
	}
}

// signal reaches the whole process group. The process may have ended just now.
func (n *node) signal(s syscall.Signal) {
	_ = syscall.Kill(-n.process.Pid, s)
}

// log is what the node has logged so far.
func (n *node) log() string {
	raw, err := os.ReadFile(n.logFile())
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
