package clickhouse

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

// rejectedAt is a rejected record of the topic t.
func rejectedAt(offset int64, reason pipeline.Reason) *pipeline.Item {
	return &pipeline.Item{
		Record:    pipeline.Record{Topic: "t", Partition: 1, Offset: offset, Value: []byte("{"), Time: time.UnixMilli(1_000_000 + offset)},
		Rejection: pipeline.Rejectf(reason, "wrong in %d", offset),
	}
}

// ticking makes every look at the store's clock a second later than the one before.
func ticking(o *Options) {
	now := time.UnixMilli(1_700_000_000_000).UTC()
	o.Now = func() time.Time { now = now.Add(time.Second); return now }
}

func reject(t *testing.T, s *Store, items ...*pipeline.Item) {
	t.Helper()
	if err := s.DeadLetterWriter("v1").Reject(t.Context(), items); err != nil {
		t.Fatal(err)
	}
}

// stateOf returns the states of the record at an offset of the topic t.
func stateOf(t *testing.T, s *Store, offset int64) []*DeadLetter {
	t.Helper()
	letters, err := s.DeadLetters(t.Context(), []pipeline.Position{{Topic: "t", Partition: 1, Offset: offset}})
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

func keep(t *testing.T, s *Store, letters ...*DeadLetter) {
	t.Helper()
	if err := s.DeadLetterWriter("v1").Keep(t.Context(), letters); err != nil {
		t.Fatal(err)
	}
}

func TestARecordRejectedAgainByRedeliveryHasTheStateItHad(t *testing.T) {
	s := newStore(t, ticking)
	reject(t, s, rejectedAt(7, pipeline.ReasonMissingID), rejectedAt(8, pipeline.ReasonInvalidJSON))
	first := stateOf(t, s, 7)
	want := []*DeadLetter{{
		Topic: "t", Partition: 1, Offset: 7, RecordedAt: time.UnixMilli(1_000_007).UTC(), Bytes: 1, Attempts: 1,
		History: []Attempt{{At: time.UnixMilli(1_700_000_001_000).UTC(), Reason: "missing_id", Error: "wrong in 7", By: "v1"}},
	}}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Fatalf("state (-want +got):\n%s", diff)
	}
	reject(t, s, rejectedAt(7, pipeline.ReasonMissingID))
	reject(t, s, rejectedAt(7, pipeline.ReasonWrongType)) // by another version, with other offsets around it
	for range 2 {
		if diff := cmp.Diff(first, stateOf(t, s, 7)); diff != "" {
			t.Errorf("redelivered (-before +after):\n%s", diff)
		}
		exec(t, s, "OPTIMIZE TABLE dead_letter_store FINAL")
	}
	compare(t, jsonRows(t, s, "SELECT state, reason, count() AS n FROM dead_letters GROUP BY state, reason ORDER BY reason"),
		`{"state":"open","reason":"invalid_json","n":1}`, `{"state":"open","reason":"missing_id","n":1}`)
}

func TestTheStateThatIsFurtherStaysInWhateverOrderTheyArrive(t *testing.T) {
	at := func(second int64) time.Time { return time.UnixMilli(1_700_000_000_000 + 1000*second).UTC() }
	rejected := RejectedRecord(&rejectedAt(7, "").Record, Attempt{At: at(1), Reason: "missing_id", Error: "no id", By: "v1"})
	failed := rejected.Tried(Attempt{At: at(2), Reason: "wrong_type", Error: "id is a list", By: "v2"})
	passed := rejected.Tried(Attempt{At: at(3), By: "v3"})
	redelivered := RejectedRecord(&rejectedAt(7, "").Record, Attempt{At: at(4), Reason: "missing_id", Error: "no id", By: "v1"})
	passed.Letter = &pipeline.Position{Topic: "dead", Partition: 2, Offset: 3}
	for name, tt := range map[string]struct {
		states []*DeadLetter
		want   *DeadLetter
	}{
		"tried again":          {[]*DeadLetter{rejected, failed, redelivered}, failed},
		"passed":               {[]*DeadLetter{rejected, redelivered, passed}, passed},
		"passed and failed":    {[]*DeadLetter{passed, failed, rejected}, passed},
		"delivered once more":  {[]*DeadLetter{rejected, redelivered}, rejected},
		"failed of two, twice": {[]*DeadLetter{failed, failed, rejected}, failed},
	} {
		t.Run(name, func(t *testing.T) {
			for _, backwards := range []bool{false, true} {
				s := newStore(t)
				states := slices.Clone(tt.states)
				if backwards {
					slices.Reverse(states)
				}
				for _, state := range states {
					keep(t, s, state)
				}
				if diff := cmp.Diff([]*DeadLetter{tt.want}, stateOf(t, s, 7)); diff != "" {
					t.Errorf("backwards %v (-want +got):\n%s", backwards, diff)
				}
			}
		})
	}
}

func TestRecordsOfATopicThatWasMadeAnewAreOthers(t *testing.T) {
	s := newStore(t, ticking)
	reject(t, s, rejectedAt(7, pipeline.ReasonMissingID))
	keep(t, s, stateOf(t, s, 7)[0].Tried(Attempt{At: time.Now(), By: "v2"}))
	anew := rejectedAt(7, pipeline.ReasonInvalidJSON)
	anew.Record.Time = anew.Record.Time.Add(time.Hour)
	reject(t, s, anew)
	compare(t, jsonRows(t, s, "SELECT state, reason, closed_by, attempts, length(history) AS n FROM dead_letters ORDER BY recorded_at"),
		`{"state":"closed","reason":"missing_id","closed_by":"v2","attempts":2,"n":2}`,
		`{"state":"open","reason":"invalid_json","closed_by":"","attempts":1,"n":1}`)
	if letters := stateOf(t, s, 7); len(letters) != 2 {
		t.Errorf("%d states", len(letters))
	}
}

func TestDeadLettersThatAreGivenUpAreClosedWithTheirHistory(t *testing.T) {
	s := newStore(t, ticking)
	reject(t, s, rejectedAt(1, pipeline.ReasonTombstone), rejectedAt(2, pipeline.ReasonTombstone), rejectedAt(3, pipeline.ReasonMissingID))
	keep(t, s, stateOf(t, s, 2)[0].Tried(Attempt{At: time.Now(), By: "v2"}))
	for i, want := range []int64{1, 0} {
		n, err := s.DiscardDeadLetters(t.Context(), pipeline.ReasonTombstone, "v3")
		if err != nil || n != want {
			t.Errorf("time %d: gave up %d, %v", i+1, n, err)
		}
	}
	reject(t, s, rejectedAt(1, pipeline.ReasonTombstone)) // delivered once more
	compare(t, jsonRows(t, s, "SELECT kafka_offset, state, reason, closed_by, attempts, history.error AS errors, history.by AS bys FROM dead_letters ORDER BY kafka_offset"),
		`{"kafka_offset":1,"state":"closed","reason":"tombstone","closed_by":"discarded","attempts":1,"errors":["wrong in 1","discarded"],"bys":["v1","v3"]}`,
		`{"kafka_offset":2,"state":"closed","reason":"tombstone","closed_by":"v2","attempts":2,"errors":["wrong in 2",""],"bys":["v1","v2"]}`,
		`{"kafka_offset":3,"state":"open","reason":"missing_id","closed_by":"","attempts":1,"errors":["wrong in 3"],"bys":["v1"]}`)
}

func TestStatesOfManyPlacesAreReadAtOnce(t *testing.T) {
	s := newStore(t)
	var items []*pipeline.Item
	var at []pipeline.Position
	for i := range int64(2000) {
		item := rejectedAt(i, pipeline.ReasonInvalidJSON)
		item.Record.Topic = fmt.Sprintf("it's a \\topic %d", i%7)
		items = append(items, item)
		if i%2 == 0 {
			at = append(at, pipeline.Position{Topic: item.Record.Topic, Partition: 1, Offset: i})
		}
	}
	reject(t, s, items...)
	letters, err := s.DeadLetters(t.Context(), at)
	if err != nil || len(letters) != 1000 {
		t.Fatalf("%d states, %v", len(letters), err)
	}
	for _, d := range letters {
		if d.Offset%2 != 0 || !d.Open() || d.Last().Reason != pipeline.ReasonInvalidJSON {
			t.Fatalf("%+v", d)
		}
	}
}
