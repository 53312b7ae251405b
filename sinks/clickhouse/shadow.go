package clickhouse

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ShadowWriter keeps what a shadow run heard, beside what everybody sees. Writing
// the same items again is harmless. It is safe for concurrent use.
type ShadowWriter struct {
	store *Store
	name  string
	table *inserter[row]
}

var shadowName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$`)

// ShadowWriter returns a writer for the shadow run of a name: letters, digits, "_",
// "." and "-", 64 at most.
func (s *Store) ShadowWriter(name string) (*ShadowWriter, error) {
	if !shadowName.MatchString(name) {
		return nil, fmt.Errorf("shadow %q: a name has letters, digits, _, . and -, 64 at most", name)
	}
	return &ShadowWriter{store: s, name: name, table: newInserter(s, "shadow_store", shadowColumns())}, nil
}

// shadowColumns are those that an analysis fills, behind the key and the rank of the
// version that was heard.
func shadowColumns() []column[row] {
	list := []column[row]{
		{"shadow", typeWord, lowCardinality(func(r *row) string { return r.shadow })},
		{"rank", "UInt256", func(e *encoder, rows []*row) {
			for _, r := range rows {
				e.buf = append(e.buf, r.rank[:]...)
			}
		}},
		{"heard_at", typeTime, uint64s(func(r *row) uint64 { return uint64(r.ingestedAt) })},
	}
	names := append([]string{"source", "id"}, analysed...)
	for _, c := range columns() {
		if slices.Contains(names, c.name) {
			list = append(list, c)
		}
	}
	return list
}

// analysed are the columns that a shadow run hears anew, and that publishing it
// replaces.
var analysed = []string{
	"language", "touchpoint", "stage", "score", "label", "mixed", "confidence", "score_text_mismatch", "score_first", "score_last", "score_worst",
	"sentences", "effort", "emotion", "emotions", "intents", "urgency", "signals", "mentions", "targets", "noise", "tier", "model", "taxonomy",
}

// Write keeps the analyses of items. Those that no column could hold get a
// Rejection and are left out.
func (w *ShadowWriter) Write(ctx context.Context, items []*Stored) error {
	now := w.store.options.Now()
	rows := make([]*row, 0, len(items))
	for _, item := range items {
		if item.Rejection != nil {
			continue
		}
		if item.Rejection = unwritable(&item.Item); item.Rejection != nil {
			continue
		}
		r := newRow(&item.Item, now)
		r.shadow, r.rank = w.name, item.Rank
		rows = append(rows, &r)
	}
	return w.table.write(ctx, rows)
}

// NoShadowError says that there is no shadow run of a name.
type NoShadowError struct{ Name string }

func (e *NoShadowError) Error() string {
	return fmt.Sprintf("there is no shadow run %q: `earshot replay --shadow %s` makes one; SELECT DISTINCT shadow FROM shadow_diff lists those there are", e.Name, e.Name)
}

// PublishShadow lets the analyses of a shadow run replace those that everybody
// sees, in one step: a query sees all of them or none. Items that have changed
// since they were heard keep what they have, and so do those that the run did not
// hear. It returns how many were replaced. Publishing again changes nothing.
//
// The rows are made in a table of their own, which has the structure of
// feedback_store, and attached to it as one partition. They replace those of the
// same version by their higher revision.
func (s *Store) PublishShadow(ctx context.Context, name string) (items int64, err error) {
	if err := s.needShadow(ctx, name); err != nil {
		return 0, err
	}
	staging := quoteName("publish_" + name)
	run := func(what, sql string, args ...any) error {
		if err := s.conn.Exec(s.untilEnd(ctx, map[string]any{"async_insert": 0}), sql, args...); err != nil {
			return s.classify(ctx, "publishing shadow "+name+": "+what, err)
		}
		return nil
	}
	drop := func() error { return run("dropping what is left over", "DROP TABLE IF EXISTS "+staging) }
	if err := drop(); err != nil {
		return 0, err
	}
	if err := run("making a table", "CREATE TABLE "+staging+" AS feedback_store"); err != nil {
		return 0, err
	}
	defer func() {
		if dropErr := drop(); err == nil {
			err = dropErr
		}
	}()
	if err := run("making the rows", s.publishSQL(staging), name); err != nil {
		return 0, err
	}
	var n uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM "+staging).Scan(&n); err != nil {
		return 0, s.classify(ctx, "publishing shadow "+name, err)
	}
	return int64(n), run("swapping them in", "ALTER TABLE feedback_store ATTACH PARTITION tuple() FROM "+staging)
}

// publishSQL makes the rows: of the item all that the record says, of the shadow run
// what it heard.
func (s *Store) publishSQL(staging string) string {
	var names, values []string
	for _, c := range columns() {
		value := "f." + c.name
		if slices.Contains(analysed, c.name) {
			value = "s." + c.name
		}
		names, values = append(names, c.name), append(values, value)
	}
	return "INSERT INTO " + staging + " (" + strings.Join(names, ", ") + ", revision) SELECT " + strings.Join(values, ", ") + `, f.revision + 1
		FROM (SELECT * FROM shadow_store FINAL WHERE shadow = ?) AS s
		INNER JOIN (SELECT *, rank FROM feedback_store FINAL WHERE is_deleted = 0) AS f ON s.source = f.source AND s.id = f.id
		WHERE s.rank = f.rank AND f.revision < ` + fmt.Sprint(maxRevision)
}

// maxRevision is the most that the rank has room for.
const maxRevision = 1<<12 - 1

// DropShadow forgets a shadow run.
func (s *Store) DropShadow(ctx context.Context, name string) error {
	if err := s.needShadow(ctx, name); err != nil {
		return err
	}
	if err := s.conn.Exec(s.untilEnd(ctx, nil), "ALTER TABLE shadow_store DROP PARTITION ?", name); err != nil {
		return s.classify(ctx, "dropping shadow "+name, err)
	}
	return nil
}

func (s *Store) needShadow(ctx context.Context, name string) error {
	var n uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM shadow_store WHERE shadow = ?", name).Scan(&n); err != nil {
		return s.classify(ctx, "shadow "+name, err)
	}
	if n == 0 {
		return &NoShadowError{name}
	}
	return nil
}
