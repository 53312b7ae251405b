package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// serveChild runs a server until its standard input ends.
func serveChild() {
	ctx := context.Background()
	began := time.Now()
	s, err := Start(ctx, Options{Dir: os.Getenv("EARSHOT_TEST_DIR"), Addr: "127.0.0.1:0", User: os.Getenv("EARSHOT_TEST_USER"), Password: os.Getenv("EARSHOT_TEST_PASSWORD")})
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println("ready:", s.Addr(), time.Since(began).Milliseconds(), "ms")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if d, err := time.ParseDuration(os.Getenv("EARSHOT_TEST_PATIENCE")); err == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	if err := s.Close(ctx); err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println("closed")
}

// reopenChild starts and closes servers one after the other.
func reopenChild() {
	ctx := context.Background()
	for i := range 3 {
		dir := fmt.Sprintf("%s/%d", os.Getenv("EARSHOT_TEST_DIR"), i%2)
		s, err := Start(ctx, Options{Dir: dir, Addr: "127.0.0.1:0"})
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		for _, q := range []string{"CREATE TABLE IF NOT EXISTS t (x Int8) ENGINE = MergeTree ORDER BY x", "INSERT INTO t VALUES (1)"} {
			r, err := http.Post("http://"+s.Addr()+"/", "", strings.NewReader(q))
			if err != nil || r.StatusCode != 200 {
				fmt.Println("error:", err, r)
				return
			}
			r.Body.Close()
		}
		r, err := http.Get("http://" + s.Addr() + "/?query=SELECT+count()+FROM+t")
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		fmt.Printf("rows: %s", b)
		if _, err := Start(ctx, Options{Dir: dir + "other", Addr: "127.0.0.1:0"}); err == nil {
			fmt.Println("error: two engines in one process")
		}
		if err := s.Close(ctx); err != nil {
			fmt.Println("error:", err)
			return
		}
	}
	fmt.Println("done")
}

// child is a part of this test binary in a process of its own.
type child struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func startChild(t *testing.T, name, dir string, env ...string) *child {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	c := &child{cmd: exec.CommandContext(t.Context(), exe)}
	c.cmd.Env = append(append(os.Environ(), "EARSHOT_TEST_CHILD="+name, "EARSHOT_TEST_DIR="+dir), env...)
	c.cmd.Stderr = os.Stderr
	c.stdin, err = c.cmd.StdinPipe()
	must(t, err)
	out, err := c.cmd.StdoutPipe()
	must(t, err)
	c.lines = bufio.NewScanner(out)
	must(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill(); _ = c.cmd.Wait() })
	return c
}

func (c *child) line(t *testing.T) string {
	t.Helper()
	if !c.lines.Scan() {
		t.Fatal("the child ended without a word")
	}
	return c.lines.Text()
}

// address waits until the child serves.
func (c *child) address(t *testing.T) string {
	t.Helper()
	line := c.line(t)
	f := strings.Fields(line)
	if f[0] != "ready:" {
		t.Fatal(line)
	}
	t.Log(line)
	return f[1]
}

func post(addr, query string, header ...string) (int, string, error) {
	r, err := http.NewRequestWithContext(context.Background(), "POST", "http://"+addr+"/", strings.NewReader(query))
	if err != nil {
		return 0, "", err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func TestAcknowledgedRowsSurviveSIGKILL(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		c := startChild(t, "serve", dir)
		addr := c.address(t)
		if _, body, err := post(addr, "CREATE TABLE IF NOT EXISTS kept (round UInt32, id UInt32, s String) ENGINE = MergeTree ORDER BY (round, id)"); err != nil || body != "" {
			t.Fatal(err, body)
		}
		var acknowledged atomic.Int64
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for id := 0; ; id++ {
				status, _, err := post(addr, fmt.Sprintf("INSERT INTO kept SELECT %d, %d, toString(number) FROM numbers(100)", round, id))
				if err != nil || status != 200 {
					return
				}
				acknowledged.Add(1)
			}
		}()
		for acknowledged.Load() < 20 {
			time.Sleep(time.Millisecond) // nothing to wait on but the count
		}
		must(t, c.cmd.Process.Signal(syscall.SIGKILL))
		<-ended
		_ = c.cmd.Wait()

		c = startChild(t, "serve", dir)
		addr = c.address(t)
		_, got, err := post(addr, fmt.Sprintf("SELECT count() >= %d, uniqExact(id) >= %d, count() = uniqExact(id) * 100 FROM kept WHERE round = %d", acknowledged.Load()*100, acknowledged.Load(), round))
		if err != nil || got != "1\t1\t1\n" {
			t.Errorf("round %d, %d inserts acknowledged: %q %v", round, acknowledged.Load(), got, err)
		}
		must(t, c.stdin.Close())
		if l := c.line(t); l != "closed" {
			t.Error(l)
		}
		_ = c.cmd.Wait()
	}
}

func TestOneProcessADirectory(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "serve", dir)
	addr := c.address(t)
	second := startChild(t, "serve", dir).line(t)
	want := fmt.Sprintf("error: the data directory %s is in use by another process (pid %d): stop it, or choose another directory", dir, c.cmd.Process.Pid)
	if second != want {
		t.Errorf("got %q, want %q", second, want)
	}
	if _, body, err := post(addr, "SELECT 1"); err != nil || body != "1\n" {
		t.Errorf("the first suffers from the second: %q %v", body, err)
	}
}

func TestServersOneAfterTheOther(t *testing.T) {
	c := startChild(t, "reopen", t.TempDir())
	for _, want := range []string{"rows: 1", "rows: 1", "rows: 2", "done"} {
		if got := c.line(t); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

func TestUserAndPassword(t *testing.T) {
	c := startChild(t, "serve", t.TempDir(), "EARSHOT_TEST_USER=ear", "EARSHOT_TEST_PASSWORD=pass wörd&'")
	addr := c.address(t)
	const right = "pass wörd&'"
	for _, x := range []struct {
		name           string
		user, password string
		ok             bool
	}{
		{"right", "ear", right, true},
		{"wrong password", "ear", "pass", false},
		{"no password", "ear", "", false},
		{"other user", "default", right, false},
		{"no user", "", right, false},
		{"nobody", "", "", false},
	} {
		for _, way := range []string{"basic", "headers", "url"} {
			t.Run(x.name+" by "+way, func(t *testing.T) {
				url := "http://" + addr + "/?query=SELECT+1"
				if way == "url" {
					url += "&" + urlquery("user", x.user, "password", x.password)
				}
				r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
				must(t, err)
				switch way {
				case "basic":
					r.SetBasicAuth(x.user, x.password)
				case "headers":
					r.Header.Set("X-ClickHouse-User", x.user)
					r.Header.Set("X-ClickHouse-Key", x.password)
				}
				res, err := http.DefaultClient.Do(r)
				must(t, err)
				defer res.Body.Close()
				b, _ := io.ReadAll(res.Body)
				switch {
				case x.ok && string(b) != "1\n":
					t.Errorf("%d %s", res.StatusCode, b)
				case !x.ok && (res.StatusCode != 403 || res.Header.Get("X-ClickHouse-Exception-Code") != "516" ||
					!strings.Contains(string(b), "Authentication failed") || !strings.Contains(string(b), "(AUTHENTICATION_FAILED)")):
					t.Errorf("%d %v %s", res.StatusCode, res.Header, b)
				}
			})
		}
	}
	if r, err := http.Get("http://" + addr + "/ping"); err != nil || r.StatusCode != 200 {
		t.Error("ping asks for a password", err)
	} else {
		r.Body.Close()
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, []byte("no library"), 0o600))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	lib, err := FindLibrary()
	must(t, err)
	ok := Options{Dir: filepath.Join(dir, "d"), Addr: "127.0.0.1:0", Library: lib}
	for name, c := range map[string]struct {
		change func(*Options)
		want   []string
	}{
		"no directory":             {func(o *Options) { o.Dir = "" }, []string{"no data directory"}},
		"directory under a file":   {func(o *Options) { o.Dir = filepath.Join(file, "d") }, []string{file, "choose another directory"}},
		"port in use":              {func(o *Options) { o.Addr = taken.Addr().String() }, []string{taken.Addr().String(), "in use", "another port"}},
		"address that is none":     {func(o *Options) { o.Addr = "127.0.0.1:http:x" }, []string{"127.0.0.1:http:x", "choose another address"}},
		"a second in this process": {func(*Options) {}, []string{"already running in this process"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := ok
			c.change(&o)
			_, err := Start(t.Context(), o)
			checkMessage(t, err, c.want...)
		})
	}
	// The library's own troubles come before the process's one engine is
	// asked for.
	t.Run("library missing", func(t *testing.T) {
		_, err := loadLibrary(filepath.Join(dir, "nosuch.so"))
		checkMessage(t, err, "nosuch.so", "make engine")
		if !errors.Is(err, ErrLibraryNotFound) {
			t.Error("not ErrLibraryNotFound")
		}
	})
	t.Run("not a library", func(t *testing.T) {
		_, err := loadLibrary(file)
		checkMessage(t, err, file, "cannot be loaded", "make engine")
	})
	t.Run("another library", func(t *testing.T) {
		for _, p := range []string{"/lib/x86_64-linux-gnu/libm.so.6", "/lib64/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"} {
			if isFile(p) {
				_, err := loadLibrary(p)
				checkMessage(t, err, p, "not the engine library", EngineVersion, "make engine")
				return
			}
		}
		t.Log("no other library to try on this system")
	})
	t.Run("disk full", func(t *testing.T) {
		checkMessage(t, dirError("/data", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}), "no space left", "/data")
	})
	t.Run("not writable", func(t *testing.T) {
		checkMessage(t, dirError("/data", &os.PathError{Op: "mkdir", Path: "x", Err: syscall.EACCES}), "cannot be written", "/data")
	})
}

func checkMessage(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q lacks %q, or is not one line", err, p)
		}
	}
}

func TestFindLibrary(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("EARSHOT_CHDB", "")
	t.Setenv("XDG_CACHE_HOME", cache)
	_, err := FindLibrary()
	checkMessage(t, err, cache, "make engine")
	if !errors.Is(err, ErrLibraryNotFound) {
		t.Error("not ErrLibraryNotFound")
	}
	want := filepath.Join(cache, "earshot", "chdb", EngineVersion, "libchdb.so")
	must(t, os.MkdirAll(filepath.Dir(want), 0o700))
	must(t, os.WriteFile(want, nil, 0o600))
	if got, err := FindLibrary(); err != nil || got != want {
		t.Errorf("%s %v", got, err)
	}
	t.Setenv("EARSHOT_CHDB", filepath.Join(cache, "nosuch"))
	_, err = FindLibrary()
	checkMessage(t, err, "EARSHOT_CHDB", "nosuch")
	t.Setenv("EARSHOT_CHDB", want)
	if got, err := FindLibrary(); err != nil || got != want {
		t.Errorf("%s %v", got, err)
	}
}

func TestCloseCancelsWhatRuns(t *testing.T) {
	c := startChild(t, "serve", t.TempDir(), "EARSHOT_TEST_PATIENCE=100ms")
	addr := c.address(t)
	done := make(chan string, 1)
	go func() {
		_, body, err := post(addr, "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3 FORMAT JSON")
		done <- fmt.Sprint(body, err)
	}()
	for {
		_, body, err := post(addr, "SELECT count() FROM system.processes WHERE query LIKE '%numbers(%' AND query NOT LIKE '%system%'")
		if err != nil {
			t.Fatal(err)
		}
		if body == "1\n" {
			break
		}
	}
	must(t, c.stdin.Close())
	if l := c.line(t); !strings.Contains(l, "running queries were cancelled") {
		t.Error(l)
	}
	if body := <-done; !strings.Contains(body, "QUERY_WAS_CANCELLED") {
		t.Error(body)
	}
}
