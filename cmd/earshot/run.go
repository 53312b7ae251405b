package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
)

func newRun(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Run the pipeline as a service against the configured Kafka and ClickHouse",
		Example: `  earshot run --config earshot.yaml
  earshot check --config earshot.yaml && earshot run --config earshot.yaml`,
		Args: noArgs,
	}
	cmd.Flags().String("config", "", "configuration file")
	debug := cmd.Flags().Bool("debug", false, "log what the Kafka client does, too")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := loadConfig(cmd)
		if err != nil {
			return err
		}
		level := slog.LevelInfo
		if *debug {
			level = slog.LevelDebug
		}
		log := newLogger(std.err, level)
		s, err := service.Start(cmd.Context(), c, log, version())
		if stopped(cmd.Context(), err) {
			return nil
		}
		if err != nil {
			return err
		}
		log.Info("running", "version", version(), "topics", c.Topics(), "group", c.Kafka.Group, "addresses", s.Addresses())
		err = errors.Join(s.Run(cmd.Context()), s.Close())
		log.Info("stopped", "records", s.Activity().Consumed, "rows", s.Activity().Rows)
		return err
	}
	return cmd
}

// stopped reports whether err only says that a start was told to stop.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, context.Canceled)
}

// loadConfig reads the file that --config names.
func loadConfig(cmd *cobra.Command) (*config.Config, error) {
	path, err := required(cmd, "config")
	if err != nil {
		return nil, err
	}
	return config.Load(path)
}
