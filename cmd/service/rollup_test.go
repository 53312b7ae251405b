package service

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"earshot/sinks/clickhouse"
)

func TestAProcessEndsOnceTheSchemaIsNewerThanIts(t *testing.T) {
	store := newStore(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- watchSchema(ctx, store) }()

	newer := clickhouse.LatestVersion() + 1
	if err := store.Exec(t.Context(), fmt.Sprintf("INSERT INTO schema_migrations (version, name) VALUES (%d, 'from the future')", newer)); err != nil {
		t.Fatal(err)
	}
	var schema *clickhouse.SchemaError
	select {
	case err := <-ended:
		if !errors.As(err, &schema) || schema.Has != newer {
			t.Errorf("it ends with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it goes on")
	}
}

func TestWatchingTheSchemaEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := watchSchema(ctx, nil); err != nil {
		t.Error(err)
	}
}
