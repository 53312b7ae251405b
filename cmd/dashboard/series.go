package dashboard

import (
	"context"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// grouping is what a series is read by.
type grouping struct {
	key      string // SQL, of a source's columns
	mentions bool   // counts mentions of topics, not items
}

var (
	byChannel    = grouping{key: "of_channel"}
	byTopic      = grouping{key: "of_topic", mentions: true}
	byBroadTopic = grouping{key: "substringIndex(of_topic, '.', 1)", mentions: true}
)

// series are steps of an axis by name, and their sums with what lies outside it.
type series struct {
	axis   axis
	extent extent
	steps  map[string][]tally // one tally a step
	totals map[string]tally
}

// of returns the steps and the total of some names; of all where there are none.
// outside counts the items that the axis leaves out.
func (s *series) of(names ...string) (steps []tally, total tally, outside uint64) {
	if len(names) == 0 {
		for name := range s.totals {
			names = append(names, name)
		}
	}
	steps = make([]tally, s.axis.steps)
	var drawn tally
	for _, name := range names {
		total = total.plus(s.totals[name])
		for i, t := range s.steps[name] {
			steps[i] = steps[i].plus(t)
			drawn = drawn.plus(t)
		}
	}
	return steps, total, total.Items - drawn.Items
}

// fine is the longest period whose beginning and end are looked up to the
// millisecond.
const fine = 2 * day

// extent reads when the feedback of a view's period was given.
func (s *store) extent(ctx context.Context, v view, now time.Time) (extent, error) {
	p := v.period(now)
	read := func(name string, p period) (e extent, err error) {
		err = s.rows(ctx, s.sql[name], during(p), func(rows driver.Rows) error {
			var first, last, from, to int64
			if err := rows.Scan(&e.items, &first, &last, &from, &to); err != nil {
				return err
			}
			e.first, e.last = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
			e.bulk = period{time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC()}
			return nil
		})
		return e, err
	}
	if p.length() > fine {
		e, err := read("extent", p)
		if err != nil || e.items == 0 || e.last.Sub(e.first) > fine {
			return e, err
		}
		p = period{later(p.from, e.first), earlier(p.to, e.last)}
	}
	return read("extent_items", p)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// series reads the feedback of a view over time.
func (s *store) series(ctx context.Context, v view, by grouping, now time.Time) (*series, error) {
	e, err := s.extent(ctx, v, now)
	if err != nil {
		return nil, err
	}
	p := v.period(now)
	out := &series{axis: axisFor(v.Window, p, e, now), extent: e, steps: map[string][]tally{}, totals: map[string]tally{}}
	if e.items == 0 {
		return out, nil
	}
	return out, s.fill(ctx, out, v, by, p)
}

// fill reads the steps of an axis.
func (s *store) fill(ctx context.Context, out *series, v view, by grouping, p period) error {
	by.mentions = by.mentions || v.Topic != ""
	mentions := uint8(0)
	if by.mentions {
		mentions = 1
	}
	args := append(about(v, p), clickhouse.Named("mentions", mentions),
		clickhouse.Named("axis_from", out.axis.from.UnixMilli()), clickhouse.Named("axis_to", out.axis.to.UnixMilli()), clickhouse.Named("step", out.axis.step.Milliseconds()))
	sql := strings.NewReplacer("{key}", by.key, "{source}", s.sql[sourceFor(v, p, out.axis.step)]).Replace(s.sql["series"])
	return s.rows(ctx, sql, args, func(rows driver.Rows) error {
		var (
			name   string
			bucket int32
			n      tally
		)
		if err := rows.Scan(&name, &bucket, &n.Items, &n.Negatives, &n.Positives); err != nil {
			return err
		}
		out.totals[name] = out.totals[name].plus(n)
		if out.steps[name] == nil {
			out.steps[name] = make([]tally, out.axis.steps)
		}
		if bucket >= 0 && int(bucket) < out.axis.steps {
			out.steps[name][bucket] = n
		}
		return nil
	})
}

// sourceFor chooses what a series is read from: the coarsest that is exact.
func sourceFor(v view, p period, step time.Duration) string {
	whole := p.from.Equal(p.from.Truncate(time.Hour)) && p.to.Equal(p.to.Truncate(time.Hour))
	switch {
	case whole && step >= time.Hour && v.Segment == "" && v.Product == "":
		return "series_hours"
	case step >= day:
		return "series_days"
	default:
		return "series_items"
	}
}
