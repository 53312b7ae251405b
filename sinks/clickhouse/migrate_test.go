package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"earshot/pipeline"
)

func TestMigrateCreatesTheDatabaseOnceAndAgainDoesNothing(t *testing.T) {
	s := openStore(t)
	ctx := t.Context()
	if v, err := s.SchemaVersion(ctx); err != nil || v != 0 {
		t.Fatalf("schema of no database: %d, %v", v, err)
	}
	if pending, err := s.Pending(ctx); err != nil || len(pending) != LatestVersion() {
		t.Fatalf("pending before: %d, %v", len(pending), err)
	}
	var schema *SchemaError
	if err := s.CheckSchema(ctx); !errors.As(err, &schema) || !strings.Contains(err.Error(), "earshot migrate") {
		t.Fatalf("check before: %v", err)
	}
	applied, err := s.Migrate(ctx)
	if err != nil || len(applied) != LatestVersion() {
		t.Fatalf("applied %v, %v", applied, err)
	}
	if err := s.CheckSchema(ctx); err != nil {
		t.Fatal(err)
	}
	if pending, err := s.Pending(ctx); err != nil || len(pending) != 0 {
		t.Fatalf("pending after: %d, %v", len(pending), err)
	}
	if applied, err := s.Migrate(ctx); err != nil || len(applied) != 0 {
		t.Fatalf("again: %v, %v", applied, err)
	}
}

func TestMigrateGoesOnAfterAnInterruptionAnywhere(t *testing.T) {
	all, err := migrations(schemaFiles)
	if err != nil {
		t.Fatal(err)
	}
	interrupted := errors.New("interrupted")
	for _, m := range all {
		for at, sql := range m.statements() {
			if at > 0 && strings.HasPrefix(sql, "CREATE OR REPLACE VIEW") {
				continue // what was there before it is made again, whatever it is
			}
			t.Run(fmt.Sprintf("migration %d statement %d", m.Version, at), func(t *testing.T) {
				s := openStore(t)
				_, err := s.migrate(t.Context(), func(now Migration, statement int) error {
					if now.Version == m.Version && statement == at {
						return interrupted
					}
					return nil
				})
				if !errors.Is(err, interrupted) {
					t.Fatalf("not interrupted: %v", err)
				}
				applied, err := s.Migrate(t.Context())
				if err != nil || len(applied) != len(all)-m.Version+1 {
					t.Fatalf("then applied %v, %v", applied, err)
				}
				if err := s.CheckSchema(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := count(t, s, "SELECT count() FROM feedback"); n != 0 {
					t.Fatalf("%d rows", n)
				}
			})
		}
	}
}

// rowsOfVersion1 are what an earshot of schema 1 or 2 has written: an item in two
// versions, one of which came twice, and a withdrawn one.
const rowsOfVersion1 = `INSERT INTO feedback_store (source, id, version, created_at, is_deleted, channel, text, rating, rating_max, score, label, confidence, tier, model) VALUES
	('shop', 'edited', 1, 1000, 0, 'review', 'bad', 5, 5, -0.5, 'negative', 0.9, 'fast', 'vader@1'),
	('shop', 'edited', 2, 1000, 0, 'review', 'good', 5, 5, 0.5, 'positive', 0.9, 'fast', 'vader@1'),
	('shop', 'edited', 2, 1000, 0, 'review', 'good', 5, 5, 0.5, 'positive', 0.9, 'fast', 'vader@1'),
	('shop', 'gone', 1, 1000, 0, 'review', 'gone', NULL, NULL, 0.5, 'positive', 0.9, 'fast', 'vader@1'),
	('shop', 'gone', 2, 1000, 1, '', '', NULL, NULL, 0, '', 0, '', '')`

func TestMigrateKeepsTheRowsOfOlderSchemas(t *testing.T) {
	for old := 1; old < LatestVersion(); old++ {
		t.Run(fmt.Sprintf("from %d", old), func(t *testing.T) {
			s := openStore(t)
			stop := errors.New("stop")
			_, err := s.migrate(t.Context(), func(m Migration, _ int) error {
				if m.Version > old {
					return stop
				}
				return nil
			})
			if v, vErr := s.SchemaVersion(t.Context()); !errors.Is(err, stop) || vErr != nil || v != old {
				t.Fatalf("schema %d, %v, %v; want %d", v, err, vErr, old)
			}
			exec(t, s, rowsOfVersion1)
			if old >= 7 { // whose writer said which hours it had changed
				if err := s.open(t.Context(), &hourly, map[int64]struct{}{0: {}}); err != nil {
					t.Fatal(err)
				}
			}
			if applied, err := s.Migrate(t.Context()); err != nil || len(applied) != LatestVersion()-old {
				t.Fatalf("applied %v, %v", applied, err)
			}
			for _, f := range s.Check(t.Context()) {
				if f.Severity == pipeline.Unsafe {
					t.Errorf("the doctor finds %+v", f)
				}
			}
			const rows = "SELECT id, version, text, rating, score, label, model, score_text_mismatch, score_first, score_last, score_worst FROM feedback ORDER BY id"
			kept := `{"id":"edited","version":2,"text":"good","rating":5,"score":0.5,"label":"positive","model":"vader@1",
				"score_text_mismatch":false,"score_first":null,"score_last":null,"score_worst":null}`
			compare(t, jsonRows(t, s, rows), kept)
			checkRollups(t, s)

			exec(t, s, rowsOfVersion1) // by a process that has not been upgraded yet
			compare(t, jsonRows(t, s, rows), kept)

			it := maximalItem() // a later version of the same item
			it.Feedback.Source, it.Feedback.ID, it.Feedback.Version = "shop", "edited", 3
			write(t, s, it)
			compare(t, jsonRows(t, s, "SELECT version, score_text_mismatch, score_first, score_last, score_worst FROM feedback"),
				`{"version":3,"score_text_mismatch":true,"score_first":-0.75,"score_last":0.5,"score_worst":-1}`)
			checkRollups(t, s)
		})
	}
}

// checkRollups compares sentiment_hourly with the rows, cell by cell.
func checkRollups(t *testing.T, s *Store) {
	t.Helper()
	v, err := s.compareCells(t.Context(), Period{time.UnixMilli(0), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("roll-ups: %v, %v", v.Differences, err)
	}
}

func TestMigrateByManyAtOnceIsHarmless(t *testing.T) {
	o := testOptions(t)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			s, err := Open(o)
			if err == nil {
				defer func() { _ = s.Close() }()
				_, err = s.Migrate(t.Context())
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.CheckSchema(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count() FROM schema_migrations FINAL"); n != uint64(LatestVersion()) {
		t.Fatalf("%d migrations recorded, want %d", n, LatestVersion())
	}
}

func TestNewerSchemaIsLeftAlone(t *testing.T) {
	s := newStore(t)
	newer := LatestVersion() + 1
	exec(t, s, fmt.Sprintf("INSERT INTO schema_migrations (version, name) VALUES (%d, 'from the future')", newer))
	for name, run := range map[string]func(context.Context) error{
		"migrate": func(ctx context.Context) error { _, err := s.Migrate(ctx); return err },
		"pending": func(ctx context.Context) error { _, err := s.Pending(ctx); return err },
		"check":   s.CheckSchema,
	} {
		var schema *SchemaError
		err := run(t.Context())
		want := fmt.Sprintf("database %s has schema %d, this earshot knows up to %d: upgrade earshot", s.Database(), newer, LatestVersion())
		if !errors.As(err, &schema) || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestEveryColumnTableAndViewHasAComment(t *testing.T) {
	s := newStore(t)
	for _, row := range jsonRows(t, s, "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND trim(comment) = ''") {
		t.Errorf("column %s.%s has no comment", row["table"], row["name"])
	}
	for _, row := range jsonRows(t, s, "SELECT name FROM system.tables WHERE database = currentDatabase() AND trim(comment) = ''") {
		t.Errorf("%s has no comment", row["name"])
	}
	if n := count(t, s, "SELECT count() FROM system.columns WHERE database = currentDatabase()"); n < 100 {
		t.Errorf("only %d columns seen", n)
	}
}

func TestWriterWritesEveryColumnThatTheServerDoesNotWorkOut(t *testing.T) {
	s := newStore(t)
	written := map[string]string{}
	for _, c := range columns() {
		written[c.name] = c.typ
	}
	rows := jsonRows(t, s, "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = 'feedback_store' AND default_kind = ''")
	for _, row := range rows {
		name := row["name"].(string)
		if typ, there := written[name]; !there || !sameType(typ, row["type"].(string)) {
			t.Errorf("column %s is %s, the writer writes %q", name, row["type"], typ)
		}
	}
	if len(rows) != len(written) {
		t.Errorf("%d columns to write, the writer writes %d", len(rows), len(written))
	}
}

func TestMigrationFilesAreNumberedWithoutGaps(t *testing.T) {
	for name, files := range map[string][]string{
		"gap":       {"schema/00001_a.sql", "schema/00003_b.sql"},
		"twice":     {"schema/00001_a.sql", "schema/00001_b.sql"},
		"no number": {"schema/a.sql"},
		"from zero": {"schema/00000_a.sql"},
	} {
		fsys := fstest.MapFS{}
		for _, f := range files {
			fsys[f] = &fstest.MapFile{Data: []byte("SELECT 1;\n")}
		}
		if _, err := migrations(fsys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestStatementsEndWithASemicolonAtTheEndOfALine(t *testing.T) {
	m := Migration{SQL: "-- a comment\n\nSELECT ';'\n  -- within\n  , 1;\n\nSELECT 2;  \n-- the end\n"}
	got := m.statements()
	want := []string{"SELECT ';'\n  -- within\n  , 1", "SELECT 2"}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("got %q, want %q", got, want)
	}
	all, err := migrations(schemaFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		for _, sql := range m.statements() {
			// Tables by hour and day replace rows by their key: filling them again is harmless.
			fills := strings.HasPrefix(sql, "INSERT INTO hourly_items ") || strings.HasPrefix(sql, "INSERT INTO hours ") || strings.HasPrefix(sql, "INSERT INTO days ")
			if !fills && !strings.Contains(sql, "IF NOT EXISTS") && !strings.Contains(sql, "OR REPLACE") && !strings.Contains(sql, "IF EXISTS") {
				t.Errorf("migration %d: %.60s… cannot be repeated", m.Version, sql)
			}
		}
	}
}
