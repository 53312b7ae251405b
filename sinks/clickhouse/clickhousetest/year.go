// Package clickhousetest generates feedback inside ClickHouse, for measurements that need
// more of it than anybody wants to send.
package clickhousetest

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

// Rows is how many items to measure with: ten million, where EARSHOT_BENCH_ROWS says
// nothing.
func Rows(b testing.TB) int {
	b.Helper()
	value := os.Getenv("EARSHOT_BENCH_ROWS")
	if value == "" {
		return 10_000_000
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		b.Fatalf("EARSHOT_BENCH_ROWS=%s is no number of rows", value)
	}
	return n
}

// Year returns the statements that write n items of the year (365 days) before end, one
// every three seconds or so with ten million, each with none to four mentions of 48
// topics, 1.8 on average or so, from 2,000,000 customers in 3 segments or none, with 4
// products. Hours and days are not opened yet, as a pipeline does when it settles: the
// last statements do so.
func Year(n int, end time.Time) []string {
	const step = 1_000_000
	start := end.AddDate(0, 0, -365).UTC().Format("2006-01-02 15:04:05")
	var statements []string
	for from := 0; from < n; from += step {
		statements = append(statements, fmt.Sprintf(items, n, from, min(step, n-from), start))
	}
	return append(statements,
		"INSERT INTO hours SELECT DISTINCT hour, 1, 0, now64(3) FROM hourly_items",
		"INSERT INTO days SELECT DISTINCT toDateTime64(toStartOfDay(hour), 3, 'UTC'), 1, 0, now64(3) FROM hourly_items")
}

const items = `
	INSERT INTO feedback_store (source, id, version, created_at, is_deleted, ingested_at, channel, customer, segment, product, location, touchpoint, language, stage, text, score, label, effort, nps, csat, ces, intents, mentions, noise, tier, kafka_topic, kafka_partition, kafka_offset)
	SELECT
		concat('feedback.', channel), lower(hex(cityHash64(number))), 0,
		toDateTime64('%[4]s', 3, 'UTC') + toIntervalMillisecond(intDiv(number * 31536000000, %[1]d)), 0, now64(3),
		['review', 'social', 'chat', 'survey', 'ticket', 'call'][1 + number %% 6] AS channel,
		lower(hex(cityHash64(cityHash64(number, 1) %% 2000000))),
		['consumer', 'family', 'business', ''][1 + cityHash64(number, 5) %% 4], ['fibre', 'mobile', 'tv', 'business line'][1 + cityHash64(number, 6) %% 4],
		concat('city ', toString(cityHash64(number, 16) %% 50)), ['website', 'phone', 'store', 'app'][1 + cityHash64(number, 7) %% 4],
		['en', 'en', 'de', 'es'][1 + cityHash64(number, 17) %% 4],
		['usage', 'billing', 'support', 'fulfilment', 'purchase', ''][1 + cityHash64(number, 2) %% 6],
		concat('They charged me twice for the same thing and nobody called back ', toString(number)),
		0, ['negative', 'positive', 'neutral'][1 + cityHash64(number, 3) %% 3],
		if(cityHash64(number, 8) %% 3 = 0, cityHash64(number, 9) %% 200 / 100 - 1, NULL), if(cityHash64(number, 10) %% 5 = 0, cityHash64(number, 11) %% 11, NULL),
		if(cityHash64(number, 12) %% 7 = 0, 1 + cityHash64(number, 13) %% 5, NULL), if(cityHash64(number, 18) %% 10 = 0, 1 + cityHash64(number, 19) %% 7, NULL),
		if(cityHash64(number, 14) %% 20 = 0, ['complaint', 'churn'], ['complaint']),
		arrayMap(i -> (
			concat(['billing', 'delivery', 'support', 'installation', 'internet_outage', 'app_website', 'staff', 'price_value'][1 + cityHash64(number, i) %% 8], '.', toString(cityHash64(number, i, 1) %% 6)),
			['usage', 'billing', 'support'][1 + cityHash64(number, i, 2) %% 3], 'website', 'rule', 1, 0,
			['negative', 'positive', 'neutral'][1 + cityHash64(number, i, 3) %% 3], 0, 10, cityHash64(number, 15) %% 20, 40 + cityHash64(number, 15) %% 20, []), range(if(cityHash64(number, 4) %% 5 = 0, 0, 1 + cityHash64(number, 4) %% 4))),
		'', 'fast', concat('feedback.', channel), number %% 4, intDiv(number, 4)
	FROM numbers(%[2]d, %[3]d)
	SETTINGS max_insert_threads = 1, max_block_size = 65536, min_insert_block_size_rows = 65536`
