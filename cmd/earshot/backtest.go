package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"earshot/cmd/service"
	"earshot/pipeline/watch"
	"earshot/sinks/alerting"
	"earshot/sinks/clickhouse"
)

func newBacktest(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backtest [--config FILE | --clickhouse ADDR] --from TIME --to TIME",
		Short: "Which alerts would have been raised in a time that is past",
		Long: `backtest runs the detector over history as it would have run then: what it says of an
hour depends on nothing after it. It reads the counts of the store and writes nothing.

With --inject it makes a topic worse in what it has read, to see how soon that would have been
heard: drop is in points of net sentiment.`,
		Example: `  earshot backtest --config earshot.yaml --from 2026-10-01 --to 2026-11-01 --budget 1
  earshot backtest --from 2026-11-01 --to 2026-11-20 --inject topic=billing,drop=30,at=2026-11-10T09:00:00Z`,
		Args: noArgs,
	}
	cmd.Flags().String("config", "", "configuration file that names the ClickHouse and what is watched")
	address := cmd.Flags().String("clickhouse", "127.0.0.1:8123", "address, or URL, of the ClickHouse")
	var given periodFlags
	cmd.Flags().StringVar(&given.from, "from", "", "from then on, as 2026-11-01 or 2026-11-01T08:00:00Z; a day is begun at its beginning")
	cmd.Flags().StringVar(&given.to, "to", "", "up to then (default: now)")
	budget := cmd.Flags().Float64("budget", 0, "false alerts a month that the installation may raise (default: that of the configuration)")
	inject := cmd.Flags().String("inject", "", "topic=TOPIC,drop=POINTS,at=TIME: a drop that there never was")
	explain := cmd.Flags().Bool("explain", false, "print the paragraph, decomposition and quotes of each alert")
	output := cmd.Flags().String("output", "table", "table or json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := exclusive(cmd, "config", "clickhouse"); err != nil {
			return err
		}
		if *output != "table" && *output != "json" {
			return usagef(cmd, "--output %q is neither table nor json", *output)
		}
		if given.from == "" {
			return usagef(cmd, "--from is missing: say from when on")
		}
		b := &service.Backtest{Explain: *explain || *output == "json"}
		var err error
		if b.Period, err = given.of(cmd, clickhouse.Period{To: time.Now().UTC()}); err != nil {
			return err
		}
		if !b.Period.From.Before(b.Period.To) {
			return usagef(cmd, "nothing lies from %s to %s", given.from, b.Period.To.Format(time.RFC3339))
		}
		if *inject != "" {
			if b.Inject, err = parseInjection(*inject); err != nil {
				return usagef(cmd, "--inject %q: %v", *inject, err)
			}
			if !b.Period.Holds(b.Inject.At) {
				return usagef(cmd, "--inject: %s is not within the period", b.Inject.At.Format(time.RFC3339))
			}
		}
		c, store, err := queried(cmd, *address)
		if err != nil {
			return err
		}
		defer store.Close()
		if cmd.Flags().Changed("budget") {
			if *budget <= 0 {
				return usagef(cmd, "--budget %v is not above 0", *budget)
			}
			c.Alerts.Budget = *budget
		}
		report, err := b.Run(cmd.Context(), store, c, slog.New(slog.NewTextHandler(std.err, nil)))
		if err != nil {
			return unreached(err)
		}
		if *output == "json" {
			return printBacktestJSON(std, report)
		}
		printBacktest(std, b, report, c.Alerts.Budget)
		return nil
	}
	return cmd
}

// parseInjection reads topic=…,drop=…,at=….
func parseInjection(s string) (*service.Injection, error) {
	var i service.Injection
	for _, part := range strings.Split(s, ",") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch strings.TrimSpace(name) {
		case "topic":
			i.Topic = value
		case "drop":
			if i.Drop, err = strconv.ParseFloat(value, 64); err != nil || i.Drop <= 0 || i.Drop > 200 {
				return nil, fmt.Errorf("drop %q is no number of points above 0", value)
			}
		case "at":
			if i.At, err = parseTime(value); err != nil {
				return nil, fmt.Errorf("at %q: %w", value, err)
			}
		default:
			return nil, fmt.Errorf("%q is none of topic, drop, at", name)
		}
	}
	switch {
	case i.Topic == "":
		return nil, fmt.Errorf("topic is missing")
	case i.Drop == 0:
		return nil, fmt.Errorf("drop is missing: by how many points of net sentiment")
	case i.At.IsZero():
		return nil, fmt.Errorf("at is missing: from when on")
	}
	return &i, nil
}

func printBacktest(std stdio, b *service.Backtest, r *service.Report, budget float64) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0 // names as they are
	t.AppendHeader(table.Row{"raised", "incident", "series", "measure", "since", "expected", "observed", "items", "p", "severity", "over"})
	incidents := map[string]int{}
	for _, a := range r.Alerts {
		if incidents[a.Incident] == 0 {
			incidents[a.Incident] = len(incidents) + 1
		}
		over := "lasts"
		if a.Resolved() {
			over = a.ResolvedAt.Format("01-02 15:04")
		}
		t.AppendRow(table.Row{
			a.RaisedAt.Format("2006-01-02 15:04"), incidents[a.Incident], a.Series, a.Measure, a.Since.Format("01-02 15:04"),
			figure(a.Measure, a.Expected.Value), figure(a.Measure, a.Observed.Value), a.Items, strconv.FormatFloat(a.PValue, 'g', 2, 64), a.Severity, over,
		})
	}
	if len(r.Alerts) > 0 {
		fmt.Fprintln(std.out, t.Render())
	}
	if b.Explain {
		for _, a := range r.Alerts {
			fmt.Fprintf(std.out, "\n%s  %s\n", a.RaisedAt.Format("2006-01-02 15:04"), a.Explanation)
			for _, q := range a.Quotes {
				fmt.Fprintf(std.out, "  “%s” (%s %s)\n", watch.Shorten(q.Text, 200), q.Source, q.ID)
			}
		}
		fmt.Fprintln(std.out)
	}
	days := r.Period.To.Sub(r.Period.From).Hours() / 24
	fmt.Fprintf(std.out, "%s in %s, in %d series over %.0f days; the budget allows %s false ones in that time\n",
		counted(len(r.Alerts), "alert"), counted(len(incidents), "incident"), r.Series, days, strconv.FormatFloat(budget*days/30, 'f', 1, 64))
	if i := b.Inject; i != nil {
		if r.Heard == nil {
			fmt.Fprintf(std.out, "the injected drop of %.0f points in %s would not have been heard\n", i.Drop, i.Topic)
		} else {
			fmt.Fprintf(std.out, "the injected drop of %.0f points in %s would have been heard after %s, by %s of %s\n", i.Drop, i.Topic, r.HeardAfter.Round(time.Minute), r.Heard.Measure, r.Heard.Series)
		}
	}
}

// figure is a value of a measure for a table.
func figure(measure string, v float64) string {
	switch watch.Measure(measure) {
	case watch.NetSentiment:
		return fmt.Sprintf("%+.0f", v)
	case watch.Effort:
		return fmt.Sprintf("%+.2f", v)
	case watch.Volume, watch.Silence:
		return fmt.Sprintf("%.1f/day", v)
	}
	return fmt.Sprintf("%.0f %%", v)
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// printBacktestJSON prints a line for each alert, as webhooks would have got it.
func printBacktestJSON(std stdio, r *service.Report) error {
	encoder := json.NewEncoder(std.out)
	for _, a := range r.Alerts {
		if err := encoder.Encode(alerting.JSON(a)); err != nil {
			return err
		}
	}
	return nil
}
