package dashboard

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// fakeStore answers the queries with canned rows, and counts them.
type fakeStore struct {
	extent, series, latest, topics, open, letters [][]any

	queries atomic.Int64
	before  func(context.Context) error // runs first where it is set
}

func (f *fakeStore) Query(ctx context.Context, query string, _ ...any) (driver.Rows, error) {
	f.queries.Add(1)
	if f.before != nil {
		if err := f.before(ctx); err != nil {
			return nil, err
		}
	}
	switch {
	case strings.Contains(query, "tried_ms"):
		return &fakeRows{rows: f.letters}, nil
	case strings.Contains(query, ".dead_letters"):
		return &fakeRows{rows: f.open}, nil
	case strings.Contains(query, "bulk_from_ms"):
		return &fakeRows{rows: f.extent}, nil
	case strings.Contains(query, "axis_from"):
		return &fakeRows{rows: f.series}, nil
	case strings.Contains(query, "turn_roles"):
		return &fakeRows{rows: f.latest}, nil
	case strings.Contains(query, ".mentions"):
		return &fakeRows{rows: f.topics}, nil
	}
	return nil, fmt.Errorf("unexpected query %q", query)
}

// fakeRows is a driver.Rows of which only what the dashboard calls exists.
type fakeRows struct {
	driver.Rows
	rows [][]any
	at   int
}

func (r *fakeRows) Next() bool   { r.at++; return r.at <= len(r.rows) }
func (r *fakeRows) Err() error   { return nil }
func (r *fakeRows) Close() error { return nil }
func (r *fakeRows) Scan(into ...any) error {
	row := r.rows[r.at-1]
	if len(row) != len(into) {
		return errors.New("wrong number of columns")
	}
	for i, v := range row {
		if v != nil {
			reflect.ValueOf(into[i]).Elem().Set(reflect.ValueOf(v))
		}
	}
	return nil
}

// itemRow is a row of the query for the latest feedback.
func itemRow(id, channel string, created time.Time, title, text, label string, score float64) []any {
	return []any{"feedback." + channel, id, channel, created.UnixMilli(), title, text, uint64(len(text)), uint64(0),
		[]string{}, []uint32{}, []uint32{}, label, score, false, "", nil, nil, nil, nil, nil, "en", ""}
}

// letterRowOf is a row of the query for open dead letters.
func letterRowOf(topic string, offset int, tried time.Time, reason, text string, attempts int) []any {
	return []any{topic, uint32(0), uint64(offset), tried.UnixMilli(), reason, text, uint32(attempts)}
}

func extentRow(items int, first, last time.Time) []any {
	return []any{uint64(items), first.UnixMilli(), last.UnixMilli(), first.UnixMilli(), last.UnixMilli()}
}

func seriesRow(channel string, bucket int, items, negatives, positives int) []any {
	return []any{channel, int32(bucket), uint64(items), uint64(negatives), uint64(positives), uint64(0)}
}
