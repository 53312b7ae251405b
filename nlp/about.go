package nlp

import (
	"earshot/nlp/token"
)

// about is what the text says about a part of it.
func (a *Analyzer) about(h *hearing, at token.Range) said {
	s := said{model: a.fast.Name}
	if c := clauseAt(&h.body, at.From); c >= 0 {
		s.Probabilities = h.heard.clauses[c]
	} else {
		s.Probabilities = h.heard.text
	}
	if a.deep != nil && h.byDeep {
		if p, ok := a.deep.about(h, h.body.Span(at)); ok {
			s.Probabilities = p
		}
	}
	return s
}

// denied tells whether the encoder is sure that the text doesn't speak of a topic
// whose words a rule met.
func (a *Analyzer) denied(h *hearing, topic string) bool { return false }
