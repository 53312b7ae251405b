package dashboard

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// liveSample is a Live and when it was taken.
type liveSample struct {
	Live
	at   time.Time
	rate float64 // rows a second since the sample before; negative: unknown
}

// after returns the sample with its rate since the one before. Samples far
// apart tell nothing of now.
func (s liveSample) after(before liveSample) liveSample {
	s.rate = -1
	elapsed := s.at.Sub(before.at)
	if !before.at.IsZero() && elapsed > 0 && elapsed < 15*time.Second && s.Rows >= before.Rows {
		s.rate = float64(s.Rows-before.Rows) / elapsed.Seconds()
	}
	return s
}

// pipelineState is what the page shows of the running pipeline.
type pipelineState struct {
	Known       bool
	Err         string
	Waiting     string // records in all partitions
	WaitingNote string
	Summary     string // of the partitions
	Behind      []lagRow
	Partitions  []lagRow
	Consumed    string
	Rows        string
	Rate        string
	Dead        string
	DeadNote    string
	Reasons     []reasonRow
	Latest      []letterRow
}

// lagRow is the lag of one partition. Share is of the longest, 0 to 100.
type lagRow struct {
	Topic     string
	Partition int
	Records   string
	Share     float64
}

// reasonRow is how often records were rejected for one reason.
type reasonRow struct {
	Reason, Meaning, Count string
	Share                  float64
}

// letterRow is one dead letter.
type letterRow struct {
	Key           string
	At            *moment
	Place         string // topic, partition and offset
	Reason, Error string
	Excerpt       string
}

const (
	shownBehind  = 8
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

func newPipelineState(r reading[liveSample], now time.Time) *pipelineState {
	s := &pipelineState{Waiting: "–", WaitingNote: "not known yet", Dead: "–", DeadNote: "not known yet"}
	if r.at.IsZero() {
		return s
	}
	l := r.value
	s.Known = true
	s.Err = excerpt(l.Err, 300)
	s.Consumed, s.Rows = count(l.Consumed), count(l.Rows)
	if l.rate >= 0 {
		s.Rate = count(int64(l.rate+0.5)) + " rows/s"
	}
	s.lag(l)
	s.deadLetters(l, now)
	return s
}

func (s *pipelineState) lag(l liveSample) {
	waiting, known := l.waiting()
	if known == 0 {
		s.WaitingNote = "lag not known"
		s.Summary = "No partitions assigned yet."
		return
	}
	sorted := l.partitions()
	longest := max(sorted[0].Records, 1)
	for _, p := range sorted {
		row := lagRow{Topic: excerpt(p.Topic, nameRunes), Partition: p.Partition, Records: count(p.Records), Share: 100 * float64(max(p.Records, 0)) / float64(longest)}
		if p.Records < 0 {
			row.Records = "unknown"
		}
		if p.Records > 0 && len(s.Behind) < shownBehind {
			s.Behind = append(s.Behind, row)
		}
		s.Partitions = append(s.Partitions, row)
	}
	s.Waiting = count(waiting)
	all := things(uint64(known), "partition")
	switch {
	case waiting == 0:
		s.WaitingNote = "caught up"
		s.Summary = "Caught up: nothing waits in " + all + "."
	case l.rate > 0:
		s.WaitingNote = "about " + roughly(time.Duration(float64(waiting)/l.rate*float64(time.Second))) + " behind"
		s.Summary = things(uint64(waiting), "record") + " to read in " + all + "."
	default:
		s.WaitingNote = "in " + all
		s.Summary = things(uint64(waiting), "record") + " to read in " + all + "."
	}
}

// roughly writes a duration in one unit.
func roughly(d time.Duration) string {
	switch {
	case d < time.Second:
		return "1 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
}

func (s *pipelineState) deadLetters(l liveSample, now time.Time) {
	var total, most uint64
	for _, n := range l.DeadLetters {
		total += n
		most = max(most, n)
	}
	total = max(total, l.Rejected)
	s.Dead = count(total)
	s.DeadNote = "none since the start"
	if total > 0 {
		s.DeadNote = percent(total, max(l.Consumed, total)) + " of what was read"
	}
	reasons := slices.SortedFunc(maps.Keys(l.DeadLetters), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.DeadLetters[b], l.DeadLetters[a]), cmp.Compare(a, b))
	})
	for _, reason := range reasons[:min(len(reasons), shownReasons)] {
		n := l.DeadLetters[reason]
		s.Reasons = append(s.Reasons, reasonRow{excerpt(reason, nameRunes), meanings[reason], count(n), 100 * float64(n) / float64(max(most, 1))})
	}
	for _, d := range l.Latest[:min(len(l.Latest), shownLetters)] {
		row := letterRow{
			Key:     elementID("dead", d.Topic, strconv.Itoa(d.Partition), strconv.FormatInt(d.Offset, 10)),
			Place:   fmt.Sprintf("%s/%d@%d", excerpt(d.Topic, nameRunes), d.Partition, d.Offset),
			Reason:  excerpt(d.Reason, nameRunes),
			Error:   excerpt(d.Error, 240),
			Excerpt: excerpt(d.Excerpt, 180),
		}
		if !d.At.IsZero() {
			m := newMoment(d.At, now)
			row.At = &m
		}
		s.Latest = append(s.Latest, row)
	}
}
