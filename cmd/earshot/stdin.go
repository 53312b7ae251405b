package main

import (
	"context"
	"io"
	"sync"
)

// untilDone returns a reader of in that fails when ctx ends: a read from a
// terminal or a pipe cannot be called back, and a command that waits in one
// would not hear that it should stop. The read itself is left behind.
func untilDone(ctx context.Context, in io.Reader) io.Reader {
	r := &interruptible{in: in}
	r.out, r.fed = io.Pipe()
	context.AfterFunc(ctx, func() { _ = r.out.CloseWithError(context.Cause(ctx)) })
	return r
}

// interruptible is fed from the first read on: most commands never read.
type interruptible struct {
	in    io.Reader
	out   *io.PipeReader
	fed   *io.PipeWriter
	begin sync.Once
}

// Read implements io.Reader.
func (r *interruptible) Read(p []byte) (int, error) {
	r.begin.Do(func() {
		go func() {
			_, err := io.Copy(r.fed, r.in)
			_ = r.fed.CloseWithError(err) // nil is the end
		}()
	})
	return r.out.Read(p)
}
