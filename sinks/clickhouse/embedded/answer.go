package embedded

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

// answer writes a query's result: re-encoded, compressed, and with the
// headers as late as possible, so that an error that comes early enough has
// its own status.
type answer struct {
	w       http.ResponseWriter
	req     *request
	noBody  bool // HEAD
	tag     string
	started time.Time
	stats   stats

	native *nativeEncoder
	blocks *blockWriter
	http   flushWriter
	out    io.Writer // where the engine's bytes go

	any  bool     // the result is not empty
	held []byte   // not sent yet
	file *os.File // what wait_end_of_query holds beyond heldMax
	dir  string
	sent bool
}

// heldMax is how much of an answer waits for the query's first trouble, and
// how much of one with wait_end_of_query stays in memory.
const (
	heldMax     = 64 << 10
	heldWaitMax = 8 << 20
)

func (s *Server) newAnswer(w http.ResponseWriter, r *http.Request, req *request) *answer {
	a := &answer{w: w, req: req, noBody: r.Method == http.MethodHead, started: time.Now(), dir: s.dir}
	tag := make([]byte, 8)
	_, _ = rand.Read(tag) // never fails
	a.tag = hex.EncodeToString(tag)
	return a
}

// begin builds the writers for an answer in the given format.
func (a *answer) begin(format string) error {
	h := a.w.Header()
	h.Set("X-ClickHouse-Format", format)
	h.Set("Content-Type", contentType(format))
	a.out = holder{a}
	if a.req.httpEncode {
		if e := acceptedEncoding(a.req.accept); e != "" {
			enc, err := encodeAnswer(a.out, e, a.req.httpLevel)
			if err != nil {
				return err
			}
			a.http, a.out = enc, enc
			h.Set("Content-Encoding", e)
			h.Add("Vary", "Accept-Encoding")
		}
	}
	if a.req.compress {
		b, err := newBlockWriter(a.out, a.req.blockMethod)
		if err != nil {
			return err
		}
		a.blocks, a.out = b, b
	}
	if format == "Native" && a.req.revision > 0 {
		a.native = newNativeEncoder(a.out, a.req.revision)
		a.out = a.native
	}
	return nil
}

// write passes on a part of the result.
func (a *answer) write(p []byte) error {
	if len(p) == 0 {
		return nil // a compressor would make bytes of nothing
	}
	a.any = true
	_, err := a.out.Write(p)
	return err
}

// flush sends what there is, for a result that comes in parts.
func (a *answer) flush() error {
	if a.blocks != nil {
		if err := a.blocks.Flush(); err != nil {
			return err
		}
	}
	if a.req.waitForEnd {
		return nil
	}
	if a.http != nil {
		if err := a.http.Flush(); err != nil {
			return err
		}
	}
	if a.sent {
		return http.NewResponseController(a.w).Flush()
	}
	return nil
}

// end completes the answer.
func (a *answer) end() error {
	if a.native != nil {
		if err := a.native.Close(); err != nil {
			return err
		}
	}
	if a.blocks != nil {
		if err := a.blocks.Close(); err != nil {
			return err
		}
	}
	if a.http != nil && !a.any && !a.sent {
		// Clients take a length of 0 for "no result", and compressed nothing
		// is longer.
		a.w.Header().Del("Content-Encoding")
	} else if a.http != nil {
		if err := a.http.Close(); err != nil {
			return err
		}
	}
	if a.sent {
		return nil
	}
	size := int64(len(a.held))
	if a.file != nil {
		st, err := a.file.Stat()
		if err != nil {
			return err
		}
		size += st.Size()
	}
	a.w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	return a.send()
}

// send sends the headers and what was held.
func (a *answer) send() error {
	a.sent = true
	h := a.w.Header()
	h.Set("X-ClickHouse-Summary", a.summary())
	h.Set("X-ClickHouse-Exception-Tag", a.tag)
	a.w.WriteHeader(http.StatusOK)
	if a.file != nil && !a.noBody {
		if _, err := a.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(a.w, a.file); err != nil {
			return err
		}
	}
	held := a.held
	a.held = nil
	if a.noBody {
		return nil
	}
	_, err := a.w.Write(held)
	return err
}

// close frees what the answer held.
func (a *answer) close() {
	if a.file != nil {
		_ = a.file.Close()
		releaseFile(a.file.Name())
	}
}

// fail answers with an error. Once rows have been sent the status cannot be
// changed: then the text is written after them, between marks that clients
// look for, and the connection is broken off so that the others notice.
func (a *answer) fail(err error) {
	e := asException(err)
	h := a.w.Header()
	if !a.sent {
		h.Del("Content-Encoding")
		h.Del("Content-Length")
		h.Set("Content-Type", "text/plain; charset=UTF-8")
		h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.code))
		h.Set("X-ClickHouse-Summary", a.summary())
		if e.code == codeAuthenticationFailed {
			// As in ClickHouse: browsers then ask for a password.
			h.Set("WWW-Authenticate", `Basic realm="ClickHouse server HTTP API"`)
		}
		a.w.WriteHeader(e.status())
		if !a.noBody {
			_, _ = io.WriteString(a.w, e.withVersion(h.Get("X-ClickHouse-Version"))+"\n")
		}
		return
	}
	text := e.withVersion(h.Get("X-ClickHouse-Version"))
	framed := fmt.Sprintf("\r\n__exception__\r\n%s\r\n%s\n%d %s\r\n__exception__\r\n", a.tag, text, len(text)+1, a.tag)
	if a.http != nil {
		_, _ = a.http.Write([]byte(framed))
		_ = a.http.Flush()
	} else {
		_, _ = io.WriteString(a.w, framed)
	}
	_ = http.NewResponseController(a.w).Flush()
	panic(http.ErrAbortHandler)
}

func (a *answer) summary() string {
	b, _ := json.Marshal(map[string]string{ // strings always marshal
		"read_rows": num(a.stats.readRows), "read_bytes": num(a.stats.readBytes),
		"written_rows": num(a.stats.writtenRows), "written_bytes": num(a.stats.writtenBytes),
		"total_rows_to_read": "0",
		"result_rows":        num(a.stats.resultRows), "result_bytes": num(a.stats.resultBytes),
		"elapsed_ns": strconv.FormatInt(time.Since(a.started).Nanoseconds(), 10),
	})
	return string(b)
}

func num(n uint64) string { return strconv.FormatUint(n, 10) }

// holder is the innermost writer: it holds the beginning of an answer back.
type holder struct{ a *answer }

func (h holder) Write(p []byte) (int, error) {
	a := h.a
	if a.sent {
		if a.noBody {
			return len(p), nil
		}
		return a.w.Write(p)
	}
	limit := heldMax
	if a.req.waitForEnd {
		limit = heldWaitMax
	}
	if len(a.held)+len(p) <= limit {
		a.held = append(a.held, p...)
		return len(p), nil
	}
	if !a.req.waitForEnd {
		if err := a.send(); err != nil {
			return 0, err
		}
		return h.Write(p)
	}
	if a.file == nil {
		f, _, err := diskFile(a.dir)
		if err != nil {
			return 0, noSpace(err)
		}
		a.file = f
	}
	for _, b := range [][]byte{a.held, p} {
		if _, err := a.file.Write(b); err != nil {
			return 0, noSpace(err)
		}
	}
	a.held = a.held[:0]
	return len(p), nil
}

func contentType(format string) string {
	switch format {
	case "JSON", "JSONCompact", "JSONStrings", "JSONCompactStrings", "JSONColumns", "JSONCompactColumns", "JSONColumnsWithMetadata", "JSONObjectEachRow":
		return "application/json; charset=UTF-8"
	case "JSONEachRow", "JSONLines", "NDJSON", "JSONStringsEachRow", "JSONCompactEachRow", "JSONCompactStringsEachRow",
		"JSONCompactEachRowWithNames", "JSONCompactEachRowWithNamesAndTypes", "JSONCompactStringsEachRowWithNames", "JSONCompactStringsEachRowWithNamesAndTypes",
		"JSONEachRowWithProgress":
		return "application/x-ndjson; charset=UTF-8"
	case "XML":
		return "application/xml; charset=UTF-8"
	case "CSV":
		return "text/csv; charset=UTF-8; header=absent"
	case "CSVWithNames", "CSVWithNamesAndTypes":
		return "text/csv; charset=UTF-8; header=present"
	case "TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "TabSeparatedWithNames", "TSVWithNames", "TabSeparatedWithNamesAndTypes", "TSVWithNamesAndTypes":
		return "text/tab-separated-values; charset=UTF-8"
	case "Markdown":
		return "text/markdown; charset=UTF-8"
	case "Native", "RowBinary", "RowBinaryWithNames", "RowBinaryWithNamesAndTypes", "Parquet", "ORC", "Avro", "Arrow", "ArrowStream", "MsgPack", "Npy", "RawBLOB":
		return "application/octet-stream"
	}
	return "text/plain; charset=UTF-8"
}

// withVersion is the text as a server writes it into an answer's body.
func (e *exception) withVersion(version string) string {
	return fmt.Sprintf("%s (version %s)", e.Error(), version)
}
