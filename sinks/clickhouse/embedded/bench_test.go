package embedded

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// feedbackTable is about as wide as what earshot writes: 56 columns.
func feedbackTable(b *testing.B, c clickhouse.Conn) string {
	b.Helper()
	name := fmt.Sprintf("bench_%d", time.Now().UnixNano())
	q := "CREATE TABLE " + name + " (id String, source LowCardinality(String), created DateTime64(3,'UTC'), text String"
	for i := range 12 {
		q += fmt.Sprintf(", lc%d LowCardinality(String)", i)
	}
	for i := range 12 {
		q += fmt.Sprintf(", f%d Float32", i)
	}
	for i := range 8 {
		q += fmt.Sprintf(", n%d Nullable(Float32)", i)
	}
	for i := range 8 {
		q += fmt.Sprintf(", a%d Array(LowCardinality(String))", i)
	}
	for i := range 8 {
		q += fmt.Sprintf(", o%d Array(UInt32)", i)
	}
	for i := range 4 {
		q += fmt.Sprintf(", m%d Map(String, String)", i)
	}
	q += ") ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(created) ORDER BY (source, id)"
	must(b, c.Exec(context.Background(), q))
	b.Cleanup(func() { _ = c.Exec(context.Background(), "DROP TABLE "+name) })
	return name
}

func feedbackRow(i int) []any {
	row := []any{fmt.Sprintf("id-%09d", i), "reviews", time.UnixMilli(1764000000000 + int64(i)), fmt.Sprintf("The installer never showed up, I called three times and nobody picked up the phone, ticket %d", i)}
	for k := range 12 {
		row = append(row, fmt.Sprint("value", (i+k)%5))
	}
	for k := range 12 {
		row = append(row, float32(i%100)/float32(k+1))
	}
	for k := range 8 {
		if (i+k)%2 == 0 {
			row = append(row, nil)
		} else {
			row = append(row, float32(k))
		}
	}
	for range 8 {
		row = append(row, []string{"installation.missed_appointment", "support"})
	}
	for range 8 {
		row = append(row, []uint32{1, 40})
	}
	for range 4 {
		row = append(row, map[string]string{"department": "field", "agent": "a7"})
	}
	return row
}

// BenchmarkInsert sends batches as earshot does; the time is that of Send,
// from the filled batch to the acknowledgement.
func BenchmarkInsert(b *testing.B) {
	for _, m := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionZSTD} {
		for _, n := range []int{5000, 10000} {
			b.Run(fmt.Sprintf("%s/%d rows", m, n), func(b *testing.B) {
				// optimize_on_insert would merge each batch before it is
				// written: four times the work, for what FINAL does anyway.
				c := openGo(b, func(o *clickhouse.Options) {
					o.Compression = &clickhouse.Compression{Method: m}
					o.Settings = clickhouse.Settings{"optimize_on_insert": 0}
				})
				name := feedbackTable(b, c)
				rows := make([][]any, n)
				for i := range rows {
					rows[i] = feedbackRow(i)
				}
				var sending time.Duration
				b.ResetTimer()
				for range b.N {
					batch, err := c.PrepareBatch(context.Background(), "INSERT INTO "+name)
					must(b, err)
					for _, r := range rows {
						must(b, batch.Append(r...))
					}
					began := time.Now()
					must(b, batch.Send())
					sending += time.Since(began)
				}
				b.ReportMetric(float64(n*b.N)/sending.Seconds(), "rows/s-send")
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// BenchmarkQuery reads through clickhouse-go.
func BenchmarkQuery(b *testing.B) {
	for name, query := range map[string]string{
		"one row":      "SELECT 1",
		"aggregate":    "SELECT number % 10 AS k, count() FROM numbers(1000000) GROUP BY k",
		"100,000 rows": "SELECT number, toString(number) FROM numbers(100000)",
	} {
		b.Run(name, func(b *testing.B) {
			c := openGo(b, nil)
			for range b.N {
				rows, err := c.Query(context.Background(), query)
				must(b, err)
				read(b, rows)
			}
		})
	}
}

func read(b *testing.B, rows driver.Rows) {
	b.Helper()
	for rows.Next() { //nolint:revive // the rows are decoded by Next
	}
	must(b, rows.Err())
}

// BenchmarkNative is the re-encoding of an answer alone.
func BenchmarkNative(b *testing.B) {
	raw := engineNative(b, everyType)
	b.SetBytes(int64(len(raw)))
	for range b.N {
		reencode(b, raw, 54484, len(raw))
	}
}
