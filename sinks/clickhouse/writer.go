package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"sync"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

var _ pipeline.Writer = (*Writer)(nil)

// Writer inserts items into feedback_store. What may be relied on:
//
//   - A Write is one insert of one block into a table without partitions: all
//     of its rows are stored, or none. The same insert feeds hourly_items; where
//     it fails between the two, it returns an error.
//   - Roll-ups count what was written once Settle has returned nil after it.
//   - Write returns nil only after the server has stored the rows, not merely
//     queued them: async_insert is off whatever the user's profile says. What
//     a crash of the server's machine leaves of them is up to the server's
//     fsync and replication settings.
//   - After an error the rows may or may not be stored. Writing them again, in
//     the same batch or another, in any order and next to any others, leaves
//     the views as if each had been written once: rows replace one another by
//     identity, and of an item's versions the highest stays.
//   - A withdrawn item is stored as a tombstone, which outlives merges, so
//     that an older record that is delivered late does not bring it back.
//   - An item that no column could hold gets a Rejection (unwritable) and is
//     left out; the others are written.
//
// Errors that may pass are marked with pipeline.Retriable.
//
// A Writer is safe for concurrent use.
type Writer struct {
	store      *Store
	table      *inserter[row]
	tombstones *inserter[tombstone]
	touched    touched
}

// Writer returns a writer into the store's feedback_store.
func (s *Store) Writer() *Writer {
	return &Writer{
		store: s, table: newInserter(s, "feedback_store", columns()), tombstones: newInserter(s, "hourly_items", tombstoneColumns()),
		touched: touched{identities: map[uint32]struct{}{}, hours: map[int64]struct{}{}},
	}
}

// Write stores every item that has no Rejection; see Writer. Without such
// items it does nothing.
func (w *Writer) Write(ctx context.Context, items []*pipeline.Item) error {
	rows := w.rows(items)
	if err := w.table.write(ctx, rows); err != nil {
		return err
	}
	w.touched.add(rows)
	return nil
}

// inserter inserts values of T into a table, in one block.
type inserter[T any] struct {
	store    *Store
	name     string
	columns  []column[T]
	types    []ch.ColumnNameAndType
	insert   string
	encoders sync.Pool
}

func newInserter[T any](s *Store, table string, columns []column[T]) *inserter[T] {
	w := &inserter[T]{store: s, name: table, columns: columns}
	names := make([]string, len(w.columns))
	for i, c := range w.columns {
		names[i] = c.name
		w.types = append(w.types, ch.ColumnNameAndType{Name: c.name, Type: c.typ})
	}
	w.insert = "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ")"
	w.encoders.New = func() any { return newEncoder() }
	return w
}

func (w *inserter[T]) write(ctx context.Context, rows []*T) error {
	if len(rows) == 0 {
		return nil
	}
	insertCtx, cancel := context.WithTimeoutCause(ctx, w.store.options.WriteTimeout,
		fmt.Errorf("no answer within %s", w.store.options.WriteTimeout))
	defer cancel()
	// Without the types, the driver asks the server for them before each
	// insert over HTTP. Over the native protocol the server tells unasked.
	insertCtx = ch.Context(w.store.untilEnd(insertCtx, insertSettings()), ch.WithColumnNamesAndTypes(w.types))

	batch, err := w.store.conn.PrepareBatch(insertCtx, w.insert)
	if err != nil {
		return w.failed(ctx, insertCtx, err)
	}
	if err := w.fill(batch, rows); err != nil {
		// Close would end the statement as if it were complete.
		_ = batch.Abort()
		return err
	}
	pipeline.FaultPoint("inserting")
	if err := batch.Send(); err != nil {
		return w.failed(ctx, insertCtx, err)
	}
	pipeline.FaultPoint("inserted")
	return nil
}

// insertSettings are those of an insert. Deduplicating the batch before it is
// written would take four times as long as writing it, and the views, which
// read FINAL, do it again.
func insertSettings() ch.Settings {
	return ch.Settings{"async_insert": 0, "optimize_on_insert": 0}
}

// failed classifies err; where the insert's own time limit ended it, it says
// so.
func (w *inserter[T]) failed(ctx, insertCtx context.Context, err error) error {
	if ctx.Err() == nil && insertCtx.Err() != nil {
		return pipeline.Retriable(fmt.Errorf("clickhouse insert at %s: %w", w.store.endpoint, context.Cause(insertCtx)))
	}
	return w.store.classify(ctx, "insert", err)
}

// rows makes the rows of a batch, and the Rejections of those that cannot be.
func (w *Writer) rows(items []*pipeline.Item) []*row {
	now := w.store.options.Now()
	all := make([]row, 0, len(items))
	for _, item := range items {
		if item.Rejection != nil {
			continue
		}
		if item.Rejection = unwritable(item); item.Rejection == nil {
			all = append(all, newRow(item, now))
		}
	}
	rows := make([]*row, len(all))
	for i := range all {
		rows[i] = &all[i]
	}
	return rows
}

// fill puts the rows into the batch, column by column.
func (w *inserter[T]) fill(batch driver.Batch, rows []*T) error {
	e := w.encoders.Get().(*encoder)
	targets := batch.Columns()
	if len(targets) != len(w.columns) {
		return fmt.Errorf("clickhouse insert: the server wants %d columns, earshot writes %d: run `earshot check`", len(targets), len(w.columns))
	}
	for i, c := range w.columns {
		target := targets[i]
		if !sameType(string(target.Type()), c.typ) || target.Name() != c.name {
			return fmt.Errorf("clickhouse insert: column %s of %s is %s, earshot writes %s: run `earshot check`", target.Name(), w.name, target.Type(), c.typ)
		}
		c.fill(e, rows)
		if err := target.Decode(e.take(), len(rows)); err != nil {
			return fmt.Errorf("clickhouse insert: column %s: %w", c.name, err)
		}
		// The driver sends a block whose columns differ in length as an empty
		// one, and reports success.
		if target.Rows() != len(rows) || len(e.feed.rest) != 0 {
			return fmt.Errorf("clickhouse insert: column %s: %d of %d rows encoded", c.name, target.Rows(), len(rows))
		}
	}
	// Only here: after a failure the reader may hold the rest of a column.
	if cap(e.buf) <= maxKeptBuffer {
		w.encoders.Put(e)
	}
	return nil
}

// maxKeptBuffer bounds the buffer that waits for the next batch, so that one
// huge batch does not hold its memory for ever.
const maxKeptBuffer = 16 << 20

// sameType compares types as servers of different versions write them: newer
// ones put names inside of tuples between backquotes when they are keywords.
func sameType(a, b string) bool {
	if a == b {
		return true
	}
	plain := strings.NewReplacer("`", "", " ", "")
	return plain.Replace(a) == plain.Replace(b)
}
