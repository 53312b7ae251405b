//go:build faults

package faults

import (
	"cmp"
	"slices"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// row is a row as it must be read: strings, bools, int64, float32, float64,
// time.Time, nil, lists and objects.
type row map[string]any

// feedbackRow is the item's row of the view feedback, without ingested_at.
func (v *version) feedbackRow() row {
	f, a := &v.feedback, &v.analysis
	topics := []any{}
	for _, m := range a.Mentions {
		if !slices.Contains(topics, any(m.Topic)) {
			topics = append(topics, m.Topic)
		}
	}
	var first, last, worst any
	if t := a.Trajectory; t != nil {
		first, last, worst = float32(t.First), float32(t.Last), float32(t.Worst)
	}
	return row{
		"source": f.Source, "id": f.ID, "version": f.Version, "channel": string(f.Channel), "created_at": f.CreatedAt,
		"customer": f.Customer, "segment": f.Segment, "product": f.Product, "location": f.Location,
		"platform": f.Platform, "url": f.URL, "reply_to": f.ReplyTo, "likes": whole(f.Likes), "shares": whole(f.Shares),
		"language": cmp.Or(a.Language, f.Language), "touchpoint": v.touchpoint(), "stage": v.stage(),
		"title": f.Title, "text": cmp.Or(a.Text, f.Text),
		"turns": list(f.Turns, func(t pipeline.Turn) any {
			var at any
			if !t.At.IsZero() {
				at = t.At
			}
			return row{"role": string(t.Role), "span_start": int64(t.Start), "span_end": int64(t.End), "at": at}
		}),
		"rating": real32(f.Rating), "rating_max": real32(f.RatingMax), "nps": real32(f.NPS), "csat": real32(f.CSAT), "ces": real32(f.CES),
		"score": float32(a.Sentiment.Score), "label": string(a.Sentiment.Label), "mixed": a.Sentiment.Mixed, "confidence": float32(a.Sentiment.Confidence),
		"score_text_mismatch": a.ScoreTextMismatch, "score_first": first, "score_last": last, "score_worst": worst,
		"sentences": list(a.Sentences, func(s nlp.Sentence) any {
			return row{"span_start": int64(s.Start), "span_end": int64(s.End), "score": float32(s.Score), "label": string(s.Label)}
		}),
		"effort": real32(a.Effort), "emotion": a.Emotion, "emotions": object(a.Emotions, func(v float64) any { return float32(v) }),
		"intents": list(a.Intents, anything[string]), "urgency": list(a.Urgency, anything[string]),
		"signals": list(a.Signals, func(s nlp.Signal) any {
			return row{"kind": s.Kind, "name": s.Name, "confidence": float32(s.Confidence), "evidence": list(s.Evidence, evidence)}
		}),
		"topics": topics,
		"targets": list(a.Targets, func(t nlp.Target) any {
			return row{"term": t.Term, "score": float32(t.Score), "label": string(t.Label), "span_start": int64(t.Start), "span_end": int64(t.End), "evidence": list(t.Evidence, evidence)}
		}),
		"pii": list(a.PII, func(p nlp.PII) any {
			return row{"kind": p.Kind, "span_start": int64(p.Start), "span_end": int64(p.End)}
		}),
		"noise": a.Noise, "flags": list(f.Flags, anything[string]), "attributes": object(f.Attributes, anything[string]),
		"tier": a.Tier, "model": a.Model, "taxonomy": a.Taxonomy,
		"kafka_topic": v.topic, "kafka_partition": int64(v.partition), "kafka_offset": v.offset,
	}
}

// mentionRows are the item's rows of the view mentions.
func (v *version) mentionRows() []row {
	f, a := &v.feedback, &v.analysis
	text := cmp.Or(a.Text, f.Text)
	var rows []row
	for _, m := range a.Mentions {
		quote := m.Span
		for _, s := range a.Sentences {
			if s.Start <= m.Start && m.Start < s.End {
				quote = nlp.Span{Start: s.Start, End: max(s.End, m.End)}
				break
			}
		}
		rows = append(rows, row{
			"source": f.Source, "id": f.ID, "channel": string(f.Channel), "created_at": f.CreatedAt, "customer": f.Customer,
			"segment": f.Segment, "product": f.Product, "location": f.Location,
			"topic": m.Topic, "stage": m.Stage, "touchpoint": m.Touchpoint, "found_by": m.FoundBy, "confidence": float32(m.Confidence),
			"score": float32(m.Score), "label": string(m.Label), "span_start": int64(m.Start), "span_end": int64(m.End),
			"quote": text[quote.Start:quote.End], "evidence": list(m.Evidence, evidence),
		})
	}
	return rows
}

// stage is what the record states, else what was heard, else that of most mentions.
func (v *version) stage() string {
	return cmp.Or(v.feedback.Stage, v.analysis.Stage, most(v.analysis.Mentions, func(m nlp.Mention) string { return m.Stage }))
}

// touchpoint is what the record states, else that of most mentions, else that of the
// channel.
func (v *version) touchpoint() string {
	return cmp.Or(v.feedback.Touchpoint, most(v.analysis.Mentions, func(m nlp.Mention) string { return m.Touchpoint }), v.feedback.Channel.Touchpoint())
}

// most is the value that most mentions have, the earlier one of two that are level.
func most(mentions []nlp.Mention, get func(nlp.Mention) string) string {
	count := map[string]int{}
	var order []string
	for _, m := range mentions {
		if value := get(m); value != "" {
			if count[value] == 0 {
				order = append(order, value)
			}
			count[value]++
		}
	}
	best := ""
	for _, value := range order {
		if count[value] > count[best] {
			best = value
		}
	}
	return best
}

func evidence(e nlp.Evidence) any {
	return row{"cue": e.Cue, "span_start": int64(e.Start), "span_end": int64(e.End), "kind": e.Kind, "rule": e.Rule}
}

func anything[T any](v T) any { return v }

func list[T any](of []T, convert func(T) any) []any {
	all := make([]any, len(of))
	for i, v := range of {
		all[i] = convert(v)
	}
	return all
}

func object[T any](of map[string]T, convert func(T) any) row {
	all := row{}
	for key, v := range of {
		all[key] = convert(v)
	}
	return all
}

func whole(v *int64) any {
	if v == nil {
		return nil
	}
	return *v
}

func real32(v *float64) any {
	if v == nil {
		return nil
	}
	return float32(*v)
}

// hour is the start of the hour of a moment.
func hour(at time.Time) time.Time { return at.Truncate(time.Hour) }
