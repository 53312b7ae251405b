package clickhouse

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	chcolumn "github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"

	"earshot/pipeline"
)

// nativeServer speaks as much of ClickHouse's native protocol as an insert
// needs. It stands in for a server with that port, which the embedded engine
// has not.
type nativeServer struct {
	columns []columnOf          // of the table
	after   func(net.Conn) bool // after the last block; false hangs up
	mu      sync.Mutex
	queries []string // with settings
	blocks  []proto.Block
}

const nativeRevision = proto.DBMS_MIN_REVISION_WITH_OPENTELEMETRY

func (s *nativeServer) serve(c net.Conn) {
	if err := s.converse(c); err != nil && !errors.Is(err, net.ErrClosed) {
		return // the client sees that the connection ends
	}
}

func (s *nativeServer) converse(c net.Conn) error {
	r := chproto.NewReader(c)
	var out chproto.Buffer
	send := func() error {
		_, err := c.Write(out.Buf)
		out.Reset()
		return err
	}
	if _, err := r.ReadByte(); err != nil {
		return err
	}
	var hello chproto.ClientHello
	if err := hello.Decode(r); err != nil {
		return err
	}
	out.PutByte(proto.ServerHello)
	out.PutString("ClickHouse")
	out.PutUVarInt(26)
	out.PutUVarInt(5)
	out.PutUVarInt(nativeRevision)
	out.PutString("UTC")
	out.PutString("fake")
	out.PutUVarInt(1)
	if err := send(); err != nil {
		return err
	}
	for {
		packet, err := r.ReadByte()
		if err != nil {
			return err
		}
		switch packet {
		case proto.ClientPing:
			out.PutByte(proto.ServerPong)
			if err := send(); err != nil {
				return err
			}
			continue
		case proto.ClientQuery:
		default:
			return fmt.Errorf("packet %d", packet)
		}
		var q chproto.Query
		if err := q.DecodeAware(r, nativeRevision); err != nil {
			return err
		}
		s.mu.Lock()
		s.queries = append(s.queries, fmt.Sprintf("%s %v", q.Body, q.Settings))
		s.mu.Unlock()
		if _, err := s.block(r); err != nil { // no external tables
			return err
		}
		out.PutByte(proto.ServerData)
		out.PutString("")
		if err := proto.NewBlock().EncodeHeader(&out, nativeRevision); err != nil {
			return err
		}
		out.Buf = out.Buf[:len(out.Buf)-2] // its own counts: no columns, no rows
		out.PutUVarInt(uint64(len(s.columns)))
		out.PutUVarInt(0)
		for _, column := range s.columns {
			out.PutString(column.name)
			out.PutString(column.typ)
		}
		if err := send(); err != nil {
			return err
		}
		for {
			block, err := s.block(r)
			if err != nil {
				return err
			}
			if len(block.Columns) == 0 {
				break
			}
			s.mu.Lock()
			s.blocks = append(s.blocks, *block)
			s.mu.Unlock()
		}
		if s.after != nil {
			if !s.after(c) {
				return nil
			}
			continue
		}
		out.PutByte(proto.ServerEndOfStream)
		if err := send(); err != nil {
			return err
		}
	}
}

// block reads one data packet of the client.
func (s *nativeServer) block(r *chproto.Reader) (*proto.Block, error) {
	packet, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	if packet != proto.ClientData {
		return nil, fmt.Errorf("packet %d instead of data", packet)
	}
	if _, err := r.Str(); err != nil {
		return nil, err
	}
	b := &proto.Block{ServerContext: &chcolumn.ServerContext{Timezone: time.UTC}}
	return b, b.Decode(r, nativeRevision)
}

func nativeStore(t *testing.T, s *nativeServer) *Store {
	t.Helper()
	store, err := Open(Options{URL: "clickhouse://" + listen(t, s.serve)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestNativeInsertIsOneBlockWithTheSameValues(t *testing.T) {
	// The server's order of columns is its own; the driver sorts.
	server := &nativeServer{columns: writerColumns()}
	for i, j := 0, len(server.columns)-1; i < j; i, j = i+1, j-1 {
		server.columns[i], server.columns[j] = server.columns[j], server.columns[i]
	}
	for i, c := range server.columns {
		if c.name == "turns" { // servers from 26.5 on quote keywords in types
			server.columns[i].typ = strings.Replace(c.typ, " at ", " `at` ", 1)
		}
	}
	s := nativeStore(t, server)
	items := append(typicalItems(2000, 2), maximalItem())
	w := s.Writer()
	for _, batch := range [][]*pipeline.Item{items, items[:3]} {
		if err := w.Write(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}

	if len(server.blocks) != 2 {
		t.Fatalf("%d blocks for two batches", len(server.blocks))
	}
	block := server.blocks[0]
	for i, want := range columns() {
		col := block.Columns[i]
		if col.Name() != want.name || col.Rows() != len(items) {
			t.Errorf("column %d is %s with %d rows, want %s with %d", i, col.Name(), col.Rows(), want.name, len(items))
		}
	}
	last := len(items) - 1
	for name, want := range map[string]any{
		"id": items[last].Feedback.ID, "text": items[last].Analysis.Text, "created_at": items[last].Feedback.CreatedAt, "kafka_offset": uint64(items[last].Record.Offset),
		"segment": "business", "mixed": true, "score": float32(-0.5),
	} {
		for i, c := range columns() {
			if c.name == name {
				if got := block.Columns[i].Row(last, false); got != want {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
		}
	}
	if q := server.queries[0]; !strings.HasPrefix(q, "INSERT INTO feedback_store (source, id,") || !strings.Contains(q, "async_insert") {
		t.Errorf("query %s", q)
	}
}

func TestNativeInsertThatIsNotAcknowledgedIsAnError(t *testing.T) {
	exception := func(code int32, message string) func(net.Conn) bool {
		return func(c net.Conn) bool {
			var out chproto.Buffer
			out.PutByte(proto.ServerException)
			out.PutInt32(code)
			out.PutString("DB::Exception")
			out.PutString("DB::Exception: " + message)
			out.PutString("stack")
			out.PutBool(false)
			_, _ = c.Write(out.Buf)
			return true
		}
	}
	for name, tc := range map[string]struct {
		after     func(net.Conn) bool
		retriable bool
		says      string
	}{
		"too many parts": {exception(252, "Too many parts"), true, "code 252: Too many parts"},
		"no grant":       {exception(497, "Not enough privileges"), false, "grant"},
		"hangs up":       {func(net.Conn) bool { return false }, true, "clickhouse insert at clickhouse://"},
	} {
		t.Run(name, func(t *testing.T) {
			s := nativeStore(t, &nativeServer{columns: writerColumns(), after: tc.after})
			err := s.Writer().Write(t.Context(), typicalItems(10, 0))
			if err == nil || pipeline.IsRetriable(err) != tc.retriable || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one with %q, retriable %v", err, tc.says, tc.retriable)
			}
		})
	}
}

func TestNativeInsertIntoAnotherTypeWritesNothing(t *testing.T) {
	server := &nativeServer{columns: writerColumns()}
	for i, c := range server.columns {
		if c.name == "rating" {
			server.columns[i].typ = "Nullable(Float64)"
		}
	}
	s := nativeStore(t, server)
	err := s.Writer().Write(t.Context(), typicalItems(10, 0))
	if err == nil || pipeline.IsRetriable(err) || !strings.Contains(err.Error(), "column rating") || !strings.Contains(err.Error(), "earshot check") {
		t.Errorf("error %v, want a permanent one that names the column", err)
	}
	if len(server.blocks) != 0 {
		t.Errorf("%d blocks were sent", len(server.blocks))
	}
}
