package embedded

import (
	"testing"
)

func TestStatements(t *testing.T) {
	for _, c := range []struct {
		text         string
		kind         statementKind
		format, data string
	}{
		{"", statementEmpty, "", ""},
		{" -- nothing\n", statementEmpty, "", ""},
		{"SELECT 1", statementSelect, "", ""},
		{"select 1 format CSV", statementSelect, "CSV", ""},
		{"SELECT 1 FORMAT CSV SETTINGS a = 1", statementSelect, "CSV", ""},
		{"SELECT (SELECT 1 FORMAT CSV)", statementSelect, "", ""},
		{"SELECT 'it''s FORMAT CSV'", statementSelect, "", ""},
		{`SELECT 'it\'s' FORMAT CSV`, statementSelect, "CSV", ""},
		{"SELECT $x$ ' FORMAT TSV $x$ FORMAT CSV", statementSelect, "CSV", ""},
		{"SELECT `FORMAT` FROM t", statementSelect, "", ""},
		{"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", statementInsertOther, "", ""},
		{"INSERT INTO t VALUES (1)", statementInsertData, "Values", " (1)"},
		{"INSERT INTO t(a,b)VALUES(1)", statementInsertData, "Values", "(1)"},
		{"INSERT INTO t FORMAT CSV\n1,2", statementInsertData, "CSV", "1,2"},
		{"INSERT INTO t FORMAT CSV \r\n1,2", statementInsertData, "CSV", "1,2"},
		{"INSERT INTO t FORMAT CSV\n\n1,2", statementInsertData, "CSV", "\n1,2"},
		{"INSERT INTO values VALUES (1)", statementInsertData, "Values", " (1)"},
		{"INSERT INTO format FORMAT CSV 1", statementInsertData, "CSV", "1"},
		{"INSERT INTO a.format (`values`, \"format\") FORMAT CSV 1", statementInsertData, "CSV", "1"},
		{"INSERT INTO t (SELECT 1)", statementInsertOther, "", ""},
		{"INSERT INTO FUNCTION null('x Int8') SELECT 1", statementInsertOther, "", ""},
		{"INSERT INTO FUNCTION null('x FORMAT CSV') FORMAT TSV\nx", statementInsertData, "TSV", "x"},
		{"INSERT INTO t SELECT a FROM input('a Int8') FORMAT CSV\n1", statementInsertOther, "CSV", "1"},
		{"INSERT INTO t", statementInsertData, "", ""},
		{"CREATE TABLE t (x Int8) ENGINE = Memory", statementOther, "", ""},
		{"SHOW TABLES FORMAT CSV;", statementOther, "CSV", ""},
		{"USE `a b`;", statementUse, "", ""},
		{"SET a = 1", statementSet, "", ""},
		{"KILL QUERY WHERE query_id = 'x'", statementKill, "", ""},
	} {
		st, err := parseStatement(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		data := ""
		if st.clause > 0 {
			data = st.text[st.data:]
		}
		if st.kind != c.kind || st.format != c.format || data != c.data {
			t.Errorf("%q: kind %d, format %q, data %q; want %d, %q, %q", c.text, st.kind, st.format, data, c.kind, c.format, c.data)
		}
	}
	for _, text := range []string{
		"SELECT 1; SELECT 2", "INSERT INTO t FROM INFILE 'x' FORMAT CSV", "insert into t (a) from -- x\n infile 'x'",
		"SELECT 1 INTO OUTFILE 'x'", "select 1 into/**/outfile/**/'x'", "(SELECT 1) INTO OUTFILE 'x'", "SELECT 1 INTO OUTFILE $$x$$",
		"exit", " quit ; ", "?? x", "INSERT INTO t; SELECT 1",
		"ATTACH TABLE t FROM '/nosuch' (x Int8)", "WITH 1 AS x SELECT x INTO OUTFILE 'x'", "EXPLAIN SELECT 1 INTO OUTFILE 'x'",
	} {
		if _, err := parseStatement(text); err == nil {
			t.Errorf("%q was let through", text)
		}
	}
	for _, text := range []string{"SELECT 'INTO OUTFILE x'", "INSERT INTO outfile VALUES (1)", "SELECT infile FROM t", "ATTACH TABLE t", "SELECT 1 /* INTO OUTFILE 'x' */"} {
		if _, err := parseStatement(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAssignments(t *testing.T) {
	st, err := parseStatement("SET a = 1, b='x, y', c = [1, 2], flag, m = {'a': 1} ;")
	must(t, err)
	want := []assignment{{"a", "1"}, {"b", "'x, y'"}, {"c", "[1, 2]"}, {"flag", "1"}, {"m", "{'a': 1}"}}
	if len(st.assignments) != len(want) {
		t.Fatalf("%v", st.assignments)
	}
	for i, a := range want {
		if st.assignments[i] != a {
			t.Errorf("got %v, want %v", st.assignments[i], a)
		}
	}
}

func FuzzStatement(f *testing.F) {
	for _, s := range []string{"SELECT 1 FORMAT CSV", "INSERT INTO t (a) SETTINGS x = 'y' FORMAT CSV\n1", "INSERT INTO t VALUES (1)", "KILL QUERY WHERE query_id = 'it''s'", "SET a = [1, 'b']", "$a$ $a$", "/* ", "'", "INSERT INTO t SELECT * FROM input('a') FORMAT CSV x", "USE x", "\xff;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		st, err := parseStatement(s)
		if err != nil {
			return
		}
		if st.end < 0 || st.end > len(s) || st.clause < 0 || st.clause > st.data || st.data > len(s) || st.settings > st.clause && st.kind == statementInsertData || st.settings < 0 && st.kind == statementInsertData {
			t.Fatalf("%q: %+v", s, st)
		}
		if q := unquoteString(quoteString(s)); q != s {
			t.Fatalf("quoted %q comes back as %q", s, q)
		}
		for _, x := range st.strings {
			_ = unquoteString(s[x.start:x.end])
		}
	})
}
