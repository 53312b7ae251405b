package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/cmd/config"
	"earshot/cmd/earshottest"
)

// checkReplay hears the chats of p again under a pack that calls what they say a
// gizmo, and publishes it.
func checkReplay(t *testing.T, p *process) {
	pack := file(t, "gizmo.yaml", `pack: gizmo
version: 4
description: What chats of this test are about.
topics:
  gizmo:
    label: Gizmo
    stage: usage
    touchpoint: home
    include: [thank you, thanks]
    "yes": [Thank you.]
    "no": [It broke.]
`)
	replay := func(args ...string) result {
		t.Helper()
		return earshot(t, "", append([]string{"replay", "--clickhouse", p.ClickHouse}, args...)...)
	}
	before := p.sql(t, "SELECT count(), countIf(has(topics, 'gizmo')) FROM feedback")
	heard := replay("--shadow", "next", "--taxonomy", pack, "--tier", "fast").succeeds(t)
	if !strings.Contains(heard.err, "taxonomy gizmo@4") || !strings.Contains(heard.out, "shadow_diff") {
		t.Errorf("it says %s and %s", heard.err, heard.out)
	}
	if after := p.sql(t, "SELECT count(), countIf(has(topics, 'gizmo')) FROM feedback"); after != before {
		t.Errorf("a shadow changed what everybody sees from %q to %q", before, after)
	}
	changes := p.sql(t, "SELECT sum(items) > 0 FROM shadow_diff WHERE shadow = 'next' AND change IN ('gained', 'moved') AND topic = 'gizmo'")
	if changes != "true" && changes != "1" {
		t.Errorf("shadow_diff has no gizmo: %q", changes)
	}
	replay("--publish", "next").succeeds(t)
	if got := p.sql(t, "SELECT countIf(has(topics, 'gizmo')) > 0, countIf(taxonomy = 'gizmo@4') = countIf(text != '') FROM feedback"); got != "1\t1" && got != "true\ttrue" {
		t.Errorf("after publishing: %q", got)
	}
	replay("--drop", "next").succeeds(t)
	replay("--publish", "next").fails(t, 1, `"next"`)
	// Back to what the service hears, in one go.
	if got := replay("--from", "2000-01-01", "--tier", "fast").succeeds(t); !strings.Contains(got.err, "published") {
		t.Errorf("it says %s", got.err)
	}
	if got := p.sql(t, "SELECT countIf(has(topics, 'gizmo')), count() = uniqExact(source, id) FROM feedback"); got != "0\t1" && got != "0\ttrue" {
		t.Errorf("after a replay: %q", got)
	}
}

func TestReplayRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args  []string
		code  int
		words []string
	}{
		"two at once":               {[]string{"--publish", "a", "--drop", "a"}, exitUsage, []string{"--publish", "--drop"}},
		"shadow and drop":           {[]string{"--shadow", "a", "--drop", "a"}, exitUsage, []string{"--shadow"}},
		"nobody there":              {[]string{"--clickhouse", "127.0.0.1:1", "--shadow", "a"}, exitFailed, []string{"127.0.0.1:1", "--clickhouse"}},
		"restart what is published": {[]string{"--publish", "a", "--restart"}, exitUsage, []string{"--restart"}},
		"an argument":               {[]string{"history"}, exitUsage, []string{"history"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			earshot(t, "", append([]string{"replay"}, tt.args...)...).fails(t, tt.code, tt.words...)
		})
	}
}

// replayConfig is a configuration for a replay beside p, which uses the data in dir.
func replayConfig(t *testing.T, p *process, dir, more string) string {
	t.Helper()
	return file(t, "replay.yaml", fmt.Sprintf("kafka: {brokers: [%q]}\nclickhouse: {url: \"http://%s\"}\nprivacy: {key_file: %q, patterns: [{name: contract, pattern: 'ZX-\\d+'}]}\nlisten:\ndashboard:\n%s",
		p.Kafka, p.ClickHouse, filepath.Join(dir, config.KeyFile), more))
}

func TestReplayReadsTheTopicsAgainWhereTheyStillHaveTheRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startsUp(t, dir)
	const at = `"created_at":"2026-05-01T10:00:00Z","customer":{"id":"c-1"}`
	produceRaw(t, p.Kafka, "feedback.reviews",
		`{"id":"gone","text":"Contract ZX-1 is too expensive","firm":"Acme",`+at+`}`,
		`{"id":"plain","text":"Contract ZX-2 is too expensive","firm":"Acme",`+at+`}`,
		`{"id":"edited","text":"first ZX-3","firm":"Acme",`+at+`}`,
		`{"id":"edited","text":"Contract ZX-4 is too expensive","firm":"Acme",`+at+`}`,
		`{"id":"withdrawn","text":"ZX-5","firm":"Acme",`+at+`}`,
		`{"id":"withdrawn","deleted":true,`+at+`}`,
		`{"id":"other key","text":"Contract ZX-6 is too expensive","firm":"Acme","moved":true,`+at+`}`,
		`{"id":"score","rating":1,"firm":"Acme",`+at+`}`,
		`{"id":"later","text":"ZX-7","firm":"Acme","created_at":"2026-05-02T00:00:00Z"}`,
	)
	awaitCommitted(t, p, p.Kafka, "earshot")
	admin := kadm.NewClient(otherClient(t, p.Kafka))
	if _, err := admin.DeleteRecords(t.Context(), kadm.Offsets{"feedback.reviews": {0: {Topic: "feedback.reviews", At: 1}}}); err != nil {
		t.Fatal(err)
	}
	const kept = "SELECT id, version, created_at, customer, kafka_offset FROM feedback ORDER BY id"
	before := p.sql(t, kept)

	path := replayConfig(t, p, dir, `sources:
  - topic: feedback.reviews
    channel: review
    mapping: {id: id, text: text, product: firm, rating: rating, created_at: created_at, customer.id: customer.id, deleted: deleted, version: moved}
`)
	got := earshot(t, "", "replay", "--config", path, "--from", "2026-05-01", "--to", "2026-05-02").succeeds(t)
	if !strings.Contains(got.err, "heard 5 items again, 3 of them from their topics") || !strings.Contains(got.err, "published 5 items") {
		t.Errorf("it says %s", got.err)
	}
	want := strings.Join([]string{
		"edited\tContract [account] is too expensive\tAcme\t1",
		"gone\tContract ZX-1 is too expensive\t\t0",
		"later\tZX-7\t\t0",
		"other key\tContract ZX-6 is too expensive\t\t0",
		"plain\tContract [account] is too expensive\tAcme\t1",
		"score\t\tAcme\t0",
	}, "\n")
	if got := p.sql(t, "SELECT id, text, product, length(pii) FROM feedback ORDER BY id"); got != want {
		t.Errorf("rows:\n%s\nwant:\n%s", got, want)
	}
	if after := p.sql(t, kept); after != before {
		t.Errorf("what identifies items was\n%s\nand is\n%s", before, after)
	}
	if got := p.sql(t, "SELECT state, heard, of, reread, published FROM replays"); got != "published\t5\t5\t3\t5" {
		t.Errorf("the view replays has %q", got)
	}
	if got := p.sql(t, "SELECT count() FROM shadow_store"); got != "0" {
		t.Errorf("%s rows of the shadow are left", got)
	}
	// The stored texts alone keep what the records say.
	earshot(t, "", "replay", "--config", path, "--stored").succeeds(t)
	if got := p.sql(t, "SELECT id, text, product, length(pii) FROM feedback ORDER BY id"); got != want {
		t.Errorf("rows after hearing the stored texts:\n%s\nwant:\n%s", got, want)
	}
}

// manyReviews sends n reviews, with an id and a text each, and waits until they are
// stored.
func manyReviews(t *testing.T, p *process, n int) {
	t.Helper()
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "{\"id\":\"m%d\",\"text\":\"The technician never came, call %d. The price is fine, but the router is broken again and nobody helps.\",\"created_at\":\"2026-04-%02dT10:00:00Z\",\"customer\":\"c%d\"}\n", i, i, 1+i%28, i%100)
	}
	earshot(t, "", "send", "--brokers", p.Kafka, "--topic", "feedback.reviews", file(t, "many.ndjson", lines.String())).succeeds(t)
	awaitCommitted(t, p, p.Kafka, "earshot")
}

// replays lets a replay run to its end, in a process of its own, and returns what it
// says.
func replays(t *testing.T, args ...string) string {
	t.Helper()
	p := launch(t, append([]string{"replay"}, args...)...)
	if code := p.ExitCode(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	return p.Said()
}

// wholeRows sums up everything in the rows but the moment of writing. They are hashed as
// text: the hash of anything with a NULL in it is NULL.
const wholeRows = `SELECT count(), hex(groupBitXor(cityHash64(toString(tuple(* EXCEPT (ingested_at)))))) FROM feedback`

func TestAReplayThatIsKilledGoesOnAndLeavesTheSameRows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startsUp(t, dir)
	const items = 8000
	manyReviews(t, p, items)
	want := p.sql(t, wholeRows)
	path := replayConfig(t, p, dir, "")
	heard := func() int {
		var n int
		if _, err := fmt.Sscan(p.sql(t, "SELECT uniqExact(source, id) FROM shadow_store"), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for round, end := range []func(*process){(*process).Kill, func(replay *process) {
		if code := replay.Terminate(t); code != 1 || !strings.Contains(replay.Said(), "interrupted: ") || !strings.Contains(replay.Said(), "goes on from there") {
			t.Errorf("told to stop it ends with %d and says %s", code, replay.Said())
		}
	}} {
		before := heard()
		replay := launch(t, "replay", "--config", path)
		p.Await(t, "1,000 more are heard", func() bool { return heard() > before+1000 })
		end(replay)
		if n := heard(); n >= items {
			t.Fatalf("round %d ended after everything was heard: too few items to test with", round)
		}
	}
	if got := p.sql(t, wholeRows); got != want {
		t.Errorf("a replay that was not published has changed the rows from %s to %s", want, got)
	}
	before := heard()
	said := replays(t, "--config", path)
	if !strings.Contains(said, fmt.Sprintf("goes on: %d of %d items were heard", before, items)) || !strings.Contains(said, fmt.Sprintf("heard %d items again, %d of them from their topics", items, items)) {
		t.Errorf("it says %s", said)
	}
	if got := p.sql(t, wholeRows); got != want {
		t.Errorf("a replay under the same configuration has changed the rows from %s to %s", want, got)
	}
	if got := p.sql(t, "SELECT DISTINCT revision FROM feedback_store FINAL"); got != "1" {
		t.Errorf("revisions %q", got)
	}

	// Another taxonomy is another replay.
	replay := launch(t, "replay", "--config", path, "--shadow", "next")
	p.Await(t, "1,000 are heard", func() bool { return heard() > 1000 })
	replay.Kill()
	if said := replays(t, "--config", path, "--shadow", "next", "--taxonomy", "core"); !strings.Contains(said, "next begins anew: it was heard with") {
		t.Errorf("it says %s", said)
	}
	if got := p.sql(t, "SELECT DISTINCT taxonomy FROM shadow_store FINAL"); !strings.HasPrefix(got, "core@") || strings.Contains(got, "\n") {
		t.Errorf("the shadow was heard with %q", got)
	}
	if said := replays(t, "--config", path, "--shadow", "next", "--taxonomy", "core"); !strings.Contains(said, "next is finished") {
		t.Errorf("it says %s", said)
	}
}

func TestAReplayThatIsKilledWhileItPublishesIsBroughtToItsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startsUp(t, dir)
	manyReviews(t, p, 500)
	path := replayConfig(t, p, dir, "")
	want := map[string]string{"core,telecom": p.sql(t, wholeRows)}
	core, telecom := "core@1", "core@1+telecom@1"
	for round, tt := range []struct{ taxonomy, heardAs, moment string }{
		{"core", core, "1"}, // each is killed at another moment, as far as it can be seen in time
		{"core,telecom", telecom, "(SELECT count() FROM system.tables WHERE name LIKE 'publish%') > 0"},
		{"core", core, "(SELECT count() FROM system.parts WHERE table LIKE 'publish_hourly%') > 0"},
		{"core,telecom", telecom, "0"},
	} {
		taxonomy, args := tt.taxonomy, []string{"--config", path, "--taxonomy", tt.taxonomy}
		replay := launch(t, append([]string{"replay"}, args...)...)
		p.Await(t, "some are replayed", func() bool {
			select {
			case <-replay.Exited:
				return true
			default:
				return p.sql(t, fmt.Sprintf("SELECT count() FROM replays WHERE taxonomy = '%s' AND (state = 'published' OR state = 'finished' AND %s)", tt.heardAs, tt.moment)) == "1"
			}
		})
		replay.Kill()
		if got := p.sql(t, "SELECT count(), uniqExact(source, id) FROM feedback"); got != "500\t500" {
			t.Errorf("killed, round %d: items, different items: %q", round, got)
		}
		if got := p.sql(t, "SELECT sum(items) FROM sentiment_hourly WHERE topic = ''"); got != "500" {
			t.Errorf("killed, round %d: %s items in the roll-ups", round, got)
		}
		replays(t, args...)
		got := p.sql(t, wholeRows)
		if want[taxonomy] == "" {
			want[taxonomy] = got
		}
		if got != want[taxonomy] {
			t.Errorf("round %d: the rows are %s, want %s", round, got, want[taxonomy])
		}
		if got := p.sql(t, differentCells); got != "0" {
			t.Errorf("round %d: %s cells of the roll-ups differ", round, got)
		}
		if got := p.sql(t, "SELECT count() FROM system.tables WHERE name LIKE 'publish%'"); got != "0" {
			t.Errorf("round %d: %s tables are left over", round, got)
		}
	}
	if want["core"] == want["core,telecom"] {
		t.Error("the taxonomies make no difference")
	}
}

// Hours of which each has items of one kind.
const (
	hourStable  = "2026-03-01T08" // nothing happens to them
	hourEdited  = "2026-03-01T09" // they get new versions
	hourFalling = "2026-03-01T10" // they are withdrawn
	hourRising  = "2026-03-01T11" // they come in
)

func TestNothingIsCountedTwiceWhileAReplayRunsBesideTheStream(t *testing.T) {
	t.Parallel()
	const each = 1000
	dir := t.TempDir()
	p := startsUp(t, dir)
	review := func(hour string, i, version int, more string) string {
		return fmt.Sprintf(`{"id":"%s-%d","text":"The technician never came, call %d of %d, and nobody helps.","created_at":"%s:%02d:00Z","version":%d%s}`, hour[11:], i, version, i, hour, i%60, version, more)
	}
	var first strings.Builder
	for i := range each {
		for _, hour := range []string{hourStable, hourEdited, hourFalling} {
			fmt.Fprintln(&first, review(hour, i, 1, ""))
		}
	}
	earshot(t, "", "send", "--brokers", p.Kafka, "--topic", "feedback.reviews", file(t, "first.ndjson", first.String())).succeeds(t)
	awaitCommitted(t, p, p.Kafka, "earshot")

	stop := make(chan struct{})
	var beside sync.WaitGroup
	end := sync.OnceFunc(func() { close(stop); beside.Wait() })
	defer end()
	during := func(pause time.Duration, do func(i int)) {
		beside.Go(func() {
			for i := 0; ; i++ {
				do(i)
				select {
				case <-stop:
					return
				case <-time.After(pause):
				}
			}
		})
	}
	sent := 0
	client := otherClient(t, p.Kafka)
	during(5*time.Millisecond, func(i int) {
		if i >= each || t.Failed() {
			return
		}
		for _, value := range []string{review(hourEdited, i, 2, ""), review(hourFalling, i, 2, `,"deleted":true`), review(hourRising, i, 1, "")} {
			if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "feedback.reviews", Key: []byte("k"), Value: []byte(value)}).FirstErr(); err != nil {
				t.Error(err)
			}
		}
		sent = i + 1
	})
	watch := func(what, query string) {
		last := map[string]int{hourFalling: each}
		during(earshottest.Often, func(int) {
			if t.Failed() {
				return
			}
			now := map[string]int{}
			for line := range strings.Lines(p.sql(t, query)) {
				var hour string
				var items, different int
				if _, err := fmt.Sscan(line, &hour, &items, &different); err != nil {
					t.Errorf("%s: %q: %v", what, line, err)
				}
				now[hour] = items
				if items != different {
					t.Errorf("%s: of %s there are %d items, %d different ones", what, hour, items, different)
				}
			}
			if now[hourStable] != each || now[hourEdited] != each || now[hourFalling] > last[hourFalling] || now[hourRising] < last[hourRising] {
				t.Errorf("%s: %v after %v", what, now, last)
			}
			last = now
		})
	}
	watch("feedback", "SELECT formatDateTime(created_at, '%Y-%m-%dT%H') AS hour, count(), uniqExact(source, id) FROM feedback GROUP BY hour")
	watch("sentiment_hourly", "SELECT formatDateTime(hour, '%Y-%m-%dT%H') AS h, sum(items), sum(items) FROM sentiment_hourly WHERE topic = '' GROUP BY h")

	path := replayConfig(t, p, dir, "")
	for _, taxonomy := range []string{"core", "core,telecom"} {
		if said := replays(t, "--config", path, "--taxonomy", taxonomy); !strings.Contains(said, "published") {
			t.Errorf("it says %s", said)
		}
	}
	end()
	awaitCommitted(t, p, p.Kafka, "earshot")
	if sent == 0 {
		t.Fatal("nothing came in beside the replay")
	}
	want := fmt.Sprintf("%d\t%d\t%d\t%d", each, each, each-sent, sent)
	got := p.sql(t, fmt.Sprintf("SELECT countIf(id LIKE '08-%%'), countIf(id LIKE '09-%%'), countIf(id LIKE '10-%%'), countIf(id LIKE '11-%%') FROM feedback"))
	if got != want {
		t.Errorf("items of each hour: %q, want %q", got, want)
	}
	if got := p.sql(t, fmt.Sprintf("SELECT countIf(version = 2 AND text LIKE '%%call 2 of%%') FROM feedback WHERE id LIKE '09-%%' AND toUInt32(substring(id, 4)) < %d", sent)); got != fmt.Sprint(sent) {
		t.Errorf("%s of %d edits are there", got, sent)
	}
	p.Await(t, "no cell differs", func() bool { return p.sql(t, differentCells) == "0" })
}

// differentCells counts the cells of items as a whole in which sentiment_hourly is not the
// same GROUP BY over feedback.
const differentCells = `SELECT count() FROM (SELECT 1 FROM (
	SELECT 1 AS side, hour, channel, stage, items, negatives, positives, customers FROM sentiment_hourly WHERE topic = ''
	UNION ALL
	SELECT 2 AS side, fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour, channel, stage,
		count(), countIf(label = 'negative'), countIf(label = 'positive'), uniqExactIf(customer, customer != '') FROM feedback WHERE noise = '' GROUP BY hour, channel, stage
) AS cells
GROUP BY hour, channel, stage
HAVING count() != 2 OR uniqExact(items, negatives, positives, customers) != 1)`
