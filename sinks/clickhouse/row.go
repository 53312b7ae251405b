package clickhouse

import (
	"cmp"
	"math"
	"slices"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// row is what becomes one row of feedback_store: an item with everything
// worked out that more than one column needs.
type row struct {
	record     *pipeline.Record
	f          *pipeline.Feedback
	a          *nlp.Analysis
	text       string
	language   string
	stage      string
	touchpoint string
	mentions   []mention
	emotions   []pair[float64]
	attributes []pair[string]
	ingestedAt int64 // ms since 1970
	shadow     string
	rank       Rank // of the stored version that a shadow run heard
	reread     bool // what it heard was its record, read again
}

// mention is a mention with the sentence around it.
type mention struct {
	*nlp.Mention
	quote nlp.Span
}

// pair is an entry of a map.
type pair[V any] struct {
	key   string
	value V
}

// newRow makes the row of an item; a withdrawn item keeps its identity and
// nothing that anybody said.
func newRow(item *pipeline.Item, now time.Time) row {
	r := row{record: &item.Record, f: &item.Feedback, a: &item.Analysis, ingestedAt: now.UnixMilli()}
	if r.f.Deleted {
		r.f = &pipeline.Feedback{
			Source: r.f.Source, ID: r.f.ID, Channel: r.f.Channel,
			Version: r.f.Version, CreatedAt: r.f.CreatedAt, Deleted: true,
		}
		r.a = &nlp.Analysis{}
		return r
	}
	r.emotions, r.attributes = pairs(r.a.Emotions), pairs(r.f.Attributes)
	r.text = r.a.Text
	if r.text == "" {
		r.text = r.f.Text
	}
	r.language = r.a.Language
	if r.language == "" {
		r.language = r.f.Language
	}
	if len(r.a.Mentions) > 0 {
		r.mentions = make([]mention, len(r.a.Mentions))
		for i := range r.a.Mentions {
			m := &r.a.Mentions[i]
			r.mentions[i] = mention{Mention: m, quote: sentenceOf(r.a.Sentences, m.Span)}
		}
	}
	// What the record states comes first, then what was heard.
	r.stage = cmp.Or(r.f.Stage, r.a.Stage, prevalent(r.a.Mentions, func(m *nlp.Mention) string { return m.Stage }))
	r.touchpoint = cmp.Or(r.f.Touchpoint, prevalent(r.a.Mentions, func(m *nlp.Mention) string { return m.Touchpoint }), r.f.Channel.Touchpoint())
	return r
}

// sentenceOf returns the span of the sentence in which the mention begins; of
// the mention itself where no sentence holds it.
func sentenceOf(sentences []nlp.Sentence, m nlp.Span) nlp.Span {
	i, _ := slices.BinarySearchFunc(sentences, m.Start, func(s nlp.Sentence, start int) int {
		switch {
		case s.End <= start:
			return -1
		case s.Start > start:
			return 1
		}
		return 0
	})
	if i < len(sentences) && sentences[i].Start <= m.Start && m.Start < sentences[i].End {
		return nlp.Span{Start: sentences[i].Start, End: max(sentences[i].End, m.End)}
	}
	return m
}

// prevalent returns the value that the most mentions have, the earlier one of
// two that are level; empty if none has any.
func prevalent(mentions []nlp.Mention, get func(*nlp.Mention) string) string {
	best, most := "", 0
	for i := range mentions {
		v := get(&mentions[i])
		if v == "" || v == best {
			continue
		}
		n := 0
		for j := range mentions {
			if get(&mentions[j]) == v {
				n++
			}
		}
		if n > most {
			best, most = v, n
		}
	}
	return best
}

// pairs lists a map by key, so that the same item is the same bytes.
func pairs[V any](m map[string]V) []pair[V] {
	if len(m) == 0 {
		return nil
	}
	list := make([]pair[V], 0, len(m))
	for k, v := range m {
		list = append(list, pair[V]{k, v})
	}
	slices.SortFunc(list, func(a, b pair[V]) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return 0
	})
	return list
}

// Range of DateTime64(3): beyond it ClickHouse clamps or wraps silently.
const (
	earliestMilli = -2_208_988_800_000 // 1900-01-01
	latestMilli   = 10_413_791_999_999 // 2299-12-31 23:59:59.999
)

// unwritable says why no column could hold the item as it is; nil if all can.
// The decoders let no such item through: this is what keeps a mistake there
// from being written as a wrong value.
func unwritable(item *pipeline.Item) *pipeline.Rejection {
	f, a := &item.Feedback, &item.Analysis
	reject := func(field string, value any) *pipeline.Rejection {
		return pipeline.Rejectf(pipeline.ReasonUnwritable, "%s %v does not fit its column", field, value)
	}
	switch at := f.CreatedAt.UnixMilli(); {
	case f.ID == "":
		return reject("id", `""`)
	case f.Version < 0:
		return reject("version", f.Version)
	case at < 0 || at > latestMilli: // before 1970 the rank of versions would turn negative
		return reject("created_at", f.CreatedAt.UTC().Format(time.RFC3339))
	case item.Record.Offset < 0:
		return reject("offset", item.Record.Offset)
	case item.Record.Partition < 0 || int64(item.Record.Partition) > math.MaxUint32:
		return reject("partition", item.Record.Partition)
	case f.Deleted:
		return nil
	case f.Likes != nil && *f.Likes < 0:
		return reject("likes", *f.Likes)
	case f.Shares != nil && *f.Shares < 0:
		return reject("shares", *f.Shares)
	case f.NPS != nil && !(*f.NPS >= 0 && *f.NPS <= math.MaxUint8):
		return reject("nps", *f.NPS)
	case int64(len(f.Text)) > math.MaxUint32 || int64(len(a.Text)) > math.MaxUint32:
		return reject("length of text", len(f.Text))
	}
	// One NaN would make every average over it NaN.
	for _, v := range []struct {
		name  string
		value *float64
	}{
		{"score", &a.Sentiment.Score}, {"confidence", &a.Sentiment.Confidence}, {"effort", a.Effort},
		{"rating", f.Rating}, {"rating_max", f.RatingMax}, {"csat", f.CSAT}, {"ces", f.CES},
	} {
		if v.value != nil && !finite(*v.value) {
			return reject(v.name, *v.value)
		}
	}
	if t := a.Trajectory; t != nil && !(finite(t.First) && finite(t.Last) && finite(t.Worst)) {
		return reject("trajectory", *t)
	}
	for i := range a.Mentions {
		if !finite(a.Mentions[i].Score) {
			return reject("score of mention "+a.Mentions[i].Topic, a.Mentions[i].Score)
		}
	}
	for i := range f.Turns {
		if at := f.Turns[i].At; !at.IsZero() && (at.UnixMilli() < earliestMilli || at.UnixMilli() > latestMilli) {
			return reject("time of a turn", at.UTC().Format(time.RFC3339))
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
