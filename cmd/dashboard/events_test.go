package dashboard

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// stream opens the events of target and hands every fragment to the channel,
// which is closed when the stream ends.
func stream(t *testing.T, ctx context.Context, base, target string) <-chan string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("content type %q", got)
	}
	out := make(chan string, 1000)
	go func() {
		defer close(out)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		var html []string
		for lines.Scan() {
			data, isData := strings.CutPrefix(lines.Text(), "data: ")
			switch {
			case isData:
				html = append(html, data)
			case lines.Text() == "" && html != nil:
				out <- strings.Join(html, "\n")
				html = nil
			}
		}
	}()
	return out
}

// await returns the first fragment that holds all the words.
func await(t *testing.T, events <-chan string, words ...string) string {
	t.Helper()
	timeout := time.After(20 * time.Second)
next:
	for {
		select {
		case html, open := <-events:
			if !open {
				t.Fatalf("the stream ended before %q", words)
			}
			for _, w := range words {
				if !strings.Contains(html, w) {
					continue next
				}
			}
			return html
		case <-timeout:
			t.Fatalf("no fragment with %q", words)
		}
	}
}

func ended(t *testing.T, events <-chan string) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-timeout:
			t.Fatal("the stream goes on")
		}
	}
}

func TestStreamDeliversEveryFragmentThenTheChangedOnes(t *testing.T) {
	var lag atomic.Int64
	d := newDashboard(t, Options{Store: &fakeStore{}, Refresh: 20 * time.Millisecond, Live: func(context.Context) Live {
		return Live{Lag: []PartitionLag{{"feedback.reviews", 0, lag.Load()}}}
	}})
	server := httptest.NewUnstartedServer(d)
	server.Config.WriteTimeout = 300 * time.Millisecond
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := stream(t, ctx, server.URL, "/events/pipeline")
	for _, name := range slices.Concat(commonFragments, d.sheetAt(t, pipelinePath).fragments) {
		await(t, events, ` id="`+name+`"`)
	}
	// The server's own write timeout passes meanwhile.
	for n := range 10 {
		lag.Store(int64(1000 + n))
		html := await(t, events, ` id="pipeline"`, "1,00")
		if strings.Contains(html, `id="deadletters"`) {
			t.Fatal("fragments are mixed")
		}
		time.Sleep(50 * time.Millisecond)
	}
	for len(events) > 0 {
		if html := <-events; strings.Contains(html, `id="deadletters"`) {
			t.Fatal("a fragment came again although nothing changed")
		}
	}
	cancel()
	ended(t, events)
}

func TestCloseEndsStreamsAndQueries(t *testing.T) {
	asked := make(chan struct{}, 100)
	store := &fakeStore{before: func(ctx context.Context) error {
		asked <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}}
	d := newDashboard(t, Options{Store: store, Refresh: 20 * time.Millisecond})
	server := httptest.NewServer(d)
	defer server.Close()
	events := stream(t, t.Context(), server.URL, "/events")
	<-asked
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	ended(t, events)
	if rec := get(d, "/events"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("a stream after Close: status %d", rec.Code)
	}
	if err := d.Close(); err != nil {
		t.Error("closed twice:", err)
	}
}

func TestShutdownOfTheServerEndsStreams(t *testing.T) {
	d := newDashboard(t, Options{Store: &fakeStore{}})
	server := httptest.NewServer(d)
	defer server.Close()
	server.Config.RegisterOnShutdown(func() { _ = d.Close() })
	events := stream(t, t.Context(), server.URL, "/events")
	await(t, events, `id="figures"`)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	ended(t, events)
}

func TestEventCannotBeForged(t *testing.T) {
	got := string(appendEvent(nil, []byte("<p>a\r\n\r\nevent: fragment\rdata: x\n</p>")))
	for i, line := range strings.Split(strings.TrimSuffix(got, "\n\n"), "\n") {
		if i > 0 && !strings.HasPrefix(line, "data: ") {
			t.Errorf("line %d is %q", i, line)
		}
	}
	if strings.Contains(got, "\r") || strings.Count(got, "\n\n") != 1 {
		t.Errorf("%q", got)
	}
}
