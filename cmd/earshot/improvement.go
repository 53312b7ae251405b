package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"earshot/pipeline"
	"earshot/sinks/clickhouse"
)

func newImprovement(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "improvement",
		Short: "Register what was improved, to see whether customers notice",
		Long: `An improvement is something that the company has mended: about which topic, and from
when customers could notice it. It is kept in the view improvements and shown beside what
they say, before and after.`,
		Example: `  earshot improvement add --topic installation --at 2026-11-01 --note "new scheduling"
  earshot improvement list
  earshot improvement remove 3f2a9c01b7de`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImprovementAdd(std), newImprovementList(std), newImprovementRemove(std))
	return cmd
}

// onImprovements makes a command that works on the improvements of a store.
func onImprovements(cmd *cobra.Command, do func(cmd *cobra.Command, store *clickhouse.Store, args []string) error) *cobra.Command {
	cmd.Flags().String("config", "", "configuration file that names the ClickHouse")
	address := cmd.Flags().String("clickhouse", "127.0.0.1:8123", "address, or URL, of the ClickHouse")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := exclusive(cmd, "config", "clickhouse"); err != nil {
			return err
		}
		store, err := queriedStore(cmd, *address)
		if err != nil {
			return err
		}
		defer store.Close()
		return unreached(do(cmd, store, args))
	}
	return cmd
}

func newImprovementAdd(std stdio) *cobra.Command {
	var i clickhouse.Improvement
	cmd := &cobra.Command{
		Use:   "add --topic TOPIC [--at TIME] [--note TEXT]",
		Short: "Register an improvement; the same topic and time again replace the note",
		Args:  noArgs,
	}
	cmd.Flags().StringVar(&i.Topic, "topic", "", "topic that it is about: first level, with all below it, or first.second")
	cmd.Flags().StringVar(&i.Stage, "stage", "", "journey stage that it is about; none: all")
	cmd.Flags().StringVar(&i.Channel, "channel", "", "channel that it is about; none: all")
	cmd.Flags().StringVar(&i.Note, "note", "", "what was done")
	at := cmd.Flags().String("at", "", "from when customers could notice it: a date, or RFC 3339; default now")
	return onImprovements(cmd, func(cmd *cobra.Command, store *clickhouse.Store, _ []string) error {
		switch {
		case i.Topic == "":
			return usagef(cmd, "--topic is missing: say what the improvement is about; `earshot taxonomy list` shows the topics")
		case i.Stage != "" && !slices.Contains(pipeline.Stages(), i.Stage):
			return usagef(cmd, "--stage %q is none of %s", i.Stage, strings.Join(pipeline.Stages(), ", "))
		case i.Channel != "" && !pipeline.Channel(i.Channel).Valid():
			return usagef(cmd, "--channel %q is none of %s", i.Channel, pipeline.ChannelNames())
		}
		i.At = time.Now().Truncate(time.Millisecond)
		if *at != "" {
			var err error
			if i.At, err = parseTime(*at); err != nil {
				return usagef(cmd, "--at %v", err)
			}
		}
		if err := store.RegisterImprovement(cmd.Context(), &i); err != nil {
			return err
		}
		_, err := fmt.Fprintln(std.out, i.ID)
		return err
	})
}

func newImprovementList(std stdio) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the improvements, the oldest first", Args: noArgs}
	output := cmd.Flags().String("output", "table", "table or json")
	return onImprovements(cmd, func(cmd *cobra.Command, store *clickhouse.Store, _ []string) error {
		if *output != "table" && *output != "json" {
			return usagef(cmd, "--output %q is neither table nor json", *output)
		}
		all, err := store.Improvements(cmd.Context())
		if err != nil {
			return err
		}
		if *output == "json" {
			encoder := json.NewEncoder(std.out)
			for _, i := range all {
				err = errors.Join(err, encoder.Encode(map[string]any{
					"id": i.ID, "topic": i.Topic, "stage": i.Stage, "channel": i.Channel, "at": i.At, "note": i.Note, "registered_at": i.RegisteredAt,
				}))
			}
			return err
		}
		t := table.NewWriter()
		t.SetOutputMirror(std.out)
		t.SetStyle(table.StyleLight)
		t.Style().Format.Header = 0 // names as they are
		t.AppendHeader(table.Row{"id", "at", "topic", "stage", "channel", "note"})
		for _, i := range all {
			t.AppendRow(table.Row{i.ID, i.At.Format("2006-01-02 15:04"), i.Topic, cmp.Or(i.Stage, "all"), cmp.Or(i.Channel, "all"), i.Note})
		}
		t.Render()
		return nil
	})
}

func newImprovementRemove(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove ID",
		Short: "Remove an improvement that `improvement list` shows",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(cmd, "want the id of one improvement; `earshot improvement list` shows them")
			}
			return nil
		},
	}
	return onImprovements(cmd, func(cmd *cobra.Command, store *clickhouse.Store, args []string) error {
		found, err := store.RemoveImprovement(cmd.Context(), args[0])
		if err == nil && !found {
			err = fmt.Errorf("there is no improvement %s; `earshot improvement list` shows what there is", args[0])
		}
		return err
	})
}
