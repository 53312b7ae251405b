package clickhouse

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// The schema is a list of migrations, one file each: NNNNN_name.sql, applied
// in the order of their numbers. ClickHouse has no transactions over DDL, so
// each statement must be one that can be repeated (IF NOT EXISTS, OR REPLACE):
// a migration that was interrupted, or that two processes apply at once, is
// applied again from its first statement. A statement ends with a semicolon at
// the end of a line. A file that was released is never changed.
//
//go:embed schema/*.sql
var schemaFiles embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version int // 1 is the first
	Name    string
	SQL     string // its statements, as in the file
}

// Applied is a migration that Migrate has carried out.
type Applied struct {
	Version int
	Name    string
	Took    time.Duration
}

// SchemaError says that a database's schema is not the one of this binary.
type SchemaError struct {
	Database string
	Has      int // 0: none
	Known    int // the newest that this binary knows
}

// Error implements error.
func (e *SchemaError) Error() string {
	switch {
	case e.Has == 0:
		return fmt.Sprintf("database %s has no schema: run `earshot migrate`", e.Database)
	case e.Has < e.Known:
		return fmt.Sprintf("database %s has schema %d, this earshot needs %d: run `earshot migrate`", e.Database, e.Has, e.Known)
	}
	return fmt.Sprintf("database %s has schema %d, this earshot knows up to %d: upgrade earshot", e.Database, e.Has, e.Known)
}

const createMigrationsTable = `CREATE TABLE IF NOT EXISTS schema_migrations
(
    version    UInt32 COMMENT 'Number of the migration',
    name       String COMMENT 'Name of the migration',
    applied_at DateTime64(3, 'UTC') COMMENT 'When it was complete'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY version
COMMENT 'Migrations of the schema that are complete'`

// migrations reads every migration, oldest first.
func migrations(files fs.FS) ([]Migration, error) {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	var all []Migration
	for _, name := range names {
		number, title, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".sql"), "_")
		version, err := strconv.Atoi(number)
		if !ok || err != nil || version < 1 {
			return nil, fmt.Errorf("%s: not named NNNNN_name.sql", name)
		}
		sql, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		all = append(all, Migration{Version: version, Name: title, SQL: string(sql)})
	}
	slices.SortFunc(all, func(a, b Migration) int { return a.Version - b.Version })
	for i, m := range all {
		if m.Version != i+1 {
			return nil, fmt.Errorf("schema: migration %d is missing or there twice", i+1)
		}
	}
	return all, nil
}

// statements splits a migration into what the server takes one by one.
func (m Migration) statements() []string {
	var all []string
	var current strings.Builder
	for line := range strings.Lines(m.SQL) {
		trimmed := strings.TrimSpace(line)
		if current.Len() == 0 && (trimmed == "" || strings.HasPrefix(trimmed, "--")) {
			continue
		}
		if body, end := strings.CutSuffix(strings.TrimRight(line, " \t\r\n"), ";"); end {
			current.WriteString(body)
			all = append(all, current.String())
			current.Reset()
			continue
		}
		current.WriteString(line)
	}
	if rest := strings.TrimSpace(current.String()); rest != "" {
		all = append(all, rest)
	}
	return all
}

// LatestVersion is the newest schema that this binary knows.
func LatestVersion() int {
	all, err := migrations(schemaFiles)
	if err != nil {
		return 0 // a test keeps the files in order
	}
	return len(all)
}

// SchemaVersion is the newest migration that the database has; 0 where it has
// none, or does not exist.
func (s *Store) SchemaVersion(ctx context.Context) (int, error) {
	var version uint32
	err := s.conn.QueryRow(ctx, "SELECT max(version) FROM schema_migrations").Scan(&version)
	if err == nil || exceptionCode(err) != 0 {
		s.answered.Store(true)
	}
	switch exceptionCode(err) {
	case codeUnknownTable, codeUnknownDatabase:
		return 0, nil
	}
	if err != nil {
		return 0, s.classify(ctx, "reading schema_migrations", err)
	}
	return int(version), nil
}

// CheckSchema returns nil if the database has the schema that this binary
// writes and reads, and a *SchemaError if it has another.
func (s *Store) CheckSchema(ctx context.Context) error {
	has, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if known := LatestVersion(); has != known {
		return &SchemaError{Database: s.options.Database, Has: has, Known: known}
	}
	return nil
}

// Pending lists the migrations that Migrate would apply, oldest first. For a
// database with a newer schema it returns a *SchemaError.
func (s *Store) Pending(ctx context.Context) ([]Migration, error) {
	all, err := migrations(schemaFiles)
	if err != nil {
		return nil, err
	}
	has, err := s.SchemaVersion(ctx)
	if err != nil {
		return nil, err
	}
	if has > len(all) {
		return nil, &SchemaError{Database: s.options.Database, Has: has, Known: len(all)}
	}
	return all[has:], nil
}

// Migrate creates the database where it is missing and applies every pending
// migration. It can be repeated after any failure, and several processes may
// do it at once. For a database with a newer schema it changes nothing and
// returns a *SchemaError.
func (s *Store) Migrate(ctx context.Context) ([]Applied, error) {
	return s.migrate(ctx, func(Migration, int) error { return nil })
}

// migrate is Migrate with a function that is called before each statement of
// a migration and can end it there.
func (s *Store) migrate(ctx context.Context, before func(m Migration, statement int) error) ([]Applied, error) {
	pending, err := s.Pending(ctx)
	if err != nil || len(pending) == 0 {
		return nil, err
	}
	if err := s.createDatabase(ctx); err != nil {
		return nil, err
	}
	if err := s.repeatable(ctx, "creating schema_migrations", createMigrationsTable); err != nil {
		return nil, err
	}
	var applied []Applied
	for _, m := range pending {
		started := time.Now()
		what := fmt.Sprintf("migration %d (%s)", m.Version, m.Name)
		for i, sql := range m.statements() {
			if err := before(m, i); err != nil {
				return applied, err
			}
			if err := s.repeatable(ctx, what, sql); err != nil {
				return applied, err
			}
		}
		err := s.conn.Exec(s.untilEnd(ctx, map[string]any{"async_insert": 0}),
			"INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, now64(3))", m.Version, m.Name)
		if err != nil {
			return applied, s.classify(ctx, what, err)
		}
		a := Applied{Version: m.Version, Name: m.Name, Took: time.Since(started)}
		applied = append(applied, a)
		s.log.Info("schema migrated", "database", s.options.Database, "version", a.Version, "name", a.Name, "took", a.Took.Round(time.Millisecond))
	}
	return applied, nil
}

// createDatabase creates the database unless it is there: creating takes a
// right that a careful administrator keeps.
func (s *Store) createDatabase(ctx context.Context) error {
	// The store's own connections cannot open before the database exists.
	admin, err := s.dial("")
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close() }()
	there, err := databaseExists(ctx, admin, s.options.Database)
	if err == nil && !there {
		err = admin.Exec(s.untilEnd(ctx, nil), "CREATE DATABASE IF NOT EXISTS "+quoteName(s.options.Database))
	}
	if err != nil {
		return s.classify(ctx, "creating database "+s.options.Database, err)
	}
	return nil
}

func databaseExists(ctx context.Context, conn driver.Conn, name string) (bool, error) {
	var n uint64
	err := conn.QueryRow(ctx, "SELECT count() FROM system.databases WHERE name = ?", name).Scan(&n)
	return n > 0, err
}

const (
	ddlTries = 10
	ddlWait  = 100 * time.Millisecond
)

// repeatable runs a statement that may be run twice. While another process
// runs the same one, the server may find the table there, or gone, between two
// steps of its own; then it is run again.
func (s *Store) repeatable(ctx context.Context, what, sql string) error {
	for try := 1; ; try++ {
		err := s.conn.Exec(s.untilEnd(ctx, nil), sql)
		if err == nil {
			return nil
		}
		code := exceptionCode(err)
		if try == ddlTries || code != codeTableAlreadyExists && code != codeUnknownTable && code != codeTableIsDropped {
			return s.classify(ctx, what, err)
		}
		select {
		case <-ctx.Done():
			return s.classify(ctx, what, err)
		case <-time.After(ddlWait):
		}
	}
}
