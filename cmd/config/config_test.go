package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/cmd/config"
	"earshot/pipeline"
)

// environment is what ${NAME} finds in the files of testdata.
func environment(name string) (string, bool) {
	value, ok := map[string]string{"GROUP": "voice", "WORKERS": "7", "TLS": "true", "EMPTY": "", "ONCE": "${GROUP}"}[name]
	return value, ok
}

// changed is the default configuration with a change.
func changed(change func(*config.Config)) config.Config {
	c := config.Default()
	change(&c)
	return c
}

func good() map[string]config.Config {
	return map[string]config.Config{
		"empty":         config.Default(),
		"only_comments": config.Default(),
		"contract": changed(func(c *config.Config) {
			c.Sources = []config.Source{
				{Topic: "feedback.reviews", Channel: pipeline.Review},
				{Topic: "shop.reviews", Channel: pipeline.Review, RawMap: map[string]any{
					"id": "review.id", "text": "body", "rating": "stars", "rating_max": "=5", "created_at": "ts",
				}},
			}
			c.Kafka.SASL.Mechanism = "scram-sha-512" // and no username: off
			c.Analysis = config.Analysis{Tier: "adaptive", Taxonomy: []string{"core", "telecom"}}
		}),
		"every_key": {
			Kafka: config.Kafka{
				Brokers:     config.Brokers{Addresses: []string{"kafka-1:9093", "kafka-2:9093"}},
				Group:       "voice",
				DeadLetters: "voice.dead",
				Listen:      "127.0.0.1:19092",
				TLS:         config.TLS{Enabled: true, CAFile: "ca.pem", CertFile: "client.pem", KeyFile: "client.key", ServerName: "kafka"},
				SASL:        config.SASL{Mechanism: "SCRAM-SHA-256", Username: "earshot", PasswordFile: "testdata/password", Password: "s3cret"},
			},
			Sources: []config.Source{{Topic: "chats", Name: "shop", Channel: pipeline.Chat, RawMap: map[string]any{
				"id": "convo_id", "messages": "turns", "messages.role": "0", "role_map": map[string]any{"action": "bot"},
			}}},
			ClickHouse: config.ClickHouse{
				URL: "clickhouses://ch:9440", Database: "voice", Username: "writer",
				PasswordFile: "testdata/password", Password: "s3cret", Listen: "127.0.0.1:18123",
			},
			Analysis: config.Analysis{Tier: "deep", Taxonomy: []string{"telecom"}, Targets: []string{"Apple", "3"}},
			Privacy: config.Privacy{KeyFile: "voice.key", Patterns: []config.Pattern{
				{Name: "contract", Pattern: `\bVC-\d{6}\b`}, {Name: "card", Kind: "card", Pattern: `loyalty (\d+)`},
			}},
			Pipeline: config.Pipeline{BatchRecords: 10, BatchBytes: 20, Flush: 250 * time.Millisecond, Workers: 3, Drain: time.Minute, Commit: 2 * time.Second},
			Alerts: config.Alerts{Budget: 0.5, Measures: []string{"net_sentiment", "silence"}, MinItems: 50, MinEffect: 12, PerCustomer: 1, DashboardURL: "https://earshot.example.com", Series: []config.AlertSeries{
				{Name: "fibre", On: "feedback", Where: "product = 'fibre'"},
				{Name: "price in reviews", On: "mentions", Where: "topic = 'price_value' AND channel = 'review'"},
			}, Receivers: []config.Receiver{
				{Name: "ops", Type: "alertmanager", URL: "http://alertmanager:9093", Username: "earshot", PasswordFile: "testdata/password"},
				{Name: "hook", Type: "webhook", URL: "https://example.com/alerts", SecretFile: "testdata/password"},
				{Name: "mail", Type: "email", Address: "smtp.example.com:587", Encryption: "starttls", From: "earshot@example.com", To: []string{"care@example.com"}},
			}, DefaultReceivers: []string{"ops"}, Routes: []config.Route{
				{Match: config.Match{Topics: []string{"installation"}, Severities: []string{"critical"}}, Owner: "field service", Receivers: []string{"hook", "mail"}},
				{Match: config.Match{Channels: []string{"social"}}, Owner: "social team", Continue: true},
			}, Silences: []config.Silence{
				{Match: config.Match{Topics: []string{"roaming"}}, From: "2026-12-20", To: "2027-01-07T08:00:00Z", Comment: "holidays", By: "Ann"},
			}, Digest: config.Digest{Hour: 8, Timezone: "Europe/Berlin", Receivers: []string{"mail"}}},
			Listen: ":9600",
		},
		"brokers_single":   changed(func(c *config.Config) { c.Kafka.Brokers.Addresses = []string{"kafka:9092"} }),
		"brokers_embedded": changed(func(c *config.Config) { c.Kafka.Brokers = config.Brokers{Dir: "earshot-data/kafka"} }),
		"brokers_embedded_dir": changed(func(c *config.Config) {
			c.Kafka.Brokers = config.Brokers{Dir: "/var/lib/earshot/kafka"}
		}),
		"clickhouse_embedded": changed(func(c *config.Config) { c.ClickHouse.URL = "embedded" }),
		"clickhouse_embedded_dir": changed(func(c *config.Config) {
			c.ClickHouse.URL = "embedded:/var/lib/earshot/clickhouse"
			c.ClickHouse.Username, c.ClickHouse.PasswordFile, c.ClickHouse.Password = "me", "testdata/password", "s3cret"
			c.ClickHouse.Listen = "127.0.0.1:0"
		}),
		"environment": changed(func(c *config.Config) {
			c.Kafka.Group, c.Kafka.DeadLetters, c.Kafka.TLS.Enabled = "voice", "voice.dead.voice", true
			c.Pipeline.Workers, c.Pipeline.Flush = 7, 7*time.Second
			c.ClickHouse.Database = "${GROUP}" // values are not expanded again
		}),
		"anchors": changed(func(c *config.Config) {
			c.Kafka.Group, c.ClickHouse.Database = "voice", "voice"
			c.Sources = []config.Source{{Topic: "a", Channel: pipeline.Review}, {Topic: "b", Channel: pipeline.Review}}
		}),
	}
}

func TestGoodFilesAreParsedCompletely(t *testing.T) {
	want := good()
	for _, path := range inputs(t, "testdata/good/*.yaml") {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			expected, ok := want[name]
			if !ok {
				t.Fatal("nobody says what it should be")
			}
			delete(want, name)
			got, err := config.Parse(read(t, path), environment)
			if err != nil {
				t.Fatal(err)
			}
			ignore := cmp.Options{
				cmpopts.IgnoreFields(config.Source{}, "Mapping"), cmpopts.IgnoreFields(config.Receiver{}, "Receiver"),
				cmpopts.IgnoreFields(config.Alerts{}, "Routing", "Silenced"), cmpopts.IgnoreFields(config.Digest{}, "Location"),
			}
			if diff := cmp.Diff(expected, *got, ignore, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
			for i, s := range got.Sources {
				if (s.Mapping != nil) != (s.RawMap != nil) {
					t.Errorf("sources[%d]: a mapping is written: %v, parsed: %v", i, s.RawMap != nil, s.Mapping != nil)
				}
			}
		})
	}
	for name := range want {
		t.Errorf("testdata/good/%s.yaml is missing", name)
	}
}

func TestBadFilesSayWhatIsWrongInOneLine(t *testing.T) {
	for _, path := range inputs(t, "testdata/bad/*.yaml") {
		base := strings.TrimSuffix(path, ".yaml")
		t.Run(filepath.Base(base), func(t *testing.T) {
			_, err := config.Parse(read(t, path), environment)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if got, want := err.Error()+"\n", string(read(t, base+".err")); got != want {
				t.Errorf("got  %swant %s", got, want)
			}
		})
	}
}

func TestErrorsNameTheFile(t *testing.T) {
	_, err := config.Load("testdata/bad/tier.yaml")
	if err == nil || !strings.HasPrefix(err.Error(), "testdata/bad/tier.yaml: analysis.tier") {
		t.Errorf("got %v", err)
	}
	_, err = config.Load("testdata/none.yaml")
	if err == nil || !strings.Contains(err.Error(), "testdata/none.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestTheKeyStandsBesideTheConfigurationUnlessItIsNamed(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"":                                      filepath.Join(dir, "earshot.key"),
		"privacy: {redact: false}":              filepath.Join(dir, "earshot.key"),
		"privacy: {key_file: /etc/earshot/key}": "/etc/earshot/key",
	} {
		path := filepath.Join(dir, "earshot.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if c.Privacy.KeyFile != want {
			t.Errorf("%q: key in %s, want %s", text, c.Privacy.KeyFile, want)
		}
	}
}

func TestEmbeddedDirectories(t *testing.T) {
	for url, want := range map[string]string{
		"embedded":              "earshot-data/clickhouse",
		"embedded:/data":        "/data",
		"http://127.0.0.1:8123": "",
	} {
		dir, embedded := config.ClickHouse{URL: url}.EmbeddedDir()
		if embedded != (want != "") || embedded && dir != want {
			t.Errorf("%s: got %q, %v; want %q", url, dir, embedded, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml"} {
		for _, path := range inputs(f, pattern) {
			f.Add(read(f, path))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse(data, environment)
		if (c == nil) == (err == nil) {
			t.Fatalf("configuration %v and error %v", c, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
			t.Fatalf("the error has several lines: %q", err)
		}
	})
}

func inputs(tb testing.TB, pattern string) []string {
	tb.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		tb.Fatalf("%s: %v, %d files", pattern, err, len(paths))
	}
	return paths
}

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}
