//go:build faults

package faults

import (
	"fmt"
	"os/exec"
	"regexp"
	"testing"
)

// controlCases are pipelines that are broken on purpose: what the oracle finds in
// them shows that it would find it elsewhere.
func controlCases() []Case {
	return []Case{
		{Name: "control commit first", What: "offsets are committed before anything is written", Control: true, Rig: RigOptions{Pipeline: map[string]string{"commit": "0s"}}, Run: commitFirst},
		{Name: "control plain table", What: "the tables are MergeTree, which keeps what is delivered twice", Control: true, Run: func(t *testing.T, r *Rig) {
			r.migrate(t)
			r.remake(t)
			redeliver(t, r)
		}},
		{Name: "control roll up on insert", What: "the roll-up is a materialised view on what is inserted", Control: true, Run: func(t *testing.T, r *Rig) {
			r.migrate(t)
			for _, statement := range rollUpOnInsert {
				r.ClickHouse.Exec(t, r.Database, statement)
			}
			redeliver(t, r)
		}},
	}
}

func commitFirst(t *testing.T, r *Rig) {
	for range 3 {
		r.Stream.Produce(t, 60)
		e := r.StartFaulty(t, "commit_first,before_insert:1:kill")
		e.AwaitGone(t)
		r.Injected()
	}
	r.Recovered(t, r.Start(t).Started)
}

// redeliver has some records delivered twice.
func redeliver(t *testing.T, r *Rig) {
	t.Helper()
	for range 2 {
		r.Stream.Produce(t, 60)
		e := r.StartFaulty(t, "after_insert:1:kill")
		e.AwaitGone(t)
		r.Injected()
	}
	r.Recovered(t, r.Start(t).Started)
}

// migrate makes the schema before any earshot runs.
func (r *Rig) migrate(t *testing.T) {
	t.Helper()
	if out, err := exec.Command(*binary, "migrate", "--config", r.configFile(t)).CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
}

// replacing finds what makes rows of a table replace one another: its engine, and
// what asks for it in a view.
var (
	replacing = regexp.MustCompile(`ReplacingMergeTree\([^)]*\)`)
	final     = regexp.MustCompile(`(\.(?:feedback_store|hourly_items)(?: AS \w+)?) FINAL`)
)

// remake makes the database again from its own statements, but with plain tables of
// items. The rest stays, so that the pipeline runs as ever.
func (r *Rig) remake(t *testing.T) {
	t.Helper()
	objects, err := r.ClickHouse.rows(t.Context(), r.Database, fmt.Sprintf(
		"SELECT name, create_table_query AS statement FROM system.tables WHERE database = '%s' AND NOT startsWith(name, '.inner') ORDER BY engine = 'MaterializedView', engine = 'View', name = 'shadow_diff', name", r.Database))
	if err != nil {
		t.Fatal(err)
	}
	applied, err := r.ClickHouse.rows(t.Context(), r.Database, "SELECT version, name FROM schema_migrations")
	if err != nil {
		t.Fatal(err)
	}
	r.ClickHouse.Exec(t, "default", "DROP DATABASE "+r.Database)
	r.ClickHouse.Exec(t, "default", "CREATE DATABASE "+r.Database)
	for _, o := range objects {
		statement := fmt.Sprint(o["statement"])
		if o["name"] == "feedback_store" || o["name"] == "hourly_items" {
			statement = replacing.ReplaceAllString(statement, "MergeTree")
		}
		r.ClickHouse.Exec(t, r.Database, final.ReplaceAllString(statement, "$1"))
	}
	for _, a := range applied {
		r.ClickHouse.Exec(t, r.Database, fmt.Sprintf("INSERT INTO schema_migrations (version, name, applied_at) VALUES (%v, '%v', now64(3))", a["version"], a["name"]))
	}
}

// rollUpOnInsert makes the roll-up that everybody would write first.
var rollUpOnInsert = []string{
	`CREATE TABLE naive (hour DateTime64(3, 'UTC'), channel LowCardinality(String), stage LowCardinality(String), topic LowCardinality(String),
		items UInt64, negatives UInt64, positives UInt64, neutrals UInt64, customers AggregateFunction(uniqExactIf, String, UInt8))
	ENGINE = SummingMergeTree((items, negatives, positives, neutrals)) ORDER BY (hour, channel, stage, topic)`,
	`CREATE MATERIALIZED VIEW naive_items TO naive AS
	SELECT toStartOfHour(created_at) AS hour, channel, stage, '' AS topic, count() AS items, countIf(label = 'negative') AS negatives,
		countIf(label = 'positive') AS positives, countIf(label = 'neutral') AS neutrals, uniqExactIfState(customer, customer != '') AS customers
	FROM feedback_store WHERE is_deleted = 0 AND noise = '' GROUP BY hour, channel, stage, topic`,
	`CREATE MATERIALIZED VIEW naive_mentions TO naive AS
	SELECT toStartOfHour(created_at) AS hour, channel, m.stage AS stage, m.topic AS topic, count() AS items, countIf(m.label = 'negative') AS negatives,
		countIf(m.label = 'positive') AS positives, countIf(m.label = 'neutral') AS neutrals, uniqExactIfState(customer, customer != '') AS customers
	FROM feedback_store ARRAY JOIN mentions AS m WHERE is_deleted = 0 AND noise = '' GROUP BY hour, channel, stage, topic`,
	`CREATE OR REPLACE VIEW sentiment_hourly AS
	SELECT hour, channel, stage, topic, sum(n.items) AS items, sum(n.negatives) AS negatives, sum(n.positives) AS positives, sum(n.neutrals) AS neutrals,
		100 * (toInt64(positives) - toInt64(negatives)) / items AS net_sentiment, uniqExactIfMerge(n.customers) AS customers
	FROM naive AS n GROUP BY hour, channel, stage, topic`,
}
