//go:build faults

package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a ClickHouse server in a process of its own, which keeps its
// directory and its address when it is killed and started again.
type Server struct {
	*process
	dir  string
	addr string
}

// startClickHouse starts a server that ends with the test.
func startClickHouse(t testing.TB, dir string) *Server {
	t.Helper()
	s := &Server{dir: dir, addr: freeAddress(t)}
	s.Start(t)
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("ClickHouse said:\n%s", lastLines(s.Log(), 30))
		}
	})
	return s
}

// URL is where the server listens for HTTP.
func (s *Server) URL() string { return "http://" + s.addr }

// Dir is where the server keeps its data.
func (s *Server) Dir() string { return s.dir }

// Start starts the server, again if it has ended, and returns when it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asClickHouseDir+"="+s.dir, asClickHouseAddr+"="+s.addr)
	if s.process, err = launch(cmd, filepath.Join(filepath.Dir(s.dir), "clickhouse.log")); err != nil {
		t.Fatal(err)
	}
	await(t, patience, "ClickHouse to answer", func() error {
		if !s.Running() {
			return fatal{fmt.Errorf("it has ended: %s", lastLines(s.Log(), 10))}
		}
		_, err := s.ask(context.Background(), "default", "SELECT 1")
		return err
	})
}

// Exec runs a statement that answers nothing.
func (s *Server) Exec(t testing.TB, database, statement string) {
	t.Helper()
	if _, err := s.ask(t.Context(), database, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// ask runs a statement over HTTP, as curl would.
func (s *Server) ask(ctx context.Context, database, statement string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	values := url.Values{"database": {database}, "output_format_json_quote_64bit_integers": {"0"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/?"+values.Encode(), strings.NewReader(statement))
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(body)))
	}
	return string(body), err
}

// rows reads the answer to a query, an object a row. Numbers keep their digits.
func (s *Server) rows(ctx context.Context, database, query string) ([]map[string]any, error) {
	body, err := s.ask(ctx, database, query+" FORMAT JSONEachRow")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
	decoder.UseNumber()
	var rows []map[string]any
	for {
		var row map[string]any
		switch err := decoder.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", query, err)
		}
		rows = append(rows, row)
	}
}

// patience bounds every wait.
const patience = 4 * time.Minute

// fatal is an error that waiting does not cure.
type fatal struct{ error }

// await waits until a condition holds, which is asked often. The condition's error
// says what is still missing.
func await(t testing.TB, within time.Duration, what string, condition func() error) {
	t.Helper()
	if err := tryUntil(time.Now().Add(within), condition); err != nil {
		t.Fatalf("waited for %s in vain: %v", what, err)
	}
}

func tryUntil(deadline time.Time, condition func() error) error {
	for {
		err := condition()
		var hopeless fatal
		if err == nil || errors.As(err, &hopeless) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(150 * time.Millisecond)
	}
}

// given are the ports that freeAddress has given, each to one who keeps it for as
// long as the suite runs: a server that is down, or a proxy that refuses, is to find
// its own free when it comes back.
var given sync.Map

// freeAddress is an address on loopback on which nothing listens and which nobody
// else in the suite is given. It is below the ports that the system gives to outgoing
// connections, and below those of the test's Kafka nodes.
func freeAddress(t testing.TB) string {
	t.Helper()
	const lowest, highest = 10000, 14999
	for range 1000 {
		port := lowest + rand.IntN(highest-lowest+1)
		if _, taken := given.LoadOrStore(port, true); taken {
			continue
		}
		address := fmt.Sprint("127.0.0.1:", port)
		if listener, err := net.Listen("tcp", address); err == nil {
			listener.Close()
			return address
		}
	}
	t.Fatal("no free port")
	return ""
}

// lastLines are the last n lines of s.
func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
