package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"earshot/sinks/clickhouse"
)

func newMigrate(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "migrate --config FILE [--dry-run]",
		Short:   "Create or upgrade the ClickHouse schema",
		Example: "  earshot migrate --config earshot.yaml --dry-run\n  earshot migrate --config earshot.yaml",
		Args:    noArgs,
	}
	cmd.Flags().String("config", "", "configuration file")
	dryRun := cmd.Flags().Bool("dry-run", false, "print the SQL that would run, and change nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		_, store, err := configuredStore(cmd, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer store.Close()
		if *dryRun {
			pending, err := store.Pending(cmd.Context())
			if err != nil {
				return err
			}
			for _, m := range pending {
				fmt.Fprintf(std.out, "-- %05d %s\n%s\n", m.Version, m.Name, m.SQL)
			}
			if len(pending) == 0 {
				fmt.Fprintf(std.out, "-- nothing to do: database %s has schema %d\n", store.Database(), clickhouse.LatestVersion())
			}
			return nil
		}
		applied, err := store.Migrate(cmd.Context())
		if err != nil {
			return err
		}
		for _, a := range applied {
			fmt.Fprintf(std.out, "applied %05d %s\n", a.Version, a.Name)
		}
		fmt.Fprintf(std.out, "database %s has schema %d\n", store.Database(), clickhouse.LatestVersion())
		return nil
	}
	return cmd
}
