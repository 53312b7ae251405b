package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"earshot/nlp/taxonomy"
)

func newTaxonomy(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "taxonomy",
		Short: "Look at, check and test the packs that name topics",
		Long: `A taxonomy is packs: YAML files that name topics and signals, with rules that find
them and examples that show what they mean. Packs are named, or files by their
path; without any, all built-in packs are meant.

nlp/taxonomy/README.md describes how packs are written.`,
		Example: `  earshot taxonomy list
  earshot taxonomy show telecom --topic installation
  earshot taxonomy lint mine.yaml && earshot taxonomy test mine.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(newTaxonomyList(std), newTaxonomyShow(std), newTaxonomyLint(std), newTaxonomyTest(std))
	return cmd
}

// onTaxonomy makes a command that loads packs and prints something of them.
func onTaxonomy(cmd *cobra.Command, std stdio, do func(t *taxonomy.Taxonomy, asJSON bool) error) *cobra.Command {
	output := cmd.Flags().String("output", "text", "text or json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *output != "text" && *output != "json" {
			return usagef(cmd, "--output %q is neither text nor json", *output)
		}
		if len(args) == 0 {
			args = taxonomy.Names()
		}
		t, err := taxonomy.Load(args...)
		if err != nil {
			return saidEach(std, err)
		}
		return do(t, *output == "json")
	}
	return cmd
}

// saidEach prints each of several joined errors in a line of its own.
func saidEach(std stdio, err error) error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	for _, err := range several.Unwrap() {
		fmt.Fprintln(std.err, "earshot: "+oneLine(err))
	}
	return errSaid
}

// printLine prints a value as a line of JSON.
func printLine(std stdio, value any) error {
	line, err := encodeJSON(value)
	if err == nil {
		_, err = fmt.Fprintf(std.out, "%s\n", line)
	}
	return err
}

func newTaxonomyList(std stdio) *cobra.Command {
	return onTaxonomy(&cobra.Command{
		Use:     "list [PACK|FILE…]",
		Short:   "List packs",
		Example: "  earshot taxonomy list\n  earshot taxonomy list mine.yaml --output json",
	}, std, func(t *taxonomy.Taxonomy, asJSON bool) error {
		packs := t.Packs()
		if asJSON {
			return printLine(std, packs)
		}
		rows := newTable(std.out, 1, "pack", "version", "topics", "signals", "rules", "extends")
		for _, p := range packs {
			rows.AppendRow(table.Row{p.Name, p.Version, p.Topics, p.Signals, p.Rules, strings.Join(p.Extends, ", ")})
		}
		rows.Render()
		return nil
	})
}

func newTaxonomyShow(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show [PACK|FILE…] [--topic T]",
		Short: "Show topics and signals with their rules",
		Example: `  earshot taxonomy show telecom
  earshot taxonomy show telecom --topic installation.missed_appointment
  earshot taxonomy show signals --topic urgency.legal_threat --output json`,
	}
	topic := cmd.Flags().String("topic", "", "only this topic with its second level, or this signal")
	return onTaxonomy(cmd, std, func(t *taxonomy.Taxonomy, asJSON bool) error {
		all := t.Definitions()
		if *topic != "" {
			all = slices.DeleteFunc(all, func(d taxonomy.Definition) bool {
				return d.Name != *topic && !strings.HasPrefix(d.Name, *topic+".")
			})
			if len(all) == 0 {
				return fmt.Errorf("--topic %s: no such topic or signal in %s; `earshot taxonomy show` lists them", *topic, t.ID())
			}
		}
		if asJSON {
			return printLine(std, all)
		}
		for _, d := range all {
			printDefinition(std, d, *topic != "")
		}
		return nil
	})
}

// printDefinition prints a topic or signal in a line, in full with its rules.
func printDefinition(std stdio, d taxonomy.Definition, full bool) {
	about := d.Kind
	if d.Stage != "" {
		about = d.Stage + ", " + d.Touchpoint
	}
	fmt.Fprintf(std.out, "%s: %s (%s)\n", d.Name, d.Label, about)
	if !full {
		return
	}
	for _, r := range d.Include {
		fmt.Fprintf(std.out, "  include %s: %s\n", r.ID, r.Text)
	}
	for _, r := range d.Exclude {
		fmt.Fprintf(std.out, "  exclude %s: %s\n", r.ID, r.Text)
	}
	for _, text := range d.Yes {
		fmt.Fprintf(std.out, "  yes: %s\n", text)
	}
	for _, text := range d.No {
		fmt.Fprintf(std.out, "  no:  %s\n", text)
	}
}

func newTaxonomyLint(std stdio) *cobra.Command {
	return onTaxonomy(&cobra.Command{
		Use:   "lint [PACK|FILE…]",
		Short: "Find what can't be meant in packs",
		Long: `Finds rules that can never match or that another makes useless, exclusions that
meet no rule, topics that are the same, topics without examples. Exit code 1 if
there is anything.`,
		Example: "  earshot taxonomy lint\n  earshot taxonomy lint mine.yaml",
	}, std, func(t *taxonomy.Taxonomy, asJSON bool) error {
		findings := taxonomy.Lint(t)
		if asJSON {
			if err := printLine(std, findings); err != nil {
				return err
			}
		} else {
			for _, f := range findings {
				fmt.Fprintln(std.out, f)
			}
			fmt.Fprintf(std.out, "%s: findings: %d\n", t.ID(), len(findings))
		}
		if len(findings) > 0 {
			return errSaid
		}
		return nil
	})
}

func newTaxonomyTest(std stdio) *cobra.Command {
	return onTaxonomy(&cobra.Command{
		Use:   "test [PACK|FILE…]",
		Short: "Run the examples of packs",
		Long: `Runs the yes and no examples of the packs named (not of those that they extend)
and prints those that come out otherwise, with what was found. Exit code 1 if
there are any.`,
		Example: "  earshot taxonomy test\n  earshot taxonomy test mine.yaml",
	}, std, func(t *taxonomy.Taxonomy, asJSON bool) error {
		failures, run := t.Test()
		if asJSON {
			if err := printLine(std, struct {
				Run      int                `json:"run"`
				Failures []taxonomy.Failure `json:"failures"`
			}{run, failures}); err != nil {
				return err
			}
		} else {
			for _, f := range failures {
				fmt.Fprintln(std.out, f)
			}
			fmt.Fprintf(std.out, "%s: examples: %d, failed: %d\n", t.ID(), run, len(failures))
		}
		if len(failures) > 0 {
			return errSaid
		}
		return nil
	})
}
