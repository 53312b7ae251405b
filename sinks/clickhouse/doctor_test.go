package clickhouse

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
)

// find returns the findings about subject that are not OK.
func find(all []pipeline.Finding, subject string) []pipeline.Finding {
	var found []pipeline.Finding
	for _, f := range all {
		if f.Severity != pipeline.OK && f.Subject == subject {
			found = append(found, f)
		}
	}
	return found
}

func wantFinding(t *testing.T, all []pipeline.Finding, severity pipeline.Severity, subject, detail, fix string) {
	t.Helper()
	for _, f := range find(all, subject) {
		if f.Severity == severity && strings.Contains(f.Detail, detail) && strings.Contains(f.Fix, fix) {
			return
		}
	}
	t.Errorf("no finding %s about %s with %q and the fix %q among\n%s", severity, subject, detail, fix, list(all))
}

func list(all []pipeline.Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "  %-8s %-24s %s → %s\n", f.Severity, f.Subject, f.Detail, f.Fix)
	}
	return b.String()
}

func TestDoctorFindsNothingWrongWithAFreshSchema(t *testing.T) {
	s := newStore(t)
	all := s.Check(t.Context())
	for _, f := range all {
		if f.Severity != pipeline.OK && !strings.HasPrefix(f.Subject, "disk ") {
			t.Errorf("%s: %s: %s", f.Severity, f.Subject, f.Detail)
		}
	}
	for _, subject := range []string{"clickhouse.url", "version", "clock", "settings", "schema", "feedback_store", "roll-ups", "columns", "insert", "insert into hourly_items", "select from feedback", "select from mentions", "select from sentiment_hourly", "parts"} {
		there := false
		for _, f := range all {
			there = there || f.Subject == subject
		}
		if !there {
			t.Errorf("nothing was said about %s:\n%s", subject, list(all))
		}
	}
}

func TestDoctorOfADamagedSchema(t *testing.T) {
	store := func(ddl ...string) func(*testing.T) *Store {
		return func(t *testing.T) *Store {
			s := newStore(t)
			for _, sql := range ddl {
				exec(t, s, sql)
			}
			return s
		}
	}
	rebuilt := func(engine string) func(*testing.T) *Store {
		return store("RENAME TABLE feedback_store TO old", "CREATE TABLE feedback_store AS old ENGINE = "+engine)
	}
	for name, tc := range map[string]struct {
		store                func(*testing.T) *Store
		severity             pipeline.Severity
		subject, detail, fix string
	}{
		"no database":           {func(t *testing.T) *Store { return openStore(t) }, pipeline.Unsafe, "schema", "has no schema", "earshot migrate"},
		"empty database":        {func(t *testing.T) *Store { s := openStore(t); _ = s.createDatabase(t.Context()); return s }, pipeline.Unsafe, "schema", "has no schema", "earshot migrate"},
		"older schema":          {store("DROP VIEW mentions", fmt.Sprintf("ALTER TABLE schema_migrations DELETE WHERE version = %d SETTINGS mutations_sync = 1", LatestVersion())), pipeline.Unsafe, "schema", fmt.Sprintf("has schema %d", LatestVersion()-1), "earshot migrate"},
		"newer schema":          {store("INSERT INTO schema_migrations (version, name) VALUES (99, 'x')"), pipeline.Unsafe, "schema", "has schema 99", "Upgrade earshot"},
		"missing table":         {store("DROP TABLE feedback_store"), pipeline.Unsafe, "feedback_store", "missing", "earshot migrate"},
		"missing view":          {store("DROP VIEW mentions"), pipeline.Unsafe, "select from mentions", "mentions", "earshot migrate"},
		"missing column":        {store("ALTER TABLE feedback_store DROP COLUMN title"), pipeline.Unsafe, "columns", "no column title", "ADD COLUMN"},
		"renamed column":        {store("ALTER TABLE feedback_store RENAME COLUMN title TO headline"), pipeline.Unsafe, "columns", "no column title", "RENAME COLUMN"},
		"column of other type":  {store("ALTER TABLE feedback_store MODIFY COLUMN confidence Float64"), pipeline.Unsafe, "columns", "confidence is Float64, earshot writes Float32", "MODIFY COLUMN confidence Float32"},
		"plain engine":          {rebuilt("MergeTree ORDER BY (source, id)"), pipeline.Unsafe, "feedback_store", "MergeTree does not replace rows", "rename feedback_store"},
		"engine without rank":   {rebuilt("ReplacingMergeTree ORDER BY (source, id)"), pipeline.Unsafe, "feedback_store", "does not decide by rank", "rename feedback_store"},
		"engine without delete": {rebuilt("ReplacingMergeTree(rank) ORDER BY (source, id)"), pipeline.Unsafe, "feedback_store", "does not decide by rank", "rename feedback_store"},
		"other sorting key":     {rebuilt("ReplacingMergeTree(rank, is_deleted) ORDER BY (source, id, created_at)"), pipeline.Unsafe, "feedback_store", "sorting key is (source, id, created_at)", "rename feedback_store"},
		"partitions":            {rebuilt("ReplacingMergeTree(rank, is_deleted) PARTITION BY toYYYYMM(created_at) ORDER BY (source, id)"), pipeline.Unsafe, "feedback_store", "partitioned by toYYYYMM(created_at)", "rename feedback_store"},
		"too many parts": {store("DROP VIEW hourly_items_feed", "DROP TABLE feedback_store", "CREATE TABLE feedback_store (id String) ENGINE = MergeTree ORDER BY id", "SYSTEM STOP MERGES feedback_store",
			fmt.Sprintf("INSERT INTO feedback_store SELECT toString(number) FROM numbers(%d) SETTINGS max_block_size = 1, min_insert_block_size_rows = 1, min_insert_block_size_bytes = 1, max_insert_threads = 1", partsWarning+1)),
			pipeline.Warning, "parts", "parts: merges do not keep up", "SYSTEM START MERGES"},
	} {
		t.Run(name, func(t *testing.T) {
			s := tc.store(t)
			wantFinding(t, s.Check(t.Context()), tc.severity, tc.subject, tc.detail, tc.fix)
		})
	}
}

func TestDoctorSeesMutationsThatFail(t *testing.T) {
	s := newStore(t)
	write(t, s, typicalItems(1, 0)...)
	exec(t, s, "ALTER TABLE feedback_store UPDATE title = toString(throwIf(text != '')) WHERE 1 SETTINGS mutations_sync = 0")
	deadline := time.Now().Add(20 * time.Second)
	for count(t, s, "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND latest_fail_reason != ''") == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the mutation does not fail")
		}
		time.Sleep(20 * time.Millisecond) // the engine runs mutations when it likes
	}
	wantFinding(t, s.Check(t.Context()), pipeline.Warning, "parts", "1 mutations fail", "KILL MUTATION")
	exec(t, s, "KILL MUTATION WHERE database = currentDatabase()")
}

func TestDoctorOfAServerThatCannotBeReached(t *testing.T) {
	t.Parallel() // it waits for timeouts
	silent := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	native := listen(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1024))
		_, _ = io.WriteString(c, "HTTP/1.0 400 Bad Request\r\n\r\nPort 9000 is for clickhouse-client program\r\nYou must use port 8123 for HTTP.\r\n")
	})
	closed := listen(t, func(net.Conn) {})
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // that the client hangs up is what is tested
	secure.StartTLS()
	t.Cleanup(secure.Close)
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	engine := testOptions(t).URL

	for name, tc := range map[string]struct {
		url, password        string
		subject, detail, fix string
	}{
		"nobody listens":       {"http://127.0.0.1:1", "", "clickhouse.url", "refused", "Start ClickHouse there"},
		"nobody listens here":  {"clickhouse://127.0.0.1:1", "", "clickhouse.url", "refused", "Start ClickHouse there"},
		"unknown host":         {"http://nowhere.invalid", "", "clickhouse.url", "nowhere.invalid", "host name"},
		"nobody answers":       {"http://" + silent, "", "clickhouse.url", "no answer within 100ms", "firewall"},
		"hangs up":             {"http://" + closed, "", "clickhouse.url", "", "broke off"},
		"HTTP to native":       {"http://" + native, "", "clickhouse.url", "clickhouse://", "scheme or the port"},
		"native to HTTP":       {strings.Replace(engine, "http:", "clickhouse:", 1), "", "clickhouse.url", "speaks HTTP", "http://"},
		"TLS to plain HTTP":    {strings.Replace(engine, "http:", "https:", 1), "", "clickhouse.url", "no TLS", "scheme or the port"},
		"TLS to plain native":  {strings.Replace(engine, "http:", "clickhouses:", 1), "", "clickhouse.url", "no TLS", "scheme or the port"},
		"untrusted":            {secure.URL, "", "clickhouse.url", "certificate", "Trust the authority"},
		"no ClickHouse at all": {web.URL, "", "clickhouse.url", "is this a ClickHouse", "no ClickHouse"},
		"wrong password":       {engine, "wr0ng", "clickhouse.username", "code 516", "clickhouse.password_file"},
	} {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t)
			o.URL = tc.url
			if tc.password != "" {
				o.Password = tc.password
			}
			s, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			if name == "nobody answers" {
				s.contact = 100 * time.Millisecond
			}
			all := s.Check(t.Context())
			if len(all) != 1 {
				t.Errorf("%d findings, want one", len(all))
			}
			wantFinding(t, all, pipeline.Unsafe, tc.subject, tc.detail, tc.fix)
			if text := list(all); strings.Contains(text, testPassword) || strings.Contains(text, "wr0ng") || strings.Count(text, "\n") != len(all) {
				t.Errorf("%q shows the password or is longer than a line", text)
			}
		})
	}
}

func TestATrustedCertificateConnects(t *testing.T) {
	o := testOptions(t)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	o.URL = server.URL
	o.TLS = &tls.Config{RootCAs: pool}
	secure, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = secure.Close() }()
	if err := secure.Ping(t.Context()); !pipeline.IsRetriable(err) || !strings.Contains(err.Error(), "503") {
		t.Errorf("error %v, want the server's 503", err)
	}
}

// listen serves connections with serve, and closes each when it returns.
func listen(t *testing.T, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

func TestDoctorJudgesVersions(t *testing.T) {
	for version, want := range map[string]pipeline.Severity{
		"18.16.1": pipeline.Unsafe, "24.7.9.1": pipeline.Unsafe, "24.8.1.1": pipeline.OK, "24.12.1": pipeline.OK, "26.5.1.1": pipeline.OK, "custom": pipeline.Warning,
	} {
		if f := checkVersion(version); f.Severity != want || !strings.Contains(f.Detail, version) || (f.Fix == "") != (want == pipeline.OK) {
			t.Errorf("%s: %+v, want %s", version, f, want)
		}
	}
}

func TestDoctorComparesTheClocks(t *testing.T) {
	for name, tc := range map[string]struct {
		shift  time.Duration
		want   pipeline.Severity
		detail string
	}{
		"same":   {0, pipeline.OK, ""},
		"behind": {30 * time.Second, pipeline.Warning, "behind"},
		"ahead":  {-30 * time.Second, pipeline.Warning, "ahead of"},
		"far":    {10 * time.Minute, pipeline.Unsafe, "10m0s behind"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(tc.shift) } })
			all := s.Check(t.Context())
			if tc.want == pipeline.OK {
				if found := find(all, "clock"); found != nil {
					t.Errorf("found %v", found)
				}
				return
			}
			wantFinding(t, all, tc.want, "clock", tc.detail, "Synchronise")
		})
	}
	if f := checkSkew(20*time.Second, 18*time.Second); f.Severity != pipeline.OK {
		t.Errorf("a slow answer was taken for a wrong clock: %+v", f)
	}
}

func TestDoctorJudgesSettings(t *testing.T) {
	lossy := map[string]string{"async_insert": "1", "wait_for_async_insert": "0", "readonly": "0"}
	for name, tc := range map[string]struct {
		value map[string]string
		fixed map[string]bool
		want  pipeline.Severity
	}{
		"defaults":       {map[string]string{"async_insert": "1", "wait_for_async_insert": "1", "readonly": "0"}, nil, pipeline.OK},
		"no async":       {map[string]string{"async_insert": "0", "wait_for_async_insert": "0", "readonly": "0"}, nil, pipeline.OK},
		"without wait":   {lossy, nil, pipeline.Warning},
		"and fixed":      {lossy, map[string]bool{"async_insert": true}, pipeline.Unsafe},
		"reads only":     {map[string]string{"readonly": "1"}, nil, pipeline.Unsafe},
		"reads and sets": {map[string]string{"readonly": "2"}, nil, pipeline.Unsafe},
	} {
		t.Run(name, func(t *testing.T) {
			found := checkSettings(tc.value, tc.fixed)
			if len(found) != 1 || found[0].Severity != tc.want || (found[0].Fix == "") != (tc.want == pipeline.OK) {
				t.Errorf("%+v, want %s", found, tc.want)
			}
		})
	}
}

func TestDoctorReadsTheSettingsOfTheUser(t *testing.T) {
	// The engine's one user has no settings profile that a test could change:
	// the front lends it one.
	s := front(t, func(_ http.ResponseWriter, r *http.Request) bool {
		q := r.URL.Query()
		q.Set("async_insert", "1")
		q.Set("wait_for_async_insert", "0")
		r.URL.RawQuery = q.Encode()
		return false
	})
	wantFinding(t, s.Check(t.Context()), pipeline.Warning, "settings", "wait_for_async_insert = 0", "wait_for_async_insert = 1")
}

func TestDoctorOfAUserWithTooFewRights(t *testing.T) {
	// The engine has one user, who may do everything: the front refuses what
	// an administrator would.
	for name, tc := range map[string]struct {
		refuse       string
		subject, fix string
	}{
		"no insert": {".feedback_store (source, id) SELECT", "insert", "GRANT INSERT"},
		"no select": {".mentions LIMIT 0", "select from mentions", "GRANT SELECT"},
	} {
		t.Run(name, func(t *testing.T) {
			s := front(t, func(w http.ResponseWriter, r *http.Request) bool {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				if !strings.Contains(string(body), tc.refuse) || strings.Contains(string(body), "schema_migrations") {
					return false
				}
				w.Header().Set("X-ClickHouse-Exception-Code", "497")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "Code: 497. DB::Exception: tester: Not enough privileges. To execute this query, it's necessary to have the grant … (ACCESS_DENIED)")
				return true
			})
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantFinding(t, s.Check(t.Context()), pipeline.Unsafe, tc.subject, "not allowed", tc.fix)
		})
	}
}

func TestDoctorJudgesDisks(t *testing.T) {
	const gib = 1 << 30
	for _, tc := range []struct {
		free, total uint64
		want        pipeline.Severity
	}{
		{500 * gib, 1000 * gib, pipeline.OK},
		{60 * gib, 10_000 * gib, pipeline.OK}, // a small share of much is enough
		{8 * gib, 100 * gib, pipeline.Warning},
		{1 * gib, 100 * gib, pipeline.Unsafe},
		{0, 100 * gib, pipeline.Unsafe},
		{20 * gib, 40 * gib, pipeline.OK},
	} {
		if f := checkDisk("default", tc.free, tc.total); f.Severity != tc.want || (f.Fix == "") != (tc.want == pipeline.OK) {
			t.Errorf("%d of %d GiB free: %+v, want %s", tc.free/gib, tc.total/gib, f, tc.want)
		}
	}
}
