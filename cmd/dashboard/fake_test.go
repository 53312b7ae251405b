package dashboard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// fakeStore answers the queries with canned rows, by the name of the query's file,
// and counts them.
type fakeStore struct {
	rows map[string][][]any

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
	name, err := queryName(query)
	return &fakeRows{rows: f.rows[name]}, err
}

// queryName is the file that a query comes from: their first lines tell them apart.
func queryName(query string) (string, error) {
	files, err := queryFiles.ReadDir("queries")
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(query, "\n")
	for _, f := range files {
		sql, err := queryFiles.ReadFile("queries/" + f.Name())
		if err != nil {
			return "", err
		}
		if line, _, _ := strings.Cut(string(sql), "\n"); line == first {
			return strings.TrimSuffix(f.Name(), ".sql"), nil
		}
	}
	return "", fmt.Errorf("unexpected query %q", query)
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

// itemRow is a row of the query for items.
func itemRow(id, channel string, created time.Time, title, text, label string, score float64) []any {
	return []any{"feedback." + channel, id, channel, created.UnixMilli(), "", "", "", "", "", title, text, uint64(len(text)), uint64(0),
		[]string{}, []uint32{}, []uint32{}, label, score, false, 0.5, "", nil, nil, nil, nil, nil, nil, "", []string{}, []string{}, "en", "", ""}
}

// feedRows are the rows of the search that finds items.
func feedRows(items [][]any) [][]any {
	var rows [][]any
	for _, i := range items {
		rows = append(rows, []any{i[0], i[1], i[3]})
	}
	return rows
}

// mentionRowOf is a row of the query for mentions.
func mentionRowOf(source, id, topic, label string, score float64, cues []string, starts, ends []uint32) []any {
	return []any{source, id, topic, "", score, label, "rule", cues, starts, ends, cues}
}

// letterRowOf is a row of the query for open dead letters.
func letterRowOf(topic string, offset int, tried time.Time, reason, text string, attempts int) []any {
	return []any{topic, uint32(0), uint64(offset), tried.UnixMilli(), reason, text, uint32(attempts)}
}

// openAlertRow is a row of the query for alerts that last, with text everywhere.
func openAlertRow(id, text string, at time.Time) []any {
	ms, many := at.UnixMilli(), math.Inf(-1)
	texts, numbers := []string{text, text + "2"}, []float64{math.NaN(), many}
	return []any{id, text, text, text, text, text, text, text, text, ms, ms - 1e8, ms, ms, math.NaN(), many, -many, -12.3, many, math.NaN(), uint64(1 << 63), text,
		[]string{text, text}, texts, numbers, numbers, texts, texts, numbers, numbers, texts, texts, texts}
}

func extentRow(items int, first, last time.Time) []any {
	return []any{uint64(items), first.UnixMilli(), last.UnixMilli(), first.UnixMilli(), last.UnixMilli()}
}

func seriesRow(channel string, bucket int, items, negatives, positives int) []any {
	return []any{channel, int32(bucket), uint64(items), uint64(negatives), uint64(positives)}
}
