package nlp

import (
	"slices"
	"strings"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// mostTargets is the most places of targets that are judged in one text.
const mostTargets = 100

// term is a target, cut into tokens.
type term struct {
	text   string
	tokens []token.Token
}

func termsOf(targets []string) []term {
	var terms []term
	for _, t := range targets {
		t = strings.TrimSpace(t)
		if tokens := token.Append(nil, t); len(tokens) > 0 {
			terms = append(terms, term{t, tokens})
		}
	}
	return terms
}

// targets judges what is said about each of the terms, wherever one stands.
func (a *Analyzer) targets(d *Document, h *hearing, out *Analysis) {
	for _, list := range [2][]term{h.subjects.targets, termsOf(d.Targets)} {
		for _, t := range list {
			for from := range h.body.Tokens {
				if len(out.Targets) == mostTargets {
					break
				}
				to := t.at(&h.body, from)
				if to < 0 || slices.ContainsFunc(out.Targets, func(o Target) bool { return o.Term == t.text && o.Start == h.body.Tokens[from].Start }) {
					continue
				}
				at := token.Range{From: from, To: to}
				span := h.body.Span(at)
				said := a.about(h, at, naming)
				target := Target{Term: t.text, Span: span}
				target.Score, target.Label, _ = judged(said.Probabilities)
				target.Evidence = append(target.Evidence, Evidence{Cue: d.Text[span.Start:span.End], Span: span, Kind: EvidenceTerm, Rule: out.Model})
				target.Evidence = said.append(target.Evidence, d.Text)
				out.Targets = append(out.Targets, target)
			}
		}
	}
	slices.SortStableFunc(out.Targets, func(x, y Target) int { return x.Start - y.Start })
}

// at returns the token behind the term if it stands at a token, in whatever case,
// with or without the possessive's s; −1 if it does not.
func (t *term) at(text *segment.Text, from int) int {
	if from+len(t.tokens) > len(text.Tokens) {
		return -1
	}
	for i, want := range t.tokens {
		said, asked := text.Tokens[from+i].Of(text.Text), want.Of(t.text)
		if i == len(t.tokens)-1 {
			for _, s := range [...]string{"'s", "’s", "'"} {
				if rest, cut := strings.CutSuffix(said, s); cut && !strings.HasSuffix(asked, s) {
					said = rest
				}
			}
			if text.Tokens[from+i].Kind == token.Hashtag || text.Tokens[from+i].Kind == token.Handle {
				said = strings.TrimLeft(said, "#@")
				asked = strings.TrimLeft(asked, "#@")
			}
		}
		if !strings.EqualFold(said, asked) {
			return -1
		}
	}
	return from + len(t.tokens)
}
