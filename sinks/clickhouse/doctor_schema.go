package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"earshot/pipeline"
)

// schema reports whether migrations are pending.
func (d *doctor) schema(ctx context.Context) (pending bool) {
	has, err := d.store.SchemaVersion(ctx)
	if err != nil {
		d.unknown(ctx, "schema", quoteName(d.store.options.Database)+".schema_migrations", err)
		return false
	}
	known := LatestVersion()
	if has == known {
		d.add(pipeline.OK, "schema", fmt.Sprintf("version %d", has), "")
		return false
	}
	fix := "Run `earshot migrate`."
	if has > known {
		fix = "Upgrade earshot."
	}
	d.add(pipeline.Unsafe, "schema", (&SchemaError{Database: d.store.options.Database, Has: has, Known: known}).Error(), fix)
	return has < known
}

// engine looks at what makes duplicates and edits disappear.
func (d *doctor) engine(ctx context.Context) {
	var engine, full, sorting, partition string
	rows, err := d.conn.Query(ctx, "SELECT engine, engine_full, sorting_key, partition_key FROM system.tables WHERE database = ? AND name = 'feedback_store'", d.store.options.Database)
	if err != nil {
		d.unknown(ctx, "feedback_store", "system.tables", err)
		return
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			d.unknown(ctx, "feedback_store", "system.tables", err)
			return
		}
		d.add(pipeline.Unsafe, "feedback_store", "the table is missing", "Run `earshot migrate`; where that says that nothing is pending, drop schema_migrations and run it again.")
		return
	}
	if err := rows.Scan(&engine, &full, &sorting, &partition); err != nil {
		d.unknown(ctx, "feedback_store", "system.tables", err)
		return
	}
	d.findings = append(d.findings, checkEngine(engine, full, sorting, partition)...)
}

const recreate = "Stop earshot, rename feedback_store, drop schema_migrations, run `earshot migrate`, and copy the rows over with INSERT … SELECT."

func checkEngine(engine, full, sorting, partition string) []pipeline.Finding {
	var found []pipeline.Finding
	bad := func(format string, args ...any) {
		found = append(found, pipeline.Finding{Severity: pipeline.Unsafe, Subject: "feedback_store", Detail: fmt.Sprintf(format, args...), Fix: recreate})
	}
	parameters, _, _ := strings.Cut(full, ")")
	switch {
	case !strings.HasSuffix(engine, "ReplacingMergeTree"):
		bad("its engine %s does not replace rows: duplicates and edits would count twice", engine)
	case !strings.HasSuffix(strings.ReplaceAll(parameters, " ", ""), "rank,is_deleted"):
		bad("its engine %s) does not decide by rank and is_deleted: old versions could win and withdrawn feedback show", parameters)
	}
	if sorting != "source, id" {
		bad("its sorting key is (%s) and not (source, id): rows that should replace one another stand side by side", sorting)
	}
	if partition != "" {
		bad("it is partitioned by %s: a row never replaces one in another partition, and an insert into several is not atomic", partition)
	}
	if found == nil {
		found = append(found, pipeline.Finding{Severity: pipeline.OK, Subject: "feedback_store", Detail: engine + " by rank over (source, id)"})
	}
	return found
}

// rollups looks at what makes duplicates and edits disappear from roll-ups.
func (d *doctor) rollups(ctx context.Context) {
	const subject = "roll-ups"
	wanted := map[string]string{"hourly_items": "ReplacingMergeTree", "hours": "ReplacingMergeTree", "hourly_items_feed": "MaterializedView"}
	rows, err := d.conn.Query(ctx, "SELECT name, engine FROM system.tables WHERE database = ? AND name IN ('hourly_items', 'hours', 'hourly_items_feed')", d.store.options.Database)
	if err != nil {
		d.unknown(ctx, subject, "system.tables", err)
		return
	}
	defer func() { _ = rows.Close() }()
	right := 0
	for rows.Next() {
		var name, engine string
		if err := rows.Scan(&name, &engine); err != nil {
			d.unknown(ctx, subject, "system.tables", err)
			return
		}
		if strings.HasSuffix(engine, wanted[name]) {
			right++
			continue
		}
		d.add(pipeline.Unsafe, subject, fmt.Sprintf("the engine of %s is %s and not %s: retries would count", name, engine, wanted[name]),
			"Stop earshot, drop "+name+" and schema_migrations, and run `earshot migrate`: it is made from feedback_store.")
	}
	if err := rows.Err(); err != nil {
		d.unknown(ctx, subject, "system.tables", err)
		return
	}
	if right == len(wanted) {
		d.add(pipeline.OK, subject, "count each item once", "")
	} else if right > 0 {
		d.add(pipeline.Unsafe, subject, fmt.Sprintf("%d of %d tables are right", right, len(wanted)), "Stop earshot, drop schema_migrations, and run `earshot migrate`; then `earshot check --verify --repair`.")
	}
}

// columns compares the table's columns with what the writer writes.
func (d *doctor) columns(ctx context.Context) {
	rows, err := d.conn.Query(ctx, "SELECT name, type FROM system.columns WHERE database = ? AND table = 'feedback_store'", d.store.options.Database)
	if err != nil {
		d.unknown(ctx, "columns", "system.columns", err)
		return
	}
	defer func() { _ = rows.Close() }()
	types := map[string]string{}
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			d.unknown(ctx, "columns", "system.columns", err)
			return
		}
		types[name] = typ
	}
	if err := rows.Err(); err != nil {
		d.unknown(ctx, "columns", "system.columns", err)
		return
	}
	if len(types) > 0 { // else the table is missing, which was said
		d.findings = append(d.findings, checkColumns(types)...)
	}
}

func checkColumns(types map[string]string) []pipeline.Finding {
	var missing []string
	var found []pipeline.Finding
	for _, c := range columns() {
		switch typ, there := types[c.name]; {
		case !there:
			missing = append(missing, c.name)
		case !sameType(typ, c.typ):
			found = append(found, pipeline.Finding{Severity: pipeline.Unsafe, Subject: "columns", Detail: fmt.Sprintf("feedback_store.%s is %s, earshot writes %s", c.name, typ, c.typ),
				Fix: fmt.Sprintf("Run ALTER TABLE feedback_store MODIFY COLUMN %s %s.", c.name, c.typ)})
		}
	}
	if missing != nil {
		slices.Sort(missing)
		found = append(found, pipeline.Finding{Severity: pipeline.Unsafe, Subject: "columns", Detail: "feedback_store has no column " + strings.Join(missing, ", "),
			Fix: "Rename what was renamed back with ALTER TABLE feedback_store RENAME COLUMN, or add what was dropped with ADD COLUMN as the schema has it."})
	}
	if found == nil {
		found = append(found, pipeline.Finding{Severity: pipeline.OK, Subject: "columns", Detail: "feedback_store has all that earshot writes"})
	}
	return found
}

// rights tries what the pipeline and the dashboards will do, on no rows.
// Trying is surer than reading grants, which roles and row policies hide.
func (d *doctor) rights(ctx context.Context) {
	database := quoteName(d.store.options.Database)
	try := func(subject, sql, fix string) {
		err := d.conn.Exec(d.store.untilEnd(ctx, nil), sql)
		switch code := exceptionCode(err); {
		case err == nil:
			d.add(pipeline.OK, subject, "allowed", "")
		case code == codeUnknownTable:
			d.add(pipeline.Unsafe, subject, firstLine(err.Error()), "Run `earshot migrate`; where that says that nothing is pending, drop schema_migrations and run it again.")
		case code == codeAccessDenied || code == codeReadonly:
			d.add(pipeline.Unsafe, subject, "not allowed: "+d.store.classify(ctx, "check", err).Error(), fix)
		default:
			d.add(pipeline.Unsafe, subject, "fails: "+d.store.classify(ctx, "check", err).Error(), "Do what the message says; `earshot migrate` repairs views only when it has something to migrate.")
		}
	}
	user := d.store.options.Username
	if user == "" {
		user = "default"
	}
	grant := fmt.Sprintf("Run GRANT INSERT, SELECT ON %s.* TO %s.", database, quoteName(user))
	try("insert", "INSERT INTO "+database+".feedback_store (source, id) SELECT '', '' WHERE 0", grant)
	for _, t := range []struct{ table, column string }{{"hourly_items", "id"}, {"hours", "hour"}, {"sentiment_hourly_store", "hour"}, {"dead_letter_store", "kafka_topic"}} {
		try("insert into "+t.table, "INSERT INTO "+database+"."+t.table+" ("+t.column+") SELECT "+t.column+" FROM "+database+"."+t.table+" WHERE 0", grant)
	}
	for _, view := range []string{"feedback", "mentions", "sentiment_hourly", "dead_letters", "emerging"} {
		try("select from "+view, "SELECT * FROM "+database+"."+view+" LIMIT 0",
			fmt.Sprintf("Run GRANT SELECT ON %s.* TO %s.", database, quoteName(user)))
	}
}

// rightToMigrate looks at the rights of `earshot migrate`, which may well be
// run by another user: only where something is pending do they matter.
func (d *doctor) rightToMigrate(ctx context.Context, pending bool) {
	if !pending {
		return
	}
	var lacking []string
	for _, right := range []string{"CREATE DATABASE", "CREATE TABLE", "ALTER ADD COLUMN", "CREATE VIEW", "DROP VIEW", "INSERT"} {
		var granted uint8
		err := d.conn.QueryRow(ctx, "CHECK GRANT "+right+" ON "+quoteName(d.store.options.Database)+".*").Scan(&granted)
		if err != nil {
			return // the statement is younger than the oldest server that earshot takes
		}
		if granted == 0 {
			lacking = append(lacking, right)
		}
	}
	if lacking != nil {
		d.add(pipeline.Warning, "migrate", "the user lacks "+strings.Join(lacking, ", "),
			"Run `earshot migrate` as a user who has them, or grant them.")
	}
}
