package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/nlp"
	"earshot/sinks/clickhouse"
)

// Replay hears history again and keeps what it hears in a shadow. The records of the
// items are read again from their topics, where Kafka still has them; the others are
// heard from their stored texts. What identifies an item, what orders its versions, and
// whether it is withdrawn, stays as it is stored.
//
// How far it is, is kept in ClickHouse: a replay that was interrupted, or killed, goes on
// from there when it is run again. A position is kept only after what was heard up to it
// is in the shadow.
type Replay struct {
	Store    *clickhouse.Store
	Analyzer *nlp.Analyzer
	Topics   *Topics // nil: all is heard from the stored texts
	// Period is when customers gave the feedback. With OpenEnd it ends when the replay
	// begins: a run that goes on keeps the end of the first one.
	Period  clickhouse.Period
	OpenEnd bool
	Shadow  string // its name
	Setup   string // what decides what is heard, beside the analyzer's names; see SetupOf
	Restart bool   // begin anew, whatever an earlier run has heard
	// Progress is told how many items are heard, of how many; nil: nobody is.
	Progress func(heard, of int64)
	// Tell is told in a sentence where it begins, if not at the beginning of something
	// new; nil: nobody is.
	Tell func(sentence string)

	state  *clickhouse.Replay
	shadow *clickhouse.ShadowWriter
	saved  time.Time
}

// Run hears what is left to hear and returns how far it came, which is to the end
// unless there is an error. A text that can't be heard ends it: half a shadow would
// look like a difference.
func (r *Replay) Run(ctx context.Context) (*clickhouse.Replay, error) {
	if !r.Period.From.Before(r.Period.To) {
		return nil, fmt.Errorf("nothing lies from %s to %s", r.Period.From.Format(time.RFC3339), r.Period.To.Format(time.RFC3339))
	}
	if err := r.begin(ctx); err != nil || r.state.State == clickhouse.ReplayFinished {
		return r.state, err
	}
	err := r.hearAll(ctx)
	if err == nil {
		return r.state, nil
	}
	var overtaken *clickhouse.OvertakenError
	if errors.As(err, &overtaken) {
		return r.state, err
	}
	// What is in the shadow is not to be heard twice.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	_ = r.save(last) // err says more
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return r.state, fmt.Errorf("%w: %d of %d items are heard, and the same command goes on from there", err, r.state.Heard, r.state.Of)
}

// How far it is, is saved this often, and within this time at the end.
const (
	saveInterval = time.Second
	saveTimeout  = 5 * time.Second
)

// begin finds where to begin: where an earlier run of the same replay was interrupted,
// or at the beginning.
func (r *Replay) begin(ctx context.Context) (err error) {
	if r.shadow, err = r.Store.ShadowWriter(r.Shadow); err != nil {
		return err
	}
	before, err := r.Store.Replay(ctx, r.Shadow)
	if err != nil {
		return err
	}
	switch why := r.startsOver(before); {
	case before == nil || before.Over():
		err = r.fresh(ctx, before)
	case why != "":
		r.tell("%s begins anew: %s", r.Shadow, why)
		err = r.fresh(ctx, before)
	case before.State == clickhouse.ReplayFinished:
		r.tell("%s is finished since %s: there is nothing left to hear; --restart hears it again", r.Shadow, before.UpdatedAt.Format(time.RFC3339))
		r.state = before
		return nil
	default:
		r.state, r.Period = before, before.Period
	}
	if err != nil {
		return err
	}
	if r.state.Of, err = r.Store.HistorySize(ctx, r.Period); err != nil {
		return err
	}
	if r.state.Heard, r.state.Reread, err = r.shadow.Size(ctx); err != nil {
		return err
	}
	if r.state.Heard > 0 {
		r.tell("%s goes on: %d of %d items were heard until %s", r.Shadow, r.state.Heard, r.state.Of, before.UpdatedAt.Format(time.RFC3339))
	}
	return r.save(ctx)
}

// startsOver says why what an earlier run has heard is of no use; empty: it is.
func (r *Replay) startsOver(before *clickhouse.Replay) string {
	switch {
	case before == nil:
		return ""
	case r.Restart:
		return "--restart"
	case !before.Period.From.Equal(r.Period.From) || before.OpenEnd != r.OpenEnd || !r.OpenEnd && !before.Period.To.Equal(r.Period.To):
		return "it was of another period"
	case before.Tier != r.Analyzer.Tier() || before.Model != r.Analyzer.Model() || before.Taxonomy != r.Analyzer.Taxonomy():
		return fmt.Sprintf("it was heard with %s, taxonomy %s", before.Model, before.Taxonomy)
	case before.Setup != r.Setup:
		return "the configuration, or a file that it names, has changed since"
	}
	return ""
}

// fresh begins at the beginning. If that is interrupted, the next run does it again.
func (r *Replay) fresh(ctx context.Context, before *clickhouse.Replay) error {
	r.state = new(clickhouse.Replay).Again()
	if before != nil {
		before.State = clickhouse.ReplayDropped
		if err := r.Store.SaveReplay(ctx, before); err != nil {
			return err
		}
		r.state = before.Again()
	}
	if err := r.shadow.Clear(ctx); err != nil {
		return err
	}
	s := r.state
	s.Shadow, s.Period, s.OpenEnd, s.Setup = r.Shadow, r.Period, r.OpenEnd, r.Setup
	s.Tier, s.Model, s.Taxonomy = r.Analyzer.Tier(), r.Analyzer.Model(), r.Analyzer.Taxonomy()
	s.State, s.StartedAt = clickhouse.ReplayRunning, time.Now()
	return nil
}

// hearAll hears what is left: first what the topics still have, then the rest.
func (r *Replay) hearAll(ctx context.Context) (err error) {
	r.progress()
	if r.Topics != nil && r.state.Last == (clickhouse.Key{}) {
		if err := r.hearRecords(ctx); err != nil {
			return err
		}
	}
	if err := r.hearStored(ctx); err != nil {
		return err
	}
	if r.state.Heard, r.state.Reread, err = r.shadow.Size(ctx); err != nil {
		return err
	}
	r.state.State = clickhouse.ReplayFinished
	return r.save(ctx)
}

// hearStored hears the items that are not in the shadow as they are stored now.
func (r *Replay) hearStored(ctx context.Context) error {
	return r.Store.History(ctx, r.Period, r.state.Last, func(items []*clickhouse.Stored) error {
		until := items[len(items)-1].Key()
		heard, err := r.shadow.Heard(ctx, r.state.Last, until)
		if err != nil {
			return err
		}
		rest := make([]*clickhouse.Stored, 0, len(items))
		for _, item := range items {
			if rank, there := heard[item.Key()]; !there || rank != item.Rank {
				rest = append(rest, item)
			}
		}
		if err := r.keep(ctx, rest); err != nil {
			return err
		}
		for _, item := range rest {
			if item.Rejection != nil {
				return fmt.Errorf("item %s of %s: %w", item.Feedback.ID, item.Feedback.Source, item.Rejection)
			}
		}
		r.state.Last = until
		return r.saveNowAndThen(ctx)
	})
}

// keep hears items and puts what it heard into the shadow, if this replay is still the
// one that may.
func (r *Replay) keep(ctx context.Context, items []*clickhouse.Stored) error {
	if len(items) == 0 {
		return nil
	}
	if err := hearAgain(ctx, r.Analyzer, items); err != nil {
		return err
	}
	if err := r.Store.HoldReplay(ctx, r.state); err != nil {
		return err
	}
	if err := r.shadow.Write(ctx, items); err != nil {
		return err
	}
	for _, item := range items {
		if item.Rejection == nil {
			r.state.Heard++
		}
		if item.Rejection == nil && item.Reread {
			r.state.Reread++
		}
	}
	r.progress()
	return nil
}

func (r *Replay) saveNowAndThen(ctx context.Context) error {
	if time.Since(r.saved) < saveInterval {
		return nil
	}
	return r.save(ctx)
}

func (r *Replay) save(ctx context.Context) error {
	r.saved = time.Now()
	return r.Store.SaveReplay(ctx, r.state)
}

func (r *Replay) progress() {
	if r.Progress != nil {
		r.Progress(min(r.state.Heard, r.state.Of), r.state.Of)
	}
}

func (r *Replay) tell(format string, args ...any) {
	if r.Tell != nil {
		r.Tell(fmt.Sprintf(format, args...))
	}
}
