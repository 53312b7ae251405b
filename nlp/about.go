package nlp

import "earshot/nlp/token"

// fastShare is what the fast tier's word counts, in log odds, where the encoder has
// heard the same: the two err in different places. Fitted on one dev set and tried on
// others, where it gains one to three points of each measure.
const fastShare = 0.3

// about is what the text says about a part of it, by the words around it and, in the
// deep tier, by the encoder.
func (a *Analyzer) about(h *hearing, at token.Range, part partOf) said {
	v := a.aspects.Judge(&h.around, at, h.heard.clauses, h.heard.text)
	s := said{Probabilities: v.Probabilities, model: a.aspects.Name}
	if c := clauseAt(&h.body, at.From); c >= 0 && part == wording {
		// What a rule met often holds the judgement itself ("technician was lovely"),
		// of which the clause knows more than the words around it.
		var both balance
		both.add(v.Probabilities, 1)
		both.addLogs(h.heard.logs[c], 1)
		s.Probabilities = both.mean()
	}
	if h.byDeep {
		if p, ok := a.deep.about(h, h.body.Span(at)); ok {
			var both balance
			both.add(v.Probabilities, fastShare)
			both.add(p, 1-fastShare)
			s.Probabilities = both.sum()
		}
	}
	// The word that decided for the fast tier is evidence for no other polarity, and
	// none of a part that the clause says more of.
	if likeliest(s.Probabilities) == likeliest(v.Probabilities) && v.Cue.To > v.Cue.From && clauseAt(&h.body, v.Cue.From) == clauseAt(&h.body, at.From) {
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
