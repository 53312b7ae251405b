package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/nlp"
	"earshot/sinks/clickhouse"
)

func newReplay(std stdio) *cobra.Command {
	r := &replayCommand{std: std}
	cmd := &cobra.Command{
		Use:   "replay [--config FILE | --clickhouse ADDR] {--from T --to T [--shadow NAME] | --publish NAME | --drop NAME | --dead-letters}",
		Short: "Hear history again under another taxonomy or model",
		Long: `Hears what customers said in a period again, under the configuration's taxonomy,
models and tier, or those that the flags name, while the service goes on.

With --config it reads the records again from their topics, so that mappings and
redaction of today apply, too: text, scores, customer and all else that a record
says are renewed with the analysis. What Kafka no longer has, or what can't be
decoded any more, is heard from the stored text; so is everything with --stored or
without --config, which renews the analysis alone. An item keeps its source, id,
version and created_at, and what was withdrawn stays so: records that say something
else now, as with another mapping of the id, are heard from the stored text.

With --shadow it keeps what it hears beside what everybody sees: the view
shadow_diff says in SQL what would change. --publish lets it replace what everybody
sees, in one step; --drop forgets it. Without --shadow it does all three at once.
Items that change meanwhile keep what they have. Nothing is counted twice, at no
moment: a row replaces its earlier self.

How far it is, the view replays says. A replay that was interrupted or killed goes on
where it was when the same command is run again. If the model, the taxonomy, the tier
or the configuration have changed meanwhile it begins anew, and says so; --restart
asks for that.

With --dead-letters the open dead letters go through the pipeline as --config has
it now. Those that pass become the rows that they would have been, and are closed;
those that fail again stay open and keep their history (the view dead_letters).
Twice is the same as once.`,
		Example: `  earshot replay --config earshot.yaml --from 2026-11-01
  earshot query "SELECT shadow, state, heard, of, reread FROM replays"

  earshot replay --config earshot.yaml --shadow next --taxonomy core,./telecom-next.yaml
  earshot query "SELECT topic, change, items, examples[1].quote FROM shadow_diff WHERE shadow = 'next' ORDER BY items DESC"
  earshot replay --config earshot.yaml --publish next

  earshot replay --config earshot.yaml --dead-letters --dry-run`,
		Args: noArgs,
	}
	flags := cmd.Flags()
	flags.String("config", "", "configuration file that names ClickHouse, Kafka, the sources, the taxonomy and the models")
	flags.StringVar(&r.address, "clickhouse", "127.0.0.1:8123", "address, or URL, of the ClickHouse")
	flags.StringVar(&r.period.from, "from", "", "hear what customers said from then on, as 2026-11-01 or 2026-11-01T08:00:00Z (default: from the beginning)")
	flags.StringVar(&r.period.to, "to", "", "up to then (default: up to when the replay begins)")
	flags.BoolVar(&r.stored, "stored", false, "hear the stored texts, without the topics")
	flags.BoolVar(&r.restart, "restart", false, "begin anew, whatever an interrupted run has heard")
	flags.StringVar(&r.shadow, "shadow", "", "keep what is heard under this name, and publish nothing")
	flags.StringVar(&r.publish, "publish", "", "let the shadow of this name replace the analysis that everybody sees")
	flags.StringVar(&r.drop, "drop", "", "forget the shadow of this name")
	flags.StringVar(&r.tier, "tier", "", "fast or deep (default: the configuration's)")
	flags.StringSliceVar(&r.packs, "taxonomy", nil, "packs or pack files, separated by commas (default: the configuration's)")
	flags.StringArrayVar(&r.models, "model", nil, "learned topics (may be repeated), or a model of the tier instead of the built-in one")
	r.letters.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return r.run(cmd) }
	return cmd
}

// replayCommand is what the flags say.
type replayCommand struct {
	std                                  stdio
	period                               periodFlags
	address, shadow, publish, drop, tier string
	packs, models                        []string
	stored, restart                      bool
	letters                              deadLetterFlags
}

func (r *replayCommand) run(cmd *cobra.Command) error {
	for _, pair := range [][2]string{{"config", "clickhouse"}, {"publish", "drop"}, {"shadow", "publish"}, {"shadow", "drop"}, {"from", "publish"}, {"from", "drop"}, {"to", "publish"}, {"to", "drop"}, {"restart", "publish"}, {"restart", "drop"}, {"stored", "publish"}, {"stored", "drop"}, {"stored", "dead-letters"}} {
		if err := exclusive(cmd, pair[0], pair[1]); err != nil {
			return err
		}
	}
	if err := r.letters.check(cmd); err != nil {
		return err
	}
	if r.letters.on {
		return r.letters.run(cmd, r.std)
	}
	c, store, err := queried(cmd, r.address)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.CheckSchema(cmd.Context()); err != nil {
		return unreached(err)
	}
	switch {
	case r.publish != "":
		return r.publishShadow(cmd, store, r.publish)
	case r.drop != "":
		return unreached(store.DropShadow(cmd.Context(), r.drop))
	}
	return r.replay(cmd, c, store)
}

// replay hears history again, into the shadow that was named or straight into what
// everybody sees.
func (r *replayCommand) replay(cmd *cobra.Command, c *config.Config, store *clickhouse.Store) error {
	period, err := r.period.of(cmd, clickhouse.Period{From: time.UnixMilli(0), To: time.Now()})
	if err != nil {
		return err
	}
	replay := service.Replay{Store: store, Period: period, OpenEnd: r.period.to == "", Shadow: r.shadow, Restart: r.restart}
	if replay.Shadow == "" {
		replay.Shadow = shadowOf(period, r.period.from == "", r.period.to == "")
	}
	replay.Tell = func(sentence string) { fmt.Fprintln(r.std.err, "earshot: replay "+sentence) }
	if path, _ := cmd.Flags().GetString("config"); path != "" && !r.stored {
		if replay.Topics, err = service.OpenTopics(c, reachableBrokers(c), newLogger(r.std.err, slog.LevelWarn)); err != nil {
			return err
		}
	}
	options, err := r.options(cmd, c)
	if err != nil {
		return err
	}
	if replay.Setup, err = service.SetupOf(c, options, replay.Topics != nil); err != nil {
		return err
	}
	if replay.Analyzer, err = openListening(cmd, r.std, options); err != nil {
		return err
	}
	defer replay.Analyzer.Close()
	shown := newReplayProgress(r.std.err)
	replay.Progress = shown.of
	state, err := replay.Run(cmd.Context())
	_ = shown.Close()
	if err != nil {
		return unreached(err)
	}
	fmt.Fprintf(r.std.err, "earshot: heard %d items again, %d of them from their topics, with %s, taxonomy %s\n", state.Heard, state.Reread, state.Model, state.Taxonomy)
	switch {
	case state.Heard == 0:
		return nil
	case r.shadow != "":
		fmt.Fprintf(r.std.out, "earshot query \"SELECT topic, change, items, negatives FROM shadow_diff WHERE shadow = '%s' ORDER BY items DESC\"\n", r.shadow)
		return nil
	}
	if err := r.publishShadow(cmd, store, replay.Shadow); err != nil {
		return err
	}
	return unreached(store.DropShadow(cmd.Context(), replay.Shadow))
}

// shadowOf names the shadow of a replay that is published at once by its period, so that
// the same command finds it again.
func shadowOf(p clickhouse.Period, beginning, now bool) string {
	const layout = "20060102T150405.000"
	from, to := p.From.UTC().Format(layout), p.To.UTC().Format(layout)
	if beginning {
		from = "beginning"
	}
	if now {
		to = "now"
	}
	return "replay-" + from + "-" + to
}

// options are the ears that the configuration asks for, or the flags.
func (r *replayCommand) options(cmd *cobra.Command, c *config.Config) (nlp.Options, error) {
	o, err := sortModels(cmd, r.models)
	if err != nil {
		return o, err
	}
	lanes := o.Lanes
	o.Subjects = service.SubjectsOf(c)
	if r.models != nil {
		o.Lanes = lanes
	}
	if r.packs != nil {
		o.Taxonomy = r.packs
	}
	if o.Tier = r.tier; o.Tier == "" {
		o.Tier = nlp.TierFast
		if c.Analysis.Tier == nlp.TierDeep {
			o.Tier = nlp.TierDeep
		}
	}
	return o, nil
}

func (r *replayCommand) publishShadow(cmd *cobra.Command, store *clickhouse.Store, name string) error {
	n, err := store.PublishShadow(cmd.Context(), name)
	if err != nil {
		return unreached(err)
	}
	fmt.Fprintf(r.std.err, "earshot: published %d items of shadow %s\n", n, name)
	return nil
}
