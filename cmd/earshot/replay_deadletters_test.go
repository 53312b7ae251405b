package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// shop is an earshot whose only source sends reviews of a shape of its own.
type shop struct {
	*process
	key string // file
}

const (
	shopTopic   = "shop.reviews"
	shopLetters = "shop.deadletters"
	shopMapping = ", mapping: {id: review.id, text: body, created_at: at, version: v}"
	openLetters = "SELECT reason, count() FROM dead_letters WHERE state = 'open' GROUP BY reason ORDER BY reason"
)

// config is that of another process on the shop's servers.
func (s *shop) config(t *testing.T, mapping string) string {
	t.Helper()
	return s.write(t, fmt.Sprintf("[%q]", s.Kafka), "http://"+s.ClickHouse, mapping)
}

func (s *shop) write(t *testing.T, brokers, clickhouse, mapping string) string {
	t.Helper()
	return file(t, "shop.yaml", fmt.Sprintf(`kafka: {brokers: %s, listen: "127.0.0.1:0", dead_letters: %s}
sources: [{topic: %s, channel: review%s}]
clickhouse: {url: %q, listen: "127.0.0.1:0"}
privacy: {key_file: %s}
pipeline: {batch_records: 50}
listen: 127.0.0.1:0
dashboard: 127.0.0.1:0
`, brokers, shopLetters, shopTopic, mapping, clickhouse, s.key))
}

// openShop starts the shop with a mapping, or without.
func openShop(t *testing.T, mapping string) *shop {
	t.Helper()
	dir := t.TempDir()
	s := &shop{key: filepath.Join(dir, "key")}
	s.process = startsRun(t, s.write(t, fmt.Sprintf("%q", "embedded:"+dir+"/kafka"), "embedded:"+dir+"/clickhouse", mapping))
	return s
}

// send publishes values in one partition and waits until all are rows or letters.
func (s *shop) send(t *testing.T, values ...string) {
	t.Helper()
	produceRaw(t, s.Kafka, shopTopic, values...)
	s.awaitThrough(t)
}

func (s *shop) awaitThrough(t *testing.T) {
	t.Helper()
	admin := kadm.NewClient(otherClient(t, s.Kafka))
	s.Await(t, "all of it is committed", func() bool {
		ends, err := admin.ListEndOffsets(t.Context(), shopTopic)
		if err != nil {
			return false
		}
		committed, err := admin.FetchOffsets(t.Context(), "earshot")
		if err != nil {
			return false
		}
		done := true
		ends.Each(func(end kadm.ListedOffset) {
			at, ok := committed.Lookup(end.Topic, end.Partition)
			done = done && (end.Offset == 0 || ok && at.At == end.Offset)
		})
		return done
	})
}

func (s *shop) replay(t *testing.T, mapping string, args ...string) result {
	t.Helper()
	return earshot(t, "", append([]string{"replay", "--dead-letters", "--config", s.config(t, mapping)}, args...)...)
}

// letter is a message as an earshot before the states of dead letters has made it.
func letter(value, topic string, offset int64, more ...kgo.RecordHeader) *kgo.Record {
	headers := []kgo.RecordHeader{
		{Key: "topic", Value: []byte(topic)}, {Key: "partition", Value: []byte("0")}, {Key: "offset", Value: strconv.AppendInt(nil, offset, 10)},
		{Key: "reason", Value: []byte("missing_id")}, {Key: "error", Value: []byte("id is missing, says jane.doe@example.com")},
		{Key: "time", Value: []byte("2026-03-04T05:06:07.008Z")},
	}
	return &kgo.Record{Topic: shopLetters, Value: []byte(value), Headers: append(headers, more...)}
}

func TestDeadLettersComeBackUnderTheCodeThatReadsThem(t *testing.T) {
	t.Parallel()
	s := openShop(t, "")
	s.send(t,
		`{"review":{"id":"a"},"body":"The parcel was late."}`,
		`{"review":{"id":"b"},"body":"Before the edit.","at":"2024-05-01T00:00:00Z"}`,
		`{"id":"b","text":"After the edit.","created_at":"2024-05-01T00:00:00Z"}`,
		`{"review":{"id":"c"},"body":"Fine.","at":"whenever"}`,
		`{"review":`,
		` `,
	)
	const states = "SELECT kafka_offset, state, reason, attempts, closed_by, arrayMap(h -> h.2, history) FROM dead_letters ORDER BY kafka_offset"
	const fresh = "open\tmissing_id\t1\t\t['missing_id']\n"
	want := "0\t" + fresh + "1\t" + fresh + "3\t" + fresh +
		"4\topen\tinvalid_json\t1\t\t['invalid_json']\n5\topen\tempty_message\t1\t\t['empty_message']"
	if diff := cmp.Diff(want, s.sql(t, states)); diff != "" {
		t.Fatalf("after the pipeline (-want +got):\n%s", diff)
	}

	dry := s.replay(t, shopMapping, "--dry-run").succeeds(t)
	if !strings.Contains(dry.out, "│ missing_id    │          2 │                1 │                0 │") {
		t.Errorf("a dry run says\n%s", dry.out)
	}
	if diff := cmp.Diff(want, s.sql(t, states)); diff != "" {
		t.Errorf("after a dry run (-want +got):\n%s", diff)
	}

	s.replay(t, shopMapping, "--reason", "invalid_json,tombstone").succeeds(t)
	if got := s.sql(t, openLetters); got != "empty_message\t1\ninvalid_json\t1\nmissing_id\t3" {
		t.Errorf("after a replay of others: %q", got)
	}

	first := s.replay(t, shopMapping).succeeds(t)
	if !strings.Contains(first.out, "│ missing_id    │      2 │            1 │       0 │") {
		t.Errorf("a replay says\n%s", first.out)
	}
	want = "0\tclosed\tmissing_id\t2\tdev\t['missing_id','']\n" +
		"1\tclosed\tmissing_id\t2\tdev\t['missing_id','']\n" +
		"3\topen\tinvalid_time\t2\t\t['missing_id','invalid_time']\n" +
		"4\topen\tinvalid_json\t3\t\t['invalid_json','invalid_json','invalid_json']\n" +
		"5\topen\tempty_message\t2\t\t['empty_message','empty_message']"
	if diff := cmp.Diff(want, s.sql(t, states)); diff != "" {
		t.Errorf("after the replay (-want +got):\n%s", diff)
	}
	// The row of a, which says no time of its own, has the Kafka timestamp of its
	// record; of the two versions of b the later record's stays.
	if got := s.sql(t, "SELECT id, text, kafka_topic, kafka_offset FROM feedback ORDER BY id"); got != "a\tThe parcel was late.\tshop.reviews\t0\nb\tAfter the edit.\tshop.reviews\t2" {
		t.Errorf("rows: %q", got)
	}
	if got := s.sql(t, "SELECT countIf(f.created_at = l.recorded_at) FROM feedback AS f INNER JOIN dead_letters AS l USING (kafka_topic, kafka_partition, kafka_offset)"); got != "1" {
		t.Errorf("%s rows have the time of their record", got)
	}
	if got := s.sql(t, "SELECT sum(items) = (SELECT count() FROM feedback) FROM sentiment_hourly WHERE topic = ''"); got != "1" && got != "true" {
		t.Error("the roll-up does not count what came back")
	}

	rows := s.sql(t, digest)
	second := s.replay(t, shopMapping).succeeds(t)
	if got := s.sql(t, digest); got != rows {
		t.Errorf("after a second replay the rows are %s, before %s", got, rows)
	}
	if !strings.Contains(second.out, "2 letters of records that were closed before") {
		t.Errorf("a second replay says\n%s", second.out)
	}
	if got := s.sql(t, openLetters); got != "empty_message\t1\ninvalid_json\t1\ninvalid_time\t1" {
		t.Errorf("after a second replay: %q", got)
	}

	if got := s.replay(t, "", "--discard", "empty_message").succeeds(t); !strings.Contains(got.out, "discarded 1 dead letters") {
		t.Errorf("discarding says %q", got.out)
	}
	if got := s.sql(t, "SELECT closed_by, attempts, history[-1].error FROM dead_letters WHERE reason = 'empty_message'"); got != "discarded\t3\tdiscarded" {
		t.Errorf("what was given up: %q", got)
	}
}

func TestLettersOfOlderVersionsAndOfOthersInTheTopic(t *testing.T) {
	t.Parallel()
	s := openShop(t, "")
	s.send(t, `{"review":{"id":"live"},"body":"There still."}`)
	s.sql(t, "TRUNCATE TABLE dead_letter_store") // its letter is older than the states of letters
	client := otherClient(t, s.Kafka)
	letters := []*kgo.Record{
		letter(`{"review":{"id":"old"},"body":"Long ago."}`, shopTopic, 1000),
		letter(`{"review":{"id":"old"},"body":"Long ago."}`, shopTopic, 1000), // delivered twice then
		letter(`{"review":{"id":"gone"},"body":"Elsewhere."}`, "shop.gone", 3),
		letter(`{"review":{"id":"cut"},`, shopTopic, 1001, kgo.RecordHeader{Key: "size", Value: []byte("5000000")}),
	}
	if err := client.ProduceSync(t.Context(), letters...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	first := s.replay(t, shopMapping).succeeds(t)
	for _, want := range []string{
		"│ missing_id │      2 │            0 │       2 │",
		"skipped 1: no source of the configuration names the topic shop.gone",
		"skipped 1: the letter has only the beginning of the record, and shop.reviews does not have it any more",
	} {
		if !strings.Contains(first.out, want) {
			t.Errorf("a replay does not say %q:\n%s", want, first.out)
		}
	}
	rows := s.sql(t, "SELECT id, kafka_offset, created_at FROM feedback WHERE id = 'old'")
	if rows != "old\t1000\t2026-03-04 05:06:07.008" {
		t.Errorf("the old letter became %q", rows)
	}
	if got := s.sql(t, "SELECT kafka_topic, kafka_offset, bytes, attempts FROM dead_letters WHERE state = 'open' ORDER BY kafka_topic"); got != "shop.gone\t3\t44\t1\nshop.reviews\t1001\t5000000\t1" {
		t.Errorf("open are %q", got)
	}
	if got := s.sql(t, "SELECT countIf(history[1].error LIKE '%jane%'), countIf(history[1].error LIKE '%[email]%') FROM dead_letters"); got != "0\t3" {
		t.Errorf("errors with personal data, and with it hidden: %q", got)
	}

	before := s.sql(t, digest)
	if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: shopLetters, Value: []byte("hello")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	second := s.replay(t, shopMapping)
	if second.code != exitFailed || !strings.Contains(second.err, "1 records of shop.deadletters could not be read") || !strings.Contains(second.err, `"topic" is missing`) {
		t.Errorf("with a message that is no letter: code %d, %s", second.code, second.err)
	}
	if got := s.sql(t, digest); got != before {
		t.Errorf("after a second replay the rows are %s, before %s", got, before)
	}
}

func TestALetterThatWasShortenedComesBackWhole(t *testing.T) {
	t.Parallel()
	s := openShop(t, "")
	limit := "65536"
	if _, err := kadm.NewClient(otherClient(t, s.Kafka)).AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Name: "max.message.bytes", Value: &limit}}, shopLetters); err != nil {
		t.Fatal(err)
	}
	words := strings.Repeat("The parcel was late, again. ", 8000)
	s.send(t, fmt.Sprintf(`{"review":{"id":"large"},"body":%q}`, words))
	client := otherClient(t, s.Kafka, kgo.ConsumeTopics(shopLetters))
	fetches := client.PollFetches(t.Context())
	if records := fetches.Records(); len(records) != 1 || len(records[0].Value) >= len(words) {
		t.Fatalf("%d letters, %v", len(records), fetches.Err())
	}
	s.replay(t, shopMapping).succeeds(t)
	if got := s.sql(t, "SELECT id, length(text) > 200000 FROM feedback"); got != "large\t1" && got != "large\ttrue" {
		t.Errorf("it became %q", got)
	}
	if got := s.sql(t, openLetters); got != "" {
		t.Errorf("open are %q", got)
	}
}

func TestAReplayOfDeadLettersThatIsKilledGoesOn(t *testing.T) {
	t.Parallel()
	const n = 1200
	s := openShop(t, "")
	client := otherClient(t, s.Kafka)
	var records []*kgo.Record
	for i := range n {
		records = append(records, &kgo.Record{Topic: shopTopic, Key: []byte(strconv.Itoa(i)), Value: fmt.Appendf(nil, `{"review":{"id":"r%d"},"body":"Parcel %d was late."}`, i, i)})
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	s.awaitThrough(t)
	closed := func() int {
		var count int
		if _, err := fmt.Sscan(s.sql(t, "SELECT countIf(state = 'closed') FROM dead_letters"), &count); err != nil {
			t.Fatal(err)
		}
		return count
	}
	config := s.config(t, shopMapping)
	for round := 1; round <= 2; round++ {
		replaying := launch(t, "replay", "--dead-letters", "--config", config)
		before := closed()
		s.Await(t, "some are replayed", func() bool {
			select {
			case <-replaying.Exited:
				return true
			case <-time.After(time.Millisecond):
				return closed() > before
			}
		})
		replaying.Kill()
		t.Logf("killed in round %d after %d of %d", round, closed(), n)
	}
	s.replay(t, shopMapping).succeeds(t)
	if got := s.sql(t, "SELECT count(), uniqExact(id) FROM feedback"); got != fmt.Sprintf("%d\t%d", n, n) {
		t.Errorf("rows, and different ones: %q", got)
	}
	if got := s.sql(t, "SELECT state, closed_by, attempts, count() FROM dead_letters GROUP BY ALL"); got != fmt.Sprintf("closed\tdev\t2\t%d", n) {
		t.Errorf("letters: %q", got)
	}
	if got := s.sql(t, "SELECT sum(items) FROM sentiment_hourly WHERE topic = ''"); got != strconv.Itoa(n) {
		t.Errorf("the roll-up counts %s", got)
	}
}

func TestDeadLetterFlagsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	config := file(t, "shop.yaml", "kafka: {brokers: [\"127.0.0.1:1\"]}\nclickhouse: {url: \"http://127.0.0.1:1\"}\n")
	for name, tt := range map[string]struct {
		args  []string
		code  int
		words []string
	}{
		"without --config":       {[]string{"--dead-letters"}, exitUsage, []string{"--config"}},
		"a reason of nothing":    {[]string{"--reason", "tombstone"}, exitUsage, []string{"--reason", "--dead-letters"}},
		"a dry run of history":   {[]string{"--dry-run"}, exitUsage, []string{"--dry-run"}},
		"a period":               {[]string{"--dead-letters", "--from", "2026-01-01"}, exitUsage, []string{"--from"}},
		"another taxonomy":       {[]string{"--dead-letters", "--taxonomy", "core"}, exitUsage, []string{"--taxonomy"}},
		"discarding dryly":       {[]string{"--dead-letters", "--discard", "tombstone", "--dry-run"}, exitUsage, []string{"--discard", "--dry-run"}},
		"discarding nothing":     {[]string{"--dead-letters", "--discard", ""}, exitUsage, []string{"--discard"}},
		"a store that is not up": {[]string{"--dead-letters", "--config", config}, exitFailed, []string{"127.0.0.1:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			earshot(t, "", append([]string{"replay"}, tt.args...)...).fails(t, tt.code, tt.words...)
		})
	}
}
