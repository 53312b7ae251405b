// Package pipeline carries customers' feedback from Kafka to rows, in the order
// that Pipeline.Run shows: fetch → decode → redact → analyse → write → reject →
// settle → commit.
//
// The package holds the types that flow (Record, Feedback, Item), the flow
// itself, and the one layer that retries. The ends are interfaces, named here
// where they are used: package pipeline/kafka reads records, pipeline/decode
// turns them into feedback, nlp hears it, sinks/clickhouse writes rows and
// sinks/deadletter keeps what could not become one.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/stream"

	"earshot/nlp"
)

// Source hands out the records of the partitions that this process owns.
type Source interface {
	// Fetch waits for the next record. Records of one partition come in the
	// order of their offsets. When ctx ends it returns ctx's error.
	Fetch(ctx context.Context) (Record, error)
	// Commit tells the broker that everything up to these positions is done.
	// Positions of partitions that this process no longer owns are left to
	// their new owner and are no error.
	Commit(ctx context.Context, done []Position) error
}

// Decoder turns a record into feedback, or says why it can't. It is safe for
// concurrent use.
type Decoder interface {
	Decode(Record) (Feedback, *Rejection)
}

// Analyzer hears texts: one analysis a document, in the same order. It is safe
// for concurrent use and returns early when ctx ends.
type Analyzer interface {
	Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error)
}

// Writer makes rows of the items that have no Rejection and returns nil only
// once all of them are durably acknowledged. Writing an item again, whole or in
// part, in any order, must leave the store as if it had been written once. A
// Writer may set the Rejection of an item that the store refuses.
type Writer interface {
	Write(ctx context.Context, items []*Item) error
}

// Settler makes what was written since it was last called count once in everything
// that is derived from the rows, such as roll-ups. Nothing is committed before that
// was done: what was not settled when the process died is delivered, written and
// settled again. Settling twice must be harmless.
type Settler interface {
	Settle(ctx context.Context) error
}

// Rejecter keeps the items that have a Rejection as dead letters and returns
// nil only once all of them are durably acknowledged.
type Rejecter interface {
	Reject(ctx context.Context, items []*Item) error
}

// Limits bound the batches on their way, and so the memory of the pipeline: at
// most Workers+2 batches are between fetch and commit at any time (one being
// fetched, Workers being prepared, one being written), each of at most BatchRecords
// records and BatchBytes bytes of records plus one record.
type Limits struct {
	BatchRecords int           // records a batch, ≥ 1
	BatchBytes   int           // bytes of records after which a batch is full, ≥ 1
	Flush        time.Duration // longest wait of a record for its batch to fill
	Workers      int           // batches decoded and analysed at once, ≥ 1
	Drain        time.Duration // time to finish what is under way after a stop
	// Commit is how long positions are gathered before they are settled and
	// committed; 0: each batch by itself. As much may be delivered again.
	Commit time.Duration
}

// DefaultLimits keep a process under 512 MB with messages of usual size. One
// batch is prepared, on all cores, while the one before is written. Batches are
// large since ClickHouse merges what is inserted: a quarter of the rows an insert
// costs it twice as much a row.
func DefaultLimits() Limits {
	return Limits{BatchRecords: 8192, BatchBytes: 4 << 20, Flush: time.Second, Workers: 1, Drain: 30 * time.Second, Commit: time.Second}
}

// Pipeline is the flow of feedback from one Source.
//
// It delivers at least once: an offset is committed only after the row, or the
// dead letter, of its record and of every record before it in its partition is
// durably acknowledged, and after the Settler has made them count once in what is
// derived from the rows. A record that is delivered again meets a Writer for which
// twice is once, so the store stays exact. Nothing is dropped: each record ends as a
// row or as a dead letter.
type Pipeline struct {
	Source      Source
	Decoder     Decoder
	Analyzer    Analyzer
	Writer      Writer
	DeadLetters Rejecter
	Settler     Settler // nil: nothing is derived from the rows
	Privacy     Privacy
	Limits      Limits
	Log         *slog.Logger
	Metrics     *Metrics
}

// Run moves records from the source to the store until ctx ends or a step fails
// for good. When ctx ends it fetches no more, finishes what is under way within
// Limits.Drain, and returns nil. An error means that the batches from the failed
// one on were not committed; they will be delivered again.
func (p *Pipeline) Run(ctx context.Context) error {
	fetching, stopFetching := context.WithCancel(ctx)
	defer stopFetching()
	working, stopWorking := drainContext(ctx, p.Limits.Drain)
	defer stopWorking()
	reached := newCheckpoint(p)
	committing, stopCommitting := context.WithCancel(working)
	defer stopCommitting()
	var committer conc.WaitGroup
	committer.Go(func() { reached.keep(committing, stopFetching) })

	// The stream prepares batches side by side and settles them one after the
	// other, in the order in which they were fetched. Only settling touches
	// failed, and nothing is settled after a failure: a later batch must not
	// commit past an earlier one that was not written. To the stream a panic is
	// no reason to stop, so it is made a failure here.
	var failed error
	batches := stream.New().WithMaxGoroutines(p.Limits.Workers)
	underWay := make(chan struct{}, p.Limits.Workers+1) // a place for each batch that is prepared or written
	var fetchErr error
	for fetchErr == nil {
		var batch batch
		batch, fetchErr = p.fetch(fetching)
		if len(batch) == 0 {
			continue
		}
		FaultPoint("fetched")
		underWay <- struct{}{}
		batches.Go(func() stream.Callback {
			prepared := guarded(func() error { return p.prepare(working, batch) })
			return func() {
				defer func() { <-underWay }()
				if failed != nil {
					return
				}
				failed = prepared
				if failed == nil {
					failed = guarded(func() error { return p.deliver(working, batch, reached) })
				}
				if failed != nil {
					stopFetching()
				}
			}
		})
	}
	FaultPoint("stopping")
	batches.Wait()
	stopCommitting()
	committer.Wait()
	// What came before a failure is as safe as ever; but a failure is not to be
	// held up by brokers that don't answer.
	closing, endClosing := context.WithTimeout(working, max(p.Limits.Drain, time.Second))
	defer endClosing()
	if err := reached.close(closing); failed == nil {
		failed = err
	}

	switch {
	case failed != nil && ctx.Err() != nil && (errors.Is(failed, context.Canceled) || errors.Is(failed, context.DeadlineExceeded)):
		return fmt.Errorf("not everything fetched could be written and committed within %s of the stop; it will be delivered again: %w", p.Limits.Drain, failed)
	case failed != nil:
		return failed
	case ctx.Err() != nil:
		return nil
	}
	return fetchErr
}

// prepare makes feedback of records: decode → redact → analyse. After redact nothing
// knows any more what it hid.
func (p *Pipeline) prepare(ctx context.Context, items batch) error {
	FaultPoint("analysing")
	work := p.Metrics.work("decode", "redact", "analyse")
	// A chunk goes through all three while a core has it in its cache.
	eachChunk(items, func(part []*Item) {
		work.of(0, func() { p.decode(part) })
		work.of(1, func() { p.redact(part) })
		work.of(2, func() { p.analyse(ctx, part) })
	})
	work.observe()
	FaultPoint("analysed")
	return ctx.Err()
}

// deliver makes a batch durable: write → reject. Then it may be committed, with
// others or by itself: settle → commit.
func (p *Pipeline) deliver(ctx context.Context, items batch, reached *checkpoint) error {
	if commitsFirst() {
		if err := reached.reach(ctx, items); err != nil {
			return err
		}
	}
	FaultPoint("before_insert")
	if err := p.write(ctx, items); err != nil {
		return err
	}
	FaultPoint("after_insert")
	if err := p.reject(ctx, items); err != nil {
		return err
	}
	FaultPoint("after_reject")
	return reached.reach(ctx, items)
}

// guarded calls step and turns its panic into an error.
func guarded(step func() error) (err error) {
	if r := panics.Try(func() { err = step() }); r != nil {
		return r.AsError()
	}
	return err
}

// drainContext returns a context that outlives ctx by d.
func drainContext(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(d, cancel)
		context.AfterFunc(work, func() { timer.Stop() })
	})
	return work, func() { stop(); cancel() }
}
