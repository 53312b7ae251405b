package embedded

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The engine reads its settings from files. They are written at each start,
// so that the data directory always carries those of the running version.
const (
	configFile = "earshot-engine.xml"
	usersFile  = "earshot-users.xml"
)

// grants is what a client may do. Missing on purpose: every source outside of
// the database (file, url, s3, remote, executable, …), users and access, and
// stopping the server; and dictionaries, whose sources run commands and dial
// out. Table engines are listed because `TABLE ENGINE ON *`
// would bring File, URL and their like back.
var grants = []string{
	"SELECT", "INSERT", "ALTER", "DROP",
	"CREATE DATABASE", "CREATE TABLE", "CREATE VIEW", "CREATE TEMPORARY TABLE", "CREATE FUNCTION",
	"UNDROP TABLE", "TRUNCATE", "OPTIMIZE", "SHOW", "KILL QUERY", "dictGet",
	"SYSTEM MERGES", "SYSTEM TTL MERGES", "SYSTEM MOVES", "SYSTEM VIEWS", "SYSTEM FLUSH", "SYSTEM DROP CACHE", "SYSTEM RELOAD",
}

var tableEngines = []string{
	"MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree", "CollapsingMergeTree",
	"VersionedCollapsingMergeTree", "CoalescingMergeTree", "GraphiteMergeTree",
	"Memory", "Null", "Log", "TinyLog", "StripeLog", "Buffer", "Merge", "Join", "Set",
	"View", "MaterializedView", "Dictionary", "GenerateRandom",
}

// profile is what differs from ClickHouse's defaults in every query that
// doesn't say otherwise.
var profile = []assignment{
	// An INSERT is answered when its rows are stored.
	{"async_insert", "0"},
	// The profiler works by signals, which are Go's here.
	{"query_profiler_real_time_period_ns", "0"},
	{"query_profiler_cpu_time_period_ns", "0"},
	// Nothing here is a cluster.
	{"max_parallel_replicas", "1"},
}

func profileValue(setting string) (string, bool) {
	for _, a := range profile {
		if a.name == setting {
			return a.value, true
		}
	}
	return "", false
}

// writeConfig writes the engine's files into dir and returns the path of the
// main one. Pools and caches are sized for a laptop: the engine shares two
// cores with the pipeline.
func writeConfig(dir string) (string, error) {
	users := filepath.Join(dir, usersFile)
	var u strings.Builder
	u.WriteString("<clickhouse>\n <profiles><default>")
	for _, a := range profile {
		fmt.Fprintf(&u, "<%s>%s</%s>", a.name, a.value, a.name)
	}
	u.WriteString("</default></profiles>\n <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>\n  <grants>\n")
	fmt.Fprintf(&u, "   <query>GRANT %s ON *.*</query>\n", strings.Join(grants, ", "))
	for _, e := range tableEngines {
		fmt.Fprintf(&u, "   <query>GRANT TABLE ENGINE ON %s</query>\n", e)
	}
	u.WriteString("  </grants>\n </default></users>\n <quotas><default/></quotas>\n</clickhouse>\n")

	var c strings.Builder
	c.WriteString("<!-- Written by earshot at each start: changes are lost. -->\n<clickhouse>\n")
	fmt.Fprintf(&c, " <users_config>%s</users_config>\n", xmlText(users))
	for _, kv := range [][2]string{
		{"display_name", "earshot"},
		{"mark_cache_size", "67108864"},
		{"primary_index_cache_size", "67108864"},
		{"index_mark_cache_size", "16777216"},
		{"mmap_cache_size", "64"},
		{"compiled_expression_cache_size", "33554432"},
		{"max_server_memory_usage_to_ram_ratio", "0.6"},
		{"background_pool_size", "2"},
		{"background_move_pool_size", "1"},
		{"background_fetches_pool_size", "1"},
		{"background_common_pool_size", "2"},
		{"background_schedule_pool_size", "4"},
		{"background_message_broker_schedule_pool_size", "1"},
		{"background_distributed_schedule_pool_size", "1"},
		{"max_io_thread_pool_size", "16"},
		{"max_thread_pool_free_size", "32"},
	} {
		fmt.Fprintf(&c, " <%s>%s</%s>\n", kv[0], kv[1], kv[0])
	}
	// With pools as small as these the defaults would never let a mutation
	// or an OPTIMIZE begin.
	c.WriteString(" <merge_tree>\n")
	for _, k := range []string{
		"number_of_free_entries_in_pool_to_execute_mutation",
		"number_of_free_entries_in_pool_to_lower_max_size_of_merge",
		"number_of_free_entries_in_pool_to_execute_optimize_entire_partition",
	} {
		fmt.Fprintf(&c, "  <%s>1</%s>\n", k, k)
	}
	// Merge more parts at once, and so each row less often: merging is most of what
	// an insert costs, and the cores are the pipeline's too.
	c.WriteString("  <merge_selector_base>10</merge_selector_base>\n")
	c.WriteString(" </merge_tree>\n</clickhouse>\n")

	for path, text := range map[string]string{users: u.String(), filepath.Join(dir, configFile): c.String()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, configFile), nil
}

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}
