package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/pipeline/drivers"
	"earshot/pipeline/simulate"
	"earshot/sinks/clickhouse"
)

// earshot is everything in this process, as `earshot up` starts it.
type earshot struct {
	*service.Service
}

func start(t *testing.T) earshot {
	t.Helper()
	dir := t.TempDir()
	c := config.Default()
	c.Kafka.Brokers, c.Kafka.Listen = config.Brokers{Dir: filepath.Join(dir, "kafka")}, "127.0.0.1:0"
	c.ClickHouse.URL, c.ClickHouse.Listen = config.Embedded+":"+filepath.Join(dir, "clickhouse"), "127.0.0.1:0"
	c.Privacy.KeyFile = filepath.Join(dir, config.KeyFile)
	c.Listen, c.Dashboard = "127.0.0.1:0", ""
	s, err := service.Start(t.Context(), &c, slog.New(slog.DiscardHandler), "test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return earshot{s}
}

// hears publishes four weeks of the demo's company, until now, and waits until they
// are counted; its improvements are registered.
func (e earshot) hears(t *testing.T, n int) {
	t.Helper()
	now := time.Now()
	company := simulate.New(simulate.Options{Seed: 1, Start: now})
	var batch []kafkago.Message
	publish := func() {
		if err := e.Producer().Publish(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		batch = batch[:0]
	}
	for m := range company.History(now.Add(-28*24*time.Hour), now, n) {
		if batch = append(batch, kafkago.Message{Topic: m.Topic, Key: m.Key, Value: m.Value, Time: m.At}); len(batch) == 1000 {
			publish()
		}
	}
	publish()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := e.AwaitLag(ctx, 0); err != nil {
		t.Fatal(err)
	}
	for _, i := range company.Improvements(now) {
		if err := e.RegisterImprovement(ctx, &clickhouse.Improvement{Topic: i.Topic, At: i.At, Note: i.Note}); err != nil {
			t.Fatal(err)
		}
	}
	e.await(ctx, t, "SELECT count() > 100 FROM phrase_store")
}

// hearsOfANewThing publishes complaints of the last two days about a thing that no topic
// covers, and waits until it emerges. Which phrases of the company's own rise depends on
// the hour, and on what has been read of them; of 30 complaints of one period, and none of
// the four before, z is above 3 however many of them are read.
func (e earshot) hearsOfANewThing(t *testing.T) {
	t.Helper()
	const topic = "feedback.reviews" // of the default configuration
	batch := make([]kafkago.Message, 30)
	for i := range batch {
		at := time.Now().Add(-time.Duration(i+1) * 90 * time.Minute)
		value, err := json.Marshal(map[string]any{
			"source": "shop", "id": fmt.Sprintf("hamster-%d", i), "channel": "review", "created_at": at,
			"text": fmt.Sprintf("The clockwork hamster is terrible, mine broke after %d days.", i+2),
		})
		if err != nil {
			t.Fatal(err)
		}
		batch[i] = kafkago.Message{Topic: topic, Value: value, Time: at}
	}
	if err := e.Producer().Publish(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	e.await(t.Context(), t, "SELECT count() > 0 FROM emerging WHERE phrase = 'clockwork hamster'")
}

// computesDrivers computes the drivers as the service does every ten minutes, which it
// therefore doesn't do for the next ones.
func (e earshot) computesDrivers(t *testing.T) {
	t.Helper()
	store, err := clickhouse.Open(clickhouse.Options{URL: "http://" + e.Addresses().ClickHouse})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	now := time.Now()
	var rows []clickhouse.DriverRow
	for _, measure := range clickhouse.DriverMeasures() {
		for _, days := range []int{30, 90} {
			m, err := store.AnswerMoments(t.Context(), measure, clickhouse.Period{From: now.AddDate(0, 0, -days), To: now})
			if err != nil {
				t.Fatal(err)
			}
			moments := drivers.Moments{Topics: m.Topics, N: m.N, Y: m.Y, YY: m.YY, X: m.X, XY: m.XY, XX: m.XX, Mentions: m.Mentions}
			row := clickhouse.DriverRow{Measure: measure, Days: days, Items: int64(m.N), Needed: drivers.Needed(&moments)}
			d, err := drivers.Of(&moments)
			if few := new(drivers.TooFewError); errors.As(err, &few) {
				rows = append(rows, row)
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			for _, of := range d.Topics {
				row.R2, row.Topic, row.Mentions, row.Weight, row.Correlation, row.Effect = d.R2, of.Topic, of.Mentions, of.Weight, of.Correlation, of.Effect
				rows = append(rows, row)
			}
		}
	}
	if err := store.SaveDrivers(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}

// await waits until sql answers 1.
func (e earshot) await(ctx context.Context, t *testing.T, sql string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		a, err := e.ask(ctx, sql)
		if err == nil && len(a.Data) == 1 && string(a.Data[0][0]) == "1" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", sql, errors.Join(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

// answer is what ClickHouse says in the format JSONCompact.
type answer struct {
	Meta []struct{ Name, Type string }
	Data [][]json.RawMessage
}

func (a *answer) has(column string) bool { return a.index(column) >= 0 }

// index is where a column is; -1: nowhere.
func (a *answer) index(column string) int {
	for i, m := range a.Meta {
		if m.Name == column {
			return i
		}
	}
	return -1
}

// ask runs sql as the plugin does, over HTTP, in a session whose time zone is not UTC.
func (e earshot) ask(ctx context.Context, sql string) (*answer, error) {
	query := url.Values{"database": {"earshot"}, "default_format": {"JSONCompact"}, "session_timezone": {"Asia/Tokyo"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+e.Addresses().ClickHouse+"/?"+query.Encode(), strings.NewReader(sql))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(string(body))
	}
	var a answer
	return &a, json.Unmarshal(body, &a)
}
