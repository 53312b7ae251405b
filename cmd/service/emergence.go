package service

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
	"earshot/nlp/phrase"
	"earshot/sinks/clickhouse"
)

const (
	// emergenceInterval is how often phrases are looked for, emergenceBudget for how
	// long at a time: a tenth of one core at most, whatever the stream brings.
	emergenceInterval = 5 * time.Second
	emergenceBudget   = 500 * time.Millisecond
	// emergenceBatch is how many items are read at a time.
	emergenceBatch = 100
)

// emergence reads a sample of what customers complain of, or say that no topic
// covers, for the phrases in it. It reads what is stored, beside the stream: it can
// neither slow nor stop it.
type emergence struct {
	store *clickhouse.Store
	log   *slog.Logger
	read  prometheus.Counter
}

func newEmergence(store *clickhouse.Store, log *slog.Logger, reg prometheus.Registerer) *emergence {
	e := &emergence{store: store, log: log, read: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "earshot_phrases_items_read_total", Help: "Items of the sample that were read for emerging phrases.",
	})}
	reg.MustRegister(e.read)
	return e
}

// run reads until ctx ends. A failure is said once until it is over.
func (e *emergence) run(ctx context.Context) error {
	ticks := time.NewTicker(emergenceInterval)
	defer ticks.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		err := e.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !failing {
			e.log.Warn("emerging phrases: not read, trying again", "error", err)
		}
		failing = err != nil
	}
}

// once reads for the length of the budget, or until nothing is left.
func (e *emergence) once(ctx context.Context) error {
	for end := time.Now().Add(emergenceBudget); time.Now().Before(end); {
		items, err := e.store.Unread(ctx, emergenceBatch)
		if err != nil || len(items) == 0 {
			return err
		}
		read := make([]*clickhouse.Read, 0, len(items))
		for _, item := range items {
			phrases, err := phrasesOf(item)
			if err != nil {
				return err
			}
			read = append(read, &clickhouse.Read{Unread: item, Phrases: phrases})
			if time.Now().After(end) {
				break // the rest waits
			}
		}
		if err := e.store.KeepPhrases(ctx, read); err != nil {
			return err
		}
		e.read.Add(float64(len(read)))
	}
	return nil
}

// phrasesOf are the phrases of an item that no mention covers, each once.
func phrasesOf(item *clickhouse.Unread) ([]clickhouse.Phrase, error) {
	found, err := phrase.Find(item.Text)
	if err != nil {
		return nil, err
	}
	var phrases []clickhouse.Phrase
	for _, p := range found {
		covered := slices.ContainsFunc(item.Covered, func(s nlp.Span) bool { return s.Start < p.End && p.Start < s.End })
		again := slices.ContainsFunc(phrases, func(o clickhouse.Phrase) bool { return o.Text == p.Text })
		if !covered && !again {
			phrases = append(phrases, clickhouse.Phrase{Text: p.Text, Span: p.Span})
		}
	}
	return phrases, nil
}
