package nlp

import (
	"strings"

	"earshot/nlp/segment"
	"earshot/nlp/taxonomy"
	"earshot/nlp/token"
)

// The kinds of noise that no rule is needed for.
const (
	noiseLink    = "link"    // addresses, and nothing said about them
	noiseRetweet = "retweet" // another's words, with an address: news that is passed on
)

// noise tells why a text is no feedback; empty if it may be. Signals says what that
// rests on.
func noise(h *hearing, matches []taxonomy.Match, out *Analysis) {
	for _, m := range matches {
		if m.Kind == taxonomy.KindNoise {
			if out.Noise == "" {
				out.Noise = m.Name
			}
			out.ruled(signalNoise, h, m)
		}
	}
	if out.Noise != "" {
		return
	}
	if out.Noise = shape(&h.body, &h.title); out.Noise != "" {
		whole := h.body.Span(token.Range{From: 0, To: len(h.body.Tokens)})
		out.Signals = append(out.Signals, Signal{Kind: signalNoise, Name: out.Noise, Confidence: 1, Evidence: []Evidence{
			{Cue: h.body.Text[whole.Start:whole.End], Span: whole, Kind: EvidenceRule, Rule: "shape/" + out.Noise},
		}})
	}
}

// shape tells noise by what a text is made of.
func shape(body, title *segment.Text) string {
	links, said := 0, 0
	for i := range body.Tokens {
		switch body.Tokens[i].Kind {
		case token.URL:
			links++
		case token.Word, token.Emoji, token.Emoticon, token.Number, token.Price, token.Time:
			said++
		}
	}
	switch {
	case links == 0:
		return ""
	case said == 0 && len(title.Tokens) == 0:
		return noiseLink
	case retweets(body):
		return noiseRetweet
	}
	return ""
}

// retweets tells whether a text begins as a retweet does: "RT @someone".
func retweets(t *segment.Text) bool {
	return len(t.Tokens) > 2 && strings.EqualFold(t.Tokens[0].Of(t.Text), "rt") && t.Tokens[1].Kind == token.Handle
}
