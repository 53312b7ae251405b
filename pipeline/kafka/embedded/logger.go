package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// logger hands the engine's log to slog.
type logger struct {
	to *slog.Logger

	mu      sync.Mutex
	failure error // the last one of the storage that was logged as an error
}

// Logf implements kfake.Logger.
func (l *logger) Logf(level kfake.LogLevel, format string, args ...any) {
	at := slog.LevelDebug
	if aboutStorage(format) {
		switch level {
		case kfake.LogLevelError:
			at = slog.LevelError
			l.mu.Lock()
			l.failure = fmt.Errorf("embedded Kafka: "+format, args...)
			l.mu.Unlock()
		case kfake.LogLevelWarn:
			at = slog.LevelWarn
		}
	}
	if l.to.Enabled(context.Background(), at) {
		l.to.Log(context.Background(), at, "embedded Kafka: "+fmt.Sprintf(format, args...))
	}
}

// aboutStorage tells the messages that an operator must see (a full disk, a
// record that was cut off) from those about clients' comings and goings, which
// the engine logs at the same levels.
func aboutStorage(format string) bool {
	for _, prefix := range []string{"persist ", "partition ", "save ", "load ", "groups.log", "pids.log", "compact ", "rebuildSegments", "endTx:"} {
		if strings.HasPrefix(format, prefix) {
			return true
		}
	}
	return false
}

// storageError is the last failure to write the data, nil if there was none.
func (l *logger) storageError() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}
