package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// newLogger logs text to a terminal and JSON elsewhere.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	if isTerminal(w) {
		return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: !colour(w)}))
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

func isTerminal(w any) bool {
	switch w := w.(type) {
	case *os.File:
		return term.IsTerminal(int(w.Fd()))
	case *statusLine:
		return w.isTerminal()
	}
	return false
}

// colour reports whether w shows colours and the user wants them.
func colour(w io.Writer) bool {
	_, unwanted := os.LookupEnv("NO_COLOR")
	return isTerminal(w) && !unwanted && os.Getenv("TERM") != "dumb"
}
