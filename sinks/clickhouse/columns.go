package clickhouse

import (
	"math"

	"earshot/nlp"
	"earshot/pipeline"
)

// column is one column of a table as it is filled from values of T.
type column[T any] struct {
	name string
	typ  string // as the schema declares it
	fill fill[T]
}

const (
	typeWord     = "LowCardinality(String)"
	typeTime     = "DateTime64(3, 'UTC')"
	typeEvidence = "Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String))"
)

// columns lists what an insert into feedback_store writes, in its order. The schema's other
// columns are worked out by the server.
func columns() []column[row] {
	return []column[row]{
		{"source", typeWord, lowCardinality(func(r *row) string { return r.f.Source })},
		{"id", "String", text(func(r *row) string { return r.f.ID })},
		{"version", "UInt64", uint64s(func(r *row) uint64 { return uint64(r.f.Version) })},
		{"created_at", typeTime, uint64s(func(r *row) uint64 { return uint64(r.f.CreatedAt.UnixMilli()) })},
		{"is_deleted", "UInt8", bools(func(r *row) bool { return r.f.Deleted })},
		{"ingested_at", typeTime, uint64s(func(r *row) uint64 { return uint64(r.ingestedAt) })},
		{"channel", typeWord, lowCardinality(func(r *row) string { return string(r.f.Channel) })},
		{"customer", "String", text(func(r *row) string { return r.f.Customer })},
		{"segment", typeWord, lowCardinality(func(r *row) string { return r.f.Segment })},
		{"product", typeWord, lowCardinality(func(r *row) string { return r.f.Product })},
		{"location", typeWord, lowCardinality(func(r *row) string { return r.f.Location })},
		{"platform", typeWord, lowCardinality(func(r *row) string { return r.f.Platform })},
		{"url", "String", text(func(r *row) string { return r.f.URL })},
		{"reply_to", "String", text(func(r *row) string { return r.f.ReplyTo })},
		{"likes", "Nullable(UInt64)", nullable(func(r *row) *int64 { return r.f.Likes }, putInt64)},
		{"shares", "Nullable(UInt64)", nullable(func(r *row) *int64 { return r.f.Shares }, putInt64)},
		{"language", typeWord, lowCardinality(func(r *row) string { return r.language })},
		{"touchpoint", typeWord, lowCardinality(func(r *row) string { return r.touchpoint })},
		{"stage", typeWord, lowCardinality(func(r *row) string { return r.stage })},
		{"title", "String", text(func(r *row) string { return r.f.Title })},
		{"text", "String", text(func(r *row) string { return r.text })},
		{
			"turns", "Array(Tuple(role String, span_start UInt32, span_end UInt32, at Nullable(DateTime64(3, 'UTC'))))",
			array(func(r *row) []pipeline.Turn { return r.f.Turns },
				text(func(t *pipeline.Turn) string { return string(t.Role) }),
				uint32s(func(t *pipeline.Turn) int { return t.Start }),
				uint32s(func(t *pipeline.Turn) int { return t.End }),
				nullable(turnTime, putInt64)),
		},
		{"rating", "Nullable(Float32)", nullable(func(r *row) *float64 { return r.f.Rating }, putFloat32)},
		{"rating_max", "Nullable(Float32)", nullable(func(r *row) *float64 { return r.f.RatingMax }, putFloat32)},
		{"nps", "Nullable(UInt8)", nullable(func(r *row) *float64 { return r.f.NPS }, putUint8)},
		{"csat", "Nullable(Float32)", nullable(func(r *row) *float64 { return r.f.CSAT }, putFloat32)},
		{"ces", "Nullable(Float32)", nullable(func(r *row) *float64 { return r.f.CES }, putFloat32)},
		{"score", "Float32", float32s(func(r *row) float64 { return r.a.Sentiment.Score })},
		{"label", typeWord, lowCardinality(func(r *row) string { return string(r.a.Sentiment.Label) })},
		{"mixed", "Bool", bools(func(r *row) bool { return r.a.Sentiment.Mixed })},
		{"confidence", "Float32", float32s(func(r *row) float64 { return r.a.Sentiment.Confidence })},
		{"score_text_mismatch", "Bool", bools(func(r *row) bool { return r.a.ScoreTextMismatch })},
		{"score_first", "Nullable(Float32)", trajectory(func(t *nlp.Trajectory) *float64 { return &t.First })},
		{"score_last", "Nullable(Float32)", trajectory(func(t *nlp.Trajectory) *float64 { return &t.Last })},
		{"score_worst", "Nullable(Float32)", trajectory(func(t *nlp.Trajectory) *float64 { return &t.Worst })},
		{
			"sentences", "Array(Tuple(span_start UInt32, span_end UInt32, score Float32, label String))",
			array(func(r *row) []nlp.Sentence { return r.a.Sentences },
				uint32s(func(s *nlp.Sentence) int { return s.Start }),
				uint32s(func(s *nlp.Sentence) int { return s.End }),
				float32s(func(s *nlp.Sentence) float64 { return s.Score }),
				text(func(s *nlp.Sentence) string { return string(s.Label) })),
		},
		{"effort", "Nullable(Float32)", nullable(func(r *row) *float64 { return r.a.Effort }, putFloat32)},
		{"emotion", typeWord, lowCardinality(func(r *row) string { return r.a.Emotion })},
		{
			"emotions", "Map(String, Float32)",
			array(func(r *row) []pair[float64] { return r.emotions },
				text(func(p *pair[float64]) string { return p.key }),
				float32s(func(p *pair[float64]) float64 { return p.value })),
		},
		{"intents", "Array(String)", array(func(r *row) []string { return r.a.Intents }, text(itself))},
		{"urgency", "Array(String)", array(func(r *row) []string { return r.a.Urgency }, text(itself))},
		{
			"signals", "Array(Tuple(kind String, name String, confidence Float32, evidence " + typeEvidence + "))",
			array(func(r *row) []nlp.Signal { return r.a.Signals },
				text(func(s *nlp.Signal) string { return s.Kind }),
				text(func(s *nlp.Signal) string { return s.Name }),
				float32s(func(s *nlp.Signal) float64 { return s.Confidence }),
				array(func(s *nlp.Signal) []nlp.Evidence { return s.Evidence }, evidence()...)),
		},
		{
			"mentions", "Array(Tuple(topic String, stage String, touchpoint String, found_by String, confidence Float32, score Float32, label String, span_start UInt32, span_end UInt32, quote_start UInt32, quote_end UInt32, evidence " + typeEvidence + "))",
			array(func(r *row) []mention { return r.mentions },
				text(func(m *mention) string { return m.Topic }),
				text(func(m *mention) string { return m.Stage }),
				text(func(m *mention) string { return m.Touchpoint }),
				text(func(m *mention) string { return m.FoundBy }),
				float32s(func(m *mention) float64 { return m.Confidence }),
				float32s(func(m *mention) float64 { return m.Score }),
				text(func(m *mention) string { return string(m.Label) }),
				uint32s(func(m *mention) int { return m.Start }),
				uint32s(func(m *mention) int { return m.End }),
				uint32s(func(m *mention) int { return m.quote.Start }),
				uint32s(func(m *mention) int { return m.quote.End }),
				array(func(m *mention) []nlp.Evidence { return m.Evidence }, evidence()...)),
		},
		{
			"targets", "Array(Tuple(term String, score Float32, label String, span_start UInt32, span_end UInt32, evidence " + typeEvidence + "))",
			array(func(r *row) []nlp.Target { return r.a.Targets },
				text(func(t *nlp.Target) string { return t.Term }),
				float32s(func(t *nlp.Target) float64 { return t.Score }),
				text(func(t *nlp.Target) string { return string(t.Label) }),
				uint32s(func(t *nlp.Target) int { return t.Start }),
				uint32s(func(t *nlp.Target) int { return t.End }),
				array(func(t *nlp.Target) []nlp.Evidence { return t.Evidence }, evidence()...)),
		},
		{
			"pii", "Array(Tuple(kind String, span_start UInt32, span_end UInt32))",
			array(func(r *row) []nlp.PII { return r.a.PII },
				text(func(p *nlp.PII) string { return p.Kind }),
				uint32s(func(p *nlp.PII) int { return p.Start }),
				uint32s(func(p *nlp.PII) int { return p.End })),
		},
		{"noise", typeWord, lowCardinality(func(r *row) string { return r.a.Noise })},
		{"flags", "Array(String)", array(func(r *row) []string { return r.f.Flags }, text(itself))},
		{
			"attributes", "Map(String, String)",
			array(func(r *row) []pair[string] { return r.attributes },
				text(func(p *pair[string]) string { return p.key }),
				text(func(p *pair[string]) string { return p.value })),
		},
		{"stated_language", typeWord, lowCardinality(func(r *row) string { return r.f.Language })},
		{"stated_stage", typeWord, lowCardinality(func(r *row) string { return r.f.Stage })},
		{"stated_touchpoint", typeWord, lowCardinality(func(r *row) string { return r.f.Touchpoint })},
		{"tier", typeWord, lowCardinality(func(r *row) string { return r.a.Tier })},
		{"model", typeWord, lowCardinality(func(r *row) string { return r.a.Model })},
		{"taxonomy", typeWord, lowCardinality(func(r *row) string { return r.a.Taxonomy })},
		{"kafka_topic", typeWord, lowCardinality(func(r *row) string { return r.record.Topic })},
		{"kafka_partition", "UInt32", uint32s(func(r *row) int { return r.record.Partition })},
		{"kafka_offset", "UInt64", uint64s(func(r *row) uint64 { return uint64(r.record.Offset) })},
	}
}

// evidence is the parts of typeEvidence.
func evidence() []fill[nlp.Evidence] {
	return []fill[nlp.Evidence]{
		text(func(v *nlp.Evidence) string { return v.Cue }),
		uint32s(func(v *nlp.Evidence) int { return v.Start }),
		uint32s(func(v *nlp.Evidence) int { return v.End }),
		text(func(v *nlp.Evidence) string { return v.Kind }),
		text(func(v *nlp.Evidence) string { return v.Rule }),
	}
}

// trajectory fills a column with a part of the trajectory, where there is one.
func trajectory(part func(*nlp.Trajectory) *float64) fill[row] {
	return nullable(func(r *row) *float64 {
		if r.a.Trajectory == nil {
			return nil
		}
		return part(r.a.Trajectory)
	}, putFloat32)
}

func turnTime(t *pipeline.Turn) *int64 {
	if t.At.IsZero() {
		return nil
	}
	ms := t.At.UnixMilli()
	return &ms
}

func itself(s *string) string { return *s }

func putInt64(e *encoder, v int64)     { e.u64(uint64(v)) }
func putFloat32(e *encoder, v float64) { e.u32(math.Float32bits(float32(v))) }
func putUint8(e *encoder, v float64)   { e.buf = append(e.buf, byte(v)) }
