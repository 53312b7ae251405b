package clickhouse

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	chcolumn "github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"

	"earshot/nlp"
	"earshot/pipeline"
)

// blockBatch is a driver's batch without a server behind it.
type blockBatch struct {
	driver.Batch
	block proto.Block
}

func newBlockBatch(columns []columnOf) *blockBatch {
	b := &blockBatch{}
	b.block.ServerContext = &chcolumn.ServerContext{Timezone: time.UTC}
	for _, c := range columns {
		if err := b.block.AddColumn(c.name, chcolumn.Type(c.typ)); err != nil {
			panic(fmt.Sprintf("column %s: %v", c.name, err))
		}
	}
	return b
}

type columnOf = struct{ name, typ string }

func writerColumns() []columnOf {
	var all []columnOf
	for _, c := range columns() {
		all = append(all, columnOf{c.name, c.typ})
	}
	return all
}

func (b *blockBatch) Columns() []chcolumn.Interface { return b.block.Columns }

// typicalItems are n items as the pipeline makes most of them: 200 bytes of
// text, two sentences, with as many mentions as asked for, each with evidence.
func typicalItems(n, mentions int) []*pipeline.Item {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	five, rating := 5.0, 2.0
	items := make([]*pipeline.Item, n)
	for i := range items {
		text := fmt.Sprintf("%-100s%-100s", "The engineer never came and nobody called back.", "The modem itself is great though.")
		it := &pipeline.Item{
			Record: pipeline.Record{Topic: "feedback.reviews", Partition: i % 8, Offset: int64(i)},
			Feedback: pipeline.Feedback{
				Source: "feedback.reviews", ID: fmt.Sprintf("review-%09d", i), Channel: pipeline.Review,
				CreatedAt: at.Add(time.Duration(i) * time.Millisecond), Text: text,
				Rating: &rating, RatingMax: &five, Customer: fmt.Sprintf("c-%06d", i%5000),
				Segment: []string{"consumer", "business"}[i%2], Product: fmt.Sprintf("product-%d", i%50), Location: fmt.Sprintf("city-%d", i%300),
			},
			Analysis: nlp.Analysis{
				Text: text, Language: "en",
				Sentiment: nlp.Sentiment{Score: -0.4, Label: nlp.Negative, Mixed: true, Confidence: 0.9},
				Sentences: []nlp.Sentence{
					{Span: nlp.Span{Start: 0, End: 100}, Score: -0.8, Label: nlp.Negative},
					{Span: nlp.Span{Start: 100, End: 200}, Score: 0.7, Label: nlp.Positive},
				},
				Intents: []string{"complaint"}, Emotion: "anger", Tier: "fast", Model: "lexicon@1", Taxonomy: "telecom@3",
			},
		}
		for m := range mentions {
			start := 100 * (m % 2)
			it.Analysis.Mentions = append(it.Analysis.Mentions, nlp.Mention{
				Topic: []string{"installation.missed_appointment", "device"}[m%2], Stage: "fulfilment", Touchpoint: "field_visit",
				Span: nlp.Span{Start: start, End: start + 20}, Score: -0.8, Label: nlp.Negative,
				Evidence: []nlp.Evidence{{Cue: "never came", Span: nlp.Span{Start: start, End: start + 10}, Kind: "cue", Rule: "installation/17"}},
			})
		}
		items[i] = it
	}
	return items
}

func BenchmarkRowsClientSide(b *testing.B) {
	for _, mentions := range []int{0, 2} {
		b.Run(fmt.Sprintf("mentions=%d", mentions), func(b *testing.B) {
			s, err := Open(Options{URL: "http://127.0.0.1:1"})
			if err != nil {
				b.Fatal(err)
			}
			w := s.Writer()
			items := typicalItems(5000, mentions)
			var buffer chproto.Buffer
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				batch := newBlockBatch(writerColumns())
				if err := w.table.fill(batch, w.rows(items)); err != nil {
					b.Fatal(err)
				}
				buffer.Reset()
				if err := batch.block.Encode(&buffer, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(items))/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(b.N)*float64(len(items))/(cpuTime(b)-before).Seconds(), "rows/core-s")
			b.ReportMetric(float64(len(buffer.Buf))/float64(len(items)), "bytes/row")
		})
	}
}

// cpuTime is the processor time that this process has used, which a busy
// machine does not stretch; the collector's is in it.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestEncodedColumnsReadBackAsTheDriverReadsThem(t *testing.T) {
	// More words than one and two bytes can number, in the three widths of a
	// dictionary's keys.
	typical := append(typicalItems(2, 2), typicalItems(3, 0)...)
	for _, words := range []int{1, 254, 255, 65534, 65535} {
		t.Run(fmt.Sprint(words, " words"), func(t *testing.T) {
			s, _ := Open(Options{URL: "http://127.0.0.1:1"})
			w := s.Writer()
			rows := make([]*row, words)
			for i := range rows {
				item := *typical[i%len(typical)]
				item.Feedback.Product = strings.Repeat("x", i%7) + fmt.Sprint(i)
				r := newRow(&item, time.UnixMilli(int64(i)))
				rows[i] = &r
			}
			batch := newBlockBatch(writerColumns())
			if err := w.table.fill(batch, rows); err != nil {
				t.Fatal(err)
			}
			var buffer chproto.Buffer
			if err := batch.block.Encode(&buffer, 0); err != nil {
				t.Fatal(err)
			}
			var back proto.Block
			back.ServerContext = &chcolumn.ServerContext{Timezone: time.UTC}
			if err := back.Decode(chproto.NewReader(strings.NewReader(string(buffer.Buf))), 0); err != nil {
				t.Fatal(err)
			}
			for _, col := range back.Columns {
				if col.Rows() != words {
					t.Fatalf("column %s has %d rows, want %d", col.Name(), col.Rows(), words)
				}
				if col.Name() != "product" {
					continue
				}
				for i := range words {
					if got := col.Row(i, false); got != rows[i].f.Product {
						t.Fatalf("row %d: product %v, want %v", i, got, rows[i].f.Product)
					}
				}
			}
		})
	}
}
