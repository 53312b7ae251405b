package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func checkImprovements(t *testing.T, p *process) {
	improvement := func(args ...string) result {
		t.Helper()
		return earshot(t, "", append([]string{"improvement"}, append(args, "--clickhouse", p.ClickHouse)...)...)
	}
	id := strings.TrimSpace(improvement("add", "--topic", "installation", "--at", "2026-11-01", "--note", "new scheduling").succeeds(t).out)
	if again := strings.TrimSpace(improvement("add", "--topic", "installation", "--at", "2026-11-01T00:00:00Z", "--note", "New scheduling").succeeds(t).out); again != id {
		t.Errorf("registered again it is %s, was %s", again, id)
	}
	for _, want := range []string{id, "2026-11-01 00:00", "installation", "New scheduling"} {
		if out := improvement("list").succeeds(t).out; !strings.Contains(out, want) {
			t.Errorf("the list lacks %q:\n%s", want, out)
		}
	}
	if out := improvement("list", "--output", "json").succeeds(t).out; strings.Count(out, "\n") != 1 || !strings.Contains(out, `"id":"`+id+`"`) {
		t.Errorf("as JSON: %s", out)
	}
	improvement("remove", "nothing").fails(t, 1, "nothing", "improvement list")
	improvement("remove", id).succeeds(t)
	if out := improvement("list", "--output", "json").succeeds(t).out; out != "" {
		t.Errorf("after it was removed: %s", out)
	}
}

func checkQuery(t *testing.T, p *process) {
	query := func(args ...string) result {
		t.Helper()
		return earshot(t, "", append([]string{"query", "--clickhouse", p.ClickHouse}, args...)...)
	}
	const values = `SELECT 18446744073709551615::UInt64 AS whole, 123456789.125 AS fraction, 'a<b>&"c"' AS text,
		NULL AS none, [1, 2]::Array(UInt8) AS bytes, ['x', 'y'] AS list, map('k', 1.5) AS dict, (1, 'x') AS pair,
		CAST((1, 'q') AS Tuple(n UInt8, s String)) AS named, toDateTime64('2024-01-02 03:04:05.600', 3, 'UTC') AS moment,
		toDateTime('2024-01-02 03:04:05', 'UTC') AS second, toDate('2024-01-02') AS day, toDecimal64(1.25, 2) AS money,
		toInt256('-57896044618658097711785492504343953926634992332820282019728792003956564819968') AS huge, true AS yes,
		toUUID('00000000-0000-0000-0000-000000000001') AS uuid, toIPv4('10.0.0.1') AS ip, CAST('a', 'Enum8(\'a\' = 1)') AS enum,
		nan AS nothing, [toDateTime64('2024-01-02 03:04:05.6', 3, 'UTC')] AS moments, toLowCardinality('low') AS low`
	for format, want := range map[string]string{
		"json": `{"whole":18446744073709551615,"fraction":123456789.125,"text":"a<b>&\"c\"","none":null,"bytes":[1,2],"list":["x","y"],` +
			`"dict":{"k":1.5},"pair":[1,"x"],"named":{"n":1,"s":"q"},"moment":"2024-01-02 03:04:05.600","second":"2024-01-02 03:04:05",` +
			`"day":"2024-01-02","money":1.25,"huge":-57896044618658097711785492504343953926634992332820282019728792003956564819968,"yes":true,` +
			`"uuid":"00000000-0000-0000-0000-000000000001","ip":"10.0.0.1","enum":"a","nothing":null,"moments":["2024-01-02 03:04:05.600"],"low":"low"}` + "\n",
		"csv": "whole,fraction,text,none,bytes,list,dict,pair,named,moment,second,day,money,huge,yes,uuid,ip,enum,nothing,moments,low\n" +
			`18446744073709551615,123456789.125,"a<b>&""c""",,"[1,2]","[""x"",""y""]","{""k"":1.5}","[1,""x""]","{""n"":1,""s"":""q""}",` +
			`2024-01-02 03:04:05.600,2024-01-02 03:04:05,2024-01-02,1.25,-57896044618658097711785492504343953926634992332820282019728792003956564819968,true,` +
			`00000000-0000-0000-0000-000000000001,10.0.0.1,a,nan,"[""2024-01-02 03:04:05.600""]",low` + "\n",
	} {
		if diff := cmp.Diff(want, query("--format", format, values).succeeds(t).out); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
	table := query("SELECT number AS n, if(number = 1, NULL, number / 3) AS third, number * 1e7 AS large FROM numbers(3)").succeeds(t).out
	want := strings.Join([]string{
		"┌───┬────────┬──────────┐",
		"│ n │ third  │ large    │",
		"├───┼────────┼──────────┤",
		"│ 0 │ 0      │ 0        │",
		"│ 1 │ NULL   │ 10000000 │",
		"│ 2 │ 0.6667 │ 20000000 │",
		"└───┴────────┴──────────┘", "",
	}, "\n")
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if got := query("--format", "tsv", "SELECT 1 AS a, 'x' AS b").succeeds(t).out; got != "a\tb\n1\tx\n" {
		t.Errorf("tsv: %q", got)
	}
	if got := query("SELECT 1 WHERE 0").succeeds(t).out; got != "no rows\n" {
		t.Errorf("no rows: %q", got)
	}
	if got := query("--format", "json", "SELECT 1 WHERE 0").succeeds(t).out; got != "" {
		t.Errorf("no rows as JSON: %q", got)
	}
	if got := query("--format", "csv", byChannel).succeeds(t).out; !strings.HasPrefix(got, "channel,count()\nchat,200\n") {
		t.Errorf("items by channel: %q", got)
	}
	query("SELCT 1").fails(t, 1, "code 62", "Syntax error")
	query("SELECT throwIf(number = 3) FROM numbers(5)").fails(t, 1, "code 395")
	earshot(t, "", "query", "--clickhouse", "127.0.0.1:1", "SELECT 1").fails(t, 1, "http://127.0.0.1:1", "connection refused", "--clickhouse")
	earshot(t, "", "query", "--clickhouse", "ftp://a", "SELECT 1").fails(t, 1, `"ftp"`)
}

func checkSendErrors(t *testing.T, p *process) {
	const topic = "feedback.surveys"
	send := func(args ...string) result {
		t.Helper()
		return earshot(t, "", append([]string{"send", "--brokers", p.Kafka, "--topic", topic}, args...)...)
	}
	const at = `"created_at":"2024-05-01T00:00:00Z"`
	earshot(t, "", "send", "--brokers", p.Kafka, "--topic", "feedback.nope", file(t, "a.ndjson", "{}")).fails(t, 1, "feedback.nope does not exist", "feedback.reviews")
	earshot(t, "", "send", "--brokers", "127.0.0.1:1", "--topic", topic, file(t, "a.ndjson", "{}")).fails(t, 1, "127.0.0.1:1 does not answer")

	repeats := send(file(t, "r.ndjson", strings.Repeat(`{"id":"raw-r","nps":9,`+at+"}\n", 3))).succeeds(t)
	if !strings.Contains(repeats.err, "2 of its records repeat an id") || !strings.Contains(repeats.err, `"raw-r" on line 2`) {
		t.Errorf("no warning of repeated ids: %s", repeats.err)
	}
	large := send(file(t, "l.ndjson", fmt.Sprintf("{\"id\":\"raw-a\",\"nps\":1,%s}\n{\"id\":\"raw-l\",\"text\":\"%s\"}\n{\"id\":\"raw-b\",\"nps\":2,%s}\n", at, strings.Repeat("x", 50_000_000), at)))
	if large.code != 1 || !strings.Contains(large.err, "line 2: a message of 50000024 bytes is larger") || !strings.Contains(large.err, "sent 2 records to feedback.surveys, 1 could not be sent") {
		t.Errorf("a message too large: code %d, %s", large.code, large.err)
	}
	if got := earshot(t, `{"id":"raw-i","nps":3,`+at+"}\n", "send", "--brokers", p.Kafka, "--topic", topic, "-").succeeds(t); got.err != "sent 1 records to feedback.surveys\n" {
		t.Errorf("from standard input: %q", got.err)
	}
	awaitCommitted(t, p, p.Kafka, "earshot")
	if got := p.sql(t, "SELECT id, nps FROM feedback WHERE channel = 'survey' ORDER BY id"); got != "raw-a\t1\nraw-b\t2\nraw-i\t3\nraw-r\t9" {
		t.Errorf("rows: %q", got)
	}
}

// configFor is the configuration of a second pipeline on p's servers.
func configFor(p *process, group, database string) string {
	return fmt.Sprintf("kafka: {brokers: [%q], group: %s}\nclickhouse: {url: \"http://%s\", database: %s}\nlisten: 127.0.0.1:0\ndashboard:\n", p.Kafka, group, p.ClickHouse, database)
}

func checkMigrateAndCheck(t *testing.T, p *process) {
	path := file(t, "earshot.yaml", configFor(p, "checked", "checked"))
	unsafe := earshot(t, "", "check", "--config", path)
	if unsafe.code != 1 || !strings.Contains(unsafe.out, "no schema") || !strings.Contains(unsafe.out, "fix: Run `earshot migrate`") || !strings.Contains(unsafe.out, "\nunsafe: 1 of ") {
		t.Errorf("check of a database without a schema: code %d\n%s%s", unsafe.code, unsafe.out, unsafe.err)
	}
	if plan := earshot(t, "", "migrate", "--config", path, "--dry-run").succeeds(t).out; !strings.Contains(plan, "-- 00001 feedback_store\n") || !strings.Contains(plan, "CREATE") {
		t.Errorf("plan:\n%s", plan)
	}
	if got := p.sql(t, "SELECT count() FROM system.databases WHERE name = 'checked'"); got != "0" {
		t.Error("a dry run has changed something")
	}
	if got := earshot(t, "", "migrate", "--config", path).succeeds(t).out; !strings.Contains(got, "applied 00001 feedback_store\n") || !strings.Contains(got, "database checked has schema") {
		t.Errorf("migration:\n%s", got)
	}
	if got := earshot(t, "", "migrate", "--config", path).succeeds(t).out; strings.Contains(got, "applied") {
		t.Errorf("the second migration:\n%s", got)
	}
	if got := earshot(t, "", "migrate", "--config", path, "--dry-run").succeeds(t).out; !strings.Contains(got, "nothing to do") {
		t.Errorf("plan after the migration:\n%s", got)
	}
	if got := earshot(t, "", "check", "--config", path).succeeds(t).out; !strings.Contains(got, "\nsafe: ") || strings.Contains(got, "unsafe") {
		t.Errorf("check:\n%s", got)
	}
	missing := file(t, "missing.yaml", configFor(p, "checked", "checked")+"sources: [{topic: feedback.nope, channel: review, mapping: {text: t}}]\n")
	got := earshot(t, "", "check", "--config", missing)
	if got.code != 1 || !strings.Contains(got.out, "sources[0].mapping: names no id") || !strings.Contains(got.out, "feedback.nope: is missing") || !strings.Contains(got.out, "unsafe: 2 of") {
		t.Errorf("check of what is missing: code %d\n%s%s", got.code, got.out, got.err)
	}
}

func checkForeignRun(t *testing.T, p *process) {
	second := startsRun(t, file(t, "earshot.yaml", configFor(p, "second", "second")))
	awaitCommitted(t, second, p.Kafka, "second")
	const same = "SELECT count(), groupBitXor(cityHash64(source, id, text, score, label)) FROM "
	if got, want := p.sql(t, same+"second.feedback"), p.sql(t, same+"earshot.feedback"); got != want {
		t.Errorf("a second pipeline has the rows %s, the first %s", got, want)
	}
	if code := second.Terminate(t); code != 0 {
		t.Errorf("asked to stop, it ended with code %d", code)
	}
}

func checkRunRefuses(t *testing.T, p *process) {
	earshot(t, "", "migrate", "--config", file(t, "old.yaml", configFor(p, "g", "old"))).succeeds(t)
	earshot(t, "", "migrate", "--config", file(t, "new.yaml", configFor(p, "g", "new"))).succeeds(t)
	p.sql(t, "DELETE FROM old.schema_migrations WHERE version > 1")
	p.sql(t, "INSERT INTO new.schema_migrations (version, name, applied_at) VALUES (99, 'later', now64(3))")
	good := configFor(p, "g", "earshot")
	for name, test := range map[string]struct {
		config string
		says   []string
	}{
		"an older schema":           {configFor(p, "g", "old"), []string{"schema", "earshot migrate"}},
		"a newer schema":            {configFor(p, "g", "new"), []string{"schema", "99"}},
		"a wrong port of Kafka":     {strings.Replace(good, p.Kafka, "127.0.0.1:1", 1), []string{"127.0.0.1:1 does not answer"}},
		"a wrong port ClickHouse":   {strings.Replace(good, p.ClickHouse, "127.0.0.1:1", 1), []string{"http://127.0.0.1:1", "connection refused"}},
		"a wrong password":          {strings.Replace(good, "database:", "username: nobody, database:", 1), []string{"516", "clickhouse.username"}},
		"a missing dead-letter one": {strings.Replace(good, "group:", "dead_letters: dead.nope, group:", 1), []string{"dead.nope does not exist"}},
		"an address in use":         {strings.Replace(good, "listen: 127.0.0.1:0", "listen: "+p.Operations, 1), []string{"listen: ", p.Operations, "in use"}},
	} {
		t.Run(name, func(t *testing.T) {
			earshot(t, "", "run", "--config", file(t, "earshot.yaml", test.config)).failsAfterLogging(t, test.says...)
		})
	}
}

// failsAfterLogging is fails with code 1 where log lines may precede the error.
func (r result) failsAfterLogging(t *testing.T, words ...string) {
	t.Helper()
	lines := strings.SplitAfter(strings.TrimSuffix(r.err, "\n"), "\n")
	for _, line := range lines[:len(lines)-1] {
		if !strings.HasPrefix(line, "{") {
			t.Errorf("standard error has more than log lines and an error: %s", line)
		}
	}
	result{r.code, r.out, lines[len(lines)-1] + "\n"}.fails(t, 1, words...)
}

func TestRunWithEmbeddedServersAndAPassword(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	config := fmt.Sprintf(`kafka: {brokers: "embedded:%s/kafka", listen: "127.0.0.1:0"}
clickhouse: {url: "embedded:%s/clickhouse", username: analyst, password_file: %s, listen: "127.0.0.1:0"}
listen: 127.0.0.1:0
dashboard:
`, data, data, file(t, "password", "s3cret\n"))
	p := startsRun(t, file(t, "earshot.yaml", config))
	earshot(t, "", "send", "--brokers", p.Kafka, "--topic", "feedback.reviews", file(t, "a.ndjson", `{"id":"1","text":"fine"}`)).succeeds(t)
	awaitCommitted(t, p, p.Kafka, "earshot")

	if status, body := get(t, "http://analyst:s3cret@"+p.ClickHouse+"/?query=SELECT+text+FROM+earshot.feedback"); status != 200 || body != "fine\n" {
		t.Errorf("with the password: %d %s", status, body)
	}
	for _, who := range []string{"", "analyst:wrong@"} {
		if status, body := get(t, "http://"+who+p.ClickHouse+"/?query=SELECT+1"); status == 200 || !strings.Contains(body, "AUTHENTICATION_FAILED") {
			t.Errorf("as %q: %d %s", who, status, body)
		}
	}
	wrong := fmt.Sprintf("clickhouse: {url: \"http://%s\", username: analyst, password_file: %s}\nkafka: {brokers: [%q]}\nlisten:\ndashboard:\n", p.ClickHouse, file(t, "wrong", "guess"), p.Kafka)
	path := file(t, "wrong.yaml", wrong)
	earshot(t, "", "run", "--config", path).fails(t, 1, "516", "clickhouse.password_file")
	if strings.Contains(earshot(t, "", "check", "--config", path).out, "guess") {
		t.Error("check shows the password")
	}
	if code := p.Terminate(t); code != 0 {
		t.Errorf("asked to stop, it ended with code %d", code)
	}
}
