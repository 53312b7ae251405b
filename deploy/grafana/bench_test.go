//go:build bench

package grafana

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/clickhousetest"
)

// benchEnd is when the generated year ends.
var benchEnd = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// BenchmarkPanels measures every query of the dashboards over 7 and over 90 days: the
// median of three.
func BenchmarkPanels(b *testing.B) {
	n := clickhousetest.Rows(b)
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
	store := emptyStore(b)
	began := time.Now()
	statements := clickhousetest.Year(n, benchEnd)
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
