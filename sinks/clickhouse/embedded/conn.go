package embedded

import (
	"errors"
	"runtime"
	"unsafe"
)

// conn is one connection to the engine. It serialises its calls; it is not
// safe for use from two goroutines.
//
// What a request leaves behind (USE, SET, temporary tables, parameters) lives
// in its connection alone. As a new connection costs under a millisecond,
// every request gets its own, and only sessions keep theirs.
type conn struct {
	lib *library
	ptr unsafe.Pointer // chdb_connection *
}

// stats is what the engine tells about a finished query.
type stats struct {
	resultRows, resultBytes   uint64
	readRows, readBytes       uint64
	writtenRows, writtenBytes uint64
}

func (s *stats) add(o stats) {
	s.resultRows += o.resultRows
	s.resultBytes += o.resultBytes
	s.readRows += o.readRows
	s.readBytes += o.readBytes
	s.writtenRows += o.writtenRows
	s.writtenBytes += o.writtenBytes
}

// openConn connects with the engine's command-line arguments. The first
// connection of a process starts the engine; the later ones join it.
func openConn(lib *library, args ...string) (*conn, error) {
	argv := make([]*byte, 0, len(args)+1)
	for _, a := range append([]string{"clickhouse"}, args...) {
		argv = append(argv, &append([]byte(a), 0)[0])
	}
	p := lib.connect(int32(len(argv)), unsafe.Pointer(&argv[0]))
	runtime.KeepAlive(argv)
	if p == nil || *(*unsafe.Pointer)(p) == nil {
		return nil, errors.New("the engine refused the connection")
	}
	return &conn{lib: lib, ptr: p}, nil
}

func (c *conn) close() {
	if c.ptr != nil {
		c.lib.closeConn(c.ptr)
		c.ptr = nil
	}
}

func (c *conn) handle() unsafe.Pointer { return *(*unsafe.Pointer)(c.ptr) }

// param is a query parameter, its value in ClickHouse's escaped text form.
type param struct{ name, value string }

// result is an answer in the engine's memory; bytes are valid until free.
type result struct {
	lib   *library
	ptr   unsafe.Pointer
	bytes []byte
	stats stats
}

func (r *result) free() {
	if r != nil && r.ptr != nil {
		r.lib.destroy(r.ptr)
		r.ptr, r.bytes = nil, nil
	}
}

// wrap turns the engine's result into a result or an *exception.
func (c *conn) wrap(p unsafe.Pointer) (*result, error) {
	if p == nil {
		return nil, newException(codeLogicalError, "The engine gave no answer")
	}
	if e := c.lib.errorText(p); e != nil {
		err := parseException(cString(e))
		c.lib.destroy(p)
		return nil, err
	}
	r := &result{lib: c.lib, ptr: p}
	if n := c.lib.length(p); n > 0 {
		r.bytes = unsafe.Slice((*byte)(c.lib.buffer(p)), int(n))
	}
	r.stats = stats{
		resultRows: c.lib.rowsOut(p), resultBytes: c.lib.bytesOut(p),
		readRows: c.lib.rowsRead(p), readBytes: c.lib.bytesRead(p),
		writtenRows: c.lib.rowsWritten(p), writtenBytes: c.lib.bytesWritten(p),
	}
	return r, nil
}

// query runs one statement and returns its whole answer, which the caller
// frees.
func (c *conn) query(text, format string, params []param) (*result, error) {
	a := newArgs(text, format, params)
	p := c.lib.query(c.handle(), a.text, a.textLen, a.format, a.formatLen, a.names, a.nameLens, a.values, a.valueLens, a.n)
	runtime.KeepAlive(a)
	return c.wrap(p)
}

// exec runs a statement whose answer does not matter.
func (c *conn) exec(text string) error {
	r, err := c.query(text, "Null", nil)
	if err != nil {
		return err
	}
	r.free()
	return nil
}

// text runs a statement and returns its answer as one string.
func (c *conn) text(query string) (string, error) {
	r, err := c.query(query, "TSVRaw", nil)
	if err != nil {
		return "", err
	}
	defer r.free()
	return string(r.bytes), nil
}

// rows is a SELECT whose answer comes block by block.
type rows struct {
	c    *conn
	ptr  unsafe.Pointer
	done bool
}

// stream starts a SELECT. The engine accepts nothing else here.
func (c *conn) stream(text, format string, params []param) (*rows, error) {
	a := newArgs(text, format, params)
	p := c.lib.stream(c.handle(), a.text, a.textLen, a.format, a.formatLen, a.names, a.nameLens, a.values, a.valueLens, a.n)
	runtime.KeepAlive(a)
	if p == nil {
		return nil, newException(codeLogicalError, "The engine gave no answer")
	}
	if e := c.lib.errorText(p); e != nil {
		err := parseException(cString(e))
		c.lib.destroy(p)
		return nil, err
	}
	return &rows{c: c, ptr: p}, nil
}

// next returns the next block, formatted, or nil at the end.
func (r *rows) next() (*result, error) {
	if r.done {
		return nil, nil
	}
	res, err := r.c.wrap(r.c.lib.fetch(r.c.handle(), r.ptr))
	if err != nil {
		r.done = true
		return nil, err
	}
	// The engine forgets the query after a block without rows, though such
	// a block may carry a format's header.
	if res.stats.resultRows == 0 {
		r.done = true
	}
	if len(res.bytes) == 0 {
		res.free()
		r.done = true
		return nil, nil
	}
	return res, nil
}

// close ends the query, cancelling what is left of it.
func (r *rows) close() {
	if r.ptr == nil {
		return
	}
	if !r.done {
		r.c.lib.cancel(r.c.handle(), r.ptr)
	}
	r.c.lib.destroy(r.ptr)
	r.ptr = nil
}

// args holds what a call points at until it has returned.
type args struct {
	text, format                       *byte
	textLen, formatLen, n              uintptr
	names, nameLens, values, valueLens unsafe.Pointer
	nameData, valueData                []*byte
	nameLenData, valueLenData          []uintptr
	keepText, keepFormat               string
	keepParams                         []param
}

func newArgs(text, format string, params []param) *args {
	a := &args{
		text: stringData(text), textLen: uintptr(len(text)),
		format: stringData(format), formatLen: uintptr(len(format)),
		keepText: text, keepFormat: format, keepParams: params, n: uintptr(len(params)),
	}
	for _, p := range params {
		a.nameData = append(a.nameData, stringData(p.name))
		a.nameLenData = append(a.nameLenData, uintptr(len(p.name)))
		a.valueData = append(a.valueData, stringData(p.value))
		a.valueLenData = append(a.valueLenData, uintptr(len(p.value)))
	}
	if len(params) > 0 {
		a.names, a.nameLens = unsafe.Pointer(&a.nameData[0]), unsafe.Pointer(&a.nameLenData[0])
		a.values, a.valueLens = unsafe.Pointer(&a.valueData[0]), unsafe.Pointer(&a.valueLenData[0])
	}
	return a
}

// stringData points at the bytes of s, never at nothing.
func stringData(s string) *byte {
	if s == "" {
		return new(byte)
	}
	return unsafe.StringData(s)
}

func cString(p unsafe.Pointer) string {
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
