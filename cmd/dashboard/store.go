package dashboard

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// Querier asks ClickHouse; a clickhouse-go connection is one.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (driver.Rows, error)
}

//go:embed queries/*.sql
var queryFiles embed.FS

const (
	latestItems  = 12
	excerptBytes = 4000 // of a text that is read for the page
	queryTimeout = 30 * time.Second
)

// store asks the views of the contract what the page shows.
type store struct {
	db                                           Querier
	extent, series, latest, heard, open, letters string // SQL
}

func newStore(db Querier, database string) (*store, error) {
	s := &store{db: db}
	for name, into := range map[string]*string{"range": &s.extent, "series": &s.series, "latest": &s.latest, "topics": &s.heard, "deadletters": &s.open, "letters": &s.letters} {
		sql, err := queryFiles.ReadFile("queries/" + name + ".sql")
		if err != nil {
			return nil, fmt.Errorf("dashboard: query %s: %w", name, err)
		}
		*into = strings.ReplaceAll(string(sql), "{database}", quoteName(database))
	}
	return s, nil
}

// quoteName makes any name an SQL identifier.
func quoteName(name string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(name) + "`"
}

// rows runs a query and hands every row to scan.
func (s *store) rows(ctx context.Context, sql string, args []any, scan func(driver.Rows) error) (err error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func during(p period) []any {
	return []any{clickhouse.Named("from", p.from.UnixMilli()), clickhouse.Named("to", p.to.UnixMilli())}
}

// trend reads the feedback of w over time.
func (s *store) trend(ctx context.Context, w window, now time.Time) (trend, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()

	p := w.at(now)
	var e extent
	err := s.rows(ctx, s.extent, during(p), func(rows driver.Rows) error {
		var first, last, from, to int64
		if err := rows.Scan(&e.items, &first, &last, &from, &to); err != nil {
			return err
		}
		e.first, e.last = time.UnixMilli(first), time.UnixMilli(last)
		e.bulk = period{time.UnixMilli(from), time.UnixMilli(to)}
		return nil
	})
	if err != nil {
		return trend{}, err
	}

	t := trend{
		axis:     axisFor(w, e, now),
		channels: map[pipeline.Channel][]tally{},
		totals:   map[pipeline.Channel]tally{},
		noise:    map[pipeline.Channel]uint64{},
	}
	if e.items == 0 {
		return t, nil
	}
	args := append(during(p),
		clickhouse.Named("axis_from", t.axis.from.UnixMilli()),
		clickhouse.Named("axis_to", t.axis.to.UnixMilli()),
		clickhouse.Named("step", t.axis.step.Milliseconds()))
	err = s.rows(ctx, s.series, args, func(rows driver.Rows) error {
		var (
			name   string
			bucket int32
			n      tally
			noisy  uint64
		)
		if err := rows.Scan(&name, &bucket, &n.Items, &n.Negatives, &n.Positives, &noisy); err != nil {
			return err
		}
		c := pipeline.Channel(name)
		t.totals[c] = t.totals[c].plus(n)
		t.noise[c] += noisy
		if t.channels[c] == nil {
			t.channels[c] = make([]tally, t.axis.steps)
		}
		if bucket >= 0 && int(bucket) < t.axis.steps {
			t.channels[c][bucket] = n
		}
		return nil
	})
	return t, err
}

// item is one row of feedback as the page needs it.
type item struct {
	source, id, channel  string
	created              time.Time
	title, text          string // text: its first excerptBytes
	textBytes, turnCount uint64
	roles                []string
	starts, ends         []uint32
	label                string
	score                float64
	mixed                bool
	noise                string
	rating, ratingMax    *float64
	nps, csat, ces       *float64
	language, url        string
	topics               []topic
}

// topic is a topic that an item speaks of, and how it feels about it.
type topic struct{ Name, Label string }

// latestOf reads the latest feedback of a channel; of all where it is empty.
func (s *store) latestOf(ctx context.Context, c pipeline.Channel) ([]*item, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()

	type key struct{ source, id string }
	var items []*item
	known := map[key]*item{}
	args := []any{clickhouse.Named("channel", string(c)), clickhouse.Named("limit", latestItems)}
	err := s.rows(ctx, s.latest, append(args, clickhouse.Named("excerpt", excerptBytes)), func(rows driver.Rows) error {
		var (
			i  item
			ms int64
		)
		err := rows.Scan(&i.source, &i.id, &i.channel, &ms, &i.title, &i.text, &i.textBytes, &i.turnCount,
			&i.roles, &i.starts, &i.ends, &i.label, &i.score, &i.mixed, &i.noise,
			&i.rating, &i.ratingMax, &i.nps, &i.csat, &i.ces, &i.language, &i.url)
		if err != nil {
			return err
		}
		i.created = time.UnixMilli(ms).UTC()
		items = append(items, &i)
		known[key{i.source, i.id}] = &i
		return nil
	})
	if err != nil || len(items) == 0 {
		return items, err
	}
	err = s.rows(ctx, s.heard, args, func(rows driver.Rows) error {
		var (
			k key
			t topic
		)
		if err := rows.Scan(&k.source, &k.id, &t.Name, &t.Label); err != nil {
			return err
		}
		// A row that arrived between the two queries has no item here.
		if i := known[k]; i != nil {
			i.topics = append(i.topics, t)
		}
		return nil
	})
	return items, err
}
