package nlp

import (
	"slices"
	"strings"

	"earshot/nlp/clause"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/taxonomy"
	"earshot/nlp/token"
)

// mostEvidence is the most places that one mention is shown to rest on.
const mostEvidence = 4

// mentions turns what the rules met, and what the models heard beside it, into
// mentions: one for each topic and clause, and clauses that say the same of a topic
// are one.
func (a *Analyzer) mentions(d *Document, h *hearing, matches []taxonomy.Match, out *Analysis) {
	if out.Noise != "" {
		return // an advert speaks of topics, but nobody's experience of them
	}
	for _, m := range matches {
		if m.Kind != taxonomy.KindTopic || across(&h.body, m.Tokens) || h.denied(m.Name, m.Rule) {
			continue
		}
		a.mention(h, out, m)
	}
	a.titleMentions(h, out)
	a.heardTopics(d, h, out)
	a.learnedTopics(d, h, out)
	slices.SortStableFunc(out.Mentions, func(x, y Mention) int {
		if x.Start != y.Start {
			return x.Start - y.Start
		}
		return strings.Compare(x.Topic, y.Topic)
	})
}

// mention adds what a rule met.
func (a *Analyzer) mention(h *hearing, out *Analysis, m taxonomy.Match) {
	evidence := Evidence{Cue: h.body.Text[m.Span.Start:m.Span.End], Span: m.Span, Kind: EvidenceRule, Rule: m.Rule}
	here := clauseAt(&h.body, m.Tokens.From)
	for i := range out.Mentions {
		o := &out.Mentions[i]
		if !related(o.Topic, m.Name) || clauseAt(&h.body, tokenAt(&h.body, o.Start)) != here {
			continue
		}
		if len(m.Name) > len(o.Topic) { // the second level says more than the first
			topic, _ := h.subjects.taxonomy.Topic(m.Name)
			o.Topic, o.Stage, o.Touchpoint = topic.Name, topic.Stage, topic.Touchpoint
		}
		o.also(evidence)
		return
	}
	said := a.about(h, m.Tokens, wording)
	score, label, _ := judged(said.Probabilities)
	for i := range out.Mentions {
		if o := &out.Mentions[i]; o.Topic == m.Name && o.Label == label {
			o.also(evidence)
			return
		}
	}
	topic, _ := h.subjects.taxonomy.Topic(m.Name)
	out.Mentions = append(out.Mentions, Mention{
		Topic: topic.Name, Stage: topic.Stage, Touchpoint: topic.Touchpoint,
		FoundBy: EvidenceRule, Confidence: 1,
		Span: m.Span, Score: score, Label: label,
		Evidence: said.append(append(make([]Evidence, 0, 2), evidence), h.body.Text),
	})
}

// also adds evidence of a rule behind what there is of rules.
func (m *Mention) also(e Evidence) {
	if len(m.Evidence) < mostEvidence {
		m.Evidence = slices.Insert(m.Evidence, rules(m.Evidence), e)
	}
}

// rules counts the evidence in front that is of rules.
func rules(evidence []Evidence) int {
	n := 0
	for n < len(evidence) && evidence[n].Kind == EvidenceRule {
		n++
	}
	return n
}

// across tells whether words stand on both sides of a word of contrast: "lovely but
// the app" is no lovely app.
func across(t *segment.Text, r token.Range) bool {
	from, to := clauseAt(t, r.From), clauseAt(t, r.To-1)
	for c := from + 1; from >= 0 && c <= to; c++ {
		if t.Clauses[c].Turn != clause.Plain {
			return true
		}
	}
	return false
}

// related tells whether one topic is the other, or of the second level below it.
func related(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && (rest == "" || rest[0] == '.')
}

// titleMentions adds the topics that the title alone speaks of. It ends the matches of
// the body. Offsets never point
// into a title: these begin and end at 0, with the sentiment of the text.
func (a *Analyzer) titleMentions(h *hearing, out *Analysis) {
	if len(h.title.Tokens) == 0 {
		return
	}
	for _, m := range h.matcher.Match(&h.title) {
		if m.Kind != taxonomy.KindTopic || slices.ContainsFunc(out.Mentions, func(o Mention) bool { return related(o.Topic, m.Name) }) {
			continue
		}
		topic, _ := h.subjects.taxonomy.Topic(m.Name)
		out.Mentions = append(out.Mentions, Mention{
			Topic: topic.Name, Stage: topic.Stage, Touchpoint: topic.Touchpoint,
			FoundBy: EvidenceRule, Confidence: 1,
			Score: out.Sentiment.Score, Label: out.Sentiment.Label,
			Evidence: []Evidence{{Cue: h.title.Text[m.Span.Start:m.Span.End], Kind: EvidenceRule, Rule: m.Rule}},
		})
	}
}

// heardTopics adds the topics that a model hears and no rule met, in the clause
// that speaks most of them.
func (a *Analyzer) heardTopics(d *Document, h *hearing, out *Analysis) {
	a.unmetTopics(h)
	for _, t := range h.tags.topics {
		topic, known := h.subjects.taxonomy.Topic(t.name)
		if !known || slices.ContainsFunc(out.Mentions, func(o Mention) bool { return related(t.name, o.Topic) }) {
			continue
		}
		where := clauseAt(&h.body, tokenAt(&h.body, t.at))
		if where < 0 {
			continue
		}
		at := h.body.Clauses[where].Range
		said := a.about(h, at, wording)
		span := h.body.Span(at)
		m := Mention{
			Topic: topic.Name, Stage: topic.Stage, Touchpoint: topic.Touchpoint,
			FoundBy: EvidenceModel, Confidence: round(t.p), Span: span,
			Evidence: said.append([]Evidence{{Cue: d.Text[span.Start:span.End], Span: span, Kind: EvidenceModel, Rule: out.Model}}, d.Text),
		}
		m.Score, m.Label, _ = judged(said.Probabilities)
		out.Mentions = append(out.Mentions, m)
	}
}

// learnedTopics adds what the lanes are sure of: one label a lane, of the text as
// a whole.
func (a *Analyzer) learnedTopics(d *Document, h *hearing, out *Analysis) {
	if len(h.body.Tokens) == 0 {
		return
	}
	for i, l := range h.subjects.lanes {
		features := h.features32
		if !h.byDeep || l.Encoder() != a.deep.name {
			features = nil
		}
		label, p, sure := l.Judge(&h.scratch[i], &h.body, features)
		if !sure {
			continue
		}
		name := l.Topic(label)
		topic, known := h.subjects.taxonomy.Topic(name)
		if !known {
			topic = taxonomy.Topic{Name: name}
		}
		m := Mention{
			Topic: topic.Name, Stage: topic.Stage, Touchpoint: topic.Touchpoint,
			FoundBy: EvidenceModel, Confidence: round(p),
			Span:  h.body.Span(token.Range{From: 0, To: len(h.body.Tokens)}),
			Score: out.Sentiment.Score, Label: out.Sentiment.Label,
		}
		h.spans = l.Evidence(h.spans[:0], &h.scratch[i], &h.body, label)
		if len(h.spans) == 0 {
			h.spans = append(h.spans, m.Span)
		}
		for _, s := range h.spans {
			m.Evidence = append(m.Evidence, Evidence{Cue: d.Text[s.Start:s.End], Span: s, Kind: EvidenceModel, Rule: l.Name()})
		}
		out.Mentions = append(out.Mentions, m)
	}
}

// clauseAt is the clause in which a token stands, −1 if none does.
func clauseAt(t *segment.Text, at int) int {
	i, found := slices.BinarySearchFunc(t.Clauses, at, func(c clause.Clause, at int) int {
		switch {
		case c.To <= at:
			return -1
		case c.From > at:
			return 1
		}
		return 0
	})
	if !found {
		return -1
	}
	return i
}

// tokenAt is the token that holds a byte of the text, or the next one.
func tokenAt(t *segment.Text, at int) int {
	i, _ := slices.BinarySearchFunc(t.Tokens, at, func(t token.Token, at int) int {
		if t.End <= at {
			return -1
		}
		return 1
	})
	return i
}

// said is the polarity of a part of a text, with the word that gave it.
type said struct {
	sentiment.Probabilities
	cue   token.Span // empty where no single word did
	kind  string     // of the cue as evidence
	model string
}

// append appends the word as evidence.
func (s *said) append(list []Evidence, text string) []Evidence {
	if s.cue.End == s.cue.Start {
		return list
	}
	return append(list, Evidence{Cue: text[s.cue.Start:s.cue.End], Span: s.cue, Kind: s.kind, Rule: s.model})
}
