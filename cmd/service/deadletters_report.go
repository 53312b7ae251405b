package service

import (
	"cmp"
	"maps"
	"slices"

	"earshot/pipeline"
)

// DeadLetterReport says what became of dead letters that were replayed. Each record
// counts once, however many letters it has, under the reason for which it was
// rejected last before the replay.
type DeadLetterReport struct {
	Reasons map[pipeline.Reason]*DeadLetterCounts
	Closed  int64 // records that were rows already, or given up: passed over
	// Skipped counts the open letters that could not be tried, by why.
	Skipped map[string]int64
	// Unreadable counts records in the topic that are no dead letters; FirstUnreadable
	// says what is wrong with the first.
	Unreadable      int64
	FirstUnreadable error
}

// DeadLetterCounts count records of one reason.
type DeadLetterCounts struct {
	Passed  int64 // they are rows now
	Failed  int64 // they were rejected again
	Skipped int64 // they could not be tried
}

// Sorted returns the reasons, those with the most records first.
func (r *DeadLetterReport) Sorted() []pipeline.Reason {
	return slices.SortedFunc(maps.Keys(r.Reasons), func(a, b pipeline.Reason) int {
		return cmp.Or(cmp.Compare(r.Reasons[b].all(), r.Reasons[a].all()), cmp.Compare(a, b))
	})
}

func (c *DeadLetterCounts) all() int64 { return c.Passed + c.Failed + c.Skipped }

func (r *DeadLetterReport) of(reason pipeline.Reason) *DeadLetterCounts {
	if r.Reasons[reason] == nil {
		r.Reasons[reason] = &DeadLetterCounts{}
	}
	return r.Reasons[reason]
}
