//go:build bench

package clickhouse

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// questions are what pages and panels ask of a period, by the name of their metric. Of
// the text, $period stands for the arguments of a period.
var questions = []struct{ metric, sql string }{
	{"pain-points", "SELECT * FROM pain_points($period, level = 2)"},
	{"topics", "SELECT * FROM topics_between($period, level = 2)"},
	{"journey", "SELECT * FROM journey_between($period)"},
	{"steps", "SELECT * FROM journey_steps($period)"},
	{"measures", "SELECT * FROM measures($period)"},
	{"contacts", "SELECT * FROM contacts_between($period)"},
	{"days", "SELECT day, topic, sum(items), sum(negatives) FROM cells_between($period) GROUP BY day, topic"},
	{"latest", "SELECT source, id, created_at FROM feedback_between($period) WHERE label = 'negative' ORDER BY created_at DESC LIMIT 25"},
	{"search", "SELECT source, id, created_at FROM feedback_between($period) WHERE positionCaseInsensitiveUTF8(text, 'called back 99') > 0 ORDER BY created_at DESC LIMIT 25"},
}

// askAll measures the questions over a week and over 90 days, the median of five, and one
// customer's page; and how much room an item takes.
func askAll(b *testing.B, s *Store, items int) {
	median := func(metric, sql string) {
		var took []float64
		for range 5 {
			began := time.Now()
			exec(b, s, sql+" FORMAT Null")
			took = append(took, time.Since(began).Seconds())
		}
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2], metric+"-s")
	}
	for _, p := range []struct{ name, from string }{{"week", "2025-12-24"}, {"90d", "2025-10-02"}} {
		period := "period_from = '" + p.from + "', period_to = '2025-12-31', channel = '', segment = '', product = ''"
		for _, q := range questions {
			median(q.metric+"-"+p.name, strings.ReplaceAll(q.sql, "$period", period))
		}
	}
	customer := jsonRows(b, s, "SELECT customer FROM hourly_items LIMIT 1")[0]["customer"].(string)
	median("customer", "SELECT * FROM customers WHERE customer = '"+customer+"'")
	for _, table := range []string{"feedback_store", "hourly_items", "daily_store", "sentiment_hourly_store"} {
		bytes := count(b, s, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() AND table = '"+table+"'")
		b.ReportMetric(float64(bytes)/float64(items), strings.ReplaceAll(table, "_", "-")+"-B/item")
	}
}
