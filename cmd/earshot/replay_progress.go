package main

import (
	"fmt"
	"io"
	"time"
)

// progressInterval is how often a replay says how far it is where there is no terminal.
const progressInterval = 10 * time.Second

// replayProgress shows how far a replay is: as a bar on a terminal, as lines elsewhere.
type replayProgress struct {
	bar  *countProgress // nil where lines are said
	w    io.Writer
	said time.Time
}

func newReplayProgress(w io.Writer) *replayProgress {
	p := &replayProgress{w: w, said: time.Now()}
	if isTerminal(w) {
		p.bar = newCount(w, "replay")
	}
	return p
}

func (p *replayProgress) of(done, all int64) {
	if p.bar != nil {
		p.bar.of(done, all)
		return
	}
	if now := time.Now(); now.Sub(p.said) >= progressInterval {
		p.said = now
		fmt.Fprintf(p.w, "earshot: replay heard %d of %d items (%d %%)\n", done, all, 100*done/max(1, all))
	}
}

func (p *replayProgress) Close() error {
	if p.bar == nil {
		return nil
	}
	return p.bar.Close()
}
