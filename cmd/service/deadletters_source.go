package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"earshot/pipeline"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
	"earshot/sinks/deadletter"
)

// errNoMoreLetters ends a replay of dead letters.
var errNoMoreLetters = errors.New("no more dead letters")

// lettersAtOnce is how many letters are looked up at a time.
const lettersAtOnce = 2000

// letterSource hands the originals of open dead letters to a pipeline, and keeps
// their states as the pipeline tells what became of them:
//
//	read a stretch of the topic → look its letters up → make a state for those that
//	have none → hand out those that are open, each record once
//
// What became a row is closed when the pipeline commits: only then does the row count
// in what is derived from it.
type letterSource struct {
	replay  *DeadLetterReplay
	states  *clickhouse.DeadLetterWriter
	privacy pipeline.Privacy
	from    originals

	ranges  []kafka.Range // what is left to read
	of      int64         // letters to read, in all
	stretch []pipeline.Record
	known   []knownLetter
	ready   []pipeline.Record
	seen    map[clickhouse.RecordID]bool // records that were handed out or skipped

	mu     sync.Mutex
	under  map[clickhouse.RecordID]*clickhouse.DeadLetter // on their way through the pipeline
	passed []*clickhouse.DeadLetter                       // rows that are not committed, as they were before
	report DeadLetterReport
}

var (
	_ pipeline.Source   = (*letterSource)(nil)
	_ pipeline.Rejecter = (*letterSource)(nil)
)

// knownLetter is a letter and what is known of its record.
type knownLetter struct {
	deadletter.Letter
	state *clickhouse.DeadLetter
}

func newLetterSource(r *DeadLetterReplay, hidden pipeline.Privacy, from originals, ranges []kafka.Range) *letterSource {
	s := &letterSource{
		replay: r, states: r.Store.DeadLetterWriter(r.Version), privacy: hidden, from: from, ranges: ranges,
		seen: map[clickhouse.RecordID]bool{}, under: map[clickhouse.RecordID]*clickhouse.DeadLetter{},
		report: DeadLetterReport{Reasons: map[pipeline.Reason]*DeadLetterCounts{}, Skipped: map[string]int64{}},
	}
	s.of = s.left()
	return s
}

// left is how many letters are not read yet.
func (s *letterSource) left() int64 {
	n := int64(len(s.stretch))
	for _, r := range s.ranges {
		n += r.To - r.From
	}
	return n
}

func (s *letterSource) close() { _ = s.from.log.Close() } // of connections that nobody needs any more

// Fetch implements pipeline.Source. Behind the last letter it returns
// errNoMoreLetters. After an error that may pass it goes on where it was.
func (s *letterSource) Fetch(ctx context.Context) (pipeline.Record, error) {
	for len(s.ready) == 0 {
		err := s.advance(ctx)
		if ctx.Err() != nil {
			return pipeline.Record{}, ctx.Err()
		}
		if err != nil {
			return pipeline.Record{}, err
		}
	}
	record := s.ready[0]
	s.ready = s.ready[1:]
	return record, nil
}

// advance takes the next letter, or reads more of them.
func (s *letterSource) advance(ctx context.Context) error {
	if len(s.known) == 0 {
		return s.fill(ctx)
	}
	err := s.take(ctx, &s.known[0])
	if err == nil {
		s.known = s.known[1:]
	}
	return err
}

// knowAll makes a state for each letter that has none.
func (s *letterSource) knowAll(ctx context.Context) error {
	for {
		err := s.fill(ctx)
		if errors.Is(err, errNoMoreLetters) {
			return nil
		}
		if err != nil {
			return err
		}
		s.known = nil
	}
}

// fill reads the next letters and looks them up.
func (s *letterSource) fill(ctx context.Context) error {
	if len(s.stretch) == 0 {
		s.ranges = slices.DeleteFunc(s.ranges, func(r kafka.Range) bool { return r.From >= r.To })
		if len(s.ranges) == 0 {
			return errNoMoreLetters
		}
		var err error
		if s.stretch, s.ranges[0], err = s.from.log.Next(ctx, s.ranges[0]); err != nil {
			return err
		}
	}
	part := s.stretch[:min(len(s.stretch), lettersAtOnce)]
	var letters []deadletter.Letter
	var foreign []error
	for _, r := range part {
		l, err := deadletter.Read(r)
		if err != nil {
			foreign = append(foreign, err)
			continue
		}
		if l.Rejected.IsZero() {
			l.Rejected = r.Time
		}
		letters = append(letters, l)
	}
	known, err := s.lookUp(ctx, letters)
	if err != nil {
		return err
	}
	s.known, s.stretch = known, s.stretch[len(part):]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Unreadable += int64(len(foreign))
	if s.report.FirstUnreadable == nil && len(foreign) > 0 {
		s.report.FirstUnreadable = foreign[0]
	}
	if s.replay.Progress != nil {
		s.replay.Progress(s.of-s.left(), s.of)
	}
	return nil
}

// lookUp finds the states of letters, and makes them for those that have none, as
// those of older versions.
func (s *letterSource) lookUp(ctx context.Context, letters []deadletter.Letter) ([]knownLetter, error) {
	places := make([]pipeline.Position, len(letters))
	for i, l := range letters {
		places[i] = pipeline.Position{Topic: l.Record.Topic, Partition: l.Record.Partition, Offset: l.Record.Offset}
	}
	states, err := s.replay.Store.DeadLetters(ctx, places)
	if err != nil {
		return nil, err
	}
	at := map[pipeline.Position][]*clickhouse.DeadLetter{}
	for _, d := range states {
		place := pipeline.Position{Topic: d.Topic, Partition: d.Partition, Offset: d.Offset}
		at[place] = append(at[place], d)
	}
	known := make([]knownLetter, 0, len(letters))
	var made []*clickhouse.DeadLetter
	for i, l := range letters {
		state, isNew, err := s.stateOf(ctx, &l, at[places[i]])
		if err != nil {
			return nil, err
		}
		if isNew {
			made = append(made, state)
			at[places[i]] = append(at[places[i]], state)
		}
		state.Letter = &l.Place
		known = append(known, knownLetter{l, state})
	}
	if s.replay.DryRun {
		return known, nil
	}
	return known, s.states.Keep(ctx, made)
}

// stateOf returns the state of a letter's record among those at its place, or a new
// one. It sets the record's time where the letter doesn't say it: to that of the
// state, so that a record has the same one in each replay, else to that of the
// original where its topic still has it, else to the time of the rejection.
func (s *letterSource) stateOf(ctx context.Context, l *deadletter.Letter, states []*clickhouse.DeadLetter) (state *clickhouse.DeadLetter, isNew bool, err error) {
	if l.Record.Time.IsZero() {
		if len(states) > 0 {
			state = slices.MinFunc(states, func(a, b *clickhouse.DeadLetter) int { return a.RecordedAt.Compare(b.RecordedAt) })
			l.Record.Time = state.RecordedAt
			return state, false, nil
		}
		original, found, err := s.from.find(ctx, l)
		if err != nil {
			return nil, false, err
		}
		l.Record.Time = l.Rejected
		if found {
			l.Record.Time = original.Time
		}
	}
	for _, d := range states {
		if d.ID() == clickhouse.IDOf(&l.Record) {
			return d, false, nil
		}
	}
	state = clickhouse.RejectedRecord(&l.Record, clickhouse.Attempt{
		At: l.Rejected, Reason: l.Rejection.Reason, Error: s.privacy.Conceal(l.Rejection.Detail),
	})
	state.Bytes = l.Bytes
	return state, true, nil
}

// take makes the record of a letter ready if it is open and wanted.
func (s *letterSource) take(ctx context.Context, l *knownLetter) error {
	reason := l.state.Last().Reason
	switch id := l.state.ID(); {
	case !l.state.Open():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.report.Closed++
		return nil
	case s.seen[id], len(s.replay.Reasons) > 0 && !slices.Contains(s.replay.Reasons, reason):
		return nil
	case !slices.Contains(s.replay.Config.Topics(), l.Record.Topic):
		s.skip(l, reason, "no source of the configuration names the topic "+l.Record.Topic)
		return nil
	}
	if l.Shortened {
		original, found, err := s.from.find(ctx, &l.Letter)
		if err != nil {
			return err
		}
		if !found {
			s.skip(l, reason, fmt.Sprintf("the letter has only the beginning of the record, and %s does not have it any more", l.Record.Topic))
			return nil
		}
		l.Record = original
	}
	s.seen[l.state.ID()] = true
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under[clickhouse.IDOf(&l.Record)] = l.state
	s.ready = append(s.ready, l.Record)
	return nil
}

// skip passes over a letter that stays open.
func (s *letterSource) skip(l *knownLetter, reason pipeline.Reason, why string) {
	s.seen[l.state.ID()] = true
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.of(reason).Skipped++
	s.report.Skipped[why]++
}

// written notes those of the items that became rows.
func (s *letterSource) written(items []*pipeline.Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range items {
		if item.Rejection == nil {
			s.passed = append(s.passed, s.under[clickhouse.IDOf(&item.Record)])
		}
	}
}

// Reject implements pipeline.Rejecter: the records stay open.
func (s *letterSource) Reject(ctx context.Context, items []*pipeline.Item) error {
	now := pipeline.Now()
	states := make([]*clickhouse.DeadLetter, len(items))
	failed := make([]*clickhouse.DeadLetter, len(items))
	s.mu.Lock()
	for i, item := range items {
		states[i] = s.under[clickhouse.IDOf(&item.Record)]
		failed[i] = states[i].Tried(clickhouse.Attempt{At: now, Reason: item.Rejection.Reason, Error: item.Rejection.Detail, By: s.replay.Version})
	}
	s.mu.Unlock()
	if err := s.keep(ctx, failed); err != nil {
		return err
	}
	s.done(states, func(c *DeadLetterCounts) { c.Failed++ })
	return nil
}

// Commit implements pipeline.Source: it closes what has passed.
func (s *letterSource) Commit(ctx context.Context, _ []pipeline.Position) error {
	now := pipeline.Now()
	s.mu.Lock()
	states := slices.Clone(s.passed)
	s.mu.Unlock()
	passed := make([]*clickhouse.DeadLetter, len(states))
	for i, d := range states {
		passed[i] = d.Tried(clickhouse.Attempt{At: now, By: s.replay.Version})
	}
	if err := s.keep(ctx, passed); err != nil {
		return err
	}
	s.mu.Lock()
	s.passed = s.passed[len(states):]
	s.mu.Unlock()
	s.done(states, func(c *DeadLetterCounts) { c.Passed++ })
	return nil
}

func (s *letterSource) keep(ctx context.Context, states []*clickhouse.DeadLetter) error {
	if s.replay.DryRun {
		return nil
	}
	return s.states.Keep(ctx, states)
}

// done counts records that are through, by the reasons that they had.
func (s *letterSource) done(states []*clickhouse.DeadLetter, count func(*DeadLetterCounts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range states {
		count(s.report.of(d.Last().Reason))
		delete(s.under, d.ID())
	}
}

// originals finds the records that letters are of, where their topics still have
// them.
type originals struct {
	log  *kafka.Log
	held []kafka.Range // by the topics of the configuration
}

func (o originals) find(ctx context.Context, l *deadletter.Letter) (pipeline.Record, bool, error) {
	wanted := &l.Record
	held := slices.ContainsFunc(o.held, func(r kafka.Range) bool {
		return r.Topic == wanted.Topic && r.Partition == wanted.Partition && r.From <= wanted.Offset && wanted.Offset < r.To
	})
	if !held {
		return pipeline.Record{}, false, nil
	}
	record, found, err := o.log.At(ctx, wanted.Topic, wanted.Partition, wanted.Offset)
	if err != nil || !found {
		return pipeline.Record{}, false, err
	}
	found = l.Of(record) && (wanted.Time.IsZero() || wanted.Time.UnixMilli() == record.Time.UnixMilli())
	return record, found, nil
}
