package embedded

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
)

const (
	// headSize is how much of a body is read at first to find the
	// statement in it.
	headSize = 64 << 10
	// maxStatement is how long a statement without its data may be. The
	// engine's own limit (max_query_size) is lower and has its own error.
	maxStatement = 64 << 20
	maxFormField = 16 << 20
)

// ServeHTTP answers as ClickHouse's HTTP interface does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handlers.Add(1)
	defer s.handlers.Done()
	defer s.survive(w, r)
	switch r.URL.Path {
	case "/ping", "/replicas_status":
		plain(w, http.StatusOK, "Ok.\n")
		return
	case "/":
	default:
		plain(w, http.StatusNotFound, fmt.Sprintf("There is no handle %s\n\nUse / or /ping for health checks.\n\nSend queries from your program with POST method or GET /?query=...\n", r.URL.Path))
		return
	}
	if problem := s.foreignPage(r); problem != "" {
		plain(w, http.StatusForbidden, problem+"\n")
		return
	}
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", "GET, HEAD, POST, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.answerQuery(w, r)
}

// survive keeps a panic from taking the process down. net/http would do so as
// well, but would leave the client without an answer.
func (s *Server) survive(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // the value that net/http compares with
		panic(p)
	}
	s.log.Error("a ClickHouse request failed inside earshot", "panic", p, "path", r.URL.Path, "stack", string(debug.Stack()))
	w.Header().Del("Content-Encoding")
	w.Header().Set("X-ClickHouse-Exception-Code", "49")
	plain(w, http.StatusInternalServerError, newException(codeLogicalError, "%v", p).withVersion(s.version)+"\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	// What a client sent may be in it: no browser should take it for a page.
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func (s *Server) answerQuery(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-ClickHouse-Server-Display-Name", "earshot")
	h.Set("X-ClickHouse-Timezone", s.timezone)
	h.Set("X-ClickHouse-Version", s.version)
	q, a, err := s.readQuery(w, r)
	if a == nil {
		a = s.newAnswer(w, r, &request{})
	}
	defer a.close()
	if q != nil {
		defer q.close()
	}
	if err == nil && q == nil { // a GET without a query
		plain(w, http.StatusOK, "Ok.\n")
		return
	}
	if err == nil {
		err = s.run(r.Context(), q, a)
	}
	if err != nil {
		a.fail(err)
	}
}

func (q *query) close() {
	for _, e := range q.external {
		e.data.close()
	}
}

// readQuery reads the request up to the data of an INSERT. The query is nil
// if there is none and none is needed.
func (s *Server) readQuery(w http.ResponseWriter, r *http.Request) (*query, *answer, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, nil, newException(codeBadArguments, "The URL's parameters cannot be read: %v", err)
	}
	if err := s.authenticate(credentials(r, values)); err != nil {
		return nil, nil, err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost && r.Method != http.MethodPut {
		return nil, nil, newException(codeNotImplemented, "The method %s is not supported: use POST or GET", r.Method)
	}
	body, err := decodeBody(r.Body, strings.Join(r.Header.Values("Content-Encoding"), ","))
	if err != nil {
		return nil, nil, err
	}
	q := &query{}
	if kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		if err := s.readForm(multipart.NewReader(body, params["boundary"]), values, q); err != nil {
			return q, nil, err
		}
		body = http.NoBody
	}
	if q.request, err = parseRequest(r, values, q.external); err != nil {
		return q, nil, err
	}
	w.Header().Set("X-ClickHouse-Query-Id", q.queryID)
	a := s.newAnswer(w, r, q.request)
	if q.decompress {
		body = newBlockReader(body)
	}
	if err := q.split(values.Get("query"), body); err != nil {
		return q, a, err
	}
	if q.statement.kind == statementEmpty {
		if q.readonly {
			return nil, a, nil
		}
		return q, a, newException(codeSyntaxError, "Syntax error: failed at position 1 (end of query): Empty query")
	}
	return q, a, nil
}

// split finds the statement in the URL's query and the body, which ClickHouse
// takes for one text, and the data behind it.
func (q *query) split(text string, body io.Reader) (err error) {
	if strings.TrimSpace(text) != "" {
		if q.statement, err = parseStatement(text); err != nil {
			return err
		}
		if q.hasData() {
			// The body begins on a line of its own.
			head := strings.TrimRight(text[q.statement.data:], " \t\r\n")
			if head != "" {
				head += "\n"
			}
			q.data = io.MultiReader(strings.NewReader(head), body)
			return nil
		}
		text += "\n"
	}
	head := []byte(text)
	for size := headSize; ; size *= 4 {
		n := len(head)
		head = append(head, make([]byte, size)...)
		m, readErr := io.ReadFull(body, head[n:])
		head = head[:n+m]
		ended := readErr == io.EOF || readErr == io.ErrUnexpectedEOF
		if readErr != nil && !ended {
			return readErr
		}
		if q.statement, err = parseStatement(string(head)); err != nil {
			return err
		}
		// A statement that ends where the head ends may go on.
		if st := q.statement; q.hasData() && (ended || !st.bare && st.data < len(head)-2) {
			q.data = io.MultiReader(strings.NewReader(st.text[st.data:]), body)
			return nil
		}
		if ended {
			return nil
		}
		if len(head) > maxStatement {
			return newException(codeQueryIsTooLarge, "Max query size exceeded: the statement is longer than %d bytes", maxStatement)
		}
	}
}

// hasData tells whether rows follow the statement.
func (q *query) hasData() bool {
	st := q.statement
	return st.kind == statementInsertData || st.kind == statementInsertOther && st.inputStructure != ""
}

// readForm reads a multipart form: parts with a file name are external
// tables, the others parameters as if they stood in the URL.
func (s *Server) readForm(form *multipart.Reader, values url.Values, q *query) error {
	for {
		part, err := form.NextPart()
		if err == io.EOF { //nolint:errorlint // NextPart returns it as it is
			break
		}
		if err != nil {
			return newException(codeBadArguments, "The form cannot be read: %v", err)
		}
		if part.FileName() == "" && part.Header.Get("Content-Type") == "" {
			b, err := io.ReadAll(io.LimitReader(part, maxFormField+1))
			if err != nil {
				return newException(codeBadArguments, "The form cannot be read: %v", err)
			}
			if len(b) > maxFormField {
				return newException(codeQueryIsTooLarge, "The form's field %s is longer than %d bytes", quoteString(part.FormName()), maxFormField)
			}
			values.Set(part.FormName(), string(b))
			continue
		}
		data, err := newSpool(part, s.dir)
		if err != nil {
			return err
		}
		q.external = append(q.external, external{name: part.FormName(), data: data})
	}
	for i := range q.external {
		e := &q.external[i]
		e.format = firstOf(values.Get(e.name+"_format"), "TabSeparated")
		e.structure = values.Get(e.name + "_structure")
		if e.structure == "" && values.Get(e.name+"_types") != "" {
			for n, t := range splitArguments(values.Get(e.name + "_types")) {
				if n > 0 {
					e.structure += ", "
				}
				e.structure += fmt.Sprintf("_%d %s", n+1, t)
			}
		}
		if e.structure == "" || !settingName.MatchString(e.format) {
			return newException(codeBadArguments, "Neither structure nor types have not been provided for external table %s. Use fields %s_structure or %s_types to do so", e.name, e.name, e.name)
		}
	}
	return nil
}
