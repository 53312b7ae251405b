package nlp

import (
	"strings"

	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
	"earshot/nlp/token"
)

// about is what the text says about a part of it: the fast tier's word, but for the
// polarity where the encoder heard the part.
func (a *Analyzer) about(h *hearing, at token.Range, part partOf) said {
	v := a.aspects.Judge(&h.around, &h.body, at, h.heard.clauses, h.heard.text)
	s := said{Probabilities: v.Probabilities, model: a.aspects.Name}
	if c := clauseAt(&h.body, at.From); c >= 0 && part == wording {
		// What a rule met often holds the judgement itself ("technician was lovely"),
		// of which the clause knows more than the words around it.
		var both balance
		both.add(v.Probabilities, 1)
		both.add(h.heard.clauses[c], 1)
		s.Probabilities = both.mean()
	}
	if h.byDeep {
		if p, ok := a.deep.about(h, h.body.Span(at)); ok {
			s.Probabilities = p
		}
	}
	// The word that decided for the fast tier is evidence for no other polarity.
	if likeliest(s.Probabilities) == likeliest(v.Probabilities) && v.Cue.To > v.Cue.From {
		s.cue, s.kind = h.body.Span(v.Cue), EvidenceCue
		if v.Negated {
			s.kind = EvidenceNegation
		}
	}
	return s
}

// partOf is what a part of a text is.
type partOf uint8

const (
	naming  partOf = iota // the name of what is spoken of
	wording               // words that a rule met, or a clause
)

const (
	// toldFrom is the probability from which the fast tier's model tells a topic
	// that no rule met, and deniedBelow that under which it is sure that a topic is
	// not spoken of although a rule met its words. Fitted on the train parts.
	toldFrom    = 0.4
	deniedBelow = 0.03
)

// denied tells whether the model is sure that the text doesn't speak of a topic
// whose words a built-in rule met: "a bit of a line in jokes" is no connection.
// Rules of a user's own packs are always followed.
func (a *Analyzer) denied(h *hearing, topic, rule string) bool {
	pack, _, _ := strings.Cut(rule, "@")
	if !h.subjects.builtIn[pack] {
		return false
	}
	first, _, _ := strings.Cut(topic, ".")
	if h.byDeep && a.deep.heads != nil {
		return a.deep.denies(h, first)
	}
	l, ok := tag.Topic.LabelOf(first)
	return ok && float64(h.judged.P[l]) < deniedBelow
}

// topicsFast are the topics that the fast tier's model hears, each in the clause
// whose words speak most of it.
func (a *Analyzer) topicsFast(h *hearing) {
	from, to := tag.Topic.Bounds()
	for l := from; l < to; l++ {
		if float64(h.judged.P[l]) >= toldFrom {
			h.tags.topics = append(h.tags.topics, heardTopic{l.String(), float64(h.judged.P[l]), 0})
		}
	}
	if len(h.tags.topics) == 0 || len(h.body.Clauses) < 2 {
		return
	}
	best := make([]float32, len(h.tags.topics))
	var start sentiment.End
	var sum tag.Sum
	var logits [tag.Labels]float32
	for c, end := range h.features.Ends {
		part := sentiment.Features{Words: h.features.Words[start.Words:end.Words], Chars: h.features.Chars[start.Chars:end.Chars]}
		start = end
		sum.Reset()
		a.tags.Add(&sum, &part)
		a.tags.Logits(&logits, &sum, h.heard.clauses[c])
		for i := range h.tags.topics {
			t := &h.tags.topics[i]
			if l, _ := tag.Topic.LabelOf(t.name); c == 0 || logits[l] > best[i] {
				best[i], t.at = logits[l], h.body.Span(h.body.Clauses[c].Range).Start
			}
		}
	}
}
