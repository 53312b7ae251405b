package dashboard

import (
	"fmt"
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
}

// lagRow is the lag of one partition. Share is of the longest, 0 to 100.
type lagRow struct {
	Topic     string
	Partition int
	Records   string
	Share     float64
}

// shownBehind is how many partitions that are behind are shown first.
const shownBehind = 8

func newPipelineState(r reading[liveSample]) *pipelineState {
	s := &pipelineState{Waiting: "–", WaitingNote: "not known yet"}
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
