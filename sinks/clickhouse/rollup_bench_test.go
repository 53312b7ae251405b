//go:build bench

package clickhouse

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

// rollupRows is how many items the roll-ups are measured with, where
// EARSHOT_BENCH_ROWS says nothing.
const rollupRows = 10_000_000

// generated are items of a year, one every three seconds or so with ten million, each
// with none to four mentions, 1.8 on average or so, from 2,000,000 customers.
const generated = `
	INSERT INTO feedback_store (source, id, version, created_at, is_deleted, ingested_at, channel, customer, segment, product, touchpoint, stage, text, score, label, effort, nps, csat, intents, mentions, noise, tier, kafka_topic, kafka_partition, kafka_offset)
	SELECT
		concat('feedback.', channel), lower(hex(cityHash64(number))), 0,
		toDateTime64('2025-01-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(intDiv(number * 31536000000, %[1]d)), 0, now64(3),
		['review', 'social', 'chat', 'survey', 'ticket', 'call'][1 + number %% 6] AS channel,
		lower(hex(cityHash64(cityHash64(number, 1) %% 2000000))),
		['consumer', 'family', 'business'][1 + cityHash64(number, 5) %% 3], ['fibre', 'mobile', 'tv', 'business line'][1 + cityHash64(number, 6) %% 4],
		['website', 'phone', 'store', 'app'][1 + cityHash64(number, 7) %% 4],
		['usage', 'billing', 'support', 'fulfilment', 'purchase', ''][1 + cityHash64(number, 2) %% 6],
		concat('They charged me twice for the same thing and nobody called back ', toString(number)),
		0, ['negative', 'positive', 'neutral'][1 + cityHash64(number, 3) %% 3],
		if(cityHash64(number, 8) %% 3 = 0, cityHash64(number, 9) %% 200 / 100 - 1, NULL), if(cityHash64(number, 10) %% 5 = 0, cityHash64(number, 11) %% 11, NULL), if(cityHash64(number, 12) %% 7 = 0, 1 + cityHash64(number, 13) %% 5, NULL),
		if(cityHash64(number, 14) %% 20 = 0, ['complaint', 'churn'], ['complaint']),
		arrayMap(i -> (
			concat(['billing', 'delivery', 'support', 'installation', 'internet_outage', 'app_website', 'staff', 'price_value'][1 + cityHash64(number, i) %% 8], '.', toString(cityHash64(number, i, 1) %% 6)),
			['usage', 'billing', 'support'][1 + cityHash64(number, i, 2) %% 3], 'website', 'rule', 1, 0,
			['negative', 'positive', 'neutral'][1 + cityHash64(number, i, 3) %% 3], 0, 10, cityHash64(number, 15) %% 20, 40 + cityHash64(number, 15) %% 20, []), range(if(cityHash64(number, 4) %% 5 = 0, 0, 1 + cityHash64(number, 4) %% 4))),
		'', 'fast', concat('feedback.', channel), number %% 4, intDiv(number, 4)
	FROM numbers(%[2]d, %[3]d)
	SETTINGS max_insert_threads = 1, max_block_size = 65536, min_insert_block_size_rows = 65536`

// BenchmarkRollups measures what the roll-ups cost beside ten million items: the view
// over everything and over a week, while all hours are open and once they are rolled
// up; rolling all of them up; settling 20,000 items, of which none has moved, as
// before each commit; and recomputing every cell.
func BenchmarkRollups(b *testing.B) {
	n := rollupRows
	if value := os.Getenv("EARSHOT_BENCH_ROWS"); value != "" {
		var err error
		if n, err = strconv.Atoi(value); err != nil || n < 1 {
			b.Fatalf("EARSHOT_BENCH_ROWS=%s is no number of rows", value)
		}
	}
	for b.Loop() {
		s := newStore(b)
		const step = 1_000_000
		for from := 0; from < n; from += step {
			exec(b, s, fmt.Sprintf(generated, n, from, min(step, n-from)))
		}
		if err := s.openHoursIn(b.Context(), "hourly_items"); err != nil {
			b.Fatal(err)
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
