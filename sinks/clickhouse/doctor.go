package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// Limits of what the doctor lets pass. The server's clock stamps nothing that
// counts, but lateness and dashboards compare it with ours.
const (
	oldestMajor, oldestMinor = 24, 8

	skewWarning, skewUnsafe = 5 * time.Second, time.Minute

	freeWarning, freeUnsafe = 0.10, 0.02 // shares of a disk
	freeEnough              = 50 << 30   // bytes, whatever the share

	partsWarning = 500           // ClickHouse slows inserts down at 1,000
	stuckMerge   = 2 * time.Hour // no merge of a healthy server takes as long
)

// Check examines the server, the schema and the rights of the user as the
// pipeline will need them, without changing anything. It returns one finding
// or more for each thing it looked at, those that are well included; where it
// cannot connect, that alone.
func (s *Store) Check(ctx context.Context) []pipeline.Finding {
	// Without a current database: the one that is configured may not exist.
	conn, err := s.dial("")
	if err != nil {
		return []pipeline.Finding{s.unreachable(ctx, err)}
	}
	defer func() { _ = conn.Close() }()
	d := &doctor{store: s, conn: conn}

	server, err := d.server(ctx)
	if err != nil {
		return []pipeline.Finding{s.unreachable(ctx, err)}
	}
	d.add(pipeline.OK, "clickhouse.url", fmt.Sprintf("ClickHouse %s at %s, user %s", server.version, s.endpoint, server.user), "")
	d.findings = append(d.findings, checkVersion(server.version), checkSkew(server.skew, server.margin))
	d.settings(ctx)
	d.disks(ctx)

	there, err := databaseExists(ctx, conn, s.options.Database)
	if err != nil {
		d.unknown(ctx, "database", "system.databases", err)
		return d.findings
	}
	if !there {
		d.add(pipeline.Unsafe, "schema", (&SchemaError{Database: s.options.Database, Known: LatestVersion()}).Error(), "Run `earshot migrate`.")
		d.rightToMigrate(ctx, true)
		return d.findings
	}
	pending := d.schema(ctx)
	d.engine(ctx)
	d.columns(ctx)
	d.rights(ctx)
	d.rightToMigrate(ctx, pending)
	d.parts(ctx)
	return d.findings
}

// doctor collects the findings of one Check.
type doctor struct {
	store    *Store
	conn     driver.Conn // of no database
	findings []pipeline.Finding
}

func (d *doctor) add(severity pipeline.Severity, subject, detail, fix string) {
	d.findings = append(d.findings, pipeline.Finding{Severity: severity, Subject: subject, Detail: detail, Fix: fix})
}

// unknown reports that something could not be looked at.
func (d *doctor) unknown(ctx context.Context, subject, table string, err error) {
	fix := "Repeat the check; if it stays, look at the server's log."
	if exceptionCode(err) == codeAccessDenied {
		fix = "Run GRANT SELECT ON " + table + " TO the user of clickhouse.username to have it checked."
	}
	d.add(pipeline.Warning, subject, "cannot be checked: "+d.store.classify(ctx, "check", err).Error(), fix)
}

// serverFacts is what the server says of itself.
type serverFacts struct {
	version, user string
	skew, margin  time.Duration // the server's clock less ours, and half the round trip
}

// server makes the first contact; its errors are classified.
func (d *doctor) server(parent context.Context) (serverFacts, error) {
	ctx, cancel := context.WithTimeout(parent, d.store.contact)
	defer cancel()
	classify := func(err error) error {
		if parent.Err() == nil && ctx.Err() != nil {
			return fmt.Errorf("clickhouse check at %s: no answer within %s: %w", d.store.endpoint, d.store.contact, ctx.Err())
		}
		return d.store.classify(parent, "check", err)
	}
	// The first query connects; its time says nothing about the clocks.
	if err := d.conn.Ping(ctx); err != nil {
		return serverFacts{}, classify(err)
	}
	var f serverFacts
	var now time.Time
	before := d.store.options.Now()
	if err := d.conn.QueryRow(ctx, "SELECT version(), currentUser(), now64(3, 'UTC')").Scan(&f.version, &f.user, &now); err != nil {
		return serverFacts{}, classify(err)
	}
	f.margin = d.store.options.Now().Sub(before) / 2
	f.skew = now.Sub(before.Add(f.margin))
	return f, nil
}

func checkVersion(version string) pipeline.Finding {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return pipeline.Finding{Severity: pipeline.Warning, Subject: "version", Detail: fmt.Sprintf("the server's version %q cannot be read", version),
			Fix: fmt.Sprintf("Make sure that it is ClickHouse %d.%d or newer.", oldestMajor, oldestMinor)}
	}
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return pipeline.Finding{Severity: pipeline.Unsafe, Subject: "version",
			Detail: fmt.Sprintf("ClickHouse %s is older than %d.%d: withdrawn feedback may show again", version, oldestMajor, oldestMinor),
			Fix:    fmt.Sprintf("Upgrade ClickHouse to %d.%d or newer.", oldestMajor, oldestMinor)}
	}
	return pipeline.Finding{Severity: pipeline.OK, Subject: "version", Detail: fmt.Sprintf("%s, %d.%d or newer is needed", version, oldestMajor, oldestMinor)}
}

// checkSkew judges the server's clock, which is known to within margin.
func checkSkew(skew, margin time.Duration) pipeline.Finding {
	f := pipeline.Finding{Severity: pipeline.OK, Subject: "clock", Detail: "the server's clock agrees with this machine's"}
	off := skew.Abs() - margin
	if off <= skewWarning {
		return f
	}
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	f.Severity = pipeline.Warning
	if off > skewUnsafe {
		f.Severity = pipeline.Unsafe
	}
	f.Detail = fmt.Sprintf("the server's clock is %s %s this machine's", skew.Abs().Round(100*time.Millisecond), direction)
	f.Fix = "Synchronise both machines' clocks, with chrony or systemd-timesyncd."
	return f
}

// settings looks at what the user's settings profile says of inserts.
func (d *doctor) settings(ctx context.Context) {
	rows, err := d.conn.Query(ctx, "SELECT name, value, readonly FROM system.settings WHERE name IN ('async_insert', 'wait_for_async_insert', 'readonly')")
	if err != nil {
		d.unknown(ctx, "settings", "system.settings", err)
		return
	}
	defer func() { _ = rows.Close() }()
	value, fixed := map[string]string{}, map[string]bool{}
	for rows.Next() {
		var name, v string
		var readonly uint8
		if err := rows.Scan(&name, &v, &readonly); err != nil {
			d.unknown(ctx, "settings", "system.settings", err)
			return
		}
		value[name], fixed[name] = v, readonly != 0
	}
	if err := rows.Err(); err != nil {
		d.unknown(ctx, "settings", "system.settings", err)
		return
	}
	d.findings = append(d.findings, checkSettings(value, fixed)...)
}

// checkSettings judges a user's settings; fixed are those that the user may
// not change.
func checkSettings(value map[string]string, fixed map[string]bool) []pipeline.Finding {
	var found []pipeline.Finding
	if mode := value["readonly"]; mode != "" && mode != "0" {
		found = append(found, pipeline.Finding{Severity: pipeline.Unsafe, Subject: "settings", Detail: "the user may only read (readonly = " + mode + ")",
			Fix: "Give the user of clickhouse.username a settings profile with readonly = 0."})
	}
	if value["async_insert"] == "1" && value["wait_for_async_insert"] == "0" {
		f := pipeline.Finding{Severity: pipeline.Warning, Subject: "settings",
			Detail: "the user's profile has async_insert = 1 with wait_for_async_insert = 0: inserts are acknowledged before they are stored (earshot turns async_insert off for its own)",
			Fix:    "Set wait_for_async_insert = 1 in the user's settings profile."}
		if fixed["async_insert"] {
			f.Severity = pipeline.Unsafe
			f.Detail = "the user's profile has async_insert = 1 with wait_for_async_insert = 0 and lets nobody change it: inserts would be acknowledged before they are stored"
			f.Fix = "Set async_insert = 0 in the user's settings profile, or allow it to be changed."
		}
		found = append(found, f)
	}
	if found == nil {
		found = append(found, pipeline.Finding{Severity: pipeline.OK, Subject: "settings", Detail: "inserts are acknowledged when stored"})
	}
	return found
}

func (d *doctor) disks(ctx context.Context) {
	rows, err := d.conn.Query(ctx, "SELECT name, free_space, total_space FROM system.disks WHERE total_space > 0 AND NOT is_read_only ORDER BY name")
	if err != nil {
		d.unknown(ctx, "disk", "system.disks", err)
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var free, total uint64
		if err := rows.Scan(&name, &free, &total); err != nil {
			d.unknown(ctx, "disk", "system.disks", err)
			return
		}
		d.findings = append(d.findings, checkDisk(name, free, total))
	}
	if err := rows.Err(); err != nil {
		d.unknown(ctx, "disk", "system.disks", err)
	}
}

func checkDisk(name string, free, total uint64) pipeline.Finding {
	const gib = 1 << 30
	share := float64(free) / float64(max(total, 1))
	f := pipeline.Finding{Severity: pipeline.OK, Subject: "disk " + name, Detail: fmt.Sprintf("%.1f of %.1f GiB are free", float64(free)/gib, float64(total)/gib)}
	switch {
	case free >= freeEnough || share >= freeWarning:
		return f
	case share < freeUnsafe:
		f.Severity = pipeline.Unsafe
	default:
		f.Severity = pipeline.Warning
	}
	f.Fix = "Free space on the server's disk or add some: merges need about as much again as the parts they merge."
	return f
}

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
	try("insert", "INSERT INTO "+database+".feedback_store (source, id) SELECT '', '' WHERE 0",
		fmt.Sprintf("Run GRANT INSERT, SELECT ON %s.* TO %s.", database, quoteName(user)))
	for _, view := range []string{"feedback", "mentions", "sentiment_hourly"} {
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
	for _, right := range []string{"CREATE DATABASE", "CREATE TABLE", "CREATE VIEW", "DROP VIEW", "INSERT"} {
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

// parts looks for merges that do not keep up.
func (d *doctor) parts(ctx context.Context) {
	count := func(table, sql string, args ...any) (uint64, bool) {
		var n uint64
		if err := d.conn.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
			d.unknown(ctx, "parts", table, err)
			return 0, false
		}
		return n, true
	}
	well := true
	warn := func(detail, fix string) {
		well = false
		d.add(pipeline.Warning, "parts", detail, fix)
	}
	database := d.store.options.Database
	parts, ok := count("system.parts", "SELECT count() FROM system.parts WHERE database = ? AND table = 'feedback_store' AND active", database)
	if ok && parts > partsWarning {
		warn(fmt.Sprintf("feedback_store has %d parts: merges do not keep up", parts), "Look for what stops merges (SYSTEM STOP MERGES, a full disk), and run SYSTEM START MERGES.")
	}
	stuck, ok2 := count("system.merges", "SELECT count() FROM system.merges WHERE database = ? AND elapsed > ?", database, stuckMerge.Seconds())
	if ok2 && stuck > 0 {
		warn(fmt.Sprintf("%d merges run for more than %s", stuck, stuckMerge), "Look at system.merges and the disks' speed.")
	}
	mutations, ok3 := count("system.mutations", "SELECT count() FROM system.mutations WHERE database = ? AND NOT is_done AND latest_fail_reason != ''", database)
	if ok3 && mutations > 0 {
		warn(fmt.Sprintf("%d mutations fail again and again", mutations), "Look at system.mutations, and stop them with KILL MUTATION.")
	}
	if well && ok && ok2 && ok3 {
		d.add(pipeline.OK, "parts", fmt.Sprintf("%d parts, merges keep up", parts), "")
	}
}
