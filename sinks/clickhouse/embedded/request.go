package embedded

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// request is what a client asked for beside the statement itself.
type request struct {
	queryID  string
	database string
	// format is for answers, and for data, where the statement names none.
	format string

	settings []assignment // values quoted
	params   []param

	sessionID      string
	sessionTimeout time.Duration
	sessionCheck   bool

	readonly    bool // a GET
	waitForEnd  bool
	compress    bool
	decompress  bool
	blockMethod string // of compress
	revision    int    // of Native answers
	httpEncode  bool   // enable_http_compression
	httpLevel   int
	accept      string // Accept-Encoding
}

// options are the URL parameters that are neither settings nor param_NAME.
var options = map[string]bool{
	"query": true, "database": true, "default_format": true, "query_id": true, "user": true, "password": true,
	"quota_key": true, "role": true, "stacktrace": true, "buffer_size": true, "wait_end_of_query": true,
	"session_id": true, "session_timeout": true, "session_check": true, "close_session": true,
	"compress": true, "decompress": true, "client_protocol_version": true,
}

// externalOptions end the names of the parameters that describe an external
// table.
var externalOptions = []string{"_format", "_structure", "_types"}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// parseRequest reads the URL's parameters and the headers. Those that describe
// an external table have been read already.
func parseRequest(r *http.Request, q url.Values, tables []external) (*request, error) {
	described := map[string]bool{}
	for _, t := range tables {
		for _, suffix := range externalOptions {
			described[t.name+suffix] = true
		}
	}
	req := &request{
		database:       firstOf(q.Get("database"), r.Header.Get("X-ClickHouse-Database")),
		queryID:        firstOf(q.Get("query_id"), r.Header.Get("X-ClickHouse-Query-Id")),
		format:         firstOf(q.Get("default_format"), r.Header.Get("X-ClickHouse-Format"), "TabSeparated"),
		sessionID:      q.Get("session_id"),
		sessionTimeout: defaultSessionTimeout,
		sessionCheck:   q.Get("session_check") == "1",
		readonly:       r.Method == http.MethodGet || r.Method == http.MethodHead,
		waitForEnd:     truthy(q.Get("wait_end_of_query")),
		compress:       truthy(q.Get("compress")),
		decompress:     truthy(q.Get("decompress")),
		accept:         r.Header.Get("Accept-Encoding"),
		httpEncode:     true,
		httpLevel:      3,
	}
	if req.queryID == "" {
		req.queryID = uuid.NewString()
	}
	if strings.ContainsAny(req.queryID, "\r\n") {
		return nil, newException(codeBadArguments, "query_id must not contain line ends")
	}
	if !settingName.MatchString(req.format) {
		return nil, newException(codeUnknownFormat, "Unknown format %s", clip(req.format, 80))
	}
	if v := q.Get("session_timeout"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n <= 0 {
			return nil, newException(codeInvalidSessionTimeout, "Invalid session timeout: '%s'", v)
		}
		if time.Duration(n)*time.Second > maxSessionTimeout {
			return nil, newException(codeInvalidSessionTimeout, "Session timeout '%s' is larger than max_session_timeout: %d", v, int(maxSessionTimeout.Seconds()))
		}
		req.sessionTimeout = time.Duration(n) * time.Second
	}
	if v := q.Get("client_protocol_version"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > maxRevision {
			return nil, newException(codeBadArguments, "client_protocol_version is '%s', not a revision", v)
		}
		req.revision = n
	}

	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names) // the same request always sets in the same order
	for _, name := range names {
		value := q.Get(name)
		switch paramName, isParam := strings.CutPrefix(name, "param_"); {
		case name == "" || options[name] || described[name]:
			continue
		case isParam:
			req.params = append(req.params, newParam(paramName, value))
			continue
		case !settingName.MatchString(name):
			return nil, newException(codeUnknownSetting, "Unknown setting '%s'", clip(name, 80))
		case name == tagSetting:
			return nil, newException(codeUnknownSetting, "The setting %s is taken by this server", name)
		case name == "enable_http_compression":
			req.httpEncode = truthy(value)
		case name == "http_zlib_compression_level":
			if n, err := strconv.Atoi(value); err == nil {
				req.httpLevel = n
			}
		case name == "network_compression_method":
			req.blockMethod = value
		}
		req.settings = append(req.settings, assignment{name, quoteString(value)})
	}
	return req, nil
}

// newParam takes a value in ClickHouse's escaped form. A bare tab or line end
// would end the value there, which nobody means: it is escaped.
func newParam(name, value string) param {
	if !strings.ContainsAny(value, "\t\n") {
		return param{name, value}
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			b.WriteString(value[i : i+2]) // escaped already, be it a real line end
			i++
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\n':
			b.WriteString(`\n`)
		default:
			b.WriteByte(c)
		}
	}
	return param{name, b.String()}
}

func truthy(v string) bool { return v != "" && v != "0" && !strings.EqualFold(v, "false") }

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
