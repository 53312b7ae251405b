package clickhouse

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ReplayState says how far a replay is.
type ReplayState string

// The states.
const (
	ReplayRunning   ReplayState = "running" // also after an interruption
	ReplayFinished  ReplayState = "finished"
	ReplayPublished ReplayState = "published"
	ReplayDropped   ReplayState = "dropped"
)

// Replay is how far hearing history again has come. Those who hear the same thing
// have the same Period, Tier, Model, Taxonomy and Setup.
type Replay struct {
	Shadow   string // its name, and that of the shadow that it makes
	Period   Period
	OpenEnd  bool // no end was asked for: Period.To is when it began
	Tier     string
	Model    string
	Taxonomy string
	Setup    string // digest of what else decides what is heard

	State     ReplayState
	Heard     int64           // items in the shadow
	Reread    int64           // those of them that were read again from their topics
	Of        int64           // items of the period
	Published int64           // items whose rows were replaced
	Positions map[Place]int64 // next offset to read
	Last      Key             // last item that was heard from the stored text

	StartedAt time.Time
	UpdatedAt time.Time // set by SaveReplay

	saves uint64
}

// Place is a partition of a topic.
type Place struct {
	Topic     string
	Partition int
}

// String returns the place as the store keeps it: topic/partition.
func (p Place) String() string { return p.Topic + "/" + strconv.Itoa(p.Partition) }

// parsePlace is the reverse of String.
func parsePlace(s string) (Place, error) {
	i := strings.LastIndexByte(s, '/')
	partition, err := strconv.Atoi(s[i+1:])
	if i < 0 || err != nil {
		return Place{}, fmt.Errorf("%q is not topic/partition", s)
	}
	return Place{Topic: s[:i], Partition: partition}, nil
}

// OvertakenError says that another process goes on with a replay.
type OvertakenError struct{ Shadow string }

func (e *OvertakenError) Error() string {
	return fmt.Sprintf("another process goes on with replay %s, or has ended it; the view replays says how far it is", e.Shadow)
}

const selectReplay = `SELECT shadow, period_from, period_to, open_end, tier, model, taxonomy, setup, state, heard, reread, of, published,
	positions, last_source, last_id, started_at, updated_at, saves
FROM replay_store FINAL WHERE shadow = ?`

// Replay returns how far the replay of that name has come; nil where there is none.
func (s *Store) Replay(ctx context.Context, shadow string) (_ *Replay, err error) {
	rows, err := s.conn.Query(ctx, selectReplay, shadow)
	if err != nil {
		return nil, s.classify(ctx, "replay "+shadow, err)
	}
	defer func() {
		if closeErr := rows.Close(); err == nil && closeErr != nil {
			err = s.classify(ctx, "replay "+shadow, closeErr)
		}
	}()
	if !rows.Next() {
		return nil, s.classify(ctx, "replay "+shadow, rows.Err())
	}
	var (
		r                            Replay
		state                        string
		heard, reread, of, published uint64
		positions                    map[string]uint64
	)
	if err := rows.Scan(&r.Shadow, &r.Period.From, &r.Period.To, &r.OpenEnd, &r.Tier, &r.Model, &r.Taxonomy, &r.Setup, &state, &heard, &reread, &of, &published,
		&positions, &r.Last.Source, &r.Last.ID, &r.StartedAt, &r.UpdatedAt, &r.saves); err != nil {
		return nil, s.classify(ctx, "replay "+shadow, err)
	}
	r.State = ReplayState(state)
	r.Heard, r.Reread, r.Of, r.Published = int64(heard), int64(reread), int64(of), int64(published)
	r.Positions = make(map[Place]int64, len(positions))
	for text, offset := range positions {
		place, err := parsePlace(text)
		if err != nil {
			return nil, fmt.Errorf("replay %s: positions: %w", shadow, err)
		}
		r.Positions[place] = int64(offset)
	}
	return &r, nil
}

// HoldReplay returns an OvertakenError if somebody else has saved the replay since r
// was read or saved.
func (s *Store) HoldReplay(ctx context.Context, r *Replay) error {
	var saves uint64
	if err := s.conn.QueryRow(ctx, "SELECT max(saves) FROM replay_store WHERE shadow = ?", r.Shadow).Scan(&saves); err != nil {
		return s.classify(ctx, "replay "+r.Shadow, err)
	}
	if saves != r.saves {
		return &OvertakenError{r.Shadow}
	}
	return nil
}

// SaveReplay keeps how far the replay has come. Where somebody else has saved it
// meanwhile it returns an OvertakenError: of two processes with the same replay the
// one that began later goes on.
func (s *Store) SaveReplay(ctx context.Context, r *Replay) error {
	if err := s.HoldReplay(ctx, r); err != nil {
		return err
	}
	saved := *r
	saved.saves++
	saved.UpdatedAt = s.options.Now()
	if err := newInserter(s, "replay_store", replayColumns()).write(ctx, []*Replay{&saved}); err != nil {
		return err
	}
	r.saves, r.UpdatedAt = saved.saves, saved.UpdatedAt
	return nil
}

// Over reports whether nothing is left to go on with: the shadow was published or
// dropped, or there was nothing to hear.
func (r *Replay) Over() bool {
	return r.State == ReplayPublished || r.State == ReplayDropped || r.State == ReplayFinished && r.Heard == 0
}

// Again returns the replay from its beginning, to be saved over r.
func (r *Replay) Again() *Replay {
	again := *r
	again.State, again.Heard, again.Reread, again.Of, again.Published = ReplayRunning, 0, 0, 0, 0
	again.Positions, again.Last = map[Place]int64{}, Key{}
	return &again
}

func replayColumns() []column[Replay] {
	word := func(name string, get func(*Replay) string) column[Replay] {
		return column[Replay]{name, typeWord, lowCardinality(get)}
	}
	moment := func(name string, get func(*Replay) time.Time) column[Replay] {
		return column[Replay]{name, typeTime, uint64s(func(r *Replay) uint64 { return uint64(get(r).UnixMilli()) })}
	}
	number := func(name string, get func(*Replay) int64) column[Replay] {
		return column[Replay]{name, "UInt64", uint64s(func(r *Replay) uint64 { return uint64(max(0, get(r))) })}
	}
	return []column[Replay]{
		{"shadow", "String", text(func(r *Replay) string { return r.Shadow })},
		moment("period_from", func(r *Replay) time.Time { return r.Period.From }),
		moment("period_to", func(r *Replay) time.Time { return r.Period.To }),
		{"open_end", "Bool", bools(func(r *Replay) bool { return r.OpenEnd })},
		word("tier", func(r *Replay) string { return r.Tier }),
		word("model", func(r *Replay) string { return r.Model }),
		word("taxonomy", func(r *Replay) string { return r.Taxonomy }),
		{"setup", "String", text(func(r *Replay) string { return r.Setup })},
		word("state", func(r *Replay) string { return string(r.State) }),
		number("heard", func(r *Replay) int64 { return r.Heard }),
		number("reread", func(r *Replay) int64 { return r.Reread }),
		number("of", func(r *Replay) int64 { return r.Of }),
		number("published", func(r *Replay) int64 { return r.Published }),
		{
			"positions", "Map(String, UInt64)",
			array(func(r *Replay) []pair[int64] {
				named := map[string]int64{}
				for place, offset := range r.Positions {
					named[place.String()] = offset
				}
				return pairs(named)
			},
				text(func(p *pair[int64]) string { return p.key }),
				uint64s(func(p *pair[int64]) uint64 { return uint64(p.value) })),
		},
		{"last_source", "String", text(func(r *Replay) string { return r.Last.Source })},
		{"last_id", "String", text(func(r *Replay) string { return r.Last.ID })},
		moment("started_at", func(r *Replay) time.Time { return r.StartedAt }),
		moment("updated_at", func(r *Replay) time.Time { return r.UpdatedAt }),
		{"saves", "UInt64", uint64s(func(r *Replay) uint64 { return r.saves })},
	}
}
