package main

import (
	"github.com/spf13/cobra"
)

func newRoot(std stdio) *cobra.Command {
	root := &cobra.Command{
		Use:   "earshot",
		Short: "Keeps a company within earshot of its customers",
		Long: `earshot consumes customers' feedback from Kafka, works out who feels what about
what, and keeps the answer in ClickHouse, seconds later, where anyone can ask
with SQL.

Try it: earshot demo`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	root.SetHelpCommand(newHelp(root))
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usagef(cmd, "%v", err) })
	root.AddCommand(
		newDemo(std), newUp(std), newRun(std), newSend(std), newAnalyze(std), newEval(std), newTrain(std),
		newQuery(std), newCheck(std), newMigrate(std), newTaxonomy(std), newImprovement(std), newBacktest(std), newReplay(std), newVersion(std),
	)
	return root
}

// noArgs refuses arguments, naming the nearest command where one was meant.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef(cmd, "unknown command %q: did you mean %q?", args[0], near[0])
	}
	if cmd.HasSubCommands() {
		return usagef(cmd, "unknown command %q", args[0])
	}
	return usagef(cmd, "unexpected argument %q", args[0])
}

// newHelp is cobra's help command, but for a command that does not exist.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Help about a command",
		Example:           "  earshot help send",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return usagef(root, "%v", err)
			}
			if err := noArgs(cmd, rest); err != nil {
				return err
			}
			return cmd.Help()
		},
	}
}

// exclusive returns an error if both of two flags are given.
func exclusive(cmd *cobra.Command, one, other string) error {
	if cmd.Flags().Changed(one) && cmd.Flags().Changed(other) {
		return usagef(cmd, "--%s and --%s exclude each other", one, other)
	}
	return nil
}

// required returns the value of a flag that must be given.
func required(cmd *cobra.Command, flag string) (string, error) {
	value, err := cmd.Flags().GetString(flag)
	if err == nil && value == "" {
		return "", usagef(cmd, "--%s is missing", flag)
	}
	return value, err
}
