package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"earshot/cmd/config"
	"earshot/nlp/privacy"
	"earshot/pipeline"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
)

// DeadLetterReplay gives dead letters another chance: the open ones go through the
// pipeline as it is configured now, each as the record that it was, with its place
// and its time, so that its row has the rank that it would have had. Those that pass
// are closed once their rows count; those that fail again stay open. It can be
// interrupted at any moment and run again.
type DeadLetterReplay struct {
	Config  *config.Config
	Brokers []string
	Store   *clickhouse.Store
	Version string            // of earshot, by which attempts are signed
	Reasons []pipeline.Reason // only those rejected for one of them; none: all
	DryRun  bool              // nothing is written anywhere
	Log     *slog.Logger
	// Progress is told how many letters are read, of how many; nil: nobody is.
	Progress func(read, of int64)
}

// Run replays what the topic of dead letters holds now.
func (r *DeadLetterReplay) Run(ctx context.Context) (*DeadLetterReport, error) {
	letters, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer letters.close()
	analyzer, err := openAnalyzer(r.Config, r.Log)
	if err != nil {
		return nil, err
	}
	defer analyzer.Close()

	limits := batchesFor(analyzer.Tier(), r.Config.Pipeline.Limits(), runtime.GOMAXPROCS(0))
	limits.Flush = time.Hour // letters don't trickle in: a batch is full, or the last one
	limits.Commit = 0        // what is committed is closed: with each batch, and not beside the writing of another
	pipe := &pipeline.Pipeline{
		Source:      letters,
		Decoder:     newDecoders(r.Config),
		Analyzer:    analyzer,
		Writer:      &replayWriter{letters: letters},
		DeadLetters: letters,
		Privacy:     letters.privacy,
		Limits:      limits,
		Log:         r.Log,
		Metrics:     pipeline.NewMetrics(nil, nil),
	}
	if !r.DryRun {
		writer := r.Store.Writer()
		pipe.Writer = &replayWriter{to: writer, letters: letters}
		pipe.Settler = writer
	}
	err = pipe.Run(ctx)
	if errors.Is(err, errNoMoreLetters) {
		err = nil
	}
	if err == nil {
		err = ctx.Err() // Run takes being told to stop for success
	}
	return &letters.report, err
}

// Discard gives up the open dead letters of a reason: they are closed without a row.
// It returns how many there were.
func (r *DeadLetterReplay) Discard(ctx context.Context, reason pipeline.Reason) (int64, error) {
	letters, err := r.open(ctx)
	if err != nil {
		return 0, err
	}
	defer letters.close()
	if err := letters.knowAll(ctx); err != nil {
		return 0, err
	}
	return r.Store.DiscardDeadLetters(ctx, reason, r.Version)
}

// open looks at what there is to read. The caller closes it.
func (r *DeadLetterReplay) open(ctx context.Context) (*letterSource, error) {
	// Without the key of the service that runs, customers would get other pseudonyms.
	if _, err := privacy.ReadKey(r.Config.Privacy.KeyFile); err != nil {
		return nil, fmt.Errorf("privacy.key_file: %w; a replay needs that of the earshot whose dead letters these are", err)
	}
	hidden, err := openPrivacy(r.Config, r.Log)
	if err != nil {
		return nil, err
	}
	conn, err := Connect(r.Config, r.Brokers)
	if err != nil {
		return nil, err
	}
	if err := kafka.AwaitTopic(ctx, conn, r.Config.Kafka.DeadLetters); err != nil {
		return nil, err
	}
	ranges, err := kafka.Ranges(ctx, conn, []string{r.Config.Kafka.DeadLetters})
	if err != nil {
		return nil, err
	}
	held, err := kafka.Ranges(ctx, conn, r.Config.Topics())
	if err != nil {
		return nil, err
	}
	return newLetterSource(r, hidden, originals{log: kafka.NewLog(conn), held: held}, ranges), nil
}

// replayWriter notes which letters became rows.
type replayWriter struct {
	to      pipeline.Writer // nil: rows go nowhere
	letters *letterSource
}

// Write implements pipeline.Writer.
func (w *replayWriter) Write(ctx context.Context, items []*pipeline.Item) error {
	if w.to != nil {
		if err := w.to.Write(ctx, items); err != nil {
			return err
		}
	}
	w.letters.written(items)
	return nil
}
