package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const byChannel = "SELECT channel, count() FROM feedback WHERE id NOT LIKE 'raw%' GROUP BY channel ORDER BY channel"

// digest sums up everything that a send decides of the rows, but for what
// differs between two sends: the offset and the moment of writing.
const digest = `SELECT count(), hex(groupBitXor(cityHash64(toString(tuple(* EXCEPT (ingested_at, kafka_partition, kafka_offset)))))) FROM feedback`

// sendAll sends the files and waits until everything is in the store.
func sendAll(t *testing.T, p *process, brokers, group string, sample []sampleFile) {
	t.Helper()
	for _, f := range sample {
		earshot(t, "", f.send(brokers)...).succeeds(t)
	}
	awaitCommitted(t, p, brokers, group)
}

// checkSends is the end-to-end core that must hold on every Kafka: rows are
// exact, dead letters counted, and sending twice changes nothing. It returns the
// digest of the rows.
func checkSends(t *testing.T, p *process, brokers, group string, sample []sampleFile) string {
	t.Helper()
	sendAll(t, p, brokers, group, sample)
	want := strings.Split(rowsOf(sample), "\n")
	rows := p.sql(t, byChannel)
	got := strings.Split(rows, "\n")
	sorted := cmp.Transformer("set", func(lines []string) map[string]bool {
		set := map[string]bool{}
		for _, l := range lines {
			set[l] = true
		}
		return set
	})
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("rows by channel (-want +got):\n%s", diff)
	}
	letters := map[string]int{}
	for _, f := range sample {
		for reason, n := range f.letters {
			letters[reason] += n
		}
	}
	if diff := cmp.Diff(letters, deadLetters(t, brokers)); diff != "" {
		t.Errorf("dead letters by reason (-want +got):\n%s", diff)
	}
	once := p.sql(t, digest)
	sendAll(t, p, brokers, group, sample)
	if twice := p.sql(t, digest); twice != once {
		t.Errorf("after the second send the rows are %s, after the first %s", twice, once)
	}
	return once
}

func TestFeedbackInAtOneEndRowsOutAtTheOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startsUp(t, dir)
	sample := makeSample(t, 200)
	checkSends(t, p, p.Kafka, "earshot", sample)

	t.Run("raw messages of another client", func(t *testing.T) { checkRawMessages(t, p) })
	t.Run("what customers and agents say", func(t *testing.T) { checkVoices(t, p) })
	t.Run("operations", func(t *testing.T) { checkOperations(t, p) })
	t.Run("query", func(t *testing.T) { checkQuery(t, p) })
	t.Run("improvements", func(t *testing.T) { checkImprovements(t, p) })
	t.Run("send", func(t *testing.T) { checkSendErrors(t, p) })
	t.Run("migrate and check", func(t *testing.T) { checkMigrateAndCheck(t, p) })
	t.Run("replay", func(t *testing.T) { checkReplay(t, p) })
	t.Run("run against these servers", func(t *testing.T) { checkForeignRun(t, p) })
	t.Run("run refuses", func(t *testing.T) { checkRunRefuses(t, p) })
	t.Run("second process", func(t *testing.T) { checkSecondProcess(t, p, dir) })

	rows := p.sql(t, digest)
	for _, f := range sample {
		earshot(t, "", f.send(p.Kafka)...).succeeds(t)
	}
	if code := p.Terminate(t); code != 0 || !strings.Contains(p.Said(), "Stopped.") {
		t.Fatalf("asked to stop, it ended with code %d", code)
	}
	p = startsUp(t, dir)
	awaitCommitted(t, p, p.Kafka, "earshot")
	if got := p.sql(t, digest); got != rows {
		t.Errorf("after a stop and a start the rows are %s, before %s", got, rows)
	}
}

func checkRawMessages(t *testing.T, p *process) {
	const at = `"created_at":"2024-05-01T00:00:00Z"`
	produceRaw(t, p.Kafka, "feedback.reviews",
		`{"id":"raw1","text":"first",`+at+`,"version":1}`,
		`{"id":"raw1","text":"third",`+at+`,"version":3}`,
		`{"id":"raw1","text":"second",`+at+`,"version":2}`,
		`{"id":"raw2","text":"gone",`+at+`,"version":1}`,
		`{"id":"raw2","deleted":true,`+at+`,"version":2}`,
		`{"id":"raw3","text":"again",`+at+`}`,
		`{"id":"raw3","text":"again",`+at+`}`,
	)
	awaitCommitted(t, p, p.Kafka, "earshot")
	got := p.sql(t, "SELECT id, text FROM feedback WHERE id LIKE 'raw%' ORDER BY id")
	if want := "raw1\tthird\nraw3\tagain"; got != want {
		t.Errorf("rows of raw messages are %q, want %q", got, want)
	}
}

func checkVoices(t *testing.T, p *process) {
	if got := p.sql(t, "SELECT DISTINCT label FROM feedback WHERE channel = 'chat'"); got != "positive" {
		t.Errorf("customers who thank are heard as %q: the agents' words count", got)
	}
	if got := p.sql(t, "SELECT countIf(text LIKE '%terrible%'), count() FROM feedback WHERE channel = 'chat'"); got != "200\t200" {
		t.Errorf("chats that keep the agent's words, chats: %q", got)
	}
	if got := p.sql(t, "SELECT countIf(text = '' AND rating > 0), countIf(text LIKE '%lovely,\\nbut%') FROM feedback WHERE channel = 'review' AND id LIKE 'r%' AND id NOT LIKE 'raw%'"); got != "40\t160" {
		t.Errorf("reviews with a rating alone, reviews of two lines: %q", got)
	}
}

func checkOperations(t *testing.T, p *process) {
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
		if status, body := get(t, "http://"+p.Operations+path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	_, metrics := get(t, "http://"+p.Operations+"/metrics")
	for _, name := range []string{
		`earshot_records_consumed_total{topic="feedback.reviews"}`,
		`earshot_rows_written_total{table="`,
		`earshot_records_rejected_total{reason="invalid_json",topic="feedback.social"}`,
		`earshot_consumer_lag_records{partition="0",topic="feedback.chats"}`,
		`earshot_stage_duration_seconds_bucket{stage="`,
		`earshot_end_to_end_latency_seconds_bucket{`,
		`earshot_commit_failures_total 0`,
	} {
		if !strings.Contains(metrics, "\n"+name) {
			t.Errorf("metrics have no %s", name)
		}
	}
	if status, body := get(t, "http://"+p.Dashboard+"/"); status != 200 || !strings.Contains(body, "<html") {
		t.Errorf("dashboard: %d %s", status, body)
	}
	if status, body := post(t, "http://"+p.ClickHouse+"/", "SELCT 1"); status == 200 || !strings.Contains(body, "SYNTAX_ERROR") {
		t.Errorf("wrong SQL over HTTP: %d %s", status, body)
	}
}

func checkSecondProcess(t *testing.T, p *process, dir string) {
	const free = "127.0.0.1:0"
	occupied := func(replaced, with string) []string {
		args := []string{"up", "--data", t.TempDir(), "--http", free, "--kafka", free, "--clickhouse", free, "--listen", free}
		for i := range args {
			if args[i] == replaced {
				args[i+1] = with
			}
		}
		return args
	}
	for name, test := range map[string]struct {
		flag, value string
		says        []string
	}{
		"same data":           {"--data", dir, []string{"in use by another process"}},
		"port of Kafka":       {"--kafka", p.Kafka, []string{p.Kafka, "in use"}},
		"port of ClickHouse":  {"--clickhouse", p.ClickHouse, []string{p.ClickHouse, "in use"}},
		"port of dashboard":   {"--http", p.Dashboard, []string{p.Dashboard, "in use"}},
		"port of metrics":     {"--listen", p.Operations, []string{p.Operations, "in use"}},
		"data below a file":   {"--data", file(t, "file", "") + "/data", []string{"data directory"}},
		"data is a file":      {"--data", file(t, "file", ""), []string{"data directory"}},
		"host of another one": {"--listen", "192.0.2.1:0", []string{"192.0.2.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			second := launch(t, occupied(test.flag, test.value)...)
			code := second.ExitCode(t)
			result{code: code, err: second.Said()}.fails(t, 1, test.says...)
		})
	}
}

func TestKilledAtAnyMomentNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	sample := makeSample(t, 1500)
	undisturbed := startsUp(t, t.TempDir())
	sendAll(t, undisturbed, undisturbed.Kafka, "earshot", sample)
	want := undisturbed.sql(t, digest)
	undisturbed.Kill()

	dir := t.TempDir()
	p := startsUp(t, dir)
	for round := range 3 {
		// Killed when some of what is being sent has become rows.
		sending := launch(t, sample[round].send(p.Kafka)...)
		before := p.sql(t, "SELECT count() FROM feedback")
		p.Await(t, "some are written", func() bool {
			select {
			case <-sending.Exited:
				return true
			default:
				return p.sql(t, "SELECT count() FROM feedback") != before
			}
		})
		p.Kill()
		sending.Kill()
		p = startsUp(t, dir)
	}
	sendAll(t, p, p.Kafka, "earshot", sample)
	if got := p.sql(t, digest); got != want {
		t.Errorf("after kills and a complete send the rows are %s, without kills %s", got, want)
	}
}

func TestDemoEndsByItselfWithEveryItemAccountedFor(t *testing.T) {
	t.Parallel()
	const free = "127.0.0.1:0"
	p := launch(t, "demo", "--for", "3s", "--rate", "100", "--seed", "7", "--data", t.TempDir(),
		"--http", free, "--kafka", free, "--clickhouse", free, "--listen", free)
	if code := p.ExitCode(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	said := p.Said()
	var records, rows, letters int
	if _, err := fmt.Sscanf(said[max(0, strings.Index(said, "Stopped.")):], "Stopped. %d records in, %d rows, %d dead letters.", &records, &rows, &letters); err != nil {
		t.Fatalf("%v:\n%s", err, said)
	}
	if records == 0 || rows+letters != records {
		t.Errorf("%d records became %d rows and %d dead letters", records, rows, letters)
	}
}
