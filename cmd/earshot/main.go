// Command earshot listens to what customers say: it carries feedback from Kafka
// through analysis to ClickHouse.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes of every command.
const (
	exitFailed = 1 // failed, or found unsafe
	exitUsage  = 2 // wrong usage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the next one kills: a stop that hangs must not
	// need a second terminal.
	context.AfterFunc(ctx, stop)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr, hangups: hangups})
	stop()
	os.Exit(code)
}

// stdio is what a command reads and writes, and what it is told while it runs.
type stdio struct {
	in       io.Reader
	out, err io.Writer
	hangups  <-chan os.Signal // ask a service to read its files again; nil: nobody asks
}

// run runs one command line and returns its exit code.
func run(ctx context.Context, args []string, std stdio) int {
	std.in = untilDone(ctx, std.in)
	root := newRoot(std)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSaid):
		return exitFailed
	case err == context.Canceled: //nolint:errorlint // wrapped, it says more than this
		fmt.Fprintln(std.err, "earshot: interrupted")
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintln(std.err, "earshot: "+oneLine(err))
		return exitUsage
	}
	fmt.Fprintln(std.err, "earshot: "+oneLine(err))
	return exitFailed
}

// errSaid is the failure of a command that has already said what is wrong.
var errSaid = errors.New("failed")

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usagef makes a usageError that points to the command's help.
func usagef(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{fmt.Errorf(format+"; see '%s --help'", append(args, cmd.CommandPath())...)}
}

// oneLine joins the lines of an error, so that logs and scripts see one.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
