package main

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"
)

// progress shows on a terminal how much of a file is read; elsewhere nothing.
type progress struct {
	bar *progressbar.ProgressBar
}

func newProgress(w io.Writer, name string, size int64) *progress {
	if size == 0 {
		size = -1 // a spinner
	}
	return &progress{bar: progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription(name),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(colour(w)),
	)}
}

// reader counts what is read from r.
func (p *progress) reader(r io.Reader) io.Reader {
	return io.TeeReader(r, p.bar)
}

// records shows how many records are safe.
func (p *progress) records(n int) { p.bar.Describe(fmt.Sprintf("%d records", n)) }

func (p *progress) Close() error { return p.bar.Finish() }

// countProgress shows on a terminal how many of a number of items are done.
type countProgress struct{ bar *progressbar.ProgressBar }

func newCount(w io.Writer, name string) *countProgress {
	return &countProgress{progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription(name),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(colour(w)),
	)}
}

func (p *countProgress) of(done, all int64) {
	p.bar.ChangeMax64(max(1, all))
	_ = p.bar.Set64(done) // what can't be shown is no error
}

func (p *countProgress) Close() error { return p.bar.Finish() }
