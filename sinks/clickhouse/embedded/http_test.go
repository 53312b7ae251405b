package embedded

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/uuid"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// call is a request as a test writes it.
type call struct {
	method string // POST
	path   string // /
	query  string // the URL's parameters
	body   string
	header map[string]string
}

type reply struct {
	status int
	header http.Header
	body   string
	err    error // of reading the body
}

// plainTransport leaves Accept-Encoding alone.
var plainTransport = &http.Transport{DisableCompression: true}

func (c call) do(t testing.TB) reply {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodPost
	}
	if c.path == "" {
		c.path = "/"
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, c.method, "http://"+shared.Addr()+c.path+"?"+c.query, strings.NewReader(c.body))
	must(t, err)
	for k, v := range c.header {
		r.Header.Set(k, v)
	}
	r.Host = r.Header.Get("Host") // where a client says it; empty: the address
	res, err := plainTransport.RoundTrip(r)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(b), err}
}

// ask runs a query that must succeed.
func ask(t testing.TB, query string, params ...string) string {
	t.Helper()
	r := call{query: strings.Join(params, "&"), body: query}.do(t)
	if r.status != http.StatusOK || r.err != nil {
		t.Fatalf("%s: %d %v %s", clip(query, 200), r.status, r.err, r.body)
	}
	return r.body
}

func urlquery(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// table makes a table for one test and returns its name.
func table(t testing.TB, columns string) string {
	t.Helper()
	name := "t_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	ask(t, "CREATE TABLE "+name+" ("+columns+") ENGINE = MergeTree ORDER BY tuple()")
	t.Cleanup(func() {
		r, err := http.Post("http://"+shared.Addr()+"/", "text/plain", strings.NewReader("DROP TABLE IF EXISTS "+name))
		if err == nil {
			r.Body.Close()
		}
	})
	return name
}

func TestAnswersAsClickHouseDoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		call   call
		status int
		body   string // exact
	}{
		{"ping", call{method: "GET", path: "/ping"}, 200, "Ok.\n"},
		{"replicas", call{method: "GET", path: "/replicas_status"}, 200, "Ok.\n"},
		{"nothing", call{method: "GET"}, 200, "Ok.\n"},
		{"GET", call{method: "GET", query: urlquery("query", "SELECT 1")}, 200, "1\n"},
		{"HEAD", call{method: "HEAD", query: urlquery("query", "SELECT 1")}, 200, ""},
		{"query in the body", call{body: "SELECT 1"}, 200, "1\n"},
		{"query in URL and body", call{query: urlquery("query", "SELECT 1"), body: "+ 2"}, 200, "3\n"},
		{"semicolon", call{body: "SELECT 1; -- the end"}, 200, "1\n"},
		{"FORMAT in the query", call{query: urlquery("default_format", "CSV"), body: "SELECT 'a' AS x FORMAT JSONEachRow"}, 200, "{\"x\":\"a\"}\n"},
		{"FORMAT and SETTINGS", call{body: "SELECT 'a' AS x FORMAT JSONEachRow SETTINGS max_threads = 1"}, 200, "{\"x\":\"a\"}\n"},
		{"default_format", call{query: urlquery("default_format", "CSV"), body: "SELECT 'a'"}, 200, "\"a\"\n"},
		{"format by header", call{body: "SELECT 'a'", header: map[string]string{"X-ClickHouse-Format": "CSV"}}, 200, "\"a\"\n"},
		{"a column named format", call{body: "SELECT format FROM (SELECT 1 AS format)"}, 200, "1\n"},
		{"the word FORMAT in a string", call{body: "SELECT ' FORMAT JSON'"}, 200, " FORMAT JSON\n"},
		{"the word FORMAT in a comment", call{body: "SELECT 1 -- FORMAT JSON"}, 200, "1\n"},
		{"database", call{query: urlquery("database", "system"), body: "SELECT count() FROM one"}, 200, "1\n"},
		{"database by header", call{body: "SELECT count() FROM one", header: map[string]string{"X-ClickHouse-Database": "system"}}, 200, "1\n"},
		{"a setting", call{query: urlquery("max_threads", "1"), body: "SELECT getSetting('max_threads')"}, 200, "1\n"},
		{"a setting of text", call{query: urlquery("session_timezone", "Asia/Tokyo"), body: "SELECT toString(toDateTime(0))"}, 200, "1970-01-01 09:00:00\n"},
		{"async_insert is off", call{body: "SELECT getSetting('async_insert')"}, 200, "false\n"},
		{"async_insert can be asked for", call{query: urlquery("async_insert", "1"), body: "SELECT getSetting('async_insert')"}, 200, "true\n"},
		{"wait_end_of_query", call{query: urlquery("wait_end_of_query", "1"), body: "SELECT sum(number) FROM numbers(10)"}, 200, "45\n"},
		{"no rows", call{body: "SELECT 1 WHERE 0"}, 200, ""},
		{"DDL", call{body: "CREATE TABLE IF NOT EXISTS ddl (x Int8) ENGINE = Memory"}, 200, ""},
		{"SHOW", call{body: "SHOW DATABASES LIKE 'sys%'"}, 200, "system\n"},
		{"WITH", call{body: "WITH 1 AS x SELECT x"}, 200, "1\n"},
		{"parentheses", call{body: "(SELECT 1) UNION ALL (SELECT 1)"}, 200, "1\n1\n"},
		{"EXPLAIN", call{body: "EXPLAIN SYNTAX SELECT 1"}, 200, "SELECT 1\nFROM system.one\n"},
		{"comment before", call{body: "/* a -- b */ -- c\n SELECT 1"}, 200, "1\n"},
		{"form content type", call{body: "SELECT 1 + 1", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 200, "2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.call.do(t)
			if r.status != c.status || r.body != c.body || r.err != nil {
				t.Errorf("got %d %q %v, want %d %q", r.status, r.body, r.err, c.status, c.body)
			}
		})
	}
}

func TestErrorsCarryClickHouseCodes(t *testing.T) {
	for _, c := range []struct {
		name   string
		call   call
		status int
		code   string
		text   string // part of the body
	}{
		{"syntax", call{body: "SELEC 1"}, 400, "62", "SYNTAX_ERROR"},
		{"empty", call{}, 400, "62", "Empty query"},
		{"unknown table", call{body: "SELECT * FROM nosuch"}, 404, "60", "UNKNOWN_TABLE"},
		{"unknown column", call{body: "SELECT nosuch"}, 404, "47", "UNKNOWN_IDENTIFIER"},
		{"unknown function", call{body: "SELECT nosuch(1)"}, 404, "46", "UNKNOWN_FUNCTION"},
		{"unknown database", call{query: "database=nosuch", body: "SELECT 1"}, 404, "81", "UNKNOWN_DATABASE"},
		{"unknown setting", call{query: "nosuch=1", body: "SELECT 1"}, 404, "115", "UNKNOWN_SETTING"},
		{"a setting's name that is none", call{query: urlquery("a=1, b", "1"), body: "SELECT 1"}, 404, "115", "UNKNOWN_SETTING"},
		{"a setting's wrong value", call{query: "max_threads=many", body: "SELECT 1"}, 400, "", "many"},
		{"unknown format", call{body: "SELECT 1 FORMAT NoSuch"}, 404, "73", "UNKNOWN_FORMAT"},
		{"unknown default format", call{query: "default_format=NoSuch", body: "SELECT 1"}, 404, "73", "UNKNOWN_FORMAT"},
		{"two statements", call{body: "SELECT 1; SELECT 2"}, 400, "62", "Multi-statements are not allowed"},
		{"in the middle of the first block", call{body: "SELECT throwIf(1)"}, 500, "395", "FUNCTION_THROW_IF"},
		{"GET only reads", call{method: "GET", query: urlquery("query", "CREATE TABLE x (a Int8) ENGINE = Memory")}, 500, "164", "READONLY"},
		{"missing parameter", call{body: "SELECT {x:String}"}, 500, "456", "UNKNOWN_QUERY_PARAMETER"},
		{"too slow", call{query: "max_execution_time=0.2", body: "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3"}, 408, "159", "TIMEOUT_EXCEEDED"},
		{"broken data", call{body: "INSERT INTO FUNCTION null('x UInt8') FORMAT CSV\n1\nbroken\n"}, 400, "117", "is not like UInt8"},
		{"a client's exit", call{body: "exit"}, 400, "62", "SYNTAX_ERROR"},
		{"a client's AI", call{body: "?? which tables"}, 400, "62", "SYNTAX_ERROR"},
		{"unknown encoding", call{body: "SELECT 1", header: map[string]string{"Content-Encoding": "rot13"}}, 500, "89", "Unknown compression method"},
		{"body is not gzip", call{body: "SELECT 1", header: map[string]string{"Content-Encoding": "gzip"}}, 500, "271", "is not gzip"},
		{"body is not in blocks", call{query: "decompress=1", body: "SELECT 1 and a little more so that a head fits"}, 500, "271", "compressed blocks"},
		{"a session's wrong timeout", call{query: "session_id=a&session_timeout=soon", body: "SELECT 1"}, 400, "374", "session timeout"},
		{"an unknown session", call{query: "session_id=nosuch&session_check=1", body: "SELECT 1"}, 404, "372", "SESSION_NOT_FOUND"},
		{"revision", call{query: "client_protocol_version=x", body: "SELECT 1"}, 400, "36", "client_protocol_version"},
		{"method", call{method: "DELETE", body: "SELECT 1"}, 501, "48", "DELETE"},
		{"INFILE", call{body: "INSERT INTO ddl FROM INFILE '/etc/passwd' FORMAT CSV"}, 500, "497", "INFILE"},
		{"OUTFILE", call{body: "SELECT 1 /* */ INTO /* */ OUTFILE '/tmp/x'"}, 500, "497", "OUTFILE"},
		{"file()", call{body: "SELECT * FROM file('/etc/passwd', 'LineAsString')"}, 500, "497", "ACCESS_DENIED"},
		{"url()", call{body: "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"}, 500, "497", "ACCESS_DENIED"},
		{"File engine", call{body: "CREATE TABLE f (x String) ENGINE = File(CSV, '/etc/passwd')"}, 500, "497", "ACCESS_DENIED"},
		{"ATTACH from a directory", call{body: "ATTACH TABLE f FROM '/nosuch' (x String) ENGINE = MergeTree ORDER BY x"}, 500, "497", "ATTACH"},
		// The engine would move the directory: never name one that is there.
		{"ATTACH from a directory in other quotes", call{body: "ATTACH TABLE f FROM ‘/nosuch’ (x String) ENGINE = MergeTree ORDER BY x"}, 500, "497", "ATTACH"},
		{"INFILE behind WITH", call{body: "WITH 1 AS x INSERT INTO t FROM INFILE '/nosuch' FORMAT LineAsString"}, 500, "497", "INFILE"},
		{"OUTFILE in other quotes", call{body: "SELECT 1 INTO OUTFILE ‘/nosuch/x’"}, 500, "497", "OUTFILE"},
		{"OUTFILE behind other quotes", call{body: "SELECT ‘'’ INTO OUTFILE '/nosuch/x' -- '"}, 500, "497", "OUTFILE"},
		{"the function file", call{body: "SELECT file('/nosuch')"}, 500, "497", "function file"},
		{"the function file in quotes", call{body: "SELECT \"file\" /* */ ('/nosuch')"}, 500, "497", "function file"},
		{"the function file in escapes", call{body: "SELECT `\\x66il\\x65`('/nosuch')"}, 500, "497", "function file"},
		{"the function file applied", call{body: "SELECT * APPLY(file) FROM (SELECT '/nosuch' AS p)"}, 500, "497", "function file"},
		{"the function file in an INSERT", call{body: "INSERT INTO ddl SELECT file('/nosuch')"}, 500, "497", "function file"},
		{"a dictionary that runs a command", call{body: "CREATE DICTIONARY d (k UInt64, v String) PRIMARY KEY k SOURCE(EXECUTABLE(command 'true' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)"}, 500, "497", "ACCESS_DENIED"},
		{"a database of files", call{body: "CREATE DATABASE fs ENGINE = Filesystem('/nosuch')"}, 500, "497", "ACCESS_DENIED"},
		{"a GET that calls itself writing", call{method: "GET", query: "query=DROP+TABLE+ddl&readonly=00"}, 500, "164", "READONLY"},
		{"users", call{body: "CREATE USER u"}, 500, "497", "ACCESS_DENIED"},
		{"shutdown", call{body: "SYSTEM SHUTDOWN"}, 500, "497", "ACCESS_DENIED"},
		{"executable()", call{body: "SELECT * FROM executable('ls', 'TSV', 'x String')"}, 500, "", "Code: "},
		{"a table by its path", call{body: "SELECT * FROM `/etc/passwd`"}, 500, "497", "ACCESS_DENIED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.call.do(t)
			code := r.header.Get("X-ClickHouse-Exception-Code")
			if r.status != c.status || c.code != "" && code != c.code || !strings.Contains(r.body, c.text) {
				t.Fatalf("got %d, code %s, %q; want %d, code %s, …%s…", r.status, code, r.body, c.status, c.code, c.text)
			}
			if !strings.HasPrefix(r.body, "Code: "+code+". DB::Exception: ") || !strings.HasSuffix(r.body, ")\n") {
				t.Errorf("not the text of a ClickHouse error: %q", r.body)
			}
			if strings.Contains(r.body, "/proc/") || strings.Count(r.body, "DB::Exception") != 1 {
				t.Errorf("the text tells of this server's insides: %q", r.body)
			}
		})
	}
}

func TestUnknownPathIsNotFound(t *testing.T) {
	if r := (call{method: "GET", path: "/nosuch"}).do(t); r.status != 404 || !strings.Contains(r.body, "There is no handle /nosuch") {
		t.Errorf("%d %q", r.status, r.body)
	}
}

func TestHeadersDescribeTheAnswer(t *testing.T) {
	tbl := table(t, "x UInt32")
	r := call{query: urlquery("query_id", "my query", "query", "INSERT INTO "+tbl+" FORMAT CSV"), body: "1\n2\n3\n"}.do(t)
	var sum map[string]string
	must(t, json.Unmarshal([]byte(r.header.Get("X-ClickHouse-Summary")), &sum))
	if sum["written_rows"] != "3" {
		t.Errorf("summary %v", sum)
	}
	r = call{header: map[string]string{"X-ClickHouse-Query-Id": "my query"}, body: "SELECT x FROM " + tbl + " FORMAT JSON"}.do(t)
	must(t, json.Unmarshal([]byte(r.header.Get("X-ClickHouse-Summary")), &sum))
	for name, want := range map[string]string{
		"X-ClickHouse-Query-Id": "my query", "X-ClickHouse-Format": "JSON", "X-ClickHouse-Timezone": shared.timezone,
		"X-ClickHouse-Server-Display-Name": "earshot", "Content-Type": "application/json; charset=UTF-8",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if sum["read_rows"] != "3" || sum["result_rows"] != "3" {
		t.Errorf("summary %v", sum)
	}
}

func TestParametersOfAllTypes(t *testing.T) {
	for _, c := range []struct{ typ, value, want string }{
		{"String", "plain", "plain"},
		{"String", "it's \"quoted\" `here`", "it's \"quoted\" `here`"},
		{"String", "two\nlines\tand a tab", "two\nlines\tand a tab"},
		{"String", `escaped\n\\`, "escaped\n\\"},
		{"String", "escaped\\\nline end", "escaped\nline end"},
		{"String", "'; DROP TABLE x; --", "'; DROP TABLE x; --"},
		{"String", "", ""},
		{"String", "žluťoučký 🐎", "žluťoučký 🐎"},
		{"UInt8", "7", "7"},
		{"Int64", "-9223372036854775808", "-9223372036854775808"},
		{"Float64", "1.5", "1.5"},
		{"Bool", "true", "true"},
		{"Date", "2026-11-22", "2026-11-22"},
		{"DateTime64(3, 'UTC')", "2026-11-22 10:11:12.345", "2026-11-22 10:11:12.345"},
		{"UUID", "61f0c404-5cb3-11e7-907b-a6006ad3dba0", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"},
		{"Nullable(String)", `\N`, "ᴺᵁᴸᴸ"},
		{"Array(String)", "['a','b\\'c']", "['a','b\\'c']"},
		{"Array(UInt8)", "[1,2]", "[1,2]"},
		{"Map(String, UInt8)", "{'a':1}", "{'a':1}"},
		{"Tuple(UInt8, String)", "(1,'x')", "(1,'x')"},
		{"LowCardinality(String)", "low", "low"},
		{"Decimal(10, 2)", "1.25", "1.25"},
	} {
		t.Run(c.typ+" "+c.value, func(t *testing.T) {
			got := ask(t, "SELECT {x:"+c.typ+"} FORMAT TSVRaw", urlquery("param_x", c.value))
			if c.typ == "Nullable(String)" {
				got, c.want = ask(t, "SELECT isNull({x:"+c.typ+"}) FORMAT TSVRaw", urlquery("param_x", c.value)), "1"
			}
			if got != c.want+"\n" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := ask(t, "SELECT count() FROM {db:Identifier}.{t:Identifier}", urlquery("param_db", "system", "param_t", "one")); got != "1\n" {
		t.Errorf("identifiers: %q", got)
	}
}

func TestInsertsOfEveryShape(t *testing.T) {
	tbl := table(t, "id UInt32, s String DEFAULT 'd'")
	for _, c := range []struct {
		name, query, body string
		params            []string
		want              string
	}{
		{"body is the data", "INSERT INTO T FORMAT CSV", "1,\"a\n\nb\"\n2,c\n", nil, "1\ta\\n\\nb\n2\tc\n"},
		{"all in the body", "", "INSERT INTO T FORMAT CSV\n1,x\n2,y\n", nil, "1\tx\n2\ty\n"},
		{"all in the body, blank after the name", "", "INSERT INTO T FORMAT CSV \r\n1,x\n", nil, "1\tx\n"},
		{"all in the URL", "INSERT INTO T FORMAT CSV 1,x", "", nil, "1\tx\n"},
		{"begun in the URL", "INSERT INTO T FORMAT CSV 1,x", "2,y\n", nil, "1\tx\n2\ty\n"},
		{"VALUES", "", "INSERT INTO T VALUES (1,'x'),(2,'FORMAT CSV')", nil, "1\tx\n2\tFORMAT CSV\n"},
		{"VALUES in the body", "INSERT INTO T VALUES", "(1,'a\n\nb'), (2, 'y')", nil, "1\ta\\n\\nb\n2\ty\n"},
		{"VALUES with a semicolon", "", "INSERT INTO T VALUES (1,'x;y');", nil, "1\tx;y\n"},
		{"VALUES with an expression", "", "INSERT INTO T VALUES (1 + 1, upper('x'))", nil, "2\tX\n"},
		{"column list", "INSERT INTO T (`id`) FORMAT CSV", "1\n", nil, "1\td\n"},
		{"column list with newlines", "INSERT INTO T\n(\n  id, -- FORMAT TSV\n  s\n)\nFORMAT CSV", "1,x\n", nil, "1\tx\n"},
		{"settings clause", "INSERT INTO T SETTINGS async_insert = 0, input_format_csv_trim_whitespaces = 1 FORMAT CSV", "1,  x\n", nil, "1\tx\n"},
		{"TABLE", "INSERT INTO TABLE T FORMAT CSV", "1,x\n", nil, "1\tx\n"},
		{"lower case", "insert into T format csv", "1,x\n", nil, "1\tx\n"},
		{"quoted name", "INSERT INTO `default`.`T` FORMAT CSV", "1,x\n", nil, "1\tx\n"},
		{"comments that say FORMAT", "/* FORMAT JSON */ INSERT INTO T /* VALUES */ FORMAT -- TSV\n CSV", "1,x\n", nil, "1\tx\n"},
		{"JSONEachRow", "INSERT INTO T FORMAT JSONEachRow", "{\"id\":1,\"s\":\"x\"}\n\n{\"id\":2}", nil, "1\tx\n2\td\n"},
		{"TSV", "INSERT INTO T FORMAT TSV", "1\ta\\tb\n", nil, "1\ta\\tb\n"},
		{"CSVWithNames", "INSERT INTO T FORMAT CSVWithNames", "s,id\nx,1\n", nil, "1\tx\n"},
		{"RowBinary", "INSERT INTO T FORMAT RowBinary", "\x01\x00\x00\x00\x03a\n\nb"[:7], nil, ""},
		{"RowBinary whole", "INSERT INTO T FORMAT RowBinary", "\x01\x00\x00\x00\x04a\n\nb", nil, "1\ta\\n\\nb\n"},
		{"Native", "INSERT INTO T FORMAT Native", "\x02\x01\x02id\x06UInt32\x01\x00\x00\x00\x01s\x06String\x01x", nil, "1\tx\n"},
		{"no data", "INSERT INTO T FORMAT CSV", "", nil, ""},
		{"no data, Native", "INSERT INTO T FORMAT Native", "", nil, ""},
		{"no data, JSON", "INSERT INTO T FORMAT JSONEachRow", "", nil, ""},
		{"format by parameter", "INSERT INTO T", "1,x\n", []string{"default_format", "CSV"}, "1\tx\n"},
		{"INSERT SELECT", "", "INSERT INTO T SELECT number, 'FORMAT CSV' FROM numbers(2)", nil, "0\tFORMAT CSV\n1\tFORMAT CSV\n"},
		{"INSERT (SELECT)", "", "INSERT INTO T (SELECT 1, 'x')", nil, "1\tx\n"},
		{"INSERT WITH", "", "INSERT INTO T WITH 5 AS n SELECT n, 'x'", nil, "5\tx\n"},
		{"INSERT SELECT input()", "INSERT INTO T SELECT a * 2, concat(b, '!') FROM input('a UInt32, b String') FORMAT CSV", "1,x\n2,y\n", nil, "2\tx!\n4\ty!\n"},
		{"parameter in an INSERT SELECT", "INSERT INTO T SELECT {n:UInt8}, {s:String}", "", []string{"param_n", "3", "param_s", "it's"}, "3\tit\\'s\n"},
		{"a comment at the end", "INSERT INTO T -- (id)", "1,x\n", []string{"default_format", "CSV"}, "1\tx\n"},
		{"async_insert", "INSERT INTO T FORMAT CSV", "1,x\n", []string{"async_insert", "1", "wait_for_async_insert", "1"}, "1\tx\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ask(t, "TRUNCATE TABLE "+tbl)
			name := strings.NewReplacer(" T ", " "+tbl+" ", " T\n", " "+tbl+"\n", "`T`", "`"+tbl+"`")
			query := strings.TrimSuffix(name.Replace(c.query+" "), " ")
			r := call{query: urlquery(append([]string{"query", query}, c.params...)...), body: name.Replace(c.body)}.do(t)
			if strings.HasPrefix(c.name, "RowBinary") && c.want == "" {
				if r.status == 200 {
					t.Fatal("a cut row was taken")
				}
				return
			}
			if r.status != 200 {
				t.Fatalf("%d %s", r.status, r.body)
			}
			if got := ask(t, "SELECT * FROM "+tbl+" ORDER BY id"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestInsertIsLargerThanMemoryHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 80 MB")
	}
	tbl := table(t, "s String")
	const n = spoolMemory/100 + 100_000
	line := strings.Repeat("x", 99) + "\n"
	body := io.LimitReader(&repeated{text: line}, n*100)
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+shared.Addr()+"/?"+urlquery("query", "INSERT INTO "+tbl+" FORMAT TSV"), body)
	must(t, err)
	res, err := plainTransport.RoundTrip(r)
	must(t, err)
	defer res.Body.Close()
	if res.StatusCode != 200 {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("%s", b)
	}
	if got := ask(t, "SELECT count(), uniqExact(s) FROM "+tbl); got != fmt.Sprintf("%d\t1\n", n) {
		t.Errorf("got %q", got)
	}
}

// repeated reads one text over and over.
type repeated struct {
	text string
	pos  int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], r.text[r.pos:])
		n, r.pos = n+m, (r.pos+m)%len(r.text)
	}
	return n, nil
}

var encodings = map[string]struct {
	encode func(io.Writer) io.WriteCloser
	decode func(io.Reader) (io.Reader, error)
}{
	"gzip": {
		func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	},
	"deflate": {
		func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
	},
	"br": {
		func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	},
	"lz4": {
		func(w io.Writer) io.WriteCloser { return lz4.NewWriter(w) },
		func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil },
	},
	"zstd": {
		func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
		func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	},
	"snappy": {
		func(w io.Writer) io.WriteCloser { return snappy.NewBufferedWriter(w) },
		func(r io.Reader) (io.Reader, error) { return snappy.NewReader(r), nil },
	},
}

func TestBodiesAndAnswersAreCompressed(t *testing.T) {
	for name, e := range encodings {
		t.Run(name, func(t *testing.T) {
			var body bytes.Buffer
			w := e.encode(&body)
			_, err := io.WriteString(w, "SELECT number FROM numbers(300000)")
			must(t, err)
			must(t, w.Close())
			for _, wait := range []string{"0", "1"} {
				r := call{query: "wait_end_of_query=" + wait, body: body.String(), header: map[string]string{"Content-Encoding": name, "Accept-Encoding": name}}.do(t)
				if r.status != 200 || r.header.Get("Content-Encoding") != name {
					t.Fatalf("%d %v %s", r.status, r.header, clip(r.body, 100))
				}
				d, err := e.decode(strings.NewReader(r.body))
				must(t, err)
				b, err := io.ReadAll(d)
				must(t, err)
				if bytes.Count(b, []byte("\n")) != 300000 || !bytes.HasSuffix(b, []byte("\n299999\n")) {
					t.Errorf("%d bytes", len(b))
				}
			}
			r := call{query: "enable_http_compression=0", body: "SELECT 1", header: map[string]string{"Accept-Encoding": name}}.do(t)
			if r.header.Get("Content-Encoding") != "" || r.body != "1\n" {
				t.Errorf("compressed though it was switched off: %v %q", r.header, r.body)
			}
		})
	}
}

func TestClickHouseBlocks(t *testing.T) {
	for _, method := range []string{"LZ4", "LZ4HC", "ZSTD", "NONE"} {
		t.Run(method, func(t *testing.T) {
			var body bytes.Buffer
			w, err := newBlockWriter(&body, method)
			must(t, err)
			_, err = io.WriteString(w, "SELECT number FROM numbers(300000)")
			must(t, err)
			must(t, w.Close())
			r := call{query: "compress=1&decompress=1&network_compression_method=" + method, body: body.String()}.do(t)
			if r.status != 200 {
				t.Fatalf("%d %s", r.status, r.body)
			}
			b, err := io.ReadAll(newBlockReader(strings.NewReader(r.body)))
			must(t, err)
			if bytes.Count(b, []byte("\n")) != 300000 || !bytes.HasSuffix(b, []byte("\n299999\n")) {
				t.Errorf("%d bytes", len(b))
			}
		})
	}

}

func TestStreamedFormatsHaveOneHeader(t *testing.T) {
	const n = 200000
	for format := range streamable {
		if format == "RawBLOB" || format == "LineAsString" {
			continue // one column of text
		}
		t.Run(format, func(t *testing.T) {
			query := fmt.Sprintf("SELECT number AS `a\"b`, toString(number) AS `c\nd` FROM numbers(%d)", n)
			streamed := ask(t, query, "default_format="+format)
			// The same answer in one block.
			one := ask(t, query+" SETTINGS max_block_size = 1000000, preferred_block_size_bytes = 0", "default_format="+format)
			if format == "Native" {
				return // blocks differ by design; clients' tests read them
			}
			if streamed != one {
				t.Errorf("%d bytes in blocks, %d in one", len(streamed), len(one))
			}
		})
	}
}

func TestLateErrorsAreNoticed(t *testing.T) {
	query := "SELECT throwIf(number = 900000), number FROM numbers(1000000) SETTINGS max_block_size = 10000"
	for _, accept := range []string{"", "gzip"} {
		r := call{body: query, header: map[string]string{"Accept-Encoding": accept}}.do(t)
		if r.status != 200 || r.err == nil {
			t.Fatalf("%d, read error %v: the connection was not broken off", r.status, r.err)
		}
		body := r.body
		if accept == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(body))
			must(t, err)
			b, _ := io.ReadAll(z)
			body = string(b)
		}
		tag := r.header.Get("X-ClickHouse-Exception-Tag")
		if !strings.Contains(body, "\r\n__exception__\r\n"+tag+"\r\nCode: 395. DB::Exception: ") || !strings.HasSuffix(body, tag+"\r\n__exception__\r\n") {
			t.Errorf("%q", body[max(0, len(body)-500):])
		}
	}
	r := call{query: "wait_end_of_query=1", body: query}.do(t)
	if r.status != 500 || r.header.Get("X-ClickHouse-Exception-Code") != "395" {
		t.Errorf("with wait_end_of_query: %d %v", r.status, r.header)
	}
}

func TestExternalTables(t *testing.T) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	must(t, m.WriteField("query", "SELECT name, {suffix:String} FROM ext WHERE id = 2"))
	must(t, m.WriteField("param_suffix", "it's"))
	f, err := m.CreateFormFile("ext", "ext.tsv")
	must(t, err)
	_, err = io.WriteString(f, "1\ta\n2\tb\n")
	must(t, err)
	must(t, m.Close())
	r := call{query: urlquery("ext_structure", "id UInt8, name String"), body: b.String(), header: map[string]string{"Content-Type": m.FormDataContentType()}}.do(t)
	if r.status != 200 || r.body != "b\tit\\'s\n" {
		t.Errorf("%d %q", r.status, r.body)
	}
	r = call{body: b.String(), header: map[string]string{"Content-Type": m.FormDataContentType()}}.do(t)
	if r.status != 400 || !strings.Contains(r.body, "ext_structure") {
		t.Errorf("%d %q", r.status, r.body)
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	// A server without its parts: the handler runs into a nil pointer.
	s := &Server{log: slog.New(slog.DiscardHandler), user: "default", slots: make(chan struct{}, 1)}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader("SELECT 1")))
	if w.Code != 500 || w.Header().Get("X-ClickHouse-Exception-Code") != "49" || !strings.Contains(w.Body.String(), "LOGICAL_ERROR") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
