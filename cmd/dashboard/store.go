package dashboard

import (
	"context"
	"embed"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Querier asks ClickHouse; a clickhouse-go connection is one.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (driver.Rows, error)
}

//go:embed queries/*.sql
var queryFiles embed.FS

const queryTimeout = 30 * time.Second

// store asks the views of the contract what the pages show.
type store struct {
	db  Querier
	sql map[string]string // by the name of its file
}

func newStore(db Querier, database string) (*store, error) {
	s := &store{db: db, sql: map[string]string{}}
	files, err := queryFiles.ReadDir("queries")
	if err != nil {
		return nil, fmt.Errorf("dashboard: queries: %w", err)
	}
	for _, f := range files {
		sql, err := queryFiles.ReadFile(path.Join("queries", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("dashboard: query %s: %w", f.Name(), err)
		}
		s.sql[strings.TrimSuffix(f.Name(), ".sql")] = strings.ReplaceAll(string(sql), "{database}", quoteName(database))
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

// moments are written as the views over a period take them.
const momentLayout = "2006-01-02 15:04:05.000"

func during(p period) []any {
	return []any{clickhouse.Named("period_from", p.from.UTC().Format(momentLayout)), clickhouse.Named("period_to", p.to.UTC().Format(momentLayout))}
}

// within are the parameters of a question about a period of a view.
func within(v view, p period) []any {
	return append(during(p), clickhouse.Named("channel", string(v.Channel)), clickhouse.Named("segment", v.Segment), clickhouse.Named("product", v.Product))
}

// about adds those of its stage and topic.
func about(v view, p period) []any {
	return append(within(v, p), clickhouse.Named("stage", v.Stage), clickhouse.Named("topic", v.Topic))
}
