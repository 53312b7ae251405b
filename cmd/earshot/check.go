package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/pipeline"
)

func newCheck(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check --config FILE [--verify [--from T] [--to T] [--repair]]",
		Short: "Find what would make the pipeline unsafe, with the fix for each",
		Long: `Looks at the configuration, Kafka's topics and permissions, ClickHouse's version,
settings, engines and schema, and the clocks. Exits with 1 if the pipeline would
lose, double or never write feedback.

With --verify it recomputes the cells of sentiment_hourly from the rows instead, and
exits with 1 if any differs. It may run while feedback is written: differences that
pass by themselves are none.`,
		Example: `  earshot check --config earshot.yaml
  earshot check --config earshot.yaml --verify --from 2026-11-01`,
		Args: noArgs,
	}
	cmd.Flags().String("config", "", "configuration file")
	verify := &verification{std: std}
	verify.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := verify.check(cmd); err != nil {
			return err
		}
		if verify.wanted {
			return verify.run(cmd)
		}
		c, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		findings, err := service.Check(cmd.Context(), c, reachableBrokers(c), clickhouseURL(c), slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return printFindings(std.out, findings)
	}
	return cmd
}

// reachableBrokers are the brokers of c as another process reaches them.
func reachableBrokers(c *config.Config) []string {
	if c.Kafka.Brokers.Dir != "" {
		return []string{c.Kafka.Listen}
	}
	return c.Kafka.Brokers.Addresses
}

func printFindings(w io.Writer, findings []pipeline.Finding) error {
	unsafe := 0
	for _, f := range findings {
		fmt.Fprintf(w, "%-7s  %s: %s\n", f.Severity, f.Subject, f.Detail)
		if f.Fix != "" {
			fmt.Fprintf(w, "%9sfix: %s\n", "", f.Fix)
		}
		if f.Severity == pipeline.Unsafe {
			unsafe++
		}
	}
	if unsafe > 0 {
		fmt.Fprintf(w, "\nunsafe: %d of %d checks\n", unsafe, len(findings))
		return errSaid
	}
	fmt.Fprintf(w, "\nsafe: %d checks\n", len(findings))
	return nil
}
