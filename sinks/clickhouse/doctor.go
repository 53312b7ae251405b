package clickhouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// What the doctor lets pass. The server's clock stamps nothing that counts,
// but lateness and dashboards compare it with ours.
const (
	oldestMajor, oldestMinor = 24, 8

	skewWarning, skewUnsafe = 5 * time.Second, time.Minute
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
	d.rollups(ctx)
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
