package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
)

// localFlags are the flags of demo and up.
type localFlags struct {
	data, http, kafka, clickhouse, listen string
	debug                                 bool
	watched                               []string // measures, in place of the configuration's default; nil: those
}

func (f *localFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.data, "data", config.DefaultData, "directory of all data; a second start goes on with it")
	cmd.Flags().StringVar(&f.http, "http", "127.0.0.1:8080", "address of the dashboard; empty: none")
	cmd.Flags().StringVar(&f.kafka, "kafka", "127.0.0.1:9092", "address of the embedded Kafka")
	cmd.Flags().StringVar(&f.clickhouse, "clickhouse", "127.0.0.1:8123", "address of the embedded ClickHouse (HTTP)")
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:9600", "address of metrics and health; empty: none")
	cmd.Flags().BoolVar(&f.debug, "debug", false, "log what the servers and clients do, too")
}

// check refuses addresses that are none.
func (f *localFlags) check(cmd *cobra.Command) error {
	for _, a := range []struct {
		flag, address string
		optional      bool
	}{{"http", f.http, true}, {"kafka", f.kafka, false}, {"clickhouse", f.clickhouse, false}, {"listen", f.listen, true}} {
		if _, port, err := net.SplitHostPort(a.address); (err != nil || port == "") && (a.address != "" || !a.optional) {
			return usagef(cmd, "--%s %q is not host:port", a.flag, a.address)
		}
	}
	return nil
}

// config returns the configuration of a whole earshot in one process.
func (f *localFlags) config() *config.Config {
	c := config.Default()
	c.Kafka.Brokers = config.Brokers{Dir: filepath.Join(f.data, "kafka")}
	c.Kafka.Listen = f.kafka
	c.ClickHouse.URL = config.Embedded + ":" + filepath.Join(f.data, "clickhouse")
	c.ClickHouse.Listen = f.clickhouse
	c.Privacy.KeyFile = filepath.Join(f.data, config.KeyFile)
	c.Listen = f.listen
	c.Dashboard = f.http
	if f.watched != nil {
		c.Alerts.Measures = f.watched
	}
	return &c
}

func newUp(std stdio) *cobra.Command {
	var flags localFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Everything in one process, empty: Kafka, ClickHouse, pipeline, dashboard",
		Long: `Starts an embedded Kafka, an embedded ClickHouse, the pipeline and the dashboard
in one process, and waits for feedback. Stop it with Ctrl-C; what it has
acknowledged is kept, even when it is killed.`,
		Example: `  earshot up
  earshot up --data /var/lib/earshot --http 127.0.0.1:8088
  earshot send --topic feedback.reviews reviews.ndjson    # from another shell`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.check(cmd); err != nil {
				return err
			}
			return runLocal(cmd.Context(), std, &flags, nil)
		},
	}
	flags.add(cmd)
	return cmd
}

// runLocal starts everything, says where to look, runs beside it what is given,
// and shows what happens until ctx or beside ends.
func runLocal(ctx context.Context, std stdio, flags *localFlags, beside func(context.Context, *service.Service) error) error {
	status := newStatusLine(std.err)
	defer status.Close()
	s, err := service.Start(ctx, flags.config(), newLogger(status, levelOf(flags.debug)), version())
	if stopped(ctx, err) {
		return nil
	}
	if err != nil {
		return err
	}
	printAddresses(std, s.Addresses())

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	status.follow(ctx, s)
	failed := make(chan error, 1)
	if beside != nil {
		go func() {
			defer stop()
			failed <- beside(ctx, s)
		}()
	}
	err = s.Run(ctx)
	stop()
	if beside != nil {
		err = errors.Join(err, <-failed)
	}
	status.Close()
	activity := s.Activity()
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "\nStopped. %d records in, %d rows, %d dead letters. Data: %s\n", activity.Consumed, activity.Rows, rejected(activity), flags.data)
	return err
}

// printAddresses says where to look, and what to type in another shell.
func printAddresses(std stdio, a service.Addresses) {
	defaults := config.Default()
	query, send := "earshot query", "earshot send"
	if a.ClickHouse != defaults.ClickHouse.Listen {
		query += " --clickhouse " + a.ClickHouse
	}
	if a.Kafka != defaults.Kafka.Listen {
		send += " --brokers " + a.Kafka
	}
	fmt.Fprintln(std.out)
	if a.Dashboard != "" {
		fmt.Fprintf(std.out, "  dashboard    http://%s\n", a.Dashboard)
	}
	fmt.Fprintf(std.out, `  ClickHouse   http://%s   %s "SELECT * FROM feedback LIMIT 5"
  Kafka        %s   %s --topic feedback.reviews FILE
`, a.ClickHouse, query, a.Kafka, send)
	if a.Operations != "" {
		fmt.Fprintf(std.out, "  metrics      http://%s/metrics\n", a.Operations)
	}
	fmt.Fprint(std.out, "\nCtrl-C stops.\n")
}
