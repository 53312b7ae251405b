package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"earshot/cmd/earshottest"
	"earshot/cmd/service"
)

// process is an earshot in a process of its own.
type process struct{ *earshottest.Process }

// launch starts earshot, and kills it with the test if it still runs then.
func launch(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asEarshot+"=1")
	return &process{earshottest.Launch(t, cmd)}
}

// startsUp starts `earshot up` on free ports and waits until it works.
func startsUp(t *testing.T, dir string, more ...string) *process {
	t.Helper()
	p := launch(t, slices.Concat([]string{"up"}, earshottest.AnywhereFree(dir), more)...)
	p.AwaitUp(t)
	return p
}

// startsRun starts `earshot run` and waits until it works.
func startsRun(t *testing.T, configFile string) *process {
	t.Helper()
	p := launch(t, "run", "--config", configFile)
	p.Await(t, "it says where it listens", func() bool {
		lines := bufio.NewScanner(strings.NewReader(p.Said()))
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
	p.AwaitReady(t)
	return p
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
	return earshottest.Request(t, http.MethodGet, url, "")
}

func post(t *testing.T, url, content string) (status int, body string) {
	t.Helper()
	return earshottest.Request(t, http.MethodPost, url, content)
}
