package dashboard

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// openLetters are the records that are neither rows nor given up, as the view
// dead_letters has them.
type openLetters struct {
	records uint64
	reasons []openReason // with the most records first
	latest  []openLetter // tried last first
}

type openReason struct {
	reason  string
	records uint64
}

type openLetter struct {
	topic     string
	partition uint32
	offset    uint64
	tried     time.Time
	reason    string
	error     string
	attempts  uint32
}

// openLetters reads what is open.
func (s *store) openLetters(ctx context.Context) (openLetters, error) {
	var open openLetters
	err := s.rows(ctx, s.sql["deadletters"], nil, func(rows driver.Rows) error {
		var r openReason
		if err := rows.Scan(&r.reason, &r.records); err != nil {
			return err
		}
		open.records += r.records
		open.reasons = append(open.reasons, r)
		return nil
	})
	if err != nil || len(open.reasons) == 0 {
		return open, err
	}
	err = s.rows(ctx, s.sql["letters"], []any{clickhouse.Named("limit", shownLetters)}, func(rows driver.Rows) error {
		var l openLetter
		var ms int64
		if err := rows.Scan(&l.topic, &l.partition, &l.offset, &ms, &l.reason, &l.error, &l.attempts); err != nil {
			return err
		}
		l.tried = time.UnixMilli(ms)
		open.latest = append(open.latest, l)
		return nil
	})
	return open, err
}

// deadLetterState is what the page shows of dead letters.
type deadLetterState struct {
	Known   bool
	Count   string // of those that are open
	Note    string
	Reasons []reasonRow
	Latest  []letterRow
	Command string // brings them back
}

// reasonRow is how many records are open for one reason. Share is of the most
// frequent, 0 to 100.
type reasonRow struct {
	Reason, Meaning, Count string
	Share                  float64
}

// letterRow is one dead letter.
type letterRow struct {
	Key           string
	At            moment // of the last attempt
	Place         string // topic, partition and offset of the record
	Reason, Error string
	Attempts      string // empty: one
	Excerpt       string // where the pipeline that runs here remembers it
}

const (
	shownLetters = 10
	shownReasons = 20
)

// meanings say what the reasons mean; codes that are new here stand alone.
var meanings = map[string]string{
	"tombstone": "no value", "empty_message": "only white space", "too_large": "beyond the size limit",
	"invalid_json": "not one JSON object", "missing_id": "no id", "id_too_long": "id too long",
	"wrong_type": "a field of the wrong type", "invalid_time": "unreadable or impossible date",
	"out_of_range": "score outside its scale", "invalid_role": "a turn by nobody known",
	"no_content": "neither text nor score", "analysis_failed": "the analysis failed",
	"unwritable": "refused by ClickHouse", "unknown_topic": "topic without a source",
}

func newDeadLetterState(r reading[openLetters], live *reading[liveSample], now time.Time) deadLetterState {
	s := deadLetterState{Count: "–", Note: "not known yet", Command: "earshot replay --dead-letters --config earshot.yaml"}
	if r.at.IsZero() {
		return s
	}
	open := r.value
	s.Known, s.Count, s.Note = true, count(open.records), "none open"
	if open.records > 0 {
		s.Note = "open: " + things(uint64(len(open.reasons)), "reason")
	}
	var remembered []DeadLetter
	if live != nil && !live.at.IsZero() {
		remembered = live.value.Latest
		if n := live.value.Rejected; n > 0 {
			s.Note += ", " + count(n) + " rejected since the start"
		}
	}
	for _, r := range open.reasons[:min(len(open.reasons), shownReasons)] {
		share := 100 * float64(r.records) / float64(max(open.reasons[0].records, 1))
		s.Reasons = append(s.Reasons, reasonRow{excerpt(r.reason, nameRunes), meanings[r.reason], count(r.records), share})
	}
	for _, l := range open.latest {
		row := letterRow{
			Key:    elementID("dead", l.topic, strconv.FormatUint(uint64(l.partition), 10), strconv.FormatUint(l.offset, 10), l.tried.String()),
			At:     newMoment(l.tried, now),
			Place:  fmt.Sprintf("%s/%d@%d", excerpt(l.topic, nameRunes), l.partition, l.offset),
			Reason: excerpt(l.reason, nameRunes),
			Error:  excerpt(l.error, 240),
		}
		if l.attempts > 1 {
			row.Attempts = things(uint64(l.attempts), "attempt")
		}
		for _, d := range remembered {
			if d.Topic == l.topic && d.Partition == int(l.partition) && uint64(d.Offset) == l.offset {
				row.Excerpt = excerpt(d.Excerpt, 180)
				break
			}
		}
		s.Latest = append(s.Latest, row)
	}
	return s
}
