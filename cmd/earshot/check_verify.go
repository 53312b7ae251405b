package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"earshot/sinks/clickhouse"
)

// verification is what the flags of check say of roll-ups.
type verification struct {
	std            stdio
	wanted, repair bool
	given          periodFlags
	period         clickhouse.Period
}

func (v *verification) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&v.wanted, "verify", false, "recompute sentiment_hourly from the rows and compare each cell, instead of looking at the set-up")
	flags.StringVar(&v.given.from, "from", "", "with --verify: hours from then on, as 2026-11-01 or 2026-11-01T08:00:00Z (default: from the beginning)")
	flags.StringVar(&v.given.to, "to", "", "with --verify: up to then (default: to the end)")
	flags.BoolVar(&v.repair, "repair", false, "with --verify: make the roll-ups anew where they differ")
}

// check reads --from and --to, and refuses what makes no sense.
func (v *verification) check(cmd *cobra.Command) (err error) {
	for _, flag := range []string{"from", "to", "repair"} {
		if cmd.Flags().Changed(flag) && !v.wanted {
			return usagef(cmd, "--%s says how to --verify", flag)
		}
	}
	v.period, err = v.given.of(cmd, clickhouse.Period{From: time.UnixMilli(0), To: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err == nil && !v.period.From.Before(v.period.To) {
		err = usagef(cmd, "nothing lies from %s to %s", v.given.from, v.given.to)
	}
	return err
}

// run compares, and repairs if that is asked for.
func (v *verification) run(cmd *cobra.Command) error {
	_, store, err := configuredStore(cmd, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.CheckSchema(cmd.Context()); err != nil {
		return unreached(err)
	}
	found, err := store.VerifyRollups(cmd.Context(), v.period)
	if err != nil {
		return unreached(err)
	}
	if len(found.Differences) == 0 || !v.repair {
		return v.print(found)
	}
	fmt.Fprintf(v.std.err, "earshot: %d of %d cells differ, making the roll-ups anew\n", len(found.Differences), found.Cells)
	if err := store.RepairRollups(cmd.Context(), v.period); err != nil {
		return unreached(err)
	}
	if found, err = store.VerifyRollups(cmd.Context(), v.period); err != nil {
		return unreached(err)
	}
	return v.print(found)
}

// print lists the cells that differ.
func (v *verification) print(found clickhouse.Verification) error {
	for _, d := range found.Differences {
		fmt.Fprintf(v.std.out, "differs  %s\n", d)
	}
	if n := len(found.Differences); n > 0 {
		fmt.Fprintf(v.std.out, "%9sfix: Run `earshot check --verify --repair`, and tell us how it came to this.\n\nunsafe: %d of %d cells of sentiment_hourly differ from the rows\n", "", n, found.Cells)
		return errSaid
	}
	fmt.Fprintf(v.std.out, "ok       sentiment_hourly: all %d cells, of %d items, are what the rows give\n", found.Cells, found.Items)
	return nil
}
