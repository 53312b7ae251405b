package nlp

import (
	"slices"

	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
)

// clauses finds for each label the clause of the body whose words speak most of it, by
// the fast tier's model: that is the one whose weights can be told apart by words. It
// returns nil where there is nothing to choose. The result is valid until the next call.
func (a *Analyzer) clauses(h *hearing, labels []tag.Label) []int {
	if len(labels) == 0 || len(h.body.Clauses) < 2 {
		return nil
	}
	n := len(labels)
	h.placed = append(h.placed[:0], make([]int, n)...)
	best, logits := slices.Grow(h.logits[0][:0], n)[:n], slices.Grow(h.logits[1][:0], n)[:n]
	h.logits = [2][]float32{best, logits}
	var start sentiment.End
	for c, end := range h.features.Ends {
		h.part.Begin(labels)
		a.tags.AddPartWords(&h.part, h.features.Words[start.Words:end.Words])
		a.spellPart(h, h.features.Forms[start.Forms:end.Forms])
		start = end
		a.tags.LogitsOf(logits, &h.part, h.heard.clauses[c])
		for i := range labels {
			if c == 0 || logits[i] > best[i] {
				best[i], h.placed[i] = logits[i], c
			}
		}
	}
	return h.placed
}

// spellPart adds what some words by themselves tell to the hearing's part.
func (a *Analyzer) spellPart(h *hearing, forms []sentiment.Form) {
	for _, f := range forms {
		form := h.features.Letters(f)
		if len(form) > longestKnown {
			h.places = h.extractor.NGrams(h.places[:0], form)
			a.tags.AddPartRow(&h.part, a.tags.RowOf(h.extractor.Word(f.Hash)))
			a.tags.AddPartChars(&h.part, h.places)
			continue
		}
		s := a.spellingOf(h, f.Hash, form)
		a.tags.AddPartRow(&h.part, int(s.row))
		h.part.AddRows(&s.tags)
	}
}
