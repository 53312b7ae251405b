//go:build bench

package clickhouse

import (
	"testing"
	"time"

	"earshot/sinks/clickhouse/clickhousetest"
)

// BenchmarkRollups measures what the roll-ups cost beside ten million items: the view
// over everything and over a week, while all hours are open and once they are rolled
// up; rolling all of them up; settling 20,000 items, of which none has moved, as
// before each commit; and recomputing every cell.
func BenchmarkRollups(b *testing.B) {
	n := clickhousetest.Rows(b)
	for b.Loop() {
		s := newStore(b)
		for _, sql := range clickhousetest.Year(n, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
			exec(b, s, sql)
		}
		took := func(metric string, do func()) {
			began := time.Now()
			do()
			b.ReportMetric(time.Since(began).Seconds(), metric)
		}
		items := func(where string) uint64 {
			return count(b, s, "SELECT sum(items) FROM sentiment_hourly WHERE topic = ''"+where)
		}
		all := func() {
			if got := items(""); got != uint64(n) {
				b.Errorf("sentiment_hourly has %d items, want %d", got, n)
			}
		}
		week := func() { items(" AND hour >= '2025-12-25'") }
		took("all-open-s", all)
		took("week-open-s", week)
		w := s.Writer()
		for _, it := range jsonRows(b, s, "SELECT identity FROM hourly_items LIMIT 20000") {
			w.touched.identities[uint32(it["identity"].(float64))] = struct{}{}
		}
		w.touched.hours[time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()] = struct{}{}
		took("settle-s", func() {
			if err := w.Settle(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
		took("roll-up-s", func() {
			if _, err := s.RollUp(b.Context(), 0); err != nil {
				b.Fatal(err)
			}
		})
		took("all-s", all)
		took("week-s", week)
		took("verify-s", func() {
			found, err := s.VerifyRollups(b.Context(), always)
			if err != nil {
				b.Fatal(err)
			}
			if found.Items != int64(n) || len(found.Differences) > 0 {
				b.Errorf("of %d items %d were looked at, and %d of %d cells differ", n, found.Items, len(found.Differences), found.Cells)
			}
		})
		b.ReportMetric(float64(n), "items")
		b.ReportMetric(0, "ns/op")
		askAll(b, s, n)
	}
}
