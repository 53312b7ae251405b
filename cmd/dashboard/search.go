package dashboard

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// found is a part of the feed.
type found struct {
	items []*item
	// more: there is more behind the last item, or behind until, to which the
	// search came in the time that it had.
	more  bool
	until time.Time // zero: the search went as far as items or the period do
}

const (
	// searchPatience is after what a search stops where it is: of a rare word in
	// years of feedback, the viewer sees what there is so far, and goes on from there.
	searchPatience = 400 * time.Millisecond
	// firstSpan is how far back a search looks first; then four times as far, and so on,
	// at most longestSpan, since durations end with 292 years. What a customer said is
	// looked up in an index, all of it at once.
	firstSpan   = 2 * time.Hour
	longestSpan = 100 * 365 * day
)

// search reads the latest items of a view, at most limit. Feedback is kept by the
// hour, so that it goes back from the end of the period in growing spans until it
// has enough.
func (s *store) search(ctx context.Context, v view, limit int, now time.Time) (*found, error) {
	p := v.period(now)
	begun := time.Now()
	if v.Window == allTime { // what is dated in the future comes last, by a link
		p.to = earlier(p.to, futureView(now).From)
	}
	end := p.to
	if !v.Before.IsZero() {
		end = earlier(end, v.Before.Add(time.Millisecond))
	}
	f := &found{}
	span := firstSpan
	if v.Customer != "" {
		span = longestSpan
	}
	var ids []identity
	for ; ; span = 4 * min(span, longestSpan/4) {
		newest, there, err := s.newest(ctx, period{p.from, end})
		if err != nil {
			return nil, err
		}
		if !there {
			break
		}
		end = earlier(end, newest.Add(time.Hour))
		from := later(p.from, end.Add(-span))
		page, err := s.searchSpan(ctx, v, period{from, end}, limit+1-len(ids))
		if err != nil {
			return nil, err
		}
		ids = append(ids, page...)
		end = from
		if len(ids) > limit {
			ids, f.more = ids[:limit], true
			break
		}
		if !end.After(p.from) {
			break
		}
		if time.Since(begun) > searchPatience {
			f.more, f.until = true, end
			break
		}
	}
	var err error
	f.items, err = s.items(ctx, ids, excerptBytes)
	return f, err
}

// newest is the latest hour of a period in which somebody said something; false: none.
func (s *store) newest(ctx context.Context, p period) (hour time.Time, there bool, err error) {
	err = s.rows(ctx, s.sql["newest"], during(p), func(rows driver.Rows) error {
		var ms int64
		if err := rows.Scan(&ms); err != nil {
			return err
		}
		hour, there = time.UnixMilli(ms).UTC(), true
		return nil
	})
	return hour, there, err
}

// searchSpan reads the identities of the latest items of a span of time.
func (s *store) searchSpan(ctx context.Context, v view, p period, limit int) (ids []identity, err error) {
	noise, before := uint8(0), always.to
	if v.Noise {
		noise = 1
	}
	if !v.Before.IsZero() {
		before = v.Before
	}
	args := append(about(v, p), clickhouse.Named("customer", v.Customer), clickhouse.Named("search", v.Search), clickhouse.Named("label", v.Label), clickhouse.Named("noise", noise),
		clickhouse.Named("before", before.Format(momentLayout)), clickhouse.Named("after_source", v.Source), clickhouse.Named("after_id", v.ID), clickhouse.Named("limit", limit))
	err = s.rows(ctx, s.sql["feed"], args, func(rows driver.Rows) error {
		var (
			id identity
			ms int64
		)
		if err := rows.Scan(&id.source, &id.id, &ms); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// countItems counts the items of a period, noise included.
func (s *store) countItems(ctx context.Context, p period) (n uint64, err error) {
	err = s.rows(ctx, s.sql["count"], during(p), func(rows driver.Rows) error { return rows.Scan(&n) })
	return n, err
}
