package clickhouse

import (
	"context"
	"fmt"
	"time"

	"earshot/pipeline"
)

// Limits of what the doctor lets pass.
const (
	freeWarning, freeUnsafe = 0.10, 0.02 // shares of a disk
	freeEnough              = 50 << 30   // bytes, whatever the share

	partsWarning = 300           // ClickHouse slows inserts down at 1,000
	stuckMerge   = 2 * time.Hour // no merge of a healthy server takes as long
)

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
