package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// UnfinishedError says that a replay has not heard everything yet.
type UnfinishedError struct{ Replay *Replay }

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("replay %s has heard %d of %d items: run it again to let it go on, and publish it then", e.Replay.Shadow, e.Replay.Heard, e.Replay.Of)
}

// PublishShadow lets what a shadow run heard replace what everybody sees, in one
// step: a query of feedback sees all of it or nothing. Items that have changed since
// they were heard keep what they have, and so do those that the run did not hear. It
// returns how many were replaced. Publishing again changes nothing, and brings to its
// end what an earlier call has left half done.
//
// The rows are made in a table of their own, which has the structure of
// feedback_store, and attached to it as one partition. They replace those of the
// same version by their higher revision. Attaching feeds no view: what roll-ups count
// follows in the same way, made of the rows that then are there.
func (s *Store) PublishShadow(ctx context.Context, name string) (items int64, err error) {
	replay, err := s.Replay(ctx, name)
	if err != nil {
		return 0, err
	}
	if replay != nil && replay.State == ReplayRunning {
		return 0, &UnfinishedError{replay}
	}
	if err := s.needShadow(ctx, name); err != nil {
		return 0, err
	}
	p := &publication{store: s, shadow: name, atOnce: publishAtOnce}
	defer func() {
		if err != nil {
			p.clean(ctx)
		}
	}()
	for _, step := range p.steps() {
		if err := step.do(ctx); err != nil {
			return 0, s.classify(ctx, "publishing shadow "+name+": "+step.what, err)
		}
	}
	if replay == nil {
		return p.items, nil
	}
	replay.State, replay.Published = ReplayPublished, max(p.items, replay.Published)
	return p.items, s.SaveReplay(ctx, replay)
}

// publication is a shadow on its way to everybody. Its steps can be broken off
// anywhere and begun again.
type publication struct {
	store  *Store
	shadow string
	atOnce int   // items that become rows in one statement
	items  int64 // that are replaced
}

type step struct {
	what string
	do   func(context.Context) error
}

func (p *publication) steps() []step {
	items, hourly := quoteName("publish_"+p.shadow), quoteName("publish_hourly_"+p.shadow)
	run := func(statements ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			for _, sql := range statements {
				if err := p.exec(ctx, sql); err != nil {
					return err
				}
			}
			return nil
		}
	}
	drop := run("DROP TABLE IF EXISTS "+items, "DROP TABLE IF EXISTS "+hourly)
	return []step{
		{"dropping what is left over", drop},
		{"making tables", run("CREATE TABLE "+items+" AS feedback_store", "CREATE TABLE "+hourly+" AS hourly_items")},
		{"making the rows", func(ctx context.Context) error { return p.stage(ctx, items) }},
		{"swapping them in", run("ALTER TABLE feedback_store ATTACH PARTITION tuple() FROM " + items)},
		{"making the items of roll-ups", func(ctx context.Context) error { return p.stageHourly(ctx, hourly) }},
		{"swapping these in", run("ALTER TABLE hourly_items ATTACH PARTITION tuple() FROM " + hourly)},
		// The cells that were computed before are of another analysis.
		{"opening the hours", func(ctx context.Context) error { return p.store.openHoursIn(ctx, hourly) }},
		{"dropping the tables", drop},
	}
}

func (p *publication) exec(ctx context.Context, sql string, args ...any) error {
	return p.store.conn.Exec(p.store.untilEnd(ctx, map[string]any{"async_insert": 0}), sql, args...)
}

// clean drops what a publication that failed leaves over, if it can: the next one does
// it otherwise.
func (p *publication) clean(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTimeout)
	defer cancel()
	steps := p.steps()
	_ = steps[len(steps)-1].do(ctx)
}

const cleanTimeout = 10 * time.Second

// publishAtOnce items a statement are as many as its join may hold in memory.
const publishAtOnce = 20_000

// stage makes the rows in the table that is attached.
func (p *publication) stage(ctx context.Context, table string) error {
	if err := p.each(ctx, func(after, until Key) error {
		part := slices.Concat(after.args(), until.args())
		return p.exec(ctx, p.store.publishSQL(table), slices.Concat([]any{p.shadow}, part, part)...)
	}); err != nil {
		return err
	}
	var n uint64
	if err := p.store.conn.QueryRow(ctx, "SELECT count() FROM "+table).Scan(&n); err != nil {
		return err
	}
	p.items = int64(n)
	return nil
}

// stageHourly makes what hourly_items is to hold of the items of the shadow: of all, as
// they are now, also of those that were swapped in by a publication that ended there.
// What is written meanwhile has a higher rank, here too.
func (p *publication) stageHourly(ctx context.Context, table string) error {
	return p.each(ctx, func(after, until Key) error {
		part := slices.Concat(after.args(), until.args())
		return p.exec(ctx, "INSERT INTO "+table+" ("+hourlyItemColumns+") SELECT "+hourlyItem+`
			FROM feedback_store FINAL
			WHERE is_deleted = 0 AND `+within+` AND (source, id) IN (SELECT source, id FROM shadow_store WHERE shadow = ? AND `+within+")",
			slices.Concat(part, []any{p.shadow}, part)...)
	})
}

// each goes through the items of the shadow in the order of source and id: do gets
// atOnce of them, or what is left.
func (p *publication) each(ctx context.Context, do func(after, until Key) error) error {
	return p.store.stretches(ctx, "shadow_store", "shadow = ?", []any{p.shadow}, Key{}, p.atOnce, do)
}

// within restricts a table to the items behind one up to and including another.
const within = behind + " AND " + upTo

// publishSQL makes the rows: of the item all that the record says, unless it was read
// again, of the shadow run what it heard.
func (s *Store) publishSQL(table string) string {
	var names, values []string
	for _, c := range columns() {
		value := "f." + c.name
		switch {
		case slices.Contains(analysed, c.name):
			value = "s." + c.name
		case slices.Contains(stated, c.name):
			value = fmt.Sprintf("if(s.reread, s.%s, f.%s)", c.name, c.name)
		}
		names, values = append(names, c.name), append(values, value)
	}
	return "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ", revision) SELECT " + strings.Join(values, ", ") + `, f.revision + 1
		FROM (SELECT * FROM shadow_store FINAL WHERE shadow = ? AND ` + within + `) AS s
		INNER JOIN (SELECT *, rank FROM feedback_store FINAL WHERE is_deleted = 0 AND ` + within + `) AS f ON s.source = f.source AND s.id = f.id
		WHERE s.rank = f.rank AND f.revision < ` + fmt.Sprint(maxRevision)
}

// maxRevision is the most that the rank has room for.
const maxRevision = 1<<12 - 1
