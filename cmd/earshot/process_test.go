package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"earshot/cmd/service"
)

// patience bounds every wait for a process, and what is polled meanwhile is
// asked this often.
const (
	patience = 90 * time.Second
	often    = 50 * time.Millisecond
)

// process is an earshot in a process of its own.
type process struct {
	service.Addresses
	cmd    *exec.Cmd
	exited chan struct{}

	mu     sync.Mutex
	output bytes.Buffer // standard output and error
}

// Write implements io.Writer.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// launch starts earshot, and kills it with the test if it still runs then.
func launch(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self, args...), exited: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), asEarshot+"=1")
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // its state says the rest
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("earshot %s said:\n%s", strings.Join(args, " "), p.said())
		}
	})
	return p
}

// kill ends the process with SIGKILL.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // gone already is good, too
	<-p.exited
}

// terminate asks the process to end and returns its exit code.
func (p *process) terminate(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p.exitCode(t)
}

// exitCode waits for the end of the process.
func (p *process) exitCode(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience):
		t.Fatal("earshot does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// startsUp starts `earshot up` on free ports and waits until it works.
func startsUp(t *testing.T, dir string, more ...string) *process {
	t.Helper()
	const free = "127.0.0.1:0"
	p := launch(t, append([]string{"up", "--data", dir, "--http", free, "--kafka", free, "--clickhouse", free, "--listen", free}, more...)...)
	address := func(name string) string {
		m := regexp.MustCompile(name + ` +(?:http://)?([0-9.:]+)`).FindStringSubmatch(p.said())
		if m == nil {
			return ""
		}
		return m[1]
	}
	p.await(t, func() bool {
		p.Addresses = service.Addresses{
			Dashboard: address("dashboard"), ClickHouse: address("ClickHouse"), Kafka: address("Kafka"), Operations: address("metrics"),
		}
		return strings.Contains(p.said(), "Ctrl-C stops.")
	})
	p.awaitReady(t)
	return p
}

// startsRun starts `earshot run` and waits until it works.
func startsRun(t *testing.T, configFile string) *process {
	t.Helper()
	p := launch(t, "run", "--config", configFile)
	p.await(t, func() bool {
		lines := bufio.NewScanner(strings.NewReader(p.said()))
		for lines.Scan() {
			var entry struct {
				Message   string            `json:"msg"`
				Addresses service.Addresses `json:"addresses"`
			}
			if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "running" {
				p.Addresses = entry.Addresses
				return true
			}
		}
		return false
	})
	p.awaitReady(t)
	return p
}

// await waits until a condition is true, and not longer than the process lives.
func (p *process) await(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		select {
		case <-p.exited:
			t.Fatalf("earshot has ended, code %d", p.cmd.ProcessState.ExitCode())
		case <-time.After(often):
		}
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

func (p *process) awaitReady(t *testing.T) {
	t.Helper()
	p.await(t, func() bool {
		status, _ := get(t, "http://"+p.Operations+"/readyz")
		return status == http.StatusOK
	})
}

// sql asks the process's ClickHouse over HTTP, as curl would, for TSV.
func (p *process) sql(t *testing.T, statement string) string {
	t.Helper()
	status, body := post(t, "http://"+p.ClickHouse+"/?"+url.Values{"database": {"earshot"}}.Encode(), statement)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", statement, status, body)
	}
	return strings.TrimSuffix(body, "\n")
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	return request(t, http.MethodGet, url, "")
}

func post(t *testing.T, url, content string) (status int, body string) {
	t.Helper()
	return request(t, http.MethodPost, url, content)
}

// request returns status 0 where nobody answers.
func request(t *testing.T, method, url, content string) (status int, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return response.StatusCode, string(read)
}
