package clickhouse

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
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

// shadowColumns are those that an analysis fills and those that the record states,
// behind the key and the rank of the version that was heard.
func shadowColumns() []column[row] {
	list := []column[row]{
		{"shadow", typeWord, lowCardinality(func(r *row) string { return r.shadow })},
		{"rank", "UInt256", ranks(func(r *row) Rank { return r.rank })},
		{"heard_at", typeTime, uint64s(func(r *row) uint64 { return uint64(r.ingestedAt) })},
		{"reread", "Bool", bools(func(r *row) bool { return r.reread })},
	}
	names := slices.Concat([]string{"source", "id"}, analysed, stated)
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

// stated are the columns that say what the record says, as mappings and redaction made
// it. Where a record was read again, publishing replaces them, too: the offsets of what
// was heard are of its text. What identifies and orders versions is not among them.
var stated = []string{
	"channel", "customer", "segment", "product", "location", "platform", "url", "reply_to", "likes", "shares", "title", "text", "turns",
	"rating", "rating_max", "nps", "csat", "ces", "pii", "flags", "attributes", "stated_language", "stated_stage", "stated_touchpoint",
}

// Write keeps the analyses of items, and of those that were read again what their
// records say. Those that no column could hold get a Rejection and are left out.
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
		r.shadow, r.rank, r.reread = w.name, item.Rank, item.Reread
		if !item.Reread { // what the store has is not kept twice
			r.f, r.text, r.attributes = &pipeline.Feedback{Source: r.f.Source, ID: r.f.ID}, "", nil
		}
		rows = append(rows, &r)
	}
	return w.table.write(ctx, rows)
}

// NoShadowError says that there is no shadow run of a name.
type NoShadowError struct{ Name string }

func (e *NoShadowError) Error() string {
	return fmt.Sprintf("there is no shadow run %q: `earshot replay --shadow %s` makes one; SELECT DISTINCT shadow FROM shadow_diff lists those there are", e.Name, e.Name)
}

// Heard returns the ranks of what a shadow holds, by item: of those behind after up to
// and including until, in the order of source and id.
func (w *ShadowWriter) Heard(ctx context.Context, after, until Key) (heard map[Key]Rank, err error) {
	heard = map[Key]Rank{}
	err = w.store.each(ctx, "shadow "+w.name, `SELECT source, id, reinterpret(rank, 'FixedString(32)')
FROM shadow_store FINAL
WHERE shadow = ? AND `+behind+" AND "+upTo, slices.Concat([]any{w.name}, after.args(), until.args()), func(rows driver.Rows) error {
		var key Key
		var rank Rank
		if err := rows.Scan(&key.Source, &key.ID, &rank); err != nil {
			return err
		}
		heard[key] = rank
		return nil
	})
	return heard, err
}

// Size counts the items of the shadow, and those of them that were read again.
func (w *ShadowWriter) Size(ctx context.Context) (items, reread int64, err error) {
	var all, some uint64
	if err := w.store.conn.QueryRow(ctx, "SELECT count(), countIf(reread) FROM shadow_store FINAL WHERE shadow = ?", w.name).Scan(&all, &some); err != nil {
		return 0, 0, w.store.classify(ctx, "shadow "+w.name, err)
	}
	return int64(all), int64(some), nil
}

// Clear forgets all that the shadow holds.
func (w *ShadowWriter) Clear(ctx context.Context) error {
	if err := w.store.conn.Exec(w.store.untilEnd(ctx, nil), "ALTER TABLE shadow_store DROP PARTITION ?", w.name); err != nil {
		return w.store.classify(ctx, "clearing shadow "+w.name, err)
	}
	return nil
}

// DropShadow forgets a shadow run.
func (s *Store) DropShadow(ctx context.Context, name string) error {
	if err := s.needShadow(ctx, name); err != nil {
		return err
	}
	w, err := s.ShadowWriter(name)
	if err != nil {
		return err
	}
	r, err := s.Replay(ctx, name)
	if err != nil {
		return err
	}
	// First of all the replay is none any more that could go on without its shadow.
	if r != nil && r.State != ReplayPublished {
		r.State = ReplayDropped
		if err := s.SaveReplay(ctx, r); err != nil {
			return err
		}
	}
	return w.Clear(ctx)
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
