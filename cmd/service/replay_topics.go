package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"earshot/cmd/config"
	"earshot/nlp/privacy"
	"earshot/pipeline"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
)

// Topics are where the records of the feedback are, and what is made of them now.
type Topics struct {
	conn    *kafka.Connection
	names   []string
	decoder pipeline.Decoder
	privacy pipeline.Privacy
}

// OpenTopics prepares reading the sources of c again; it dials nothing yet. The key of
// the pseudonyms must be there: with a new one every customer would become another.
func OpenTopics(c *config.Config, brokers []string, log *slog.Logger) (*Topics, error) {
	if _, err := privacy.ReadKey(c.Privacy.KeyFile); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w; copy the one that the service uses, since with another every customer becomes a new one, or hear the stored texts with --stored", err)
		}
		return nil, fmt.Errorf("privacy.key_file: %w", err)
	}
	p, err := openPrivacy(c, log)
	if err != nil {
		return nil, err
	}
	conn, err := Connect(c, brokers)
	if err != nil {
		return nil, err
	}
	return &Topics{conn: conn, names: c.Topics(), decoder: newDecoders(c), privacy: p}, nil
}

// ranges are the parts of the topics that are to be read: what Kafka still has of the
// records behind the items.
func (t *Topics) ranges(ctx context.Context, extents []clickhouse.Extent) ([]kafka.Range, error) {
	kept, err := kafka.Ranges(ctx, t.conn, t.names)
	if err != nil {
		return nil, fmt.Errorf("kafka at %s: %w; --stored hears the stored texts without it", strings.Join(t.conn.Brokers(), ","), err)
	}
	var ranges []kafka.Range
	for _, k := range kept {
		i := slices.IndexFunc(extents, func(e clickhouse.Extent) bool { return e.Topic == k.Topic && e.Partition == k.Partition })
		if i < 0 {
			continue
		}
		k.From, k.To = max(k.From, extents[i].From), min(k.To, extents[i].To)
		if k.From < k.To {
			ranges = append(ranges, k)
		}
	}
	return ranges, nil
}

// hearRecords hears the items of the period whose records their topics still have.
// Records that can't become their item any more are left to hearStored.
func (r *Replay) hearRecords(ctx context.Context) error {
	extents, err := r.Store.Extents(ctx, r.Period)
	if err != nil {
		return err
	}
	ranges, err := r.Topics.ranges(ctx, extents)
	if err != nil {
		return err
	}
	log := kafka.NewLog(r.Topics.conn)
	defer log.Close() // it has no error to return
	for _, part := range ranges {
		place := clickhouse.Place{Topic: part.Topic, Partition: part.Partition}
		for part.From = max(part.From, r.state.Positions[place]); part.From < part.To; {
			records, rest, err := next(ctx, log, part)
			if err != nil {
				return err
			}
			for some := range slices.Chunk(records, recordsAtOnce) {
				if err := r.hearCurrent(ctx, some); err != nil {
					return err
				}
				r.state.Positions[place] = some[len(some)-1].Offset + 1
				if err := r.saveNowAndThen(ctx); err != nil {
					return err
				}
			}
			part = rest
		}
	}
	return nil
}

// recordsAtOnce is how many records are looked up, and heard, at a time.
const recordsAtOnce = 1024

// hearCurrent hears those records again that are behind the items as they are stored.
func (r *Replay) hearCurrent(ctx context.Context, records []pipeline.Record) error {
	current, err := r.Store.Current(ctx, r.Period, r.Topics.decode(records))
	if err != nil {
		return err
	}
	return r.keep(ctx, r.Topics.redact(current))
}

// unreachable is how long brokers that don't answer are asked again.
const unreachable = time.Minute

// next returns the next records of a range, and what is left of it.
func next(ctx context.Context, log *kafka.Log, part kafka.Range) (records []pipeline.Record, rest kafka.Range, err error) {
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		records, rest, err = log.Next(ctx, part)
		if err != nil && !pipeline.IsRetriable(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(backoff.NewExponentialBackOff()), backoff.WithMaxElapsedTime(unreachable))
	return records, rest, err
}

// eachPart runs do over parts of a list on all cores.
func eachPart[T any](list []T, do func([]T)) {
	work := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(list, hearAtOnce) {
		work.Go(func() { do(part) })
	}
	work.Wait()
}

// decode makes items of those records of which the sources' mappings can make one.
func (t *Topics) decode(records []pipeline.Record) []*pipeline.Item {
	items := make([]*pipeline.Item, len(records))
	for i := range records {
		items[i] = &pipeline.Item{Record: records[i]}
	}
	eachPart(items, func(part []*pipeline.Item) {
		for _, item := range part {
			if panics.Try(func() { item.Feedback, item.Rejection = t.decoder.Decode(item.Record) }) != nil {
				item.Rejection = pipeline.Rejectf(pipeline.ReasonAnalysis, "decoding panicked")
			}
		}
	})
	return slices.DeleteFunc(items, func(i *pipeline.Item) bool { return i.Rejection != nil })
}

// redact hides personal data, and leaves out items in which it can't be looked for.
func (t *Topics) redact(items []*clickhouse.Stored) []*clickhouse.Stored {
	eachPart(items, func(part []*clickhouse.Stored) {
		for _, item := range part {
			if panics.Try(func() { item.Analysis.PII = t.privacy.Apply(&item.Feedback) }) != nil {
				item.Rejection = pipeline.Rejectf(pipeline.ReasonAnalysis, "looking for personal data panicked")
			}
		}
	})
	return slices.DeleteFunc(items, func(i *clickhouse.Stored) bool { return i.Rejection != nil })
}
