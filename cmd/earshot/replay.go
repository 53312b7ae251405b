package main

import (
	"errors"
	"fmt"
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
		Use:   "replay [--config FILE | --clickhouse ADDR] {--from T --to T [--shadow NAME] | --publish NAME | --drop NAME}",
		Short: "Hear the stored history again under another taxonomy or model",
		Long: `Hears the texts that are stored again, under the configuration's taxonomy, models
and tier, or those that the flags name.

With --shadow it keeps what it hears beside what everybody sees: the view
shadow_diff says in SQL what would change. --publish lets it replace the analysis
that everybody sees, in one step; --drop forgets it. Without --shadow it does all
three at once. Items that change meanwhile keep what they have. A run that was
interrupted can be run again.`,
		Example: `  earshot replay --config earshot.yaml --shadow next --taxonomy core,./telecom-next.yaml
  earshot query "SELECT topic, change, items, examples[1].quote FROM shadow_diff WHERE shadow = 'next' ORDER BY items DESC"
  earshot replay --config earshot.yaml --publish next`,
		Args: noArgs,
	}
	flags := cmd.Flags()
	flags.String("config", "", "configuration file that names the ClickHouse, the taxonomy and the models")
	flags.StringVar(&r.address, "clickhouse", "127.0.0.1:8123", "address, or URL, of the ClickHouse")
	flags.StringVar(&r.from, "from", "", "hear what customers said from then on, as 2026-11-01 or 2026-11-01T08:00:00Z (default: from the beginning)")
	flags.StringVar(&r.to, "to", "", "up to then (default: up to now)")
	flags.StringVar(&r.shadow, "shadow", "", "keep what is heard under this name, and publish nothing")
	flags.StringVar(&r.publish, "publish", "", "let the shadow of this name replace the analysis that everybody sees")
	flags.StringVar(&r.drop, "drop", "", "forget the shadow of this name")
	flags.StringVar(&r.tier, "tier", "", "fast or deep (default: the configuration's)")
	flags.StringSliceVar(&r.packs, "taxonomy", nil, "packs or pack files, separated by commas (default: the configuration's)")
	flags.StringArrayVar(&r.models, "model", nil, "learned topics (may be repeated), or a model of the tier instead of the built-in one")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return r.run(cmd) }
	return cmd
}

// replayCommand is what the flags say.
type replayCommand struct {
	std                                            stdio
	address, from, to, shadow, publish, drop, tier string
	packs, models                                  []string
}

func (r *replayCommand) run(cmd *cobra.Command) error {
	for _, pair := range [][2]string{{"config", "clickhouse"}, {"publish", "drop"}, {"shadow", "publish"}, {"shadow", "drop"}, {"from", "publish"}, {"from", "drop"}} {
		if err := exclusive(cmd, pair[0], pair[1]); err != nil {
			return err
		}
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
	now := time.Now()
	replay := service.Replay{Store: store, Shadow: r.shadow, From: time.UnixMilli(0), To: now}
	for _, t := range []struct {
		flag, value string
		into        *time.Time
	}{{"from", r.from, &replay.From}, {"to", r.to, &replay.To}} {
		if t.value == "" {
			continue
		}
		at, err := parseTime(t.value)
		if err != nil {
			return usagef(cmd, "--%s %q: %v", t.flag, t.value, err)
		}
		*t.into = at
	}
	if replay.Shadow == "" {
		replay.Shadow = "replay-" + now.UTC().Format("20060102T150405.000")
	}
	analyzer, err := r.open(cmd, c)
	if err != nil {
		return err
	}
	defer analyzer.Close()
	replay.Analyzer = analyzer
	bar := newCount(r.std.err, "replay")
	replay.Progress = bar.of
	heard, err := replay.Run(cmd.Context())
	_ = bar.Close()
	if err != nil {
		return unreached(err)
	}
	fmt.Fprintf(r.std.err, "earshot: heard %d items again with %s, taxonomy %s\n", heard, analyzer.Model(), analyzer.Taxonomy())
	switch {
	case heard == 0:
		return nil
	case r.shadow != "":
		fmt.Fprintf(r.std.out, "earshot query \"SELECT topic, change, items, negatives FROM shadow_diff WHERE shadow = '%s' ORDER BY items DESC\"\n", r.shadow)
		return nil
	}
	if err := r.publishShadow(cmd, store, replay.Shadow); err != nil {
		return err
	}
	return store.DropShadow(cmd.Context(), replay.Shadow)
}

// open opens the analyzer that the configuration asks for, or the flags.
func (r *replayCommand) open(cmd *cobra.Command, c *config.Config) (*nlp.Analyzer, error) {
	o, err := sortModels(cmd, r.models)
	if err != nil {
		return nil, err
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
	return openListening(cmd, r.std, o)
}

func (r *replayCommand) publishShadow(cmd *cobra.Command, store *clickhouse.Store, name string) error {
	n, err := store.PublishShadow(cmd.Context(), name)
	if err != nil {
		return unreached(err)
	}
	fmt.Fprintf(r.std.err, "earshot: published %d items of shadow %s\n", n, name)
	return nil
}

// parseTime reads a day or a time.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("write it as 2026-11-01 or 2026-11-01T08:00:00Z")
}
