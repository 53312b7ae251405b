package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"

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
		reloads, end := context.WithCancel(cmd.Context())
		var reloading sync.WaitGroup
		reloading.Go(func() { reloadOn(reloads, std.hangups, cmd, s) })
		err = s.Run(cmd.Context())
		end()
		reloading.Wait()
		err = errors.Join(err, s.Close())
		log.Info("stopped", "records", s.Activity().Consumed, "rows", s.Activity().Rows)
		return err
	}
	return cmd
}

// reloadOn reads the configuration again at every hangup, and lets the service
// listen for what it now names; its other settings need a start.
func reloadOn(ctx context.Context, hangups <-chan os.Signal, cmd *cobra.Command, s *service.Service) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		c, err := loadConfig(cmd)
		if err != nil {
			s.NotReloaded(err)
			continue
		}
		_ = s.Reload(service.SubjectsOf(c)) // the service says in its log what is wrong
	}
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
