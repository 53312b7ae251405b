//go:build faults

package faults

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Verdict is what the oracle found on one rig. All of its differences must be 0.
type Verdict struct {
	Records, Rows, Letters int // compared

	Missing, Extra, Wrong int // rows of feedback and mentions
	Cells                 int // of roll-ups that differ
	Others                int // differences in the other views
	Unaccounted           int // records that are neither row nor dead letter
	WrongLetters          int // dead letters that should not be, or say something wrong
	Uncommitted           int // partitions whose committed offset is not the end of the log
	Unknown               int // records in the log that nobody published, or published and not there

	Details   []string      // the first differences, in words
	Freshness time.Duration // from the last commit until all roll-ups were right
}

// Differences is how much is wrong in all.
func (v *Verdict) Differences() int {
	return v.Missing + v.Extra + v.Wrong + v.Cells + v.Others + v.Unaccounted + v.WrongLetters + v.Uncommitted + v.Unknown
}

// plus adds what was found elsewhere.
func (v *Verdict) plus(o Verdict) {
	for _, sum := range []struct {
		to   *int
		more int
	}{
		{&v.Records, o.Records}, {&v.Rows, o.Rows}, {&v.Letters, o.Letters},
		{&v.Missing, o.Missing}, {&v.Extra, o.Extra}, {&v.Wrong, o.Wrong}, {&v.Cells, o.Cells}, {&v.Others, o.Others},
		{&v.Unaccounted, o.Unaccounted}, {&v.WrongLetters, o.WrongLetters}, {&v.Uncommitted, o.Uncommitted}, {&v.Unknown, o.Unknown},
	} {
		*sum.to += sum.more
	}
	v.Freshness = max(v.Freshness, o.Freshness)
}

// say keeps the first differences in words.
func (v *Verdict) say(format string, args ...any) {
	if len(v.Details) < 20 {
		v.Details = append(v.Details, fmt.Sprintf(format, args...))
	}
}

// report is the table of results, from all cases.
type report struct {
	mu    sync.Mutex
	lines map[string]*reportLine
	order []string
}

type reportLine struct {
	name, what string
	control    bool
	tally      Tally
	verdict    Verdict
}

func newReport() *report { return &report{lines: map[string]*reportLine{}} }

// add adds a run of a case.
func (r *report) add(c Case, t Tally, v Verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.lines[c.Name]
	if l == nil {
		l = &reportLine{name: c.Name, what: c.What, control: c.Control}
		r.lines[c.Name] = l
		r.order = append(r.order, c.Name)
	}
	l.plus(&reportLine{tally: t, verdict: v})
}

const tableHead = `| case | faults | records | rows | dead letters | missing | extra | wrong | cells different | other views different | neither row nor letter | wrong letters | partitions not committed | log different | recovery, median / longest |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
`

// sum is all cases together, without the controls.
func (r *report) sum() *reportLine {
	r.mu.Lock()
	defer r.mu.Unlock()
	sum := &reportLine{name: "**all**"}
	for _, l := range r.lines {
		if !l.control {
			sum.plus(l)
		}
	}
	return sum
}

// table is the results in Markdown: the cases, their sum, and the controls.
func (r *report) table() string {
	sum := r.sum()
	r.mu.Lock()
	defer r.mu.Unlock()
	var b, controls strings.Builder
	b.WriteString(tableHead)
	for _, name := range r.order {
		l := r.lines[name]
		if l.control {
			fmt.Fprintf(&controls, "| %s | %d |\n", l.what, l.verdict.Differences())
			continue
		}
		b.WriteString(l.String())
	}
	b.WriteString(sum.String())
	fmt.Fprintf(&b, "\nThe roll-ups were right at the latest %.1f s after the last commit.\n", sum.verdict.Freshness.Seconds())
	if controls.Len() > 0 {
		b.WriteString("\nPipelines that were broken on purpose, and how many differences the oracle found in each (0 would fail the suite):\n\n| broken | found |\n|---|---:|\n")
		b.WriteString(controls.String())
	}
	return b.String()
}

func (l *reportLine) plus(o *reportLine) {
	l.tally.Faults += o.tally.Faults
	l.tally.Recoveries = append(l.tally.Recoveries, o.tally.Recoveries...)
	l.verdict.plus(o.verdict)
}

func (l *reportLine) String() string {
	v := &l.verdict
	name := l.name
	if l.what != "" {
		name += ": " + l.what
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %s |\n", name, l.tally.Faults, v.Records, v.Rows, v.Letters,
		v.Missing, v.Extra, v.Wrong, v.Cells, v.Others, v.Unaccounted, v.WrongLetters, v.Uncommitted, v.Unknown, spread(l.tally.Recoveries))
}

// spread is the median and the longest of some durations.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "–"
	}
	median, longest := medianAndLongest(all)
	return fmt.Sprintf("%.1f / %.1f s", median.Seconds(), longest.Seconds())
}

func medianAndLongest(all []time.Duration) (median, longest time.Duration) {
	if len(all) == 0 {
		return 0, 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2], all[len(all)-1]
}
