package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/pipeline/kafka"
	"earshot/pipeline/simulate"
	"earshot/pipeline/watch"
	"earshot/sinks/clickhouse"
)

// What the demo's customers have said before it starts: four weeks, and enough in the
// last hour that a smooth line can be drawn through it.
const (
	pastDays      = 28
	dayItems      = 3000 // each day
	hourItems     = 6000 // in the last hour
	publishAtOnce = 1000
)

// catchUp bounds the wait for the last records after the demo's time is over.
const catchUp = 90 * time.Second

func newDemo(std stdio) *cobra.Command {
	var flags localFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "up, with a simulated telecom whose customers write",
		Long: `Starts everything that 'earshot up' starts, and a simulated telecom company whose
customers write reviews, posts, chats, surveys, tickets and call notes. What they
said in the last four weeks comes first, and something went wrong in them. Soon after
the start it goes wrong again, for four minutes: watch the dashboard.`,
		Example: `  earshot demo
  earshot demo --for 60s --rate 500
  earshot query "SELECT channel, count(), avg(score) FROM feedback GROUP BY channel"    # from another shell`,
		Args: noArgs,
	}
	flags.add(cmd)
	duration := cmd.Flags().Duration("for", 0, "end by itself after this long; 0: run until stopped")
	rate := cmd.Flags().Float64("rate", 200, "feedback items a second")
	seed := cmd.Flags().Uint64("seed", 0, "make the same customers say the same again; 0: others each time")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := flags.check(cmd); err != nil {
			return err
		}
		switch {
		case !(*rate > 0): // NaN included
			return usagef(cmd, "--rate %v is not above 0", *rate)
		case *duration < 0:
			return usagef(cmd, "--for %s is below 0", *duration)
		}
		if *seed == 0 {
			*seed = uint64(time.Now().UnixNano())
		}
		flags.watched = demoMeasures()
		return runLocal(cmd.Context(), std, &flags, func(ctx context.Context, s *service.Service) error {
			return simulateTelecom(ctx, s, simulate.Options{Seed: *seed, Rate: *rate}, *duration)
		})
	}
	return cmd
}

// demoMeasures are what the demo watches: its present runs so much quicker than its past
// that everything would be a surge.
func demoMeasures() []string {
	return slices.DeleteFunc(config.Default().Alerts.Measures, func(m string) bool { return m == string(watch.Volume) })
}

// simulateTelecom publishes what a simulated company's customers say, for d if
// that is above 0, and then waits until the pipeline has caught up.
func simulateTelecom(ctx context.Context, s *service.Service, o simulate.Options, d time.Duration) error {
	speaking, stop := ctx, context.CancelFunc(func() {})
	if d > 0 {
		speaking, stop = context.WithTimeout(ctx, d)
	}
	defer stop()
	story := newStory(o)
	story.publish = func(ctx context.Context, batch []simulate.Message) error { return publishAll(ctx, s.Producer(), batch) }
	story.register = func(ctx context.Context, i simulate.Improvement) error {
		return s.RegisterImprovement(ctx, &clickhouse.Improvement{Topic: i.Topic, At: i.At, Note: i.Note})
	}
	if err := story.tell(speaking); ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return ended(ctx, err)
	}
	return awaitCaughtUp(ctx, s)
}

// story is a simulated company's past and present.
type story struct {
	company *simulate.Company
	start   time.Time // where the past ends
	publish func(ctx context.Context, batch []simulate.Message) error
	// register notes what the company has mended, once it has; nil: nobody does.
	register   func(ctx context.Context, i simulate.Improvement) error
	registered int // of the company's improvements
}

func newStory(o simulate.Options) *story {
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	return &story{company: simulate.New(o), start: o.Start}
}

// tell publishes the last four weeks and then what customers say, until ctx is
// done, with ctx's error, or something fails, with that error.
func (s *story) tell(ctx context.Context) error {
	if err := s.publishPast(ctx); err != nil {
		return err
	}
	if err := s.registerUntil(ctx, s.start); err != nil {
		return err
	}
	return s.company.Run(ctx, func(ctx context.Context, batch []simulate.Message) error {
		if err := s.publish(ctx, batch); err != nil {
			return err
		}
		return s.registerUntil(ctx, time.Now())
	})
}

// publishPast publishes what the company's customers said during the last four weeks.
func (s *story) publishPast(ctx context.Context) error {
	lastHour := s.start.Add(-time.Hour)
	var batch []simulate.Message
	for _, part := range []iter.Seq[simulate.Message]{
		s.company.History(s.start.Add(-pastDays*24*time.Hour), lastHour, pastDays*dayItems),
		s.company.History(lastHour, s.start, hourItems),
	} {
		for m := range part {
			if batch = append(batch, m); len(batch) == publishAtOnce {
				if err := s.publish(ctx, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
	}
	return s.publish(ctx, batch)
}

// registerUntil notes the improvements until now that haven't been noted.
func (s *story) registerUntil(ctx context.Context, now time.Time) error {
	if s.register == nil {
		return nil
	}
	for _, i := range s.company.Improvements(now)[s.registered:] {
		if err := s.register(ctx, i); err != nil {
			return err
		}
		s.registered++
	}
	return nil
}

// ended drops the error of a simulation that was told to stop.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return fmt.Errorf("the simulated customers: %w", err)
}

func publishAll(ctx context.Context, producer *kafka.Producer, batch []simulate.Message) error {
	messages := make([]kafkago.Message, len(batch))
	for i, m := range batch {
		messages[i] = kafkago.Message{Topic: m.Topic, Key: m.Key, Value: m.Value, Time: m.At}
	}
	return producer.Publish(ctx, messages)
}

// awaitCaughtUp waits until the broker says that nothing is left to read.
func awaitCaughtUp(ctx context.Context, s *service.Service) error {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	return s.AwaitLag(ctx, 0)
}
