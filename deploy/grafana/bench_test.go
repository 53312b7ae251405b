//go:build bench

package grafana

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/embedded"
)

// benchRows is how many items the panels are asked of, where EARSHOT_BENCH_ROWS says
// nothing.
const benchRows = 10_000_000

// benchEnd is when the generated year ends.
var benchEnd = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// generated are items of the year before benchEnd, one every three seconds or so with
// ten million, each with none to two mentions, from 2,000,000 customers in 4 segments
// with 6 products; each tenth answers a survey's question.
const generated = `
	INSERT INTO feedback_store (source, id, version, created_at, is_deleted, ingested_at, channel, customer, segment, product, location, touchpoint, language, stage, text, score, label, nps, csat, ces, effort, intents, mentions, noise, tier, kafka_topic, kafka_partition, kafka_offset)
	SELECT
		concat('feedback.', channel), lower(hex(cityHash64(number))), 0,
		toDateTime64('2025-01-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(intDiv(number * 31536000000, %[1]d)), 0, now64(3),
		['review', 'social', 'chat', 'survey', 'ticket', 'call'][1 + number %% 6] AS channel,
		lower(hex(cityHash64(cityHash64(number, 1) %% 2000000))),
		['consumer', 'business', 'prepaid', ''][1 + cityHash64(number, 5) %% 4],
		concat('product ', toString(cityHash64(number, 6) %% 6)), concat('city ', toString(cityHash64(number, 7) %% 50)), 'website',
		['en', 'en', 'de', 'es'][1 + cityHash64(number, 8) %% 4],
		['usage', 'billing', 'support', 'fulfilment', 'purchase', ''][1 + cityHash64(number, 2) %% 6],
		concat('They charged me twice for the same thing and nobody called back ', toString(number)),
		0, ['negative', 'positive', 'neutral'][1 + cityHash64(number, 3) %% 3],
		if(number %% 10 = 0, cityHash64(number, 9) %% 11, NULL), if(number %% 10 = 1, 1 + cityHash64(number, 10) %% 5, NULL), if(number %% 10 = 2, 1 + cityHash64(number, 11) %% 7, NULL),
		if(number %% 5 = 0, -0.5, NULL), if(cityHash64(number, 12) %% 20 = 0, ['churn'], []),
		arrayMap(i -> (
			concat(['billing', 'delivery', 'support', 'installation', 'internet_outage', 'app_website', 'staff', 'price_value'][1 + cityHash64(number, i) %% 8], '.', toString(cityHash64(number, i, 1) %% 6)),
			['usage', 'billing', 'support'][1 + cityHash64(number, i, 2) %% 3], 'website', 'rule', 1, 0,
			['negative', 'positive', 'neutral'][1 + cityHash64(number, i, 3) %% 3], 0, 10, 0, 63, []), range(cityHash64(number, 4) %% 3)),
		'', 'fast', concat('feedback.', channel), number %% 4, intDiv(number, 4)
	FROM numbers(%[2]d, %[3]d)
	SETTINGS max_insert_threads = 1, max_block_size = 65536, min_insert_block_size_rows = 65536`

// BenchmarkPanels measures every query of the dashboards over 7 and over 90 days: the
// median of three.
func BenchmarkPanels(b *testing.B) {
	n := benchRows
	if value := os.Getenv("EARSHOT_BENCH_ROWS"); value != "" {
		var err error
		if n, err = strconv.Atoi(value); err != nil || n < 1 {
			b.Fatalf("EARSHOT_BENCH_ROWS=%s is no number of rows", value)
		}
	}
	store := fill(b, n)
	for _, days := range []int{7, 90} {
		for _, q := range questions() {
			name := fmt.Sprintf("%ddays/%s/%s", days, q.dashboard.file, strings.ReplaceAll(q.by, " ", "_"))
			b.Run(name, func(b *testing.B) {
				values := chosen{}
				if q.dashboard.file == "topic-detail" && !q.text {
					values["topic"] = "installation"
				}
				sql := expand(b, q.sql, q.dashboard, values, benchEnd.Add(-time.Duration(days)*24*time.Hour), benchEnd)
				for b.Loop() {
					var took []time.Duration
					for range 3 {
						began := time.Now()
						read(b, store, sql)
						took = append(took, time.Since(began))
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[1].Milliseconds()), "ms")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func read(b *testing.B, store *clickhouse.Store, sql string) {
	b.Helper()
	rows, err := store.Query(b.Context(), sql)
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		b.Fatal(err)
	}
}

// fill makes a store of n items, all hours and days of which are rolled up.
func fill(b *testing.B, n int) *clickhouse.Store {
	b.Helper()
	server, err := embedded.Start(b.Context(), embedded.Options{Dir: b.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close(context.Background()) })
	store, err := clickhouse.Open(clickhouse.Options{URL: "http://" + server.Addr()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	if _, err := store.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	const step = 1_000_000
	statements := []string{}
	for from := 0; from < n; from += step {
		statements = append(statements, fmt.Sprintf(generated, n, from, min(step, n-from)))
	}
	for _, table := range []string{"hours", "days"} {
		statements = append(statements, "INSERT INTO "+table+" SELECT DISTINCT "+map[string]string{"hours": "hour", "days": "toStartOfDay(hour)"}[table]+" AS t, 1, 0, now64(3) FROM hourly_items")
	}
	statements = append(statements, "INSERT INTO improvement_store (id, topic, at, note, registered_at) VALUES ('a', 'installation', '2025-12-28 00:00:00', 'New scheduling', '2025-12-28 00:00:00')")
	for _, sql := range statements {
		if err := store.Exec(b.Context(), sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	b.Logf("%d items written in %v", n, time.Since(began).Round(time.Second))
	began = time.Now()
	hours, err := store.RollUp(b.Context(), 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d hours rolled up in %v", hours, time.Since(began).Round(time.Second))
	return store
}
