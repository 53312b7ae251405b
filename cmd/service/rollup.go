package service

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"earshot/sinks/clickhouse"
)

const (
	// rollUpInterval is how often hours are rolled up that nobody has written to for
	// idleHour.
	rollUpInterval = time.Minute
	idleHour       = 5 * time.Minute
	// schemaInterval is how soon a process notices that the schema under it is no
	// longer its own.
	schemaInterval = 2 * time.Second
)

// rollUp rolls up idle hours until ctx ends. A failure is said once until it is over:
// what is not rolled up is computed when it is read.
func rollUp(ctx context.Context, store *clickhouse.Store, log *slog.Logger) error {
	turns := func() time.Duration { return rollUpInterval/2 + rand.N(rollUpInterval) } // replicas take turns
	return repeat(ctx, log, turns, "rolling up, trying again", func(ctx context.Context) error {
		hours, err := store.RollUp(ctx, idleHour)
		if err == nil && hours > 0 {
			log.Debug("rolled up", "hours", hours)
		}
		return err
	})
}

// watchSchema returns a *clickhouse.SchemaError once the schema has become another
// than this binary's: it must not write to what it doesn't know.
func watchSchema(ctx context.Context, store *clickhouse.Store) error {
	tick := time.NewTicker(schemaInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		var other *clickhouse.SchemaError
		if err := store.CheckSchema(ctx); errors.As(err, &other) && other.Has > other.Known {
			return err
		}
	}
}
