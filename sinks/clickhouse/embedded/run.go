package embedded

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// query is one request, ready for the engine.
type query struct {
	*request
	statement *statement
	data      io.Reader  // of an INSERT, nil without
	external  []external // tables that came with the request
}

// external is a table that a client sent along with its query.
type external struct {
	name, format, structure string
	data                    *spool
}

// run carries out a query and writes its answer. An error that it returns has
// not been answered yet.
func (s *Server) run(ctx context.Context, q *query, a *answer) (err error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return cancelled(ctx)
	}
	tag, err := s.running.add(q.queryID)
	if err != nil {
		return err
	}
	defer s.running.remove(q.queryID)

	var data *spool
	if q.data != nil {
		// The body is read before a connection is taken: a slow client
		// holds nothing but its own data.
		if data, err = newSpool(q.data, s.dir); err != nil {
			return err
		}
		defer data.close()
	}
	if ctx.Err() != nil {
		return cancelled(ctx)
	}

	c, done, err := s.connection(q)
	if err != nil {
		return err
	}
	defer done()
	if err := s.prepare(c, q, tag); err != nil {
		return err
	}
	for _, e := range q.external {
		if err := loadExternal(c, e); err != nil {
			return err
		}
	}
	text, err := s.statementText(c, q, data)
	if err != nil {
		return err
	}

	stop := s.cancelWith(ctx, tag)
	defer stop()
	format := firstOf(q.statement.format, q.format)
	if q.statement.kind == statementInsertData {
		format = q.format
	}
	if err := a.begin(format); err != nil {
		return err
	}
	if header, ok := streamable[format]; ok && q.statement.kind == statementSelect {
		err = streamResult(ctx, c, text, format, q.params, a, header)
	} else {
		err = wholeResult(c, text, q.format, q.params, a)
	}
	if err != nil {
		if ctx.Err() != nil {
			return cancelled(ctx)
		}
		return err
	}
	return a.end()
}

func cancelled(ctx context.Context) error {
	return newException(codeQueryWasCancelled, "Query was cancelled: %v", context.Cause(ctx))
}

// connection takes a new connection, or the session's.
func (s *Server) connection(q *query) (*conn, func(), error) {
	if q.sessionID == "" {
		c, err := s.open()
		if err != nil {
			return nil, nil, err
		}
		return c, c.close, nil
	}
	x, err := s.sessions.acquire(q.sessionID, q.sessionCheck)
	if err != nil {
		return nil, nil, err
	}
	return x.conn, func() {
		x.restore(q.settings, q.database != "")
		x.remember(q.statement)
		s.sessions.release(q.sessionID, x, q.sessionTimeout)
	}, nil
}

// prepare sets what holds for this request.
func (s *Server) prepare(c *conn, q *query, tag string) error {
	if q.sessionID != "" && q.readonly && !readsOnly(q.statement) {
		// readonly cannot be taken back, so a session's connection is
		// guarded from outside.
		return newException(codeReadonly, "%s: Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries", s.user)
	}
	sets := make([]string, 0, len(q.settings)+2)
	readonly := q.readonly && q.sessionID == ""
	for _, a := range q.settings {
		if a.name == "readonly" {
			if q.sessionID != "" {
				continue
			}
			// Only what is as strict takes the place of our own.
			readonly = readonly && a.value != "'1'" && a.value != "'2'"
		}
		sets = append(sets, a.name+" = "+a.value)
	}
	sets = append(sets, tagSetting+" = "+quoteString(tag))
	if q.database != "" {
		if err := c.exec("USE " + quoteName(q.database)); err != nil {
			return err
		}
	}
	if readonly {
		sets = append(sets, "readonly = 2")
	}
	return c.exec("SET " + strings.Join(sets, ", "))
}

func readsOnly(st *statement) bool {
	switch st.kind {
	case statementSelect, statementSet, statementUse:
		return true
	case statementOther:
		l := lexer{s: st.text}
		t := l.next()
		switch strings.ToUpper(st.text[t.start:t.end]) {
		case "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "CHECK":
			return true
		}
	}
	return false
}

func loadExternal(c *conn, e external) error {
	if err := c.exec(fmt.Sprintf("CREATE TEMPORARY TABLE %s (%s) ENGINE = Memory", quoteName(e.name), e.structure)); err != nil {
		return err
	}
	if e.data.size == 0 {
		return nil
	}
	return c.exec(fmt.Sprintf("INSERT INTO %s %s FORMAT %s", quoteName(e.name), e.data.clause(), e.format))
}

// statementText is what the engine gets: for an INSERT, the statement with
// its data in a file.
func (s *Server) statementText(c *conn, q *query, data *spool) (string, error) {
	st := q.statement
	switch {
	case st.kind == statementKill:
		return s.rewriteKill(st), nil
	case data == nil:
		return st.text[:st.end], nil
	}
	format := firstOf(st.format, q.format)
	if st.kind == statementInsertOther {
		// INSERT … SELECT … FROM input('…'): the engine reads input() from
		// its own query's text only, so the data becomes a table first.
		const table = "_earshot_input"
		structure := unquoteString(st.inputStructure)
		if err := c.exec("DROP TEMPORARY TABLE IF EXISTS " + table); err != nil {
			return "", err
		}
		if err := loadExternal(c, external{table, format, structure, data}); err != nil {
			return "", err
		}
		return st.text[:st.input.start] + table + st.text[st.input.end:st.clause], nil
	}
	// The engine wants FROM INFILE before the SETTINGS.
	return st.text[:st.settings] + "\n" + data.clause() + "\n" + st.text[st.settings:st.clause] + "\nFORMAT " + format, nil
}

// streamResult passes a SELECT's blocks on as they come.
func streamResult(ctx context.Context, c *conn, text, format string, params []param, a *answer, header headerLength) error {
	rows, err := c.stream(text, format, params)
	if err != nil {
		return err
	}
	defer rows.close()
	for first := true; ; first = false {
		res, err := rows.next()
		if err != nil {
			return err
		}
		if res == nil {
			return nil
		}
		b := res.bytes
		if !first && header != nil {
			// The engine formats each block by itself.
			b = b[header(b):]
		}
		a.stats.add(res.stats)
		err = a.write(b)
		res.free()
		if err == nil && !first {
			err = a.flush()
		}
		if err == nil && ctx.Err() != nil {
			err = cancelled(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// wholeResult runs a statement to its end and then writes what it gave.
func wholeResult(c *conn, text, format string, params []param, a *answer) error {
	res, err := c.query(text, format, params)
	if err != nil {
		return err
	}
	defer res.free()
	a.stats.add(res.stats)
	return a.write(res.bytes)
}

// headerLength finds how long the header of a formatted block is.
type headerLength func(block []byte) int

// streamable are the formats whose blocks can be put one after the other,
// once the repeated headers are gone.
var streamable = map[string]headerLength{
	"Native": nil, "RowBinary": nil, "MsgPack": nil, "RawBLOB": nil, "LineAsString": nil,
	"TabSeparated": nil, "TSV": nil, "TabSeparatedRaw": nil, "TSVRaw": nil, "Raw": nil, "TSKV": nil, "CSV": nil,
	"JSONEachRow": nil, "JSONLines": nil, "NDJSON": nil, "JSONStringsEachRow": nil,
	"JSONCompactEachRow": nil, "JSONCompactStringsEachRow": nil,

	"TabSeparatedWithNames": lines(1), "TSVWithNames": lines(1),
	"TabSeparatedWithNamesAndTypes": lines(2), "TSVWithNamesAndTypes": lines(2),
	"JSONCompactEachRowWithNames": lines(1), "JSONCompactEachRowWithNamesAndTypes": lines(2),
	"JSONCompactStringsEachRowWithNames": lines(1), "JSONCompactStringsEachRowWithNamesAndTypes": lines(2),
	"CSVWithNames": csvLines(1), "CSVWithNamesAndTypes": csvLines(2),
	"RowBinaryWithNames": binaryHeader(1), "RowBinaryWithNamesAndTypes": binaryHeader(2),
}

// lines is a header of n lines.
func lines(n int) headerLength { return lineHeader(n, false) }

// csvLines is a header of n lines; a line end between double quotes is none.
func csvLines(n int) headerLength { return lineHeader(n, true) }

func lineHeader(n int, quotes bool) headerLength {
	return func(b []byte) int {
		quoted := false
		left := n
		for i, c := range b {
			switch {
			case c == '"' && quotes:
				quoted = !quoted
			case c == '\n' && !quoted:
				if left--; left == 0 {
					return i + 1
				}
			}
		}
		return len(b)
	}
}

// binaryHeader is a number of columns and then lists times as many strings.
func binaryHeader(lists int) headerLength {
	return func(b []byte) int {
		columns, n := binary.Uvarint(b)
		if n <= 0 {
			return len(b)
		}
		c := cursor{data: b, pos: n}
		for range columns * uint64(lists) {
			if _, err := c.bytes(); err != nil {
				return len(b)
			}
		}
		return c.pos
	}
}
