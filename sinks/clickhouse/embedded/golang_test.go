package embedded

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"
)

func openGo(t testing.TB, change func(*clickhouse.Options)) clickhouse.Conn {
	t.Helper()
	o := &clickhouse.Options{Addr: []string{shared.Addr()}, Protocol: clickhouse.HTTP}
	if change != nil {
		change(o)
	}
	c, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestClickHouseGoRoundTripsTypes(t *testing.T) {
	for _, m := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionZSTD, clickhouse.CompressionGZIP, clickhouse.CompressionDeflate, clickhouse.CompressionBrotli} {
		t.Run(m.String(), func(t *testing.T) {
			ctx := context.Background()
			c := openGo(t, func(o *clickhouse.Options) { o.Compression = &clickhouse.Compression{Method: m, Level: 3} })
			table := fmt.Sprintf("rt_%s", m)
			must(t, c.Exec(ctx, "CREATE TABLE "+table+` (id UInt64, ch LowCardinality(String), lcn LowCardinality(Nullable(String)), s String,
				ts DateTime64(3,'UTC'), d DateTime, a Array(LowCardinality(String)), m Map(String,Float32), n Nested(k String, v Float32),
				o Nullable(Float64), tu Tuple(x UInt8, y String), aa Array(Array(UInt16)), ml Map(LowCardinality(String), Array(Nullable(Int8))),
				f FixedString(3), dec Decimal(18,4), e Enum8('a'=1,'b'=2), u UUID, b Bool) ENGINE = ReplacingMergeTree ORDER BY id`))
			at := time.Date(2026, 11, 22, 10, 11, 12, 345e6, time.UTC)
			batch, err := c.PrepareBatch(ctx, "INSERT INTO "+table)
			must(t, err)
			for i := range 1000 {
				var o *float64
				if i%2 == 1 {
					f := float64(i)
					o = &f
				}
				var lcn *string
				if i%3 == 1 {
					v := fmt.Sprint("v", i%7)
					lcn = &v
				}
				one := int8(1)
				must(t, batch.Append(uint64(i), fmt.Sprint("ch", i%5), lcn, fmt.Sprintf("text\n\n'%d'", i), at, at.Truncate(time.Second), []string{"x", fmt.Sprint(i % 9)},
					map[string]float32{"a": float32(i)}, []string{"k"}, []float32{2}, o, []any{uint8(i), "y"}, [][]uint16{{1, 2}, {}, {3}},
					map[string][]*int8{"k": {&one, nil}}, "abc", "1.2345", "b", "00000000-0000-0000-0000-00000000000"+fmt.Sprint(i%10), i%2 == 0))
			}
			must(t, batch.Send())
			rows, err := c.Query(ctx, "SELECT id, ch, lcn, s, ts, a, m, n.k, o, tu, aa, ml FROM "+table+" ORDER BY id")
			must(t, err)
			n := 0
			for rows.Next() {
				var id uint64
				var ch, s string
				var lcn *string
				var ts time.Time
				var a, nk []string
				var mm map[string]float32
				var o *float64
				var tu map[string]any
				var aa [][]uint16
				var ml map[string][]*int8
				must(t, rows.Scan(&id, &ch, &lcn, &s, &ts, &a, &mm, &nk, &o, &tu, &aa, &ml))
				if id != uint64(n) || ch != fmt.Sprint("ch", n%5) || (lcn != nil) != (n%3 == 1) || s != fmt.Sprintf("text\n\n'%d'", n) || !ts.Equal(at) || (o != nil) != (n%2 == 1) {
					t.Fatalf("row %d: %d %q %v %q %v %v", n, id, ch, lcn, s, ts, o)
				}
				if diff := cmp.Diff([][]uint16{{1, 2}, {}, {3}}, aa); diff != "" {
					t.Fatal(diff)
				}
				if mm["a"] != float32(n) || len(ml["k"]) != 2 || ml["k"][1] != nil {
					t.Fatalf("row %d: %v %v", n, mm, ml)
				}
				n++
			}
			must(t, rows.Err())
			if n != 1000 {
				t.Fatalf("%d rows", n)
			}
		})
	}
}

func TestClickHouseGoGetsTypedErrors(t *testing.T) {
	c := openGo(t, nil)
	for query, code := range map[string]int32{
		"SELECT nope FROM":       62,
		"SELECT * FROM nosuch":   60,
		"SELECT nosuchf(1)":      46,
		"SELECT * FROM no.such":  81,
		"SELECT throwIf(1)":      395,
		"SELECT 1 SETTINGS zz=1": 115,
	} {
		err := c.Exec(context.Background(), query)
		var ex *clickhouse.Exception
		if !errors.As(err, &ex) || ex.Code != code {
			t.Errorf("%s: %v, want code %d", query, err, code)
		}
	}
}
