package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"sync"
	"time"

	"earshot/cmd/service"
	"earshot/pipeline"
)

// statusInterval is how often the status line changes.
const statusInterval = 500 * time.Millisecond

const clearLine = "\r\x1b[K"

// statusLine keeps one line at the bottom of a terminal that says what the
// pipeline does, below what is logged. On anything else it only logs.
type statusLine struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	text     string
	done     sync.WaitGroup
	stop     context.CancelFunc
}

func newStatusLine(out io.Writer) *statusLine {
	return &statusLine{out: out, terminal: isTerminal(out), stop: func() {}}
}

// Write implements io.Writer: what is logged goes above the line.
func (l *statusLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text != "" {
		fmt.Fprint(l.out, clearLine)
	}
	n, err := l.out.Write(p)
	fmt.Fprint(l.out, l.text)
	return n, err
}

// follow shows the state of s until ctx ends.
func (l *statusLine) follow(ctx context.Context, s *service.Service) {
	if !l.terminal {
		return
	}
	ctx, l.stop = context.WithCancel(ctx)
	l.done.Go(func() {
		tick := time.NewTicker(statusInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				a := s.Activity()
				l.show(fmt.Sprintf("items %d · rows %d · lag %d · dead letters %d · net sentiment %+.0f", a.Consumed, a.Rows, s.Lag(), rejected(a), math.Round(a.NetSentiment())+0)) // + 0 makes of -0 a 0
			}
		}
	})
}

func (l *statusLine) show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = text
	fmt.Fprint(l.out, clearLine+text)
}

// Close leaves the last state standing and ends the line.
func (l *statusLine) Close() error {
	l.stop()
	l.done.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text != "" {
		fmt.Fprintln(l.out)
		l.text = ""
	}
	return nil
}

// isTerminal tells the logger that a terminal is behind the line.
func (l *statusLine) isTerminal() bool { return l.terminal }

func levelOf(debug bool) slog.Level {
	if debug {
		return slog.LevelDebug
	}
	return slog.LevelWarn // a person watches the line, not a log
}

func rejected(a pipeline.ActivitySnapshot) uint64 {
	var n uint64
	for _, count := range a.Rejected {
		n += count
	}
	return n
}
