"""Connects to the server whose host and port are given, as Python's
clickhouse-connect does, and checks what comes back."""

import datetime
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError


def check(what, got, want):
    if got != want:
        sys.exit(f"{what}: got {got!r}, want {want!r}")


def main(host, port, user, password):
    login = dict(host=host, port=int(port), username=user, password=password)
    at = datetime.datetime(2026, 11, 22, 10, 11, 12, 345000, tzinfo=datetime.timezone.utc)
    for compress in (True, False, "gzip", "zstd", "lz4", "br"):
        client = clickhouse_connect.get_client(compress=compress, **login)
        client.command("CREATE DATABASE IF NOT EXISTS py")
        client.command("DROP TABLE IF EXISTS py.t")
        client.command(
            "CREATE TABLE py.t (id UInt64, ch LowCardinality(String), s String, ts DateTime64(3, 'UTC'),"
            " a Array(LowCardinality(String)), m Map(String, Float32), n Nullable(Float64)) ENGINE = MergeTree ORDER BY id"
        )
        rows = [[i, f"c{i % 3}", f"it's\n\nrow {i}", at, ["x", str(i)], {"k": 1.5}, None if i % 2 else 0.5] for i in range(1000)]
        client.insert("t", rows, database="py", column_names=["id", "ch", "s", "ts", "a", "m", "n"])
        got = client.query("SELECT * FROM py.t ORDER BY id")
        check("rows", got.row_count, 1000)
        check("row", [v if not isinstance(v, datetime.datetime) else v.replace(tzinfo=datetime.timezone.utc) for v in got.result_rows[7]], rows[7])
        check("summary", int(got.summary["read_rows"]) > 0, True)

        check("parameters", client.query(
            "SELECT {s:String}, {n:UInt8}, {a:Array(String)}, {d:Nullable(String)}",
            parameters={"s": "it's a 'quote'\n\tand \\ more", "n": 7, "a": ["x", "y'z"], "d": None},
        ).result_rows, [("it's a 'quote'\n\tand \\ more", 7, ["x", "y'z"], None)])

        check("settings", client.command("SELECT getSetting('max_threads')", settings={"max_threads": 1}), 1)
        check("empty", client.query("SELECT 1 WHERE 0").result_rows, [])
        check("raw", client.raw_query("SELECT 1 AS x", fmt="JSONEachRow"), b'{"x":1}\n')
        check("raw insert", client.raw_insert("py.t", ["id"], b"5000\n5001\n", fmt="CSV").written_rows, 2)
        with client.query_row_block_stream("SELECT number FROM numbers(200000)") as stream:
            check("stream", sum(len(block) for block in stream), 200000)
        try:
            client.query("SELECT * FROM py.nosuch")
        except DatabaseError as e:
            check("error", "UNKNOWN_TABLE" in str(e) and "60" in str(e), True)
        else:
            sys.exit("a query of an unknown table gave no error")
        client.close()
    try:
        clickhouse_connect.get_client(host=host, port=int(port), username=user, password="wrong")
    except DatabaseError as e:
        check("login", "516" in str(e), True)
    else:
        sys.exit("a wrong password gave no error")
    print("ok")


main(*sys.argv[1:])
