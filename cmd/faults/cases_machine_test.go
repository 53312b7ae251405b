//go:build faults

package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func machineCases() []Case {
	return []Case{
		{Name: "file descriptors", What: "earshot may open no more files than it has, or fewer, while its connections break", Run: fewFiles},
		{Name: "disk full", What: "the disk under ClickHouse is full; files may grow no more", Run: fullDisk},
		{Name: "clock", What: "earshot's clock jumps by an hour, in both directions", Run: jumpingClock},
	}
}

// fewFiles leaves earshot as many descriptors as it has, and breaks its connections,
// so that it can't make new ones.
func fewFiles(t *testing.T, r *Rig) {
	proxy := r.proxied(t)
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for _, fewer := range []int{0, 5, 0, 1000, 0} {
		r.AwaitCommitted(t)
		held, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", e.Pid()))
		if err != nil {
			t.Fatal(err)
		}
		before := setLimit(t, e.Pid(), unix.RLIMIT_NOFILE, uint64(max(3, len(held)-fewer)))
		r.Injected()
		proxy.Close()
		proxy.Open(t)
		time.Sleep(5 * time.Second)
		setLimit(t, e.Pid(), unix.RLIMIT_NOFILE, before)
		since := time.Now()
		if !e.Running() { // and what supervises it starts it again
			e = r.Start(t)
		}
		r.Recovered(t, since)
	}
	if said := e.Log(); !strings.Contains(said, "too many open files") {
		t.Errorf("it was not out of file descriptors:\n%s", lastLines(said, 20))
	}
	stop()
	r.AwaitCommitted(t)
}

// setLimit changes a soft limit of a process and returns what it was.
func setLimit(t *testing.T, pid, resource int, to uint64) (before uint64) {
	t.Helper()
	var now unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &now); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: to, Max: now.Max}, nil); err != nil {
		t.Fatal(err)
	}
	return now.Cur
}

// fullDisk gives ClickHouse a small disk of its own, where this process may mount
// one, and fills it; and forbids its files to grow, which fails writes as well.
func fullDisk(t *testing.T, r *Rig) {
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.MkdirAll(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	mounted := mount(t, disk)
	data := filepath.Join(disk, "clickhouse")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	server := startClickHouse(t, data)
	r.Env = &Env{Kafka: r.Kafka, ClickHouse: server}
	r.ClickHouseURL = server.URL()
	e := r.Start(t)
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for i := range 6 {
		r.AwaitCommitted(t)
		if !server.Running() { // of what was done to it before
			server.Start(t)
		}
		tried := e.times(`"trying again"`)
		var end func()
		if mounted && i%2 == 0 {
			end = fill(t, filepath.Join(disk, "filler"))
		} else {
			before := setLimit(t, server.Pid(), unix.RLIMIT_FSIZE, 100)
			end = func() {
				if server.Running() {
					setLimit(t, server.Pid(), unix.RLIMIT_FSIZE, before)
				}
			}
		}
		r.Injected()
		e.awaitSaid(t, tried+1, `"trying again"`)
		time.Sleep(time.Second)
		end()
		if !server.Running() { // what supervises it starts it again
			t.Logf("ClickHouse has ended: %s", lastLines(server.Log(), 5))
			server.Start(t)
		}
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
}

// mount mounts a small disk that goes with the test, and tells whether it may.
func mount(t *testing.T, path string) bool {
	t.Helper()
	err := unix.Mount("tmpfs", path, "tmpfs", 0, "size=128m")
	if errors.Is(err, unix.EPERM) {
		t.Log("mounting a disk is not allowed here: the case goes without")
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return true
}

// fill fills the disk on which a file is, until end is called.
func fill(t *testing.T, path string) (end func()) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for len(chunk) > 0 {
		if _, err = file.Write(chunk); err != nil {
			chunk = chunk[:len(chunk)/2] // what is left takes less
		}
	}
	if err := errors.Join(file.Close()); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// jumpingClock sets the clock of a running earshot.
func jumpingClock(t *testing.T, r *Rig) {
	path := filepath.Join(t.TempDir(), "clock")
	set := func(off string) {
		next := path + ".next"
		if err := errors.Join(os.WriteFile(next, []byte(off), 0o600), os.Rename(next, path)); err != nil {
			t.Fatal(err)
		}
	}
	set("0s")
	e := r.StartWith(t, StartOptions{Faulty: true, Env: []string{"EARSHOT_CLOCK=" + path}})
	e.AwaitJoined(t)
	stop := r.Stream.Flow(t, flowRate)
	for i := range 8 {
		set([]string{"1h", "0s", "-1h", "1h"}[i%4])
		r.Injected()
		time.Sleep(2 * time.Second)
		r.Recovered(t, time.Now())
	}
	stop()
	r.AwaitCommitted(t)
	e.mustRun(t)
	jumped, err := r.ClickHouse.ask(t.Context(), r.Database, "SELECT countIf(ingested_at > now() + 3000) > 0 AND countIf(ingested_at < now() - 3000) > 0 FROM feedback_store")
	if err != nil || strings.TrimSpace(jumped) != "1" {
		t.Errorf("the clock did not jump: %q, %v", jumped, err)
	}
}
