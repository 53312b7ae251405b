package service

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
	"earshot/nlp/phrase"
	"earshot/pipeline"
	"earshot/sinks/clickhouse"
)

const (
	// emergenceInterval is how often phrases are looked for, emergenceBudget for how
	// long at a time: a tenth of one core at most, whatever the stream brings.
	emergenceInterval = 5 * time.Second
	emergenceBudget   = 500 * time.Millisecond
	// mostWaiting and mostWaitingBytes bound the items that wait to be looked at: of
	// more, a sample waits.
	mostWaiting      = 20_000
	mostWaitingBytes = 16 << 20
)

// emergence looks for phrases in a sample of what customers complain of, or say that
// no topic covers. It takes what passes by and asks the store for nothing, so that it
// costs the same however much is stored; it can neither slow nor stop the stream.
// What waits when the process ends is not looked at.
type emergence struct {
	store *clickhouse.Store
	log   *slog.Logger
	read  prometheus.Counter

	mu      sync.Mutex
	waiting []*clickhouse.Heard
	bytes   int // of their texts
	came    int // since nothing waited
}

func newEmergence(store *clickhouse.Store, log *slog.Logger, reg prometheus.Registerer) *emergence {
	e := &emergence{store: store, log: log, read: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "earshot_phrases_items_read_total", Help: "Items of the sample that were read for emerging phrases.",
	})}
	reg.MustRegister(e.read)
	return e
}

// overheard is a Writer of whose items emergence keeps a sample.
type overheard struct {
	pipeline.Writer
	by *emergence
}

// Write implements pipeline.Writer.
func (w overheard) Write(ctx context.Context, items []*pipeline.Item) error {
	err := w.Writer.Write(ctx, items)
	if err == nil {
		w.by.offer(items, time.Now())
	}
	return err
}

// offer has items wait to be looked at. Where too many do, each that came has about the
// same chance to stay (Vitter's algorithm R).
func (e *emergence) offer(items []*pipeline.Item, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, item := range items {
		h, ok := clickhouse.HeardOf(item, now)
		if !ok {
			continue
		}
		if read := phrase.Beginning(h.Text); len(read) < len(h.Text) {
			h.Text = strings.Clone(read) // so that the rest need not be kept
		}
		e.came++
		if len(e.waiting) < mostWaiting && e.bytes+len(h.Text) <= mostWaitingBytes {
			e.waiting = append(e.waiting, h)
			e.bytes += len(h.Text)
			continue
		}
		at := rand.IntN(e.came)
		if at >= len(e.waiting) {
			continue
		}
		if bytes := e.bytes + len(h.Text) - len(e.waiting[at].Text); bytes <= mostWaitingBytes {
			e.waiting[at], e.bytes = h, bytes
		}
	}
}

// next takes one of those that wait, any; nil if none does.
func (e *emergence) next() *clickhouse.Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	last := len(e.waiting) - 1
	if last < 0 {
		e.came = 0
		return nil
	}
	at := rand.IntN(last + 1)
	h := e.waiting[at]
	e.waiting[at], e.waiting[last] = e.waiting[last], nil
	e.waiting, e.bytes = e.waiting[:last], e.bytes-len(h.Text)
	return h
}

// run reads until ctx ends. A failure is said once until it is over.
func (e *emergence) run(ctx context.Context) error {
	return repeat(ctx, e.log, every(emergenceInterval), "emerging phrases: not kept, those that were just found are lost", e.once)
}

// once looks at what waits, for the length of the budget.
func (e *emergence) once(ctx context.Context) error {
	var read []*clickhouse.Read
	for end := time.Now().Add(emergenceBudget); time.Now().Before(end); {
		item := e.next()
		if item == nil {
			break
		}
		phrases, err := phrasesOf(item)
		if err != nil {
			return err
		}
		read = append(read, &clickhouse.Read{Heard: item, Phrases: phrases})
	}
	if err := e.store.KeepPhrases(ctx, read); err != nil {
		return err
	}
	e.read.Add(float64(len(read)))
	return nil
}

// phrasesOf are the phrases of an item that no mention covers, each once.
func phrasesOf(item *clickhouse.Heard) ([]clickhouse.Phrase, error) {
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
