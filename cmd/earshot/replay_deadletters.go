package main

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"earshot/cmd/service"
	"earshot/pipeline"
)

// deadLetterFlags are the flags of a replay of dead letters.
type deadLetterFlags struct {
	on, dryRun bool
	reasons    []string
	discard    string
}

func (f *deadLetterFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.on, "dead-letters", false, "bring the open dead letters back through the pipeline of --config; those that pass are closed")
	flags.StringSliceVar(&f.reasons, "reason", nil, "only dead letters of this reason, or these, separated by commas (with --dead-letters)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would pass, and write nothing (with --dead-letters)")
	flags.StringVar(&f.discard, "discard", "", "close the open dead letters of this reason without a row (with --dead-letters)")
}

// check refuses flags that make no sense together.
func (f *deadLetterFlags) check(cmd *cobra.Command) error {
	if !f.on {
		for _, flag := range []string{"reason", "dry-run", "discard"} {
			if cmd.Flags().Changed(flag) {
				return usagef(cmd, "--%s is for --dead-letters", flag)
			}
		}
		return nil
	}
	// The configuration alone decides how dead letters are read and heard, as it does
	// for all records.
	for _, flag := range []string{"clickhouse", "from", "to", "shadow", "publish", "drop", "restart", "tier", "taxonomy", "model"} {
		if err := exclusive(cmd, "dead-letters", flag); err != nil {
			return err
		}
	}
	for _, flag := range []string{"reason", "dry-run"} {
		if err := exclusive(cmd, "discard", flag); err != nil {
			return err
		}
	}
	if cmd.Flags().Changed("discard") && f.discard == "" {
		return usagef(cmd, "--discard is empty: name a reason")
	}
	return nil
}

func (f *deadLetterFlags) run(cmd *cobra.Command, std stdio) error {
	log := newLogger(std.err, slog.LevelWarn)
	c, store, err := configuredStore(cmd, log)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.CheckSchema(cmd.Context()); err != nil {
		return err
	}
	replay := service.DeadLetterReplay{
		Config: c, Brokers: reachableBrokers(c), Store: store, Version: version(), DryRun: f.dryRun, Log: log,
	}
	for _, reason := range f.reasons {
		replay.Reasons = append(replay.Reasons, pipeline.Reason(reason))
	}
	bar := newCount(std.err, "dead letters")
	replay.Progress = bar.of
	if f.discard != "" {
		n, err := replay.Discard(cmd.Context(), pipeline.Reason(f.discard))
		_ = bar.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "earshot: discarded %d dead letters of reason %s\n", n, f.discard)
		return nil
	}
	report, err := replay.Run(cmd.Context())
	_ = bar.Close()
	if report != nil {
		printDeadLetters(std.out, report, f.dryRun)
	}
	if err != nil {
		return err
	}
	if report.Unreadable > 0 {
		return fmt.Errorf("%d records of %s could not be read; the first: %w", report.Unreadable, c.Kafka.DeadLetters, report.FirstUnreadable)
	}
	return nil
}

// printDeadLetters says what became of dead letters.
func printDeadLetters(w io.Writer, r *service.DeadLetterReport, dryRun bool) {
	header := table.Row{"reason", "passed", "failed again", "skipped"}
	if dryRun {
		header = table.Row{"reason", "would pass", "would fail again", "would be skipped"}
	}
	if len(r.Reasons) == 0 {
		fmt.Fprintln(w, "no open dead letters to replay")
	} else {
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(table.StyleLight)
		t.Style().Format.Header = 0 // names as they are
		t.AppendHeader(header)
		for _, reason := range r.Sorted() {
			c := r.Reasons[reason]
			t.AppendRow(table.Row{reason, c.Passed, c.Failed, c.Skipped})
		}
		t.Render()
	}
	for _, why := range slices.Sorted(maps.Keys(r.Skipped)) {
		fmt.Fprintf(w, "skipped %d: %s\n", r.Skipped[why], why)
	}
	if r.Closed > 0 {
		fmt.Fprintf(w, "%d letters of records that were closed before\n", r.Closed)
	}
}
