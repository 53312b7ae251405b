//go:build bench

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// running is a bin/earshot in a process of its own.
type running struct {
	operations string // address of its metrics
	key        string // file of the customers' pseudonyms
	command    *exec.Cmd
}

// startRun starts `earshot run` between two servers and waits until it is ready.
// Its group is named like its database.
func startRun(b *testing.B, brokers, url, database string) *running {
	b.Helper()
	listen := freeAddress(b)
	file := runOf(b, brokers, url, database, listen)
	return &running{operations: listen, key: filepath.Join(filepath.Dir(file), "earshot.key"), command: start(b, listen, "run", "--config", file)}
}

// runOf writes the configuration of an `earshot run` between two servers.
func runOf(b *testing.B, brokers, url, database, listen string) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "run.yaml")
	yaml := fmt.Sprintf("kafka: {brokers: [%s], group: %s}\nclickhouse: {url: %q, database: %s}\nlisten: %s\ndashboard: ''\n", brokers, database, url, database, listen)
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

// stop asks the process to end, and waits for it.
func (r *running) stop() {
	_ = r.command.Process.Signal(syscall.SIGTERM)
	_ = r.command.Wait()
}

// settled returns how many records have become rows or dead letters. It asks the
// metrics, which costs little, and not the view, which would be measured.
func (r *running) settled(b *testing.B) int {
	b.Helper()
	return r.sum(b, "earshot_rows_written_total", "earshot_records_rejected_total")
}

// lag returns how many records the group is behind, as the process says.
func (r *running) lag(b *testing.B) int {
	b.Helper()
	return r.sum(b, "earshot_consumer_lag_records")
}

// sum returns metrics of the process, all of them and all labels together.
func (r *running) sum(b *testing.B, metrics ...string) int {
	b.Helper()
	response, err := http.Get("http://" + r.operations + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var n float64
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if name, _, _ = strings.Cut(name, "{"); !slices.Contains(metrics, name) {
			continue
		}
		count, err := strconv.ParseFloat(value, 64)
		if err != nil {
			b.Fatal(err)
		}
		n += count
	}
	return int(n)
}

// mustLive fails the benchmark unless the process says that it lives.
func (r *running) mustLive(b *testing.B) {
	b.Helper()
	response, err := http.Get("http://" + r.operations + "/healthz")
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.Fatalf("/healthz says %s", response.Status)
	}
}

// cpu returns the processor time that the process has taken.
func (r *running) cpu(b *testing.B) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.command.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const user, system, tick = 11, 12, 10 * time.Millisecond
	var ticks time.Duration
	for _, i := range [...]int{user, system} {
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			b.Fatal(err)
		}
		ticks += time.Duration(n)
	}
	return ticks * tick
}

// peak returns the most memory in bytes that the process ever had resident.
func (r *running) peak(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.command.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes * 1024
}

// start starts bin/earshot and waits until it is ready.
func start(b *testing.B, listen string, args ...string) *exec.Cmd {
	b.Helper()
	binary, err := filepath.Abs("../../bin/earshot")
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(binary, args...)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		b.Fatalf("%v; run make build", err)
	}
	b.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		response, err := http.Get("http://" + listen + "/readyz")
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return command
			}
		}
		if time.Since(began) > time.Minute {
			b.Fatalf("earshot %v is not ready after a minute", args)
		}
	}
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
