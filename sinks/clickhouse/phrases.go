package clickhouse

import (
	"context"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// Heard is what is kept of an item to look for phrases in.
type Heard struct {
	Source, ID string
	Rank       Rank
	CreatedAt  time.Time
	IngestedAt time.Time
	Text       string
	// Covered are the spans of the text that mentions speak of.
	Covered []nlp.Span
}

// Phrase is a phrase of an item, and where it stands.
type Phrase struct {
	Text string
	nlp.Span
}

// Read is an item whose phrases were looked at.
type Read struct {
	*Heard
	Phrases []Phrase
}

// HeardOf is what is kept of an item that was just written; false where phrases are not
// looked for: they are in what is negative or speaks of no topic.
func HeardOf(item *pipeline.Item, now time.Time) (h *Heard, ok bool) {
	f, a := &item.Feedback, &item.Analysis
	if item.Rejection != nil || f.Deleted || a.Noise != "" || a.Text == "" || a.Language != "en" ||
		a.Sentiment.Label != nlp.Negative && len(a.Mentions) > 0 {
		return nil, false
	}
	h = &Heard{Source: f.Source, ID: f.ID, Rank: rankOf(item), CreatedAt: f.CreatedAt, IngestedAt: now, Text: a.Text}
	for i := range a.Mentions {
		h.Covered = append(h.Covered, a.Mentions[i].Span)
	}
	return h, true
}

// KeepPhrases keeps what was found in items. Keeping them again is harmless.
func (s *Store) KeepPhrases(ctx context.Context, items []*Read) error {
	return newPhraseInserter(s).write(ctx, items)
}

func newPhraseInserter(s *Store) *inserter[Read] {
	return newInserter(s, "phrase_store", []column[Read]{
		{"source", typeWord, lowCardinality(func(r *Read) string { return r.Source })},
		{"id", "String", text(func(r *Read) string { return r.ID })},
		{"rank", "UInt256", ranks(func(r *Read) Rank { return r.Rank })},
		{"created_at", typeTime, uint64s(func(r *Read) uint64 { return uint64(r.CreatedAt.UnixMilli()) })},
		{"ingested_at", typeTime, uint64s(func(r *Read) uint64 { return uint64(r.IngestedAt.UnixMilli()) })},
		{
			"phrases", "Array(Tuple(phrase String, span_start UInt32, span_end UInt32))",
			array(func(r *Read) []Phrase { return r.Phrases },
				text(func(p *Phrase) string { return p.Text }),
				uint32s(func(p *Phrase) int { return p.Start }),
				uint32s(func(p *Phrase) int { return p.End })),
		},
	})
}
