package embedded

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// everyType has values of the types that the re-encoding knows.
const everyType = `SELECT number::UInt8 AS a, toInt128(number) AS b, toString(number) AS c, toFixedString('abc', 3) AS d,
	toLowCardinality(toString(number % 3)) AS e, CAST(if(number % 2, NULL, 'x') AS LowCardinality(Nullable(String))) AS f,
	if(number % 3, NULL, number) AS g, range(number % 5) AS h, [[toString(number)], []] AS i, map('k', [number, 1]) AS j,
	(number, 'x', [toLowCardinality('y')]) AS k, toDecimal64(number, 3) AS l, toDateTime64(number, 6, 'UTC') AS m,
	CAST((number % 2) + 1, 'Enum8(\'a,b)\' = 1, \'c\' = 2)') AS n, generateUUIDv4() AS o, toIPv6('::1') AS p, NULL AS q,
	CAST(tuple(number, 'z'), 'Tuple(` + "`a b`" + ` UInt64, s String)') AS r, emptyArrayToSingle(CAST([] AS Array(LowCardinality(String)))) AS s,
	CAST([] AS Array(LowCardinality(String))) AS t, CAST(number, 'Variant(String, UInt64)') AS u, (1., 2.)::Point AS v,
	toIntervalDay(number) AS w, number % 2 = 0 AS x, toDate32('2026-01-01') AS y, [(1, 'a')]::Nested(k UInt8, v String) AS z,
	CAST([map(toLowCardinality('k'), NULL)], 'Array(Map(LowCardinality(String), Nullable(UInt8)))') AS aa
	FROM numbers(1000)`

func engineNative(t testing.TB, query string) []byte {
	t.Helper()
	c, err := shared.open()
	must(t, err)
	defer c.close()
	r, err := c.query(query, "Native", nil)
	must(t, err)
	defer r.free()
	return bytes.Clone(r.bytes)
}

func TestNativeIsReencodedHoweverItIsCut(t *testing.T) {
	raw := engineNative(t, everyType+" SETTINGS max_block_size = 100")
	whole := reencode(t, raw, 54484, len(raw))
	for _, size := range []int{1, 7, 1000, 65536} {
		if size == 1 && testing.Short() {
			continue
		}
		part := raw
		if size < 100 {
			part = raw[:min(len(raw), 20000)]
		}
		if got := reencode(t, part, 54484, size); !bytes.HasPrefix(whole, got) || size >= 100 && len(got) != len(whole) {
			t.Errorf("in parts of %d: %d bytes, whole %d", size, len(got), len(whole))
		}
	}
	// clickhouse-go's own decoder reads what came out.
	raw = engineNative(t, "SELECT * EXCEPT (q, r, u, w, y) FROM ("+everyType+")")
	for _, revision := range []int{54405, 54454, 54484} {
		in := chproto.NewReader(bytes.NewReader(reencode(t, raw, revision, len(raw))))
		rows := 0
		for rows < 1000 {
			b := proto.Block{ServerContext: &column.ServerContext{Timezone: time.UTC}}
			if err := b.Decode(in, uint64(revision)); err != nil {
				t.Fatalf("revision %d, row %d: %v", revision, rows, err)
			}
			rows += b.Rows()
		}
	}
}

func reencode(t testing.TB, raw []byte, revision, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	e := newNativeEncoder(&out, revision)
	for len(raw) > 0 {
		n := min(size, len(raw))
		if _, err := e.Write(raw[:n]); err != nil {
			t.Fatal(err)
		}
		raw = raw[n:]
	}
	return out.Bytes()
}

func TestNativeThatCannotBeSentSaysSo(t *testing.T) {
	for _, q := range []string{"SELECT sumState(number) FROM numbers(3)", "SELECT 1::Dynamic", `SELECT '{"a":1}'::JSON`} {
		r := call{query: "default_format=Native&client_protocol_version=54484", body: q}.do(t)
		if r.status != 501 || r.header.Get("X-ClickHouse-Exception-Code") != "48" {
			t.Errorf("%s: %d %q", q, r.status, r.body)
		}
		if r := (call{query: "default_format=Native", body: q}).do(t); r.status != 200 {
			t.Errorf("%s at revision 0: %d %q", q, r.status, r.body)
		}
	}
	r := call{query: "default_format=Native&client_protocol_version=54484&output_format_native_write_json_as_string=1", body: `SELECT '{"a":1}'::JSON`}.do(t)
	if r.status != 200 || !strings.Contains(r.body, `{"a":1}`) {
		t.Errorf("JSON as a string: %d %q", r.status, r.body)
	}
	if err := openGo(t, nil).Exec(context.Background(), "SELECT 1::Dynamic"); err == nil {
		t.Error("no error")
	}
}

func FuzzNative(f *testing.F) {
	f.Add([]byte("\x02\x01\x02id\x06UInt32\x01\x00\x00\x00\x01s\x06String\x01x"), 3)
	f.Add([]byte("\x01\x01\x01c\x16LowCardinality(String)\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x011\x01\x00\x00\x00\x00\x00\x00\x00\x01"), 1)
	f.Add([]byte("\x01\x01\x01a\x0cArray(UInt8)\xff\xff\xff\xff\xff\x00\x00\x00"), 9)
	f.Add([]byte("\x01\x02\x01v\x16Variant(String, UInt8)\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01x\x07"), 2)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		size = max(1, min(size, 1<<16))
		var out, parts bytes.Buffer
		_, wholeErr := newNativeEncoder(&out, 54484).Write(data)
		e := newNativeEncoder(&parts, 54484)
		var partErr error
		for rest := data; len(rest) > 0 && partErr == nil; {
			n := min(size, len(rest))
			_, partErr = e.Write(rest[:n])
			rest = rest[n:]
		}
		if (wholeErr == nil) != (partErr == nil) || !bytes.Equal(out.Bytes(), parts.Bytes()) {
			t.Fatalf("whole: %d bytes, %v; in parts of %d: %d bytes, %v", out.Len(), wholeErr, size, parts.Len(), partErr)
		}
	})
}
